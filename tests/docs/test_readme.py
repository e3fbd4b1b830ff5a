"""The README's claims and tables, compared with the server and the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
import yaml

from mockserver.cli import commands as cli
from mockserver.settings import Settings
from tests.support.calls import CUSTOMER, PATH, send, session
from tests.support.command import ROOT
from tests.support.markdown import BLOCKS, rows, section, text_of
from tests.support.mock import Mock, mock_of

README = text_of("README.md")


def test_it_says_early_what_it_is_not() -> None:
    """The first seven lines say what this is not."""
    assert "**It is not** Wingback" in "\n".join(README.splitlines()[:7])


def test_it_says_what_several_servers_need() -> None:
    """State lives in one process, unless there is a store: the README and the page about containers say so."""
    assert "unless [several servers share it](docs/store.md)" in text_of("README.md")
    assert "need a [store](store.md). Without one, state lives in one process" in text_of("docs/container.md")


def test_token_and_secret_are_new_and_the_account_depends_on_the_key(mock: Mock) -> None:
    """What the README says below the first reply."""
    one, two, other = session(mock.url), session(mock.url), send(mock.url, wb_key="api_key_other").json()
    stripe = [each["setup_intent"]["stripe"] for each in (one, two, other)]

    assert 3 == len({each["token"] for each in (one, two, other)})
    assert 3 == len({each["client_secret"] for each in stripe})
    assert stripe[0]["connected_account_id"] == stripe[1]["connected_account_id"] != stripe[2]["connected_account_id"]
    assert stripe[0]["pk_key"] == stripe[1]["pk_key"] != stripe[2]["pk_key"]


def test_the_reply_follows_the_request(mock: Mock) -> None:
    """Customer, address, provider and purpose are the caller's."""
    body = json.dumps({"operation": "add_method", "address": False, "provider": "authorize"})
    reply = send(mock.url, path="/v1/c/customer/Cust_me/payment/session", body=body).json()

    assert ("Cust_me", False, "authorize", "add_method") == (
        reply["customer_id"],
        reply["address"],
        reply["provider"],
        reply["operation"],
    )


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"wb_key": "anything"}, id="any wb-key"),
        pytest.param({"wb_key": "", "cookie": "app-session=anything"}, id="any app-session"),
        pytest.param({"origin": "http://localhost:5173"}, id="a page on localhost"),
    ],
)
def test_a_frontend_may_call(mock: Mock, headers: dict[str, str]) -> None:
    """Any credential is accepted, and so are pages of loopback origins."""
    reply = send(mock.url, **headers)

    assert 200 == reply.status_code
    assert headers.get("origin") == reply.headers.get("access-control-allow-origin")


@pytest.mark.parametrize("document", ["README.md", "docs/frontend.md"])
def test_other_origins_can_be_named(document: str) -> None:
    """`--cors-origin`, as the document writes it, lets that page call the mock, and no other page."""
    origin = re.findall(r"`--cors-origin (https://[^`]+)`", text_of(document))[0]

    with mock_of(Settings(cors_origins=(origin,))) as mock:
        statuses = [send(mock.url, origin=each).status_code for each in (origin, "https://elsewhere.example")]

    assert [200, 403] == statuses


@pytest.mark.parametrize("document", ["README.md", "docs/frontend.md"])
def test_the_servers_named_are_the_contracts(document: str) -> None:
    """The two base URLs are those of the contract."""
    urls = [server["url"] for server in yaml.safe_load((ROOT / "spec" / "wingback.yaml").read_bytes())["servers"]]

    assert urls == [url for url in urls if f"`{url}`" in text_of(document)]


def test_the_flags_are_those_of_the_command_line() -> None:
    """The table has each flag once, in order, with its variable and, if it has one, its default."""
    flags = [parameter for parameter in cli.serve.params if isinstance(parameter, click.Option)]
    shown = [
        (flag.strip("`"), variable.strip("`"), default) for flag, variable, default, _ in rows("README.md", "Flags")
    ]

    assert [(flag.opts[0], flag.envvar) for flag in flags] == [(flag, variable) for flag, variable, _ in shown]
    assert [f"`{flag.default}`" for flag in flags if isinstance(flag.default, int | str) and not flag.is_flag] == [
        default for _, _, default in shown if default.startswith("`")
    ]


def test_the_commands_are_those_of_the_command_line() -> None:
    """The second table has each command once."""
    shown = [re.findall(r"mockserver (\w+)", cells[0])[0] for cells in rows("README.md", "Flags", table=1)]

    assert sorted(cli.commands.commands) == sorted(shown)


def test_the_customer_id_chooses_the_scenario_too(mock: Mock) -> None:
    """The customer id in the section gets the replies of its scenario, without a header."""
    (customer,) = re.findall(r"`(Cust_[0-9a-f-]+)`", section("README.md", "Scenarios"))

    replies = [send(mock.url, path=PATH.replace(CUSTOMER, customer)) for _ in range(3)]

    assert [503, 503, 200] == [reply.status_code for reply in replies]
    assert "retry_after_503" == replies[0].headers["mock-scenario"]


def test_the_number_of_scenarios() -> None:
    """README and CHANGELOG have the number of the bundled scenarios."""
    count = len(list((ROOT / "scenarios").glob("*.yaml")))

    assert [f"{count} scenarios are bundled"] == re.findall(r"\d+ scenarios are bundled", README)
    assert [f"as YAML files: {count} are bundled"] == re.findall(
        r"as YAML files: \d+ are bundled", text_of("CHANGELOG.md")
    )


def test_the_scenario_file_works(tmp_path: Path) -> None:
    """The README's scenario file is valid and does what its `about` says."""
    (text,) = [block.text for block in BLOCKS if block.place == ("README.md", "Scenarios", "yaml")]
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    with mock_of(Settings(scenarios=tmp_path, scenario="mine")) as mock:
        first, second = send(mock.url), send(mock.url)

    assert [503, 200] == [first.status_code, second.status_code]
    assert "pk_test_mine" == second.json()["setup_intent"]["stripe"]["pk_key"]
