"""The selection of scenario and stub in the engine: by header, activation and request, per namespace."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mockserver.engine.engine import Engine
from mockserver.engine.journal import Nearest
from mockserver.engine.namespaces import key_of_credential
from mockserver.errors import ScenarioError
from mockserver.loading import load_engine
from mockserver.messages import Fault, Headers, Reply, Request
from mockserver.settings import Settings
from tests.support.command import ROOT
from tests.support.scenario_files import HAPPY, OPERATION, PATH, more, reply, stub, write

OFF = "off_contract: on purpose"
MINE = key_of_credential("api_key_1")


def engine(folder: Path, *, scenario: str | None = None, **files: str) -> Engine:
    """An engine with these scenario files."""
    return load_engine(Settings(seed=1, scenarios=write(folder, **files), scenario=scenario))


def post(*, path: str = PATH, query: str = "", body: dict[str, Any] | None = None, **headers: str) -> Request:
    pairs = {"content-type": "application/json", "wb-key": "api_key_1"}
    pairs |= {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {"operation": "add_method", "address": True} | (body or {})
    return Request(
        method="POST", path=path, query=query, headers=Headers(pairs.items()), body=json.dumps(sent).encode()
    )


def answered(engine: Engine, request: Request) -> tuple[int, str | None, str | None]:
    """The status, scenario and stub of the reply."""
    outcome = engine.handle(request)
    assert isinstance(outcome, Reply)
    headers = Headers(outcome.headers)
    return outcome.status, headers.get("mock-scenario"), headers.get("mock-stub")


def refused(engine: Engine, request: Request) -> dict[str, Any]:
    """The problem document of a refusal. Its type matches the header Mock-Refused."""
    outcome = engine.handle(request)
    assert isinstance(outcome, Reply)
    headers = Headers(outcome.headers)
    problem: dict[str, Any] = json.loads(outcome.body)
    assert (f"urn:mockserver:{headers['mock-refused']}", outcome.status) == (problem["type"], problem["status"])
    return problem


def status(number: int) -> str:
    """A file whose reply always has this status."""
    return reply(f"status: {number}\n{OFF}")


def test_no_stub(tmp_path: Path) -> None:
    """If no stub fits, the refusal names the nearest stub, and lists the misses of every stub."""
    text = stub("when: {body: {provider: stripe, plan_id: {present: true}}, query: {a: b}}\nfault: hang") + more(
        "b", "when: {header: {X-Try: {matches: '^[0-9]'}}}, fault: hang"
    )
    mock = engine(tmp_path, happy_path=text)
    problem = refused(mock, post(x_try="two"))
    misses = {
        "b": [{"where": "header x-try", "expected": "a text that matches ^[0-9]", "actual": '"two"'}],
        "a": [
            {"where": "query a", "expected": '"b"', "actual": "nothing"},
            {"where": "body /provider", "expected": '"stripe"', "actual": "nothing"},
            {"where": "body /plan_id", "expected": "anything", "actual": "nothing"},
        ],
    }
    detail = (
        "No stub of scenario happy_path fits. "
        "The nearest is 'b': header x-try: expected a text that matches ^[0-9], found \"two\"."
    )
    assert (404, "No stub fits", detail) == (problem["status"], problem["title"], problem["detail"])
    assert [{"stub": name, "misses": found} for name, found in misses.items()] == problem["stubs"]
    [entry] = mock.state.journal
    assert (None, None, "no-stub", Nearest(scenario="happy_path", stub="b"), misses["b"]) == (
        entry.scenario,
        entry.stub,
        entry.refused,
        entry.nearest,
        [miss.as_json() for miss in entry.misses],
    )


def test_a_rendered_reply_that_breaks_the_contract(tmp_path: Path) -> None:
    """A reply with expressions is checked against the contract before it is sent."""
    mock = engine(
        tmp_path, happy_path=reply("payment_session: {provider: '{$request.query.p}', token: '{$request.body}'}")
    )
    problem = refused(mock, post(query="p=paypal"))
    assert (500, "Reply breaks the contract") == (problem["status"], problem["title"])
    assert {("body", "/provider", "enum"), ("body", "/token", "type")} == {
        (each["in"], each["pointer"], each["keyword"]) for each in problem["violations"]
    }
    [entry] = mock.state.journal
    assert ("reply-violates-contract", None, None, Nearest(scenario="happy_path", stub="a"), None, 2) == (
        entry.refused,
        entry.scenario,
        entry.stub,
        entry.nearest,
        entry.off_contract,
        len(entry.violations),
    )


def test_a_rendered_client_secret_that_stripe_js_refuses(tmp_path: Path) -> None:
    """A key or secret from an expression must have the format of Stripe, unless the reply has `off_contract`."""
    stripe = "{client_secret: '{$request.path.customer_id}', pk_key: '{$request.query.p}'}"
    text = f"payment_session: {{setup_intent: {{stripe: {stripe}}}}}"
    mock = engine(tmp_path, happy_path=reply(text), odd=reply(f"{OFF}\n{text}"))

    problem = refused(mock, post(query="p=pk_test_1"))
    assert ["/setup_intent/stripe/client_secret"] == [each["pointer"] for each in problem["violations"]]
    assert "Stripe.js refuses this" in problem["violations"][0]["message"]
    outcome = mock.handle(post(query="p=pk_test_1", mock_scenario="odd"))
    assert 200 == (outcome.status if isinstance(outcome, Reply) else None)


def test_off_contract(tmp_path: Path) -> None:
    """A reply with `off_contract` is sent unchanged. The journal records the reason."""
    text = reply(f"status: 418\nheaders: {{Content-Type: text/html, X: '{{$method}}'}}\n{OFF}\nbody: <p>no</p>")
    mock = engine(tmp_path, happy_path=text, fine=HAPPY)
    outcome = mock.handle(post())
    assert isinstance(outcome, Reply)
    assert (418, b"<p>no</p>") == (outcome.status, outcome.body)
    assert (("Content-Type", "text/html"), ("X", "POST")) == outcome.headers[:2]
    mock.handle(post(mock_scenario="fine"))
    assert ["on purpose", None] == [entry.off_contract for entry in mock.state.journal]
    assert ["on purpose", None] == [entry.as_json()["off_contract"] for entry in mock.state.journal]


SEQUENCE = stub(f"times: 2\nreply: {{status: 503, {OFF}}}") + more("b", "reply: {payment_session: {}}")


def test_each_namespace_has_its_own_counts(tmp_path: Path) -> None:
    """Each namespace counts by itself, whether a name or a credential identifies it."""
    mock = engine(tmp_path, happy_path=SEQUENCE)
    callers = [post(mock_namespace="x"), post(mock_namespace="y"), post(), post(wb_key="other")]
    rounds = [[answered(mock, caller)[0] for caller in callers] for _ in range(3)]
    assert [[503] * 4, [503] * 4, [200] * 4] == rounds


def test_each_scenario_has_its_own_counts(tmp_path: Path) -> None:
    """Scenarios whose stubs have the same names do not share counts."""
    mock = engine(tmp_path, happy_path=SEQUENCE, other=SEQUENCE)
    names = ["happy_path", "happy_path", "other", "happy_path", "other", "other"]
    assert [503, 503, 503, 200, 503, 200] == [answered(mock, post(mock_scenario=name))[0] for name in names]


def test_header_and_activation_share_a_count(tmp_path: Path) -> None:
    """A scenario has one count per namespace, no matter how it was selected."""
    mock = engine(tmp_path, happy_path=HAPPY, other=SEQUENCE)
    selector = mock.snapshot.selector
    assert selector is not None
    selector.activate("other", namespace=MINE)
    first = answered(mock, post())[0]
    second = answered(mock, post(mock_scenario="other"))[0]
    assert [503, 503, 200] == [first, second, answered(mock, post())[0]]


def test_activation_resets_the_counts(tmp_path: Path) -> None:
    """Activation resets the counts of this scenario in this namespace, and no other counts."""
    mock = engine(tmp_path, happy_path=SEQUENCE, other=SEQUENCE)
    selector = mock.snapshot.selector
    assert selector is not None
    for _ in range(2):
        answered(mock, post(mock_scenario="other"))
        answered(mock, post(mock_namespace="x", mock_scenario="other"))
        answered(mock, post(mock_scenario="happy_path"))
    selector.activate("other", namespace=MINE)
    after = [
        answered(mock, post())[:2],
        answered(mock, post(mock_namespace="x", mock_scenario="other"))[:2],
        answered(mock, post(mock_scenario="happy_path"))[:2],
    ]
    assert [(503, "other"), (200, "other"), (200, "happy_path")] == after
    selector.activate(None, namespace=MINE)
    assert (503, "happy_path") == answered(mock, post())[:2]


def test_concurrent_requests_are_counted(tmp_path: Path) -> None:
    """Concurrent requests in several namespaces get each stub exactly `times` times."""
    text = stub(f"times: 25\nreply: {{status: 503, {OFF}}}") + more("b", f"times: 10, reply: {{status: 429, {OFF}}}")
    mock = engine(tmp_path, happy_path=text + more("c", "fault: hang"))

    def ask(number: int) -> tuple[int, str]:
        outcome = mock.handle(post(mock_namespace=f"n{number % 3}"))
        return number % 3, outcome.kind if isinstance(outcome, Fault) else str(outcome.status)

    with ThreadPoolExecutor(max_workers=16) as pool:
        counted = Counter(pool.map(ask, range(300)))
    assert {
        (namespace, ending): count
        for namespace in range(3)
        for ending, count in (("503", 25), ("429", 10), ("hang", 65))
    } == counted


WHENS = {
    "path": ("path: {customer_id: {matches: '503$'}}", {"path": PATH.replace("_1", "_503")}),
    "query": ("query: {fail: '1'}", {"query": "fail=0&fail=1"}),
    "header": ("header: {X-Fail: {present: true}}", {"x_fail": ""}),
    "cookie": ("cookie: {fail: 'yes'}", {"cookie": "a=b; fail=yes"}),
    "body": ("body: {provider: {one_of: [authorize]}}", {"body": {"provider": "authorize"}}),
}


@pytest.mark.parametrize(("when", "sent"), WHENS.values(), ids=WHENS.keys())
def test_selection_by_the_request(tmp_path: Path, when: str, sent: dict[str, Any]) -> None:
    """A file-level `when` selects the scenario by any part of the request, without a header."""
    rare = status(500).replace("stubs:", f"when: {{{when}}}\nstubs:")
    mock = engine(tmp_path, happy_path=HAPPY, rare=rare)
    assert [(200, "happy_path"), (500, "rare")] == [answered(mock, post())[:2], answered(mock, post(**sent))[:2]]


PRECEDENCE = {
    "header": ({"header", "activated", "when", "server_wide"}, "header"),
    "activated": ({"activated", "when", "server_wide"}, "activated"),
    "when": ({"when", "server_wide"}, "when"),
    "server_wide": ({"server_wide"}, "server_wide"),
    "none": (set(), "happy_path"),
    "header alone": ({"header"}, "header"),
    "header over activation": ({"header", "activated"}, "header"),
    "activation over the server's": ({"activated", "server_wide"}, "activated"),
}


@pytest.mark.parametrize(("ways", "expected"), PRECEDENCE.values(), ids=PRECEDENCE.keys())
@pytest.mark.parametrize("activated_later", [False, True], ids=["--scenario", "activated for all"])
def test_precedence(tmp_path: Path, *, ways: set[str], expected: str, activated_later: bool) -> None:
    """The first that applies: header, activation for the namespace, `when`, activation for the server, happy_path."""
    files = dict.fromkeys(("header", "activated", "server_wide", "happy_path"), HAPPY)
    files["when"] = HAPPY.replace("stubs:", "when: {query: {when: ''}}\nstubs:")
    wide = "server_wide" if "server_wide" in ways else None
    mock = engine(tmp_path, scenario=None if activated_later else wide, **files)
    selector = mock.snapshot.selector
    assert selector is not None
    if activated_later:
        selector.activate(wide)
    if "activated" in ways:
        selector.activate("activated", namespace=MINE)
    query = "when" if "when" in ways else ""
    request = post(query=query, mock_scenario="header") if "header" in ways else post(query=query)
    assert expected == answered(mock, request)[1]


def test_activation_for_one_namespace(tmp_path: Path) -> None:
    """An activation affects only its namespace. One for the whole server affects all namespaces without their own."""
    mock = engine(tmp_path, happy_path=HAPPY, one=HAPPY, two=HAPPY)
    selector = mock.snapshot.selector
    assert selector is not None
    selector.activate("one", namespace=MINE)
    before = [answered(mock, post())[1], answered(mock, post(wb_key="other"))[1]]
    selector.activate("two")
    after = [answered(mock, post())[1], answered(mock, post(wb_key="other"))[1]]
    assert (["one", "happy_path"], ["one", "two"]) == (before, after)


UNKNOWN = {
    "a typo": ("card_declind", "There is no scenario 'card_declind'; the nearest: card_declined"),
    "another case": ("Slow", "There is no scenario 'Slow'; the nearest: slow"),
    "nothing like it": ("zzzzzzzzzz", "There is no scenario 'zzzzzzzzzz'; there are: authentication_fails, "),
    "empty": ("", "There is no scenario ''; there are: authentication_fails, "),
    "far too long": ("x" * 5000, f"There is no scenario '{'x' * 100}'; there are: "),
}


def test_unknown_scenario_among_many(tmp_path: Path) -> None:
    """The refusal lists the first names and the number of the others."""
    for number in range(40):
        (tmp_path / f"n{number:02}.yaml").write_text(
            "about: One of many.\nstubs:\n  - name: only\n    operation: c_create_payment_session\n"
            "    reply: {payment_session: {}}\n"
        )
    mock = load_engine(Settings(seed=1, scenarios=tmp_path))
    detail = refused(mock, post(mock_scenario="zzzzzzzzzz"))["detail"]
    # The bundled happy_path is added to the forty.
    assert detail.endswith("n28, and 11 more.")


@pytest.mark.parametrize(("name", "expected"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_unknown_scenario(name: str, expected: str) -> None:
    """An unknown name is refused. The refusal names the most similar scenarios."""
    mock = load_engine(Settings(seed=1))
    problem = refused(mock, post(mock_scenario=name))
    assert ("urn:mockserver:unknown-scenario", 400) == (problem["type"], problem["status"])
    assert problem["detail"].startswith(expected)


def test_unknown_scenario_without_scenario_files() -> None:
    """Without scenario files every name is refused."""
    mock = load_engine(Settings(seed=1, spec=ROOT / "spec" / "wingback.yaml"))
    problem = refused(mock, post(mock_scenario="slow"))
    assert "There is no scenario 'slow': no scenario files are loaded." == problem["detail"]
    assert (200, None, None) == answered(mock, post())


NOT_STARTED = {
    "a typo": (Settings(scenario="hapy_path"), "there is no scenario 'hapy_path'; did you mean 'happy_path'?"),
    "no files": (
        Settings(scenario="slow", spec=ROOT / "spec" / "wingback.yaml"),
        "there is no scenario 'slow': no scenario files are loaded; add --scenarios",
    ),
}


@pytest.mark.parametrize(("settings", "expected"), NOT_STARTED.values(), ids=NOT_STARTED.keys())
def test_unknown_scenario_for_the_whole_server(settings: Settings, expected: str) -> None:
    """A server with an unknown `--scenario` does not start."""
    with pytest.raises(ScenarioError) as caught:
        load_engine(settings)
    assert str(caught.value).endswith(expected)


TWO_OPERATIONS = """
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /one: {post: {operationId: one, responses: {"200": {description: x, content: {text/plain: {example: schema}}}}}}
  /two: {post: {operationId: two, responses: {"200": {description: x, content: {text/plain: {example: schema}}}}}}
  /three: {post: {operationId: three, responses: {"200": {description: x, content: {text/plain: {example: schema}}}}}}
"""


def test_operations_without_a_stub(tmp_path: Path) -> None:
    """Without a stub for an operation, happy_path answers. Without one there, the reply is made from the schema."""
    (tmp_path / "spec.yaml").write_text(TWO_OPERATIONS, "utf-8")
    text = "headers: {Content-Type: text/plain}\nbody: NAME"
    files = {
        "happy_path": reply(text.replace("NAME", "happy")).replace(OPERATION, "two"),
        "rare": reply(text.replace("NAME", "rare")).replace(OPERATION, "one"),
    }
    folder = write(tmp_path / "scenarios", **files)
    mock = load_engine(Settings(seed=1, spec=tmp_path / "spec.yaml", scenarios=folder))
    answers = []
    for path in ("/one", "/two", "/three"):
        outcome = mock.handle(Request(method="POST", path=path, headers=Headers([("mock-scenario", "rare")])))
        assert isinstance(outcome, Reply)
        answers.append((outcome.body.decode(), Headers(outcome.headers).get("mock-scenario")))
    assert [("rare", "rare"), ("happy", "happy_path"), ("schema", None)] == answers
