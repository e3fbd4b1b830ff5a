"""Promise 16: long work is done in slices, and other requests are answered in between."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from mockserver.limits import slices
from mockserver.limits.slices import Pauses, Piece, Sliced, finish, in_thread, pausing
from mockserver.web.slice_scheduler import SliceScheduler


def count_to(number: int, *, steps: int) -> Sliced[list[int]]:
    pauses, done = Pauses(steps=steps), []
    for each in range(number):
        done.append(each)
        yield from pauses.after_step()
    return done


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice never ends because of the time."""
    monkeypatch.setattr(slices, "SLICE_SECONDS", 3600.0)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("steps", "pauses"), [(1, 10), (3, 3), (5, 2), (11, 0)])
def test_promise_16_work_pauses_after_a_number_of_steps(steps: int, pauses: int) -> None:
    """Work pauses after a number of steps."""
    assert pauses == len(list(count_to(10, steps=steps)))


def test_promise_16_work_pauses_after_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work pauses when the time of a slice is over, whatever the number of steps."""
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0.0)

    assert 10 == len(list(count_to(10, steps=1000)))


def test_work_without_an_event_loop() -> None:
    """Code without an event loop does the work at once."""
    assert [0, 1, 2] == finish(count_to(3, steps=1))


@pytest.mark.usefixtures("patient")
def test_promise_16_one_slice_in_each_turn_of_the_event_loop() -> None:
    """Between two slices the event loop turns, even if many requests have long work."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def work() -> list[list[int]]:
        scheduler = SliceScheduler()
        turning = asyncio.create_task(turn())
        results = await asyncio.gather(*[scheduler.run(count_to(10, steps=1)) for _ in range(8)])
        turning.cancel()
        return results

    assert [list(range(10))] * 8 == asyncio.run(work())
    assert turns >= 80


def test_promise_16_short_work_does_not_wait_behind_long_work() -> None:
    """Work that needs one slice is done at once, even if other work waits for its turn."""
    done: list[str] = []

    async def work() -> None:
        scheduler = SliceScheduler()

        async def run(name: str, number: int) -> None:
            await scheduler.run(count_to(number, steps=2))
            done.append(name)

        await asyncio.gather(*[run(f"long {number}", 100) for number in range(4)], run("short", 1))

    asyncio.run(work())

    assert "short" == done[0]


def test_promise_16_pieces_are_made_one_in_each_turn() -> None:
    """The pieces of a reply are made while they are sent; an empty piece is only a pause."""
    made: list[int] = []

    def pieces() -> Iterator[Piece]:
        for number in range(4):
            made.append(number)
            yield b"" if number == 1 else b"%d" % number

    async def receive() -> list[tuple[bytes, int]]:
        return [(piece, len(made)) async for piece in SliceScheduler().pieces(pieces())]

    assert [(b"0", 1), (b"2", 3), (b"3", 4)] == asyncio.run(receive())


def test_promise_16_the_event_loop_turns_while_a_thread_works() -> None:
    """Work can pause until a thread has finished a part of it. Then other work goes on."""
    may_end = Event()

    def waiting() -> str:
        assert may_end.wait(60)
        return "done"

    async def both() -> list[object]:
        scheduler, done = SliceScheduler(), []

        async def add(work: Sliced[object]) -> None:
            done.append(await scheduler.run(work))

        async def read(work: Iterator[Piece]) -> None:
            done.extend([piece async for piece in scheduler.pieces(work)])

        def piece() -> Iterator[Piece]:
            yield from pausing(in_thread(pool, waiting))
            yield b"piece"

        slow = [asyncio.ensure_future(add(in_thread(pool, waiting))), asyncio.ensure_future(read(piece()))]
        await add(count_to(3, steps=1))
        assert [[0, 1, 2]] == done
        may_end.set()
        await asyncio.gather(*slow)
        return done

    with ThreadPoolExecutor(2) as pool:
        assert [b"piece", [0, 1, 2], "done"] == sorted(asyncio.run(both()), key=lambda each: type(each).__name__)


def test_work_in_a_thread_without_an_event_loop() -> None:
    """Code without an event loop waits for the thread."""
    with ThreadPoolExecutor() as pool:
        assert "done" == finish(in_thread(pool, lambda: "done"))


def test_an_error_in_the_work_is_raised() -> None:
    """An error ends the work, and other work continues."""

    def broken() -> Sliced[None]:
        yield None
        raise LookupError

    async def work() -> list[int]:
        scheduler = SliceScheduler()
        with pytest.raises(LookupError):
            await scheduler.run(broken())
        return await scheduler.run(count_to(2, steps=1))

    assert [0, 1] == asyncio.run(work())
