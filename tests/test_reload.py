"""`--reload`: what is edited is served, what cannot be served changes nothing, and nobody who asks is harmed."""

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

PATIENCE = 10.0

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
    """Asks a server that reloads."""

    url: str

    def ask(self, path: str = "/pets", **headers: str) -> Any:
        """The JSON of the reply, and of a refusal only its kind."""
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
        """What health says of reloading; every such body is as spec/admin.yaml describes it."""
        health = self.ask("/__mock/health")
        reply = Reply(status=200, headers=(("content-type", "application/json"),), body=json.dumps(health).encode())
        assert [] == ADMIN.reply_violations("get_health", reply)
        assert "ok" == health["status"]
        return health["reload"]

    def until_current(self, since: str | None = None) -> None:
        """Wait until a change is served, if a time is given one later than that."""
        eventually(lambda: (now := self.reload)["state"] == "current" and now["since"] != since)

    def until_rejected(self) -> list[str]:
        eventually(lambda: self.reload["state"] == "rejected")
        return list(self.reload["problems"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mock(Client):
    """A server that reloads, the folder with its files and what it logs."""

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
    """Wait until something holds, seconds if need be; when it does not, the assertion shows what it is."""
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
    # What was written in the very moment of the start would be read twice.
    time.sleep(0.02)


@contextmanager
def reloading(folder: Path, **options: Any) -> Iterator[Mock]:
    """Serve the files of a folder, and what becomes of them."""
    given = {"spec": folder / "openapi.yaml", "scenarios": folder / "scenarios", "reload": True, **options}
    settings = Settings(seed=1, **given)
    engine = load_engine(settings)
    log: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reloader._logger, "warning", log.append)
        app = create_app(settings, engine=engine)
    with BackgroundServer(app) as server:
        yield Mock(url=server.url, folder=folder, engine=engine, log=log)


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[Mock]:
    write_files(tmp_path)
    with reloading(tmp_path) as mock:
        yield mock


def in_place(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def by_rename(path: Path, text: str) -> None:
    """As most editors and tools write: a new file takes the place of the old one."""
    other = path.with_name(f".{path.name}.tmp")
    other.write_text(text, "utf-8")
    other.replace(path)


def by_backup(path: Path, text: str) -> None:
    """As vim can: the old file becomes the backup, the name is free for a moment."""
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    path.write_text(text, "utf-8")
    backup.unlink()


def anew(path: Path, text: str) -> None:
    """As a build tool does: the folder is emptied, gone, and there again."""
    texts = {each.name: each.read_text("utf-8") for each in path.parent.iterdir()}
    shutil.rmtree(path.parent)
    time.sleep(0.6)
    path.parent.mkdir()
    for name, old in texts.items():
        (path.parent / name).write_text(text if name == path.name else old, "utf-8")


def by_links(path: Path, text: str) -> None:
    """As Kubernetes mounts a ConfigMap: the files are links through a link that is turned to another folder."""
    (path.parent / "..one").mkdir()
    (path.parent / "..data").symlink_to("..one")
    path.replace(path.parent / "..one" / path.name)
    path.symlink_to(Path("..data") / path.name)
    time.sleep(0.6)
    (path.parent / "..two").mkdir()
    (path.parent / "..two" / path.name).write_text(text, "utf-8")
    (path.parent / "..new").symlink_to("..two")
    (path.parent / "..new").replace(path.parent / "..data")


def behind_a_link(path: Path, text: str) -> None:
    """The file is a link into a folder below, and what it leads to is written."""
    (path.parent / "below").mkdir()
    target = path.replace(path.parent / "below" / "target.yaml")
    path.symlink_to(target)
    time.sleep(0.6)
    target.write_text(text, "utf-8")


WAYS = [in_place, by_rename, by_backup, anew, by_links, behind_a_link]


@pytest.mark.parametrize("write", WAYS, ids=lambda way: way.__name__)
def test_an_edited_scenario_is_served(mock: Mock, write: Callable[[Path, str], None]) -> None:
    """However the file is written."""
    assert [1] == mock.ask()

    write(mock.file("happy_path"), scenario(2, 3))

    eventually(lambda: mock.ask() == [2, 3])
    mock.until_current()


def test_scenarios_come_and_go(mock: Mock) -> None:
    """A new file is a new scenario; one that is renamed or removed is none any more."""
    mock.file("new").write_text(scenario(7), "utf-8")
    eventually(lambda: mock.ask(mock_scenario="new") == [7])
    mock.file("new").rename(mock.file("newer"))
    eventually(lambda: mock.ask(mock_scenario="newer") == [7])
    assert "unknown-scenario" == mock.ask(mock_scenario="new")
    mock.file("newer").unlink()
    eventually(lambda: mock.ask(mock_scenario="newer") == "unknown-scenario")

    assert ["reloaded: new", "reloaded: new, newer", "reloaded: newer"] == mock.log


@pytest.mark.parametrize("write", [in_place, by_rename, by_backup, anew], ids=lambda way: way.__name__)
def test_an_edited_spec_is_served(mock: Mock, write: Callable[[Path, str], None], tmp_path: Path) -> None:
    """The document itself, and a file that it refers to."""
    assert 1 == mock.ask("/number")
    if write is not anew:
        write(mock.spec, SPEC.replace("/number:", "/numbers:"))
        eventually(lambda: mock.ask("/numbers") == 1)
        assert "unknown-path" == mock.ask("/number")
        mock.spec.write_text(SPEC, "utf-8")

    write(tmp_path / "schemas" / "number.json", '{"type": "integer", "enum": [2]}')

    eventually(lambda: mock.ask("/number") == 2)
    assert "the contract" in mock.log[-1]


def test_a_spec_behind_a_link(tmp_path: Path) -> None:
    """A contract that lies elsewhere is watched there, and so is which one is meant."""
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
    "no YAML": ("scenarios/sequence.yaml", "about: [", "sequence.yaml:2:1: "),
    "empty": ("scenarios/sequence.yaml", "", "sequence.yaml:1:1: "),
    "unknown key": ("scenarios/sequence.yaml", SEQUENCE + "extra: 1\n", "sequence.yaml:5:1: extra: unknown key"),
    "off contract": ("scenarios/happy_path.yaml", scenario(1).replace("[1]", "one"), "happy_path.yaml:3:"),
    "unknown operation": ("scenarios/new.yaml", scenario(1).replace("list_", "lost_"), "no operation 'lost_pets'"),
    "a name that is none": ("scenarios/New.yml", scenario(1), "New.yml:1:1: "),
    "a spec that is no YAML": ("openapi.yaml", "openapi: [", "openapi.yaml"),
    "a spec that is no spec": ("openapi.yaml", "openapi: 2.0.0", "openapi.yaml: `openapi` must be"),
    "a reference to nowhere": ("openapi.yaml", SPEC.replace("number.json", "digit.json"), "digit.json"),
    "a reference that leads away": ("openapi.yaml", SPEC.replace("schemas/number", "../number"), "leaves the folder"),
    "a broken file that is referred to": ("schemas/number.json", "{", "number.json"),
    "an operation that is used has gone": ("openapi.yaml", SPEC.replace("list_", "show_"), "no operation 'list_pets'"),
    "scenarios that break the new contract": ("schemas/pets.yaml", "{type: array, maxItems: 0}", "happy_path.yaml:3:"),
}


@pytest.mark.parametrize(("name", "text", "expected"), BROKEN.values(), ids=BROKEN)
def test_promise_12_a_bad_edit_is_survivable(mock: Mock, name: str, text: str, expected: str) -> None:
    """The old set goes on, each problem shows in health and log, as it would at a start; mended, all is well."""
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
    """Empty or gone; and what comes back is what was there, so sequences go on."""
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
    """The document is saved first, the file that it refers to later, in a folder that is new too."""
    mock.spec.write_text(SPEC.replace("schemas/number.json", "deep/er/digit.yaml"), "utf-8")
    assert "does not exist" in mock.until_rejected()[0]

    (mock.folder / "deep" / "er").mkdir(parents=True)
    (mock.folder / "deep" / "er" / "digit.yaml").write_text("{$ref: nine.yaml}", "utf-8")
    eventually(lambda: "nine.yaml" in mock.reload["problems"][0])
    (mock.folder / "deep" / "er" / "nine.yaml").write_text("{enum: [9]}", "utf-8")

    eventually(lambda: mock.ask("/number") == 9)


def test_spec_and_scenarios_that_change_together(mock: Mock) -> None:
    """Whichever is saved first waits for the other."""
    mock.spec.write_text(SPEC.replace("list_pets", "show_pets"), "utf-8")
    problems = mock.until_rejected()
    assert problems
    assert all("no operation 'list_pets'" in problem for problem in problems)
    for path in mock.scenarios.iterdir():
        path.write_text(path.read_text("utf-8").replace("list_pets", "show_pets").replace("[1]", "[4]"), "utf-8")

    mock.until_current()

    assert [4] == mock.ask()
    assert mock.log[-1].endswith("the contract")


def test_requests_that_are_open_finish_as_they_began(mock: Mock) -> None:
    """One that is delayed and one whose reply trickles get what they were to get, though it is no more."""
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
    eventually(lambda: 2 == sum(entry.scenario in {"late", "trickle"} for entry in mock.engine.journal))

    mock.file("late").unlink()
    mock.file("trickle").unlink()
    mock.file("happy_path").write_text(scenario(2), "utf-8")
    eventually(lambda: mock.ask() == [2])

    assert {} == replies
    for thread in threads:
        thread.join()
    assert {"late": [8], "trickle": [1]} == replies


def test_nobody_is_harmed_under_load(mock: Mock) -> None:
    """While contract and scenarios change again and again, each request gets what one of the editions says."""
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


def test_sequences_of_unchanged_files_go_on(mock: Mock) -> None:
    """Those of a file that was edited start again, be it a comment; those of others do not, nor when the spec changes."""
    for name in ("sequence", "other_sequence"):
        assert [1] == mock.ask(mock_scenario=name)

    mock.file("sequence").write_text(f"# the same\n{SEQUENCE}", "utf-8")
    mock.spec.write_text(f"{SPEC}# the same\n", "utf-8")
    eventually(lambda: any("sequence" in line for line in mock.log) and "the contract" in "".join(mock.log))

    assert ([1], [2]) == (mock.ask(mock_scenario="sequence"), mock.ask(mock_scenario="other_sequence"))


def test_a_touched_file_is_not_edited(mock: Mock) -> None:
    """Nothing starts again, and the log is silent."""
    assert [1] == mock.ask(mock_scenario="sequence")
    before = mock.reload

    mock.file("sequence").touch()
    by_rename(mock.file("other_sequence"), SEQUENCE)
    mock.file("happy_path").write_text(scenario(5), "utf-8")
    eventually(lambda: mock.ask() == [5])

    assert [2] == mock.ask(mock_scenario="sequence")
    assert ["reloaded: happy_path"] == mock.log
    assert before["since"] < mock.reload["since"]


def test_what_is_remembered_stays(tmp_path: Path) -> None:
    """Journal, payment sessions, the order of made-up values and what is activated know of no reload."""
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
        assert {"name:me": "maintenance"} == after._activated
        assert 2 == len(mock.engine.journal) == len(mock.engine.payment_sessions)
    assert expected == got


@pytest.mark.parametrize("namespace", [None, "name:me"], ids=["the whole server", "a namespace"])
def test_an_activated_scenario_that_goes(mock: Mock, namespace: str | None) -> None:
    """The next that applies answers in its place, which the log says, until it is back."""
    mock.file("busy").write_text(scenario(3), "utf-8")
    eventually(lambda: mock.log == ["reloaded: busy"])
    selector = mock.engine.snapshot.selector
    assert selector
    selector.activate("busy", namespace=namespace)
    assert [3] == mock.ask(mock_namespace="me")

    mock.file("busy").unlink()

    eventually(lambda: mock.ask(mock_namespace="me") == [1])
    told = "the activated scenario busy no longer exists: until it exists again, another one answers"
    eventually(lambda: mock.log[1:] == ["reloaded: busy", told])
    mock.file("happy_path").write_text(scenario(2), "utf-8")
    eventually(lambda: mock.ask(mock_namespace="me") == [2])
    assert 1 == mock.log.count(told)
    mock.file("busy").write_text(scenario(4), "utf-8")
    eventually(lambda: mock.ask(mock_namespace="me") == [4])


def test_the_scenario_of_the_command_line_may_go(tmp_path: Path) -> None:
    """`--scenario` activates one for the whole server; like every other it may go and come back."""
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


def test_other_files_are_nobodys_business(mock: Mock) -> None:
    """Notes, backups and logs beside the files change nothing."""
    for folder in (mock.folder, mock.scenarios, mock.folder / "schemas"):
        for name in ("notes.md", "server.log", "happy_path.yaml~", ".happy_path.yaml.swp"):
            (folder / name).write_text("{", "utf-8")
    mock.file("happy_path").write_text(scenario(2), "utf-8")
    eventually(lambda: mock.ask() == [2])

    assert ["reloaded: happy_path"] == mock.log


def test_a_file_that_is_written_in_pieces(tmp_path: Path) -> None:
    """It is read once nothing more comes, and not for ever waited for."""
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


def test_a_file_that_never_rests(tmp_path: Path) -> None:
    """It is read all the same, soon enough."""
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


def test_what_changes_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No edit is missed, be it saved in the very moment of reading."""
    write_files(tmp_path)
    settings = Settings(spec=tmp_path / "openapi.yaml", scenarios=tmp_path / "scenarios")
    files = Sources(settings, load_snapshot(settings))
    number = tmp_path / "schemas" / "number.json"

    def loaded_before_an_edit(settings: Settings) -> Contract:
        contract = load_contract(settings)
        number.write_text('{"enum": [3]}', "utf-8")
        return contract

    number.write_text('{"enum": [2]}', "utf-8")
    assert files.have_changed(time.sleep)
    monkeypatch.setattr(sources, "load_contract", loaded_before_an_edit)
    stale = files.read()
    monkeypatch.undo()

    assert files.have_changed(time.sleep)
    assert ["the contract"] == files.read().changes(stale)
    assert not files.have_changed(time.sleep)


def test_what_changes_while_the_server_starts(tmp_path: Path) -> None:
    """An edit between the reading of the files and the first look at them is not missed."""
    write_files(tmp_path)
    settings = Settings(spec=tmp_path / "openapi.yaml", scenarios=tmp_path / "scenarios", reload=True)
    engine = load_engine(settings)
    (tmp_path / "schemas" / "number.json").write_text('{"enum": [2]}', "utf-8")

    with BackgroundServer(create_app(settings, engine=engine)) as server:
        client = Client(url=server.url)
        eventually(lambda: client.ask("/number") == 2)


def test_the_contract_is_read_again_only_when_it_changed(mock: Mock) -> None:
    """A large document costs nothing when a scenario is edited."""
    contract = mock.engine.contract
    mock.file("happy_path").write_text(scenario(2), "utf-8")
    eventually(lambda: mock.ask() == [2])

    assert contract is mock.engine.contract


def test_nobody_waits_for_files_that_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading takes place beside the server, however long it takes: requests are answered, and a stop is a stop."""
    reading, go_on = threading.Event(), threading.Event()

    def slowly(settings: Settings) -> Contract:
        reading.set()
        go_on.wait(PATIENCE)
        return load_contract(settings)

    write_files(tmp_path)
    with reloading(tmp_path) as mock:
        monkeypatch.setattr(sources, "load_contract", slowly)
        mock.spec.write_text(f"{SPEC}# edited\n", "utf-8")
        assert reading.wait(PATIENCE)
        (thread,) = [each for each in threading.enumerate() if each.name == "reload"]

        assert [1] == mock.ask()
        assert "current" == mock.reload["state"]
        started = time.monotonic()
    assert time.monotonic() - started < PATIENCE / 2
    go_on.set()
    thread.join(PATIENCE)
    assert [] == mock.log


def test_a_bug_while_reading_is_survived(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged with its traceback, told as a problem, and the next edit counts again."""
    monkeypatch.setattr("mockserver.reloading.sources.load_snapshot", lambda *_, **__: 1 / 0)
    mock.file("happy_path").write_text(scenario(2), "utf-8")

    assert ["a bug of the mock server prevents reading the files; stderr has more"] == mock.until_rejected()
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    mock.file("happy_path").write_text(scenario(3), "utf-8")
    eventually(lambda: mock.ask() == [3])


def test_where_nothing_reports_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Network folders report none, and a system may watch no more: they are looked at twice a second all the same."""

    def exhausted(*_: object, **__: object) -> Iterator[object]:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr(watchfiles, "watch", exhausted)
    write_files(tmp_path)
    with reloading(tmp_path) as mock:
        mock.file("happy_path").write_text(scenario(2), "utf-8")
        eventually(lambda: mock.ask() == [2])


def test_many_problems_are_told_in_part(mock: Mock) -> None:
    """Health stays readable, for people and for `mockserver health`."""
    for number in range(50):
        mock.file(f"broken_{number:02}").write_text(f"x{'ü' * 2000}: 1", "utf-8")
    eventually(lambda: len(mock.until_rejected()) == 21)

    problems = mock.reload["problems"]
    assert max(map(len, problems)) <= 500
    assert "and " in problems[-1]
    assert health_problem(mock.url) is None


def test_problems_hold_no_secrets(mock: Mock) -> None:
    """A key that stands in a file shows neither in health nor in the log."""
    mock.file("happy_path").write_text(scenario(1).replace("list_pets", "api_key_topsecret"), "utf-8")

    assert "[redacted]" in "".join(mock.until_rejected())
    assert "topsecret" not in f"{mock.reload}{mock.log}"


def test_without_scenarios(tmp_path: Path) -> None:
    """A contract alone is reloaded too."""
    write_files(tmp_path)
    with reloading(tmp_path, scenarios=None) as mock:
        (tmp_path / "schemas" / "number.json").write_text('{"enum": [2]}', "utf-8")
        eventually(lambda: mock.ask("/number") == 2)
        assert ["reloaded: the contract"] == mock.log


def test_without_reload_nothing_is_watched(tmp_path: Path) -> None:
    """Health says nothing of it, no thread runs, and edits count at the next start."""
    write_files(tmp_path)
    settings = Settings(spec=tmp_path / "openapi.yaml")
    engine = load_engine(settings)
    with BackgroundServer(create_app(settings, engine=engine)):
        assert "reload" not in engine.health()
        assert "reload" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command(tmp_path: Path, form: str) -> None:
    """`mockserver --reload` tells in its log, in the form of the log, and ends as ever."""
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
    told = [json.loads(line)["message"] for line in lines] if form == "json" else [line[25:] for line in lines]
    assert 0 == code
    assert [f"not reloaded: {problem}", "reloaded: happy_path"] == told


@pytest.mark.parametrize(
    ("arguments", "variables", "expected"),
    [
        pytest.param([], {}, False, id="default"),
        pytest.param(["--reload"], {}, True, id="flag"),
        pytest.param([], {"MOCKSERVER_RELOAD": "1"}, True, id="variable"),
        pytest.param([], {"MOCKSERVER_RELOAD": "true"}, True, id="variable as a word"),
        pytest.param([], {"MOCKSERVER_RELOAD": "0"}, False, id="variable that says no"),
        pytest.param([], {"MOCKSERVER_RELOAD": ""}, False, id="empty variable"),
    ],
)
def test_the_flag(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], variables: dict[str, str], *, expected: bool
) -> None:
    """`--reload` or MOCKSERVER_RELOAD."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr(cli.serve, "callback", lambda **values: calls.append(values))

    CliRunner().invoke(cli.commands, arguments, env=variables, catch_exceptions=False, standalone_mode=False)

    assert [expected] == [values["reload"] for values in calls]


def test_watchfiles_is_asked_for() -> None:
    """Without the extra, `--reload` is one clear line, and everything else works."""
    source = "import sys; sys.modules['watchfiles'] = None; from mockserver.cli.commands import main; sys.argv[0] = 'x'; main()"

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


def test_watchfiles_is_asked_for_in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is by create_app."""
    write_files(tmp_path)
    monkeypatch.setattr("mockserver.reloading.reloader.find_spec", lambda name: None)

    with pytest.raises(UsageError, match="reload"):
        create_app(Settings(spec=tmp_path / "openapi.yaml", reload=True))


def test_another_core_is_never_reloaded() -> None:
    """What answers without files is served as it is."""
    with BackgroundServer(create_app(Settings(reload=True), engine=EchoEngine())) as server:
        assert "/pets" == Client(url=server.url).ask()["path"]


def test_stamps_see_what_editors_do(tmp_path: Path) -> None:
    """Another text, another file, other rights: each is a change, and reading is none."""
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
