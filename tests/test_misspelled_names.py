"""Warnings about misspelled names, and strictness, as clients and the journal see them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.storage.namespace_setting import MAX_NAMESPACES, NamespaceSetting
from mockserver.web import AccessLog, create_app
from tests.support.calls import send
from tests.support.command import served
from tests.support.documents import document_with, request_body
from tests.support.mock import SESSION, Mock, mock_of

VALID = {"operation": "add_method", "address": True}


def warning(pointer: str, suggestion: str) -> dict[str, str]:
    name = pointer.rpartition("/")[2]
    message = f'the contract documents no member "{name}"; did you mean "{suggestion}"?'
    return {"in": "body", "pointer": pointer, "message": message, "suggestion": suggestion}


def entries(mock: Mock) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = mock.get("journal")["entries"]
    return found


def test_a_misspelled_member_is_a_warning(mock: Mock) -> None:
    """The request is answered; the header and the journal name the member and the one that was probably meant."""
    reply = mock.create(detachPreviousOnSuccess=True, note="x")
    (entry,) = entries(mock)

    assert 200 == reply.status_code
    assert "body /detachPreviousOnSuccess (did you mean detach_previous_on_success?)" == reply.headers["mock-warnings"]
    assert [warning("/detachPreviousOnSuccess", "detach_previous_on_success")] == entry["warnings"]
    assert ([], None) == (entry["violations"], entry["refused"])


def test_a_refused_request_has_warnings(mock: Mock) -> None:
    """If a required member is misspelled, the refusal has the warning too."""
    reply = mock.create(address=None, adress=True)
    (entry,) = entries(mock)

    assert (400, "body /adress (did you mean address?)") == (reply.status_code, reply.headers["mock-warnings"])
    assert ["/address"] == [violation["pointer"] for violation in reply.json()["violations"]]
    assert [warning("/adress", "address")] == entry["warnings"]


@pytest.mark.parametrize("scenario", ["server_error", "rate_limited", "malformed_json"])
def test_every_reply_has_warnings(mock: Mock, scenario: str) -> None:
    """Replies of every scenario have the warnings, also spoiled ones."""
    mock.activate(scenario)

    assert "body /planId (did you mean plan_id?)" == mock.create(planId="p").headers["mock-warnings"]


def test_a_valid_request_has_no_warning(mock: Mock) -> None:
    """Without a similar name there is no header."""
    reply = mock.create(note="x", provider="stripe")

    assert "mock-warnings" not in reply.headers
    assert [] == entries(mock)[0]["warnings"]


HEADERS: dict[str, tuple[str, str]] = {
    "a control character": ("plan\r\n_id", r"body /plan\r\n_id (did you mean plan_id?)"),
    "not ASCII": ("plän_id", "body /pl%C3%A4n_id (did you mean plan_id?)"),
    "a slash": ("plan/id", "body /plan~1id (did you mean plan_id?)"),
    "a long name": ("plan_id" + "_" * 50, f"body /plan_id{'_' * 50} (did you mean plan_id?)"),
}


@pytest.mark.parametrize(("name", "expected"), HEADERS.values(), ids=HEADERS)
def test_the_header_is_one_line_of_ascii(mock: Mock, name: str, expected: str) -> None:
    """Control characters are escaped, and other characters are percent-encoded."""
    assert expected == mock.create(**{name: "p"}).headers["mock-warnings"]


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    """A mock of an API with orders: a query, an array and a form."""
    item = {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "integer"}}}
    operation = {
        "parameters": [{"name": "page_size", "in": "query", "schema": {"type": "integer"}}],
        "requestBody": {
            "content": {
                **request_body({"type": "array", "items": item})["requestBody"]["content"],
                **request_body(item, "application/x-www-form-urlencoded")["requestBody"]["content"],
            }
        },
    }
    spec = tmp_path_factory.mktemp("orders") / "orders.json"
    spec.write_text(json.dumps(document_with(operation, template="/orders")), "utf-8")
    with mock_of(Settings(spec=spec, seed=1)) as mock:
        yield mock


def test_the_header_is_short(orders: Mock) -> None:
    """Of one misspelling in many items only the first is listed, and of many misspellings only the first few."""
    same = orders.http.post("/orders", json=[{"nam": "x"}] * 100)
    many = orders.http.post("/orders", json=[{"name" + "_" * n: 1} for n in range(1, 40)])

    assert "body /0/nam (did you mean name?)" == same.headers["mock-warnings"]
    assert many.headers["mock-warnings"].endswith(", and 10 more")
    assert len(many.headers["mock-warnings"]) < 2200


def test_query_and_form(orders: Mock) -> None:
    """Query parameters and form fields have warnings too."""
    reply = orders.http.post("/orders?pageSize=1&utm=x", data={"Name": "x"})

    assert (
        "query /pageSize (did you mean page_size?), body /Name (did you mean name?)" == reply.headers["mock-warnings"]
    )


def test_promise_10_warnings_show_no_secrets(mock: Mock) -> None:
    """The value of a misspelled member is not in the warning, and a secret in a name is hidden."""
    mock.http.post(SESSION, json={**VALID, "planId": "4242424242424242", "api_key_hidden": {}})
    mock.activate(None)
    text = json.dumps([entry["warnings"] for entry in entries(mock)])

    assert "planId" in text
    assert "4242" not in text
    assert "hidden" not in text


# Strictness

UNDOCUMENTED = {**VALID, "planId": "p", "note": 1}


@pytest.fixture(params=["compiled", "openapi-core"])
def strict(request: pytest.FixtureRequest) -> Iterator[Mock]:
    with mock_of(Settings(seed=1, strict=True, validation=request.param)) as mock:
        yield mock


def found(reply: httpx.Response) -> list[tuple[str, str, str]]:
    return [(each["in"], each["pointer"], each["keyword"]) for each in reply.json()["violations"]]


def test_strict(strict: Mock) -> None:
    """With --strict every undocumented member and query parameter is a violation; there are no warnings."""
    reply = strict.http.post(f"{SESSION}?x=1", json=UNDOCUMENTED)
    (entry,) = entries(strict)

    assert 400 == reply.status_code
    assert [
        ("query", "/x", "undocumented"),
        ("body", "/planId", "undocumented"),
        ("body", "/note", "undocumented"),
    ] == found(reply)
    assert (
        'the contract documents no member "planId"; did you mean "plan_id"?'
        == (reply.json()["violations"][1]["message"])
    )
    assert "mock-warnings" not in reply.headers
    assert ([], 3) == (entry["warnings"], len(entry["violations"]))
    assert 200 == strict.create(provider="stripe").status_code


def test_strict_with_saved_methods(strict: Mock) -> None:
    """Operations that the mock adds are checked strictly too."""
    reply = strict.http.get("/v1/c/customer/Cust_1/payment/method?x=1")

    assert [("query", "/x", "undocumented")] == found(reply)


def test_strict_and_report() -> None:
    """With --on-violation report, undocumented names are listed in the header and the request is answered."""
    with mock_of(Settings(seed=1, strict=True, on_violation="report")) as mock:
        reply = mock.http.post(SESSION, json=UNDOCUMENTED)

    assert (200, "body /planId (undocumented), body /note (undocumented)") == (
        reply.status_code,
        reply.headers["mock-violations"],
    )


def test_strict_does_not_repeat_violations(tmp_path: Path) -> None:
    """A name that `additionalProperties: false` forbids is one violation, and free-form objects accept any name."""
    closed = {"type": "object", "properties": {"a": {"type": "object"}}, "additionalProperties": False}
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document_with(request_body(closed))), "utf-8")
    with mock_of(Settings(spec=spec, strict=True)) as mock:
        reply = mock.http.post("/x", json={"a": {"any": 1}, "b": 1})

    assert [("body", "/b", "additionalProperties")] == found(reply)


def set_strict(mock: Mock, strict: bool | None, **headers: str) -> dict[str, Any]:  # noqa: FBT001  # as in JSON
    reply = mock.http.put("/__mock/strict", json={"strict": strict}, headers=headers)
    assert 200 == reply.status_code, reply.text
    result: dict[str, Any] = reply.json()
    return result


def test_strictness_of_a_namespace(mock: Mock) -> None:
    """A caller can change strictness for its own namespace; null and a reset return to the default."""
    other = mock.caller("api_key_other")

    assert True is set_strict(mock, strict=True)["strict"]
    assert (400, 200) == (mock.create(note=1).status_code, other.create(note=1).status_code)
    assert False is set_strict(mock, strict=None)["strict"]
    assert 200 == mock.create(note=1).status_code
    set_strict(mock, strict=True)
    mock.http.post("/__mock/reset")
    assert 200 == mock.create(note=1).status_code


def test_strictness_of_the_server() -> None:
    """A call without a credential is for the whole server, except for namespaces with their own value."""
    with mock_of(Settings(seed=1, strict=True)) as mock:
        everybody = mock.caller(None)
        set_strict(mock, strict=False)
        other = mock.caller("api_key_other")
        assert (200, 400) == (mock.create(note=1).status_code, other.create(note=1).status_code)

        assert {"strict": False, "namespace": None} == set_strict(everybody, strict=False)
        set_strict(mock, strict=True)
        assert (400, 200) == (mock.create(note=1).status_code, other.create(note=1).status_code)

        everybody.http.post("/__mock/reset")
        assert (400, 400) == (mock.create(note=1).status_code, other.create(note=1).status_code)


def test_promise_13_strictness_is_bounded() -> None:
    """At most MAX_NAMESPACES namespaces have their own value; the oldest are forgotten."""
    strictness = NamespaceSetting(initial=False)
    for number in range(MAX_NAMESPACES + 1):
        strictness.set(value=True, namespace=f"n{number}")

    assert (False, True, True) == (strictness.of("n0"), strictness.of("n1"), strictness.of(f"n{MAX_NAMESPACES}"))


# The log and the command line

LINES: dict[Literal["text", "json"], str] = {
    "text": 'warnings="body /planId (did you mean plan_id?)"',
    "json": '"warnings": "body /planId (did you mean plan_id?)"',
}


@pytest.mark.parametrize("form", LINES)
def test_the_log_has_warnings(form: Literal["text", "json"]) -> None:
    """The line of a request has its warnings."""
    stream = io.StringIO()
    with BackgroundServer(create_app(Settings(seed=1), log=AccessLog(form, stream))) as server:
        httpx.post(server.url + SESSION, json=UNDOCUMENTED, headers={"wb-key": "k"}, trust_env=False)

    assert LINES[form] in stream.getvalue()


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        pytest.param(["--strict"], {}, id="by flag"),
        pytest.param([], {"MOCKSERVER_STRICT": "1"}, id="by variable"),
        pytest.param(["--strict", "--validation", "openapi-core"], {}, id="without compiled schemas"),
    ],
)
def test_the_command_line(arguments: list[str], variables: dict[str, str]) -> None:
    """The flag and its variable make a server strict."""
    with served(*arguments, variables=variables) as running:
        reply = send(running.url, body=json.dumps(UNDOCUMENTED))

    assert [("body", "/planId", "undocumented"), ("body", "/note", "undocumented")] == found(reply)
