"""`--config` and pyproject.toml: flags in a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from mockserver.cli import commands as cli
from mockserver.settings import Settings
from tests.support.command import environment, run

# A value for each flag that a file can have, and the setting that it makes.
FLAGS: dict[str, tuple[str, Any]] = {
    "spec": ('"a.yaml"', "a.yaml"),
    "scenarios": ('"mocks"', "mocks"),
    "scenario": ('"card_declined"', "card_declined"),
    "host": ('"0.0.0.0"', "0.0.0.0"),
    "port": ("9000", 9000),
    "port-file": ('"port"', "port"),
    "uds": ('"s.sock"', "s.sock"),
    "tls": ('"self-signed"', "self-signed"),
    "tls-cert": ('"c.pem"', "c.pem"),
    "tls-key": ('"k.pem"', "k.pem"),
    "seed": ("7", 7),
    "api-key": ('["api_key_a", "api_key_b"]', ("api_key_a", "api_key_b")),
    "on-violation": ('"report"', "report"),
    "stripe-account": ('"optional"', "optional"),
    "strict": ("true", True),
    "reload": ("true", True),
    "cors-origin": ('"https://a.example"', ("https://a.example",)),
    "allow-host": ('["*.svc.cluster.local"]', ("*.svc.cluster.local",)),
    "admin-token": ('"let me in"', "let me in"),
    "max-body": ("10", 10),
    "log-format": ('"json"', "json"),
    "store": ('"redis://localhost"', "redis://localhost"),
    "store-ttl": ('"2h"', 7200.0),
    "store-timeout": ("30", 30.0),
    "workers": ("2", 2),
    "validation": ('"openapi-core"', "openapi-core"),
}
PATHS = {"spec", "scenarios", "port-file", "uds", "tls-cert", "tls-key"}


@pytest.fixture
def values(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Gets the values of the flags instead of serving. The current folder is empty, and no variable is set."""
    found: dict[str, Any] = {}
    monkeypatch.setattr(cli.serve, "callback", lambda **values: found.update(values))
    monkeypatch.setattr(os, "environ", environment({}))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return found


def call(*arguments: str, **variables: str) -> None:
    CliRunner().invoke(cli.commands, arguments, env=variables, catch_exceptions=False, standalone_mode=False)


def test_every_flag_can_be_in_a_file() -> None:
    """The table of this module has every flag of `serve`, except the one that names the file."""
    flags = [each.opts[0] for each in cli.serve.params if isinstance(each, click.Option)]

    assert flags == ["--config", *(f"--{name}" for name in FLAGS)]


@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_in_a_file(values: dict[str, Any], tmp_path: Path, flag: str) -> None:
    """The value counts as on the command line; a path is relative to the folder of the file."""
    written, expected = FLAGS[flag]
    (tmp_path / "mock.toml").write_text(f"{flag} = {written}\n", "utf-8")
    call("--config", "../mock.toml")
    option = next(each for each in cli.serve.params if f"--{flag}" in each.opts)
    assert option.name is not None
    found = values[option.name]

    if flag in PATHS:
        assert (tmp_path / expected).resolve() == found.resolve()
    else:
        assert expected == found
    assert {name: value for name, value in values.items() if name != option.name} == {
        name: getattr(Settings(), name) for name in values if name != option.name
    }


def test_flags_and_variables_take_precedence(values: dict[str, Any], tmp_path: Path) -> None:
    """The order is: flag, variable, file, default."""
    (tmp_path / "mock.toml").write_text('seed = 1\nport = 1\nhost = "a"\nstrict = true\napi-key = ["k"]\n', "utf-8")
    call("--config", "../mock.toml", "--seed", "3", "--api-key", "mine", MOCKSERVER_PORT="2", MOCKSERVER_SEED="2")

    assert (3, 2, "a", True, ("mine",)) == tuple(
        values[name] for name in ("seed", "port", "host", "strict", "api_keys")
    )


@pytest.mark.parametrize("arguments", [(), ("--config", "pyproject.toml")])
def test_pyproject(values: dict[str, Any], arguments: tuple[str, ...]) -> None:
    """The table of the pyproject.toml in the current folder counts, with --config and without."""
    Path("pyproject.toml").write_text('[project]\nname = "shop"\n[tool.mockserver]\nseed = 5\n', "utf-8")
    call(*arguments)

    assert 5 == values["seed"]


@pytest.mark.parametrize("text", ['[project]\nname = "shop"\n', "no TOML", "[tool]\nother = 1\n"])
def test_a_pyproject_without_the_table(values: dict[str, Any], text: str) -> None:
    """Other projects are none of the mock's business."""
    Path("pyproject.toml").write_text(text, "utf-8")
    call()

    assert values["seed"] is None


def test_a_variable_names_the_file(values: dict[str, Any], tmp_path: Path) -> None:
    """MOCKSERVER_CONFIG is the same as --config."""
    (tmp_path / "mock.toml").write_text("seed = 9\n", "utf-8")
    call(MOCKSERVER_CONFIG=str(tmp_path / "mock.toml"))

    assert 9 == values["seed"]


def test_check_and_scenarios_use_the_file_too(tmp_path: Path) -> None:
    """They take the flags that they have, and ignore those of `serve`."""
    (tmp_path / "mock.toml").write_text('scenarios = "mocks"\nseed = 1\n', "utf-8")
    (tmp_path / "mocks").mkdir()
    about = "about: A scenario of this test.\nstubs:\n  - name: created\n    operation: c_create_payment_session\n"
    (tmp_path / "mocks" / "mine.yaml").write_text(f"{about}    reply: {{payment_session: {{}}}}\n", "utf-8")
    listed = run("scenarios", "--config", str(tmp_path / "mock.toml"))
    checked = run("check", "--config", str(tmp_path / "mock.toml"))

    assert "mine" in listed.stdout
    assert (0, True) == (checked.returncode, "mine.yaml: ok" in checked.stdout), checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("sead = 1", "there is no flag sead: did you mean seed?", id="an unknown flag"),
        pytest.param("max_body = 1", "there is no flag max_body: did you mean max-body?", id="an underscore"),
        pytest.param("Port = 1", "there is no flag Port: did you mean port?", id="a capital"),
        pytest.param("'--port' = 1", "there is no flag --port: did you mean port?", id="dashes"),
        pytest.param("'a\\nb' = 1", "there is no flag a\\nb: mockserver serve --help lists", id="a line break"),
        pytest.param("[tool.mockserver]\nseed = 1", "must be at the top", id="a table as in pyproject.toml"),
        pytest.param("config = 'x'", "config cannot be in the file", id="another file"),
        pytest.param("seed = ", "is not TOML", id="not TOML"),
        pytest.param("seed = 1.5", "seed must be a whole number", id="a fraction"),
        pytest.param("seed = true", "seed must be a whole number", id="a number that is true"),
        pytest.param("strict = 1", "strict must be true or false", id="a switch that is 1"),
        pytest.param("api-key = [[]]", "api-key must be a text or a list of texts", id="a list in a list"),
        pytest.param("api-key = [true]", "api-key must be a text or a list of texts", id="a truth value in a list"),
        pytest.param("tls = 1.5", 'tls must be "self-signed"', id="a fraction instead of a choice"),
        pytest.param("store-ttl = [1]", "store-ttl must be a duration", id="a list instead of a duration"),
        pytest.param("store-ttl = nan", "mock.toml: store-ttl: nan is not a duration", id="no number"),
        pytest.param("port = 'x'", "mock.toml: port: 'x' is not a valid whole number", id="a port that is no number"),
        pytest.param("port = 99999", "mock.toml: port: 99999 is not in the range", id="a port out of range"),
        pytest.param("tls = 'x'", "mock.toml: tls: 'x' is not 'self-signed'", id="another choice"),
        pytest.param("uds = ''", "mock.toml: uds: it is empty", id="an empty path"),
        pytest.param("spec = 'https://x/y'", "--spec takes a file, not a URL", id="a URL for a file"),
    ],
)
def test_a_wrong_file_is_one_line_and_exit_code_2(tmp_path: Path, text: str, expected: str) -> None:
    """The line names the problem, and the server does not start."""
    (tmp_path / "mock.toml").write_text(text, "utf-8")
    ended = run("--config", str(tmp_path / "mock.toml"))

    assert (2, "") == (ended.returncode, ended.stdout)
    assert expected in ended.stderr
    assert 1 == len(ended.stderr.splitlines())


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is named must exist."""
    ended = run("--config", str(tmp_path / "none.toml"))

    assert (2, f"mockserver: --config {tmp_path}/none.toml cannot be read: No such file or directory\n") == (
        ended.returncode,
        ended.stderr,
    )


def test_a_fraction_of_a_second(values: dict[str, Any]) -> None:
    """A duration can be a number that is not whole."""
    Path("mock.toml").write_text("store-timeout = 1.5\n", "utf-8")
    call("--config", "mock.toml")

    assert 1.5 == values["store_timeout"]


@pytest.mark.parametrize("name", ["pyproject.toml", "mock.toml"])
def test_a_byte_order_mark(values: dict[str, Any], name: str) -> None:
    """Editors on Windows begin a file with one."""
    table = "[tool.mockserver]\n" if name == "pyproject.toml" else ""
    Path(name).write_text(f"\ufeff{table}seed = 5\n", "utf-8")
    call(*(() if table else ("--config", name)))

    assert 5 == values["seed"]


def test_a_pyproject_with_the_table_and_a_mistake(tmp_path: Path) -> None:
    """The flags must not be ignored: a token could be one of them."""
    (tmp_path / "pyproject.toml").write_text("[tool.mockserver]\nadmin-token = 'x'\n[project]\nname =\n", "utf-8")
    ended = run("--port", "0", cwd=tmp_path)

    assert (2, 1) == (ended.returncode, len(ended.stderr.splitlines()))
    assert "mockserver: pyproject.toml is not TOML: " in ended.stderr


# A file, flags and variables; and the settings that are in force.
OVERRULED: dict[str, tuple[str, tuple[str, ...], dict[str, str], dict[str, Any]]] = {
    "a port over a socket": ("uds = 's'", ("--port", "1"), {}, {"uds": None, "port": 1}),
    "a variable over a socket": ("uds = 's'", (), {"MOCKSERVER_PORT": "1"}, {"uds": None, "port": 1}),
    "a port file over a socket": ("uds = 's'", ("--port-file", "p"), {}, {"uds": None, "port_file": Path("p")}),
    "a socket over a port file": ("port-file = 'p'", ("--uds", "s"), {}, {"uds": Path("s"), "port_file": None}),
    "a socket and a port": ("", ("--uds", "s", "--port", "1"), {}, {"uds": Path("s"), "port": 1}),
    "a certificate over a made one": ("tls = 'self-signed'", ("--tls-cert", "c"), {}, {"tls": None}),
    "a made certificate over one": (
        "tls-cert = 'c'\ntls-key = 'k'",
        ("--tls", "self-signed"),
        {},
        {"tls": "self-signed", "tls_cert": None, "tls_key": None},
    ),
    "not strict": ("strict = true", ("--no-strict",), {}, {"strict": False}),
    "no reload": ("reload = true", ("--no-reload",), {}, {"reload": False}),
}


@pytest.mark.parametrize("case", OVERRULED)
def test_flags_and_variables_replace_alternatives(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, case: str) -> None:
    """A flag that excludes a flag of the file takes precedence over it."""
    text, arguments, variables, expected = OVERRULED[case]
    found: list[Settings] = []
    monkeypatch.setattr("mockserver.cli.serving.run_server", lambda settings, **_: found.append(settings))
    monkeypatch.setattr(os, "environ", environment({}))
    (tmp_path / "mock.toml").write_text(text, "utf-8")
    call("--config", str(tmp_path / "mock.toml"), *arguments, **variables)

    (settings,) = found
    assert expected == {name: getattr(settings, name) for name in expected}


def test_a_variable_with_separators_only() -> None:
    """An empty variable counts as unset, but this is a mistake: the server would accept every key."""
    ended = run("--port", "0", variables={"MOCKSERVER_API_KEY": " , "})

    assert (2, 1) == (ended.returncode, len(ended.stderr.splitlines()))
    assert "' , ' has no value" in ended.stderr


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(("--admin-token", ""), id="an empty token"),
        pytest.param(("--admin-token", " x"), id="a token with a space at its beginning"),
        pytest.param(("--admin-token", "tök"), id="a token that is not ASCII"),
        pytest.param(("--admin-token", "a\nb"), id="a token with a line break"),
        pytest.param(("--api-key", ""), id="an empty key"),
        pytest.param(("--api-key", "a\nb"), id="a key with a line break"),
    ],
)
def test_credentials_that_nobody_can_send(flags: tuple[str, str]) -> None:
    """The server would refuse every call."""
    ended = run("--port", "0", *flags)

    assert (2, 1) == (ended.returncode, len(ended.stderr.splitlines()))
    assert f"{flags[0]} cannot be sent" in ended.stderr
