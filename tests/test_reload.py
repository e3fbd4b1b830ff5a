"""`--reload`: edited files are served, invalid files change nothing, and requests are answered meanwhile."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import watchfiles
from click.testing import CliRunner

from mockserver.cli import commands as cli
from mockserver.cli.health_check import health_problem
from mockserver.contract import Contract
from mockserver.engine.engine import Engine
from mockserver.errors import UsageError
from mockserver.loading import load_contract, load_engine, load_snapshot
from mockserver.messages import Reply
from mockserver.reloading import reloader, sources
from mockserver.reloading.sources import FileStamps, Sources
from mockserver.server import BackgroundServer
from mockserver.settings import Settings, bundled
from mockserver.web import create_app
from tests.support.command import ROOT, environment, served
from tests.support.echo_engine import EchoEngine
from tests.support.state import memory_of

PATIENCE = 10.0
# How often files are checked here, in seconds; a server that stops waits for it.
INTERVAL = 0.1

SPEC = """
openapi: 3.0.3
info: {title: pets, version: "1"}
paths:
  /pets:
    get:
      operationId: list_pets
      responses: {"200": {description: d, content: {application/json: {schema: {$ref: "schemas/pets.yaml"}}}}}
  /number:
    get:
      operationId: get_number
      responses: {"200": {description: d, content: {application/json: {schema: {$ref: "schemas/number.json"}}}}}
"""


def scenario(*pets: int, stubs: str = "", times: int | None = None) -> str:
    """The text of a scenario that lists these pets."""
    limit = f"times: {times}, " if times else ""
    reply = f"{{name: pets, operation: list_pets, {limit}reply: {{body: {list(pets)}}}}}"
    return f"about: Pets are listed.\nstubs:\n  - {reply}\n{stubs}"


SEQUENCE = scenario(1, times=1, stubs="  - {name: then, operation: list_pets, reply: {body: [2]}}\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of a server that reloads."""

    url: str

    def ask(self, path: str = "/pets", **headers: str) -> Any:
        """The JSON of the reply; for a refusal, its kind."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            reply = connection.getresponse()
            body = reply.read()
            return reply.headers["mock-refused"] or json.loads(body)
        finally:
            connection.close()

    @property
    def reload(self) -> Any:
        """The member `reload` of health, whose body must match spec/admin.yaml."""
        health = self.ask("/__mock/health")
        reply = Reply(status=200, headers=(("content-type", "application/json"),), body=json.dumps(health).encode())
        assert [] == ADMIN.reply_violations("get_health", reply)
        assert "ok" == health["status"]
        return health["reload"]

    def until_current(self, since: str | None = None) -> None:
        """Wait until the files are served; with `since`, until a later change is."""
        eventually(lambda: (now := self.reload)["state"] == "current" and now["since"] != since)

    def until_rejected(self) -> list[str]:
        eventually(lambda: self.reload["state"] == "rejected")
        return list(self.reload["problems"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mock(Client):
    """A server that reloads, with the folder of its files and its log."""

    folder: Path
    engine: Engine
    log: list[str]

    @property
    def spec(self) -> Path:
        return self.folder / "openapi.yaml"

    @property
    def scenarios(self) -> Path:
        return self.folder / "scenarios"

    def file(self, name: str) -> Path:
        return self.scenarios / f"{name}.yaml"


ADMIN = Contract.load(bundled("spec") / "admin.yaml")


def eventually(holds: Callable[[], object]) -> None:
    """Wait until a condition is true. After ten seconds the test fails."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.02)
    assert holds()


def write_files(folder: Path) -> None:
    """A contract in three files, and three scenarios."""
    (folder / "openapi.yaml").write_text(SPEC, "utf-8")
    (folder / "schemas").mkdir()
    (folder / "schemas" / "pets.yaml").write_text("{type: array, items: {type: integer}}", "utf-8")
    (folder / "schemas" / "number.json").write_text('{"type": "integer", "enum": [1]}', "utf-8")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "happy_path.yaml").write_text(scenario(1), "utf-8")
    (folder / "scenarios" / "sequence.yaml").write_text(SEQUENCE, "utf-8")
    (folder / "scenarios" / "other_sequence.yaml").write_text(SEQUENCE, "utf-8")
    # Files written at the moment of the start would be read twice.
    time.sleep(0.02)


@contextmanager
def reloading(folder: Path, **options: Any) -> Iterator[Mock]:
    """Serve the files of a folder with reloading."""
    files: dict[str, Any] = {"spec": folder / "openapi.yaml", "scenarios": folder / "scenarios"}
    settings = Settings(seed=1, reload=True, **{**files, **options})
    engine = load_engine(settings)
    log: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reloader._logger, "warning", log.append)
        patch.setattr(reloader, "_INTERVAL", INTERVAL)
        with BackgroundServer(create_app(settings, engine=engine)) as server:
            yield Mock(url=server.url, folder=folder, engine=engine, log=log)


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[Mock]:
    write_files(tmp_path)
    with reloading(tmp_path) as mock:
        yield mock


def in_place(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def by_rename(path: Path, text: str) -> None:
    """As most editors and tools write: a new file replaces the old one."""
    other = path.with_name(f".{path.name}.tmp")
    other.write_text(text, "utf-8")
    other.replace(path)


def by_backup(path: Path, text: str) -> None:
    """As vim can write: the old file becomes a backup, and for a moment no file has the name."""
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    path.write_text(text, "utf-8")
    backup.unlink()


def by_new_folder(path: Path, text: str) -> None:
    """As a build tool writes: the folder is deleted and created again."""
    texts = {each.name: each.read_text("utf-8") for each in path.parent.iterdir()}
    shutil.rmtree(path.parent)
    time.sleep(2.5 * INTERVAL)
    path.parent.mkdir()
    for name, old in texts.items():
        (path.parent / name).write_text(text if name == path.name else old, "utf-8")


def by_links(path: Path, text: str) -> None:
    """As Kubernetes updates a ConfigMap: the files are links through a link, which then points to another folder."""
    (path.parent / "..one").mkdir()
    (path.parent / "..data").symlink_to("..one")
    path.replace(path.parent / "..one" / path.name)
    path.symlink_to(Path("..data") / path.name)
    time.sleep(2.5 * INTERVAL)
    (path.parent / "..two").mkdir()
    (path.parent / "..two" / path.name).write_text(text, "utf-8")
    (path.parent / "..new").symlink_to("..two")
    (path.parent / "..new").replace(path.parent / "..data")


def behind_a_link(path: Path, text: str) -> None:
    """The file is a link, and its target is written."""
    (path.parent / "below").mkdir()
    target = path.replace(path.parent / "below" / "target.yaml")
    path.symlink_to(target)
    time.sleep(2.5 * INTERVAL)
    target.write_text(text, "utf-8")


WAYS = [in_place, by_rename, by_backup, by_new_folder, by_links, behind_a_link]


@pytest.mark.parametrize("write", WAYS, ids=lambda way: way.__name__)
def test_an_edited_scenario_is_served(mock: Mock, write: Callable[[Path, str], None]) -> None:
    """An edited scenario is served, no matter how the file is written."""
    assert [1] == mock.ask()

    write(mock.file("happy_path"), scenario(2, 3))

    eventually(lambda: mock.ask() == [2, 3])
    mock.until_current()


def test_new_renamed_and_removed_scenarios(mock: Mock) -> None:
    """A new file is a new scenario. A file that is renamed or removed is no scenario any more."""
    mock.file("new").write_text(scenario(7), "utf-8")
    eventually(lambda: mock.ask(mock_scenario="new") == [7])
    mock.file("new").rename(mock.file("newer"))
    eventually(lambda: mock.ask(mock_scenario="newer") == [7])
    assert "unknown-scenario" == mock.ask(mock_scenario="new")
    mock.file("newer").unlink()
    eventually(lambda: mock.ask(mock_scenario="newer") == "unknown-scenario")

    assert ["reloaded: new", "reloaded: new, newer", "reloaded: newer"] == mock.log


@pytest.mark.parametrize("write", [in_place, by_rename, by_backup, by_new_folder], ids=lambda way: way.__name__)
def test_an_edited_spec_is_served(mock: Mock, write: Callable[[Path, str], None], tmp_path: Path) -> None:
    """An edit of the document is served, and an edit of a file that it refers to."""
    assert 1 == mock.ask("/number")
    if write is not by_new_folder:
        write(mock.spec, SPEC.replace("/number:", "/numbers:"))
        eventually(lambda: mock.ask("/numbers") == 1)
        assert "unknown-path" == mock.ask("/number")
        mock.spec.write_text(SPEC, "utf-8")

    write(tmp_path / "schemas" / "number.json", '{"type": "integer", "enum": [2]}')

    eventually(lambda: mock.ask("/number") == 2)
    assert "the contract" in mock.log[-1]


def test_a_spec_behind_a_link(tmp_path: Path) -> None:
    """The target of a link is watched, and so is the link."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    for folder in ("one", "two"):
        write_files(tmp_path / folder)
    (tmp_path / "two" / "schemas" / "number.json").write_text('{"enum": [2]}', "utf-8")
    link = tmp_path / "current"
    link.symlink_to("one")

    with reloading(tmp_path / "one", spec=link / "openapi.yaml", scenarios=link / "scenarios") as mock:
        (tmp_path / "one" / "schemas" / "number.json").write_text('{"enum": [11]}', "utf-8")
        eventually(lambda: mock.ask("/number") == 11)
        (tmp_path / "new").symlink_to("two")
        (tmp_path / "new").replace(link)
        eventually(lambda: mock.ask("/number") == 2)


BROKEN = {
    "not YAML": ("scenarios/sequence.yaml", "about: [", "sequence.yaml:2:1: "),
    "empty": ("scenarios/sequence.yaml", "", "sequence.yaml:1:1: "),
    "unknown key": ("scenarios/sequence.yaml", SEQUENCE + "extra: 1\n", "sequence.yaml:5:1: extra: unknown key"),
    "off contract": ("scenarios/happy_path.yaml", scenario(1).replace("[1]", "one"), "happy_path.yaml:3:"),
    "unknown operation": ("scenarios/new.yaml", scenario(1).replace("list_", "lost_"), "no operation 'lost_pets'"),
    "an invalid name": ("scenarios/New.yml", scenario(1), "New.yml:1:1: "),
    "a spec that is not YAML": ("openapi.yaml", "openapi: [", "openapi.yaml"),
    "a spec of another version": ("openapi.yaml", "openapi: 2.0.0", "openapi.yaml: `openapi` must be"),
    "a reference to a missing file": ("openapi.yaml", SPEC.replace("number.json", "digit.json"), "digit.json"),
    "a reference outside the folder": (
        "openapi.yaml",
        SPEC.replace("schemas/number", "../number"),
        "leaves the folder",
    ),
    "an invalid file that is referred to": ("schemas/number.json", "{", "number.json"),
    "a missing operation": ("openapi.yaml", SPEC.replace("list_", "show_"), "no operation 'list_pets'"),
    "scenarios that violate the new contract": (
        "schemas/pets.yaml",
        "{type: array, maxItems: 0}",
        "happy_path.yaml:3:",
    ),
}


@pytest.mark.parametrize(("name", "text", "expected"), BROKEN.values(), ids=BROKEN)
def test_promise_12_invalid_files_are_rejected(mock: Mock, name: str, text: str, expected: str) -> None:
    """The old files are still served; health and log show each problem as at a start. A corrected file is served."""
    path = mock.folder / name
    old = path.read_text("utf-8") if path.exists() else None
    path.write_text(text, "utf-8")

    problems = mock.until_rejected()

    assert ([1], [1], 1) == (mock.ask(), mock.ask(mock_scenario="sequence"), mock.ask("/number"))
    assert any(expected in problem for problem in problems), problems
    assert [f"not reloaded: {problem}" for problem in problems] == mock.log[-len(problems) :]
    with pytest.raises(UsageError) as caught:
        load_engine(Settings(spec=mock.spec, scenarios=mock.scenarios))
    assert problems == str(caught.value).splitlines()
    assert health_problem(mock.url) is None

    path.unlink() if old is None else path.write_text(old, "utf-8")

    mock.until_current()
    assert [2] == mock.ask(mock_scenario="sequence")


def test_a_folder_without_scenarios_is_rejected(mock: Mock) -> None:
    """An empty or deleted folder is rejected. If the same files come back, sequences continue."""
    mock.ask(mock_scenario="sequence")
    texts = {path: path.read_text("utf-8") for path in mock.scenarios.iterdir()}
    for path in texts:
        path.unlink()
    eventually(lambda: "has no scenario file" in "".join(mock.until_rejected()))
    mock.scenarios.rmdir()
    eventually(lambda: "No such file or directory" in "".join(mock.reload["problems"]))
    assert [1] == mock.ask()

    mock.scenarios.mkdir()
    for path, text in texts.items():
        path.write_text(text, "utf-8")

    mock.until_current()
    assert [2] == mock.ask(mock_scenario="sequence")


def test_a_file_that_a_rejected_spec_waits_for(mock: Mock) -> None:
    """The document may be saved before the file that it refers to, which may be in a new folder."""
    mock.spec.write_text(SPEC.replace("schemas/number.json", "deep/er/digit.yaml"), "utf-8")
    assert "does not exist" in mock.until_rejected()[0]

    (mock.folder / "deep" / "er").mkdir(parents=True)
    (mock.folder / "deep" / "er" / "digit.yaml").write_text("{$ref: nine.yaml}", "utf-8")
    eventually(lambda: "nine.yaml" in mock.reload["problems"][0])
    (mock.folder / "deep" / "er" / "nine.yaml").write_text("{enum: [9]}", "utf-8")

    eventually(lambda: mock.ask("/number") == 9)


def test_spec_and_scenarios_that_change_together(mock: Mock) -> None:
    """A new contract is rejected until the scenarios match it."""
    mock.spec.write_text(SPEC.replace("list_pets", "show_pets"), "utf-8")
    problems = mock.until_rejected()
    assert problems
    assert all("no operation 'list_pets'" in problem for problem in problems)
    for path in mock.scenarios.iterdir():
        path.write_text(path.read_text("utf-8").replace("list_pets", "show_pets").replace("[1]", "[4]"), "utf-8")

    mock.until_current()

    assert [4] == mock.ask()
    assert mock.log[-1].endswith("the contract")


def test_open_requests_finish_with_the_old_files(mock: Mock) -> None:
    """A delayed and a dribbled reply are sent as planned, although their scenarios are deleted."""
    late = scenario(8).replace("reply:", "delay: 2s, reply:")
    trickle = scenario(1).replace("reply: {body: [1]}", "fault: {dribble: {chunks: 3, over: 2s}}")
    mock.file("late").write_text(late, "utf-8")
    mock.file("trickle").write_text(trickle, "utf-8")
    eventually(lambda: "reloaded: late, trickle" in ", ".join(mock.log))
    replies: dict[str, Any] = {}
    threads = [
        threading.Thread(target=lambda name=name: replies.update({name: mock.ask(mock_scenario=name)}))
        for name in ("late", "trickle")
    ]
    for thread in threads:
        thread.start()
    eventually(lambda: 2 == sum(entry.scenario in {"late", "trickle"} for entry in mock.engine.state.journal))

    mock.file("late").unlink()
    mock.file("trickle").unlink()
    mock.file("happy_path").write_text(scenario(2), "utf-8")
    eventually(lambda: mock.ask() == [2])

    assert {} == replies
    for thread in threads:
        thread.join()
    assert {"late": [8], "trickle": [1]} == replies


def test_every_request_is_answered_under_load(mock: Mock) -> None:
    """While contract and scenarios change repeatedly, each request is answered by one of the versions."""
    replies: list[Any] = []
    stop = threading.Event()

    def hammer() -> None:
        while not stop.is_set():
            replies.append(mock.ask())

    threads = [threading.Thread(target=hammer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(2, 6):
        since = mock.reload["since"]
        mock.spec.write_text(f"{SPEC}# {number}\n", "utf-8")
        mock.file("happy_path").write_text(scenario(number), "utf-8")
        mock.until_current(since)
    eventually(lambda: mock.ask() == [5])
    stop.set()
    for thread in threads:
        thread.join()

    assert [] == [reply for reply in replies if reply not in ([1], [2], [3], [4], [5])]


@pytest.mark.parametrize("is_prepared", [True, False])
def test_a_reload_is_as_prepared_as_before(mock: Mock, is_prepared: bool) -> None:  # noqa: FBT001  # a parameter of pytest
    """What first requests would wait for is made before a new contract is served, if it was made for the old one."""
    if is_prepared:
        mock.engine.snapshot.prepare()
    mock.spec.write_text(SPEC.replace("/number:", "/numbers:"), "utf-8")
    mock.until_current()
    eventually(lambda: mock.log)

    assert ["reloaded: the contract"] == mock.log
    assert is_prepared == mock.engine.snapshot.is_prepared


def test_sequences_of_unchanged_files_continue(mock: Mock) -> None:
    """An edit of a file restarts only its own sequences, and an edit of the contract restarts none."""
    for name in ("sequence", "other_sequence"):
        assert [1] == mock.ask(mock_scenario=name)

    mock.file("sequence").write_text(f"# the same\n{SEQUENCE}", "utf-8")
    mock.spec.write_text(f"{SPEC}# the same\n", "utf-8")
    eventually(lambda: any("sequence" in line for line in mock.log) and "the contract" in "".join(mock.log))

    assert ([1], [2]) == (mock.ask(mock_scenario="sequence"), mock.ask(mock_scenario="other_sequence"))


def test_a_file_with_the_same_content(mock: Mock) -> None:
    """A file with the same content does not restart its sequences, and is not logged."""
    assert [1] == mock.ask(mock_scenario="sequence")
    before = mock.reload

    mock.file("sequence").touch()
    by_rename(mock.file("other_sequence"), SEQUENCE)
    mock.file("happy_path").write_text(scenario(5), "utf-8")
    eventually(lambda: mock.ask() == [5])

    assert [2] == mock.ask(mock_scenario="sequence")
    assert ["reloaded: happy_path"] == mock.log
    assert before["since"] < mock.reload["since"]


def test_state_is_kept(tmp_path: Path) -> None:
    """A reload keeps the journal, the payment sessions, the order of generated values and the activated scenarios."""
    scenarios = tmp_path / "scenarios"
    shutil.copytree(bundled("scenarios"), scenarios)
    spec = shutil.copytree(bundled("spec"), tmp_path / "spec") / "wingback.yaml"
    body = b'{"operation": "add_method", "address": true}'
    path = "/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session"

    def post(url: str) -> bytes:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        try:
            connection.request("POST", path, body, {"wb-key": "key", "Content-Type": "application/json"})
            return connection.getresponse().read()
        finally:
            connection.close()

    with reloading(tmp_path, spec=spec, scenarios=scenarios) as plain:
        expected = [post(plain.url) for _ in range(2)]
    with reloading(tmp_path, spec=spec, scenarios=scenarios) as mock:
        selector = mock.engine.snapshot.selector
        assert selector
        selector.activate("maintenance", namespace="name:me")
        got = [post(mock.url)]
        spec.write_text(f"{spec.read_text('utf-8')}\n# edited\n", "utf-8")
        default = scenarios / "happy_path.yaml"
        default.write_text(f"{default.read_text('utf-8')}# edited\n", "utf-8")
        eventually(lambda: all(name in "".join(mock.log) for name in ("happy_path", "the contract")))
        got.append(post(mock.url))

        after = mock.engine.snapshot.selector
        assert after
        assert after is not selector
        assert "maintenance" == after.activated("name:me")
        assert 2 == len(mock.engine.state.journal) == len(memory_of(mock.engine).payment_sessions)
    assert expected == got


@pytest.mark.parametrize("namespace", [None, "name:me"], ids=["the whole server", "a namespace"])
def test_an_activated_scenario_is_deleted(mock: Mock, namespace: str | None) -> None:
    """If an activated scenario is deleted, another one answers until it exists again, and the log says so."""
    mock.file("busy").write_text(scenario(3), "utf-8")
    eventually(lambda: mock.log == ["reloaded: busy"])
    selector = mock.engine.snapshot.selector
    assert selector
    selector.activate("busy", namespace=namespace)
    assert [3] == mock.ask(mock_namespace="me")

    mock.file("busy").unlink()

    eventually(lambda: mock.ask(mock_namespace="me") == [1])
    expected_line = "the activated scenario busy no longer exists: until it exists again, another one answers"
    eventually(lambda: mock.log[1:] == ["reloaded: busy", expected_line])
    mock.file("happy_path").write_text(scenario(2), "utf-8")
    eventually(lambda: mock.ask(mock_namespace="me") == [2])
    assert 1 == mock.log.count(expected_line)
    mock.file("busy").write_text(scenario(4), "utf-8")
    eventually(lambda: mock.ask(mock_namespace="me") == [4])


def test_the_scenario_of_the_command_line_is_deleted(tmp_path: Path) -> None:
    """The scenario of `--scenario` can be deleted and created again like every other."""
    write_files(tmp_path)
    busy = tmp_path / "scenarios" / "busy.yaml"
    busy.write_text(scenario(3), "utf-8")

    with reloading(tmp_path, scenario="busy") as mock:
        assert [3] == mock.ask()
        busy.unlink()
        eventually(lambda: mock.ask() == [1])
        assert "current" == mock.reload["state"]
        busy.write_text(scenario(4), "utf-8")
        eventually(lambda: mock.ask() == [4])


def test_other_files_are_ignored(mock: Mock) -> None:
    """Notes, backups and logs in the same folders change nothing."""
    for folder in (mock.folder, mock.scenarios, mock.folder / "schemas"):
        for name in ("notes.md", "server.log", "happy_path.yaml~", ".happy_path.yaml.swp"):
            (folder / name).write_text("{", "utf-8")
    mock.file("happy_path").write_text(scenario(2), "utf-8")
    eventually(lambda: mock.ask() == [2])

    assert ["reloaded: happy_path"] == mock.log


def test_a_file_that_is_written_in_pieces(tmp_path: Path) -> None:
    """A file is read when it no longer changes."""
    write_files(tmp_path)
    settings = Settings(spec=tmp_path / "openapi.yaml", scenarios=tmp_path / "scenarios")
    files = Sources(settings, load_snapshot(settings))
    path = tmp_path / "scenarios" / "happy_path.yaml"
    pieces = [scenario(1)[:30], scenario(1)[:60], scenario(9)]
    waits = 0

    def wait(_: float) -> None:
        nonlocal waits
        waits += 1
        if pieces:
            path.write_text(pieces.pop(0), "utf-8")

    path.write_text("about:", "utf-8")

    assert files.have_changed(wait)
    assert (4, []) == (waits, pieces)
    assert files.read().changes(load_snapshot(settings)) == ["the contract"]
    assert not files.have_changed(wait)


def test_a_file_that_changes_all_the_time(tmp_path: Path) -> None:
    """A file that changes all the time is read within half a second."""
    write_files(tmp_path)
    settings = Settings(spec=tmp_path / "openapi.yaml", scenarios=tmp_path / "scenarios")
    files = Sources(settings, load_snapshot(settings))
    path = tmp_path / "scenarios" / "happy_path.yaml"
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        path.write_text(scenario(*range(len(waits))), "utf-8")

    wait(0)

    assert files.have_changed(wait)
    assert sum(waits) < 0.5


def test_an_edit_while_the_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit while the files are read is not missed."""
    write_files(tmp_path)
    settings = Settings(spec=tmp_path / "openapi.yaml", scenarios=tmp_path / "scenarios")
    files = Sources(settings, load_snapshot(settings))
    number = tmp_path / "schemas" / "number.json"

    def load_and_edit(settings: Settings) -> Contract:
        contract = load_contract(settings)
        number.write_text('{"enum": [3]}', "utf-8")
        return contract

    number.write_text('{"enum": [2]}', "utf-8")
    assert files.have_changed(time.sleep)
    monkeypatch.setattr(sources, "load_contract", load_and_edit)
    stale = files.read()
    monkeypatch.undo()

    assert files.have_changed(time.sleep)
    assert ["the contract"] == files.read().changes(stale)
    assert not files.have_changed(time.sleep)


def test_an_edit_while_the_server_starts(tmp_path: Path) -> None:
    """An edit while the server starts is not missed."""
    write_files(tmp_path)
    settings = Settings(spec=tmp_path / "openapi.yaml", scenarios=tmp_path / "scenarios", reload=True)
    engine = load_engine(settings)
    (tmp_path / "schemas" / "number.json").write_text('{"enum": [2]}', "utf-8")

    with BackgroundServer(create_app(settings, engine=engine)) as server:
        client = Client(url=server.url)
        eventually(lambda: client.ask("/number") == 2)


def test_the_contract_is_read_again_only_when_it_changed(mock: Mock) -> None:
    """An edited scenario does not cause the contract to be read again."""
    contract = mock.engine.contract
    mock.file("happy_path").write_text(scenario(2), "utf-8")
    eventually(lambda: mock.ask() == [2])

    assert contract is mock.engine.contract


def test_requests_do_not_wait_for_a_reload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While files are read, however long it takes, requests are answered and the server can be stopped."""
    reading, go_on = threading.Event(), threading.Event()

    def load_slowly(settings: Settings) -> Contract:
        reading.set()
        go_on.wait(PATIENCE)
        return load_contract(settings)

    write_files(tmp_path)
    with reloading(tmp_path) as mock:
        monkeypatch.setattr(sources, "load_contract", load_slowly)
        mock.spec.write_text(f"{SPEC}# edited\n", "utf-8")
        assert reading.wait(PATIENCE)
        (thread,) = [each for each in threading.enumerate() if each.name == "reload"]

        assert [1] == mock.ask()
        assert "current" == mock.reload["state"]
    # The server has stopped without waiting for the thread.
    assert thread.is_alive()
    go_on.set()
    thread.join(PATIENCE)
    assert [] == mock.log


def test_a_bug_while_reading(mock: Mock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A bug is logged with its traceback and reported as a problem; the next edit is served again."""
    monkeypatch.setattr("mockserver.reloading.sources.load_snapshot", lambda *_, **__: 1 / 0)
    mock.file("happy_path").write_text(scenario(2), "utf-8")

    assert [
        "the files cannot be read because of a bug in the mock server; stderr has the traceback"
    ] == mock.until_rejected()
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    mock.file("happy_path").write_text(scenario(3), "utf-8")
    eventually(lambda: mock.ask() == [3])


def test_no_change_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the system reports no changes, the files are still checked twice a second."""

    def exhausted(*_: object, **__: object) -> Iterator[object]:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr(watchfiles, "watch", exhausted)
    write_files(tmp_path)
    with reloading(tmp_path) as mock:
        mock.file("happy_path").write_text(scenario(2), "utf-8")
        eventually(lambda: mock.ask() == [2])


def test_many_problems(mock: Mock) -> None:
    """Health shows the first problems, so that its reply stays small."""
    for number in range(50):
        mock.file(f"broken_{number:02}").write_text(f"x{'ü' * 2000}: 1", "utf-8")
    eventually(lambda: len(mock.until_rejected()) == 21)

    problems = mock.reload["problems"]
    assert max(map(len, problems)) <= 500
    assert "and " in problems[-1]
    assert health_problem(mock.url) is None


def test_problems_contain_no_secrets(mock: Mock) -> None:
    """A key in a file appears neither in health nor in the log."""
    mock.file("happy_path").write_text(scenario(1).replace("list_pets", "api_key_topsecret"), "utf-8")

    assert "[redacted]" in "".join(mock.until_rejected())
    assert "topsecret" not in f"{mock.reload}{mock.log}"


def test_without_scenarios(tmp_path: Path) -> None:
    """A contract without scenarios is reloaded, too."""
    write_files(tmp_path)
    with reloading(tmp_path, scenarios=None) as mock:
        (tmp_path / "schemas" / "number.json").write_text('{"enum": [2]}', "utf-8")
        eventually(lambda: mock.ask("/number") == 2)
        assert ["reloaded: the contract"] == mock.log


def test_without_reload(tmp_path: Path) -> None:
    """Without `reload`, health has no such member and no thread runs."""
    write_files(tmp_path)
    settings = Settings(spec=tmp_path / "openapi.yaml")
    engine = load_engine(settings)
    with BackgroundServer(create_app(settings, engine=engine)):
        assert "reload" not in engine.health()
        assert "reload" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command(tmp_path: Path, form: str) -> None:
    """`mockserver --reload` reports each reload in the log, in the format of the log."""
    write_files(tmp_path)
    path = tmp_path / "scenarios" / "happy_path.yaml"
    arguments = ["--spec", str(tmp_path / "openapi.yaml"), "--scenarios", str(path.parent), "--log-format", form]
    with served("--reload", *arguments) as running:
        client = Client(url=running.url)
        path.write_text("about: [", "utf-8")
        (problem,) = client.until_rejected()
        path.write_text(scenario(2), "utf-8")
        eventually(lambda: client.ask() == [2])
        code, log = running.stop()

    lines = [line for line in log.splitlines() if "reloaded" in line]
    messages = [json.loads(line)["message"] if form == "json" else line[25:] for line in lines]
    assert 0 == code
    assert [f"not reloaded: {problem}", "reloaded: happy_path"] == messages


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        pytest.param([], {}, False, id="default"),
        pytest.param(["--reload"], {}, True, id="flag"),
        pytest.param([], {"MOCKSERVER_RELOAD": "1"}, True, id="variable"),
        pytest.param([], {"MOCKSERVER_RELOAD": "true"}, True, id="variable as a word"),
        pytest.param([], {"MOCKSERVER_RELOAD": "0"}, False, id="variable with 0"),
        pytest.param([], {"MOCKSERVER_RELOAD": ""}, False, id="empty variable"),
    ],
)
def test_the_flag(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], variables: dict[str, str], *, expected: bool
) -> None:
    """`--reload` or MOCKSERVER_RELOAD enables reloading."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr(cli.serve, "callback", lambda **values: calls.append(values))

    CliRunner().invoke(cli.commands, arguments, env=variables, catch_exceptions=False, standalone_mode=False)

    assert [expected] == [values["reload"] for values in calls]


def test_watchfiles_is_missing() -> None:
    """Without watchfiles, `--reload` ends with one line that says how to install it."""
    source = (
        "import sys; sys.modules['watchfiles'] = None; sys.argv[0] = 'x'; "
        "from mockserver.cli.main import run_command; run_command()"
    )

    ended = subprocess.run(
        [sys.executable, "-c", source, "--reload", "--port", "0"],
        cwd=ROOT,
        env=environment({}),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    expected = (
        "mockserver: --reload needs watchfiles: run pip install watchfiles, or pip install '.[reload]' in a checkout\n"
    )
    assert (2, "", expected) == (ended.returncode, ended.stdout, ended.stderr)


def test_watchfiles_is_missing_in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without watchfiles, create_app raises the same error."""
    write_files(tmp_path)
    monkeypatch.setattr("mockserver.reloading.reloader.find_spec", lambda name: None)

    with pytest.raises(UsageError, match="reload"):
        create_app(Settings(spec=tmp_path / "openapi.yaml", reload=True))


def test_an_engine_of_the_caller() -> None:
    """An engine that the caller passes answers, also with `reload`."""
    with BackgroundServer(create_app(Settings(reload=True), engine=EchoEngine())) as server:
        assert "/pets" == Client(url=server.url).ask()["path"]


def test_file_stamps(tmp_path: Path) -> None:
    """Other content, another file and other permissions are changes; reading is not."""
    path = tmp_path / "file.yaml"
    path.write_text("one", "utf-8")
    acts: list[Callable[[], object]] = [
        lambda: path.write_text("two", "utf-8"),
        lambda: by_rename(path, "two"),
        lambda: path.chmod(0o600),
        lambda: os.utime(path, (1, 1)),
        path.unlink,
    ]
    for act in acts:
        before = FileStamps.read([path], None)
        time.sleep(0.02)
        path.read_text("utf-8")
        assert before == FileStamps.read([path], None)
        act()
        assert before != FileStamps.read([path], None)
