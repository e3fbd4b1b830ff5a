"""Promise 13, bounded: what requests contain does not stay in memory, except in the journal and in stored sessions."""

from __future__ import annotations

import ast
import asyncio
import gc
import os
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

import mockserver
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.limits.memo import Memo, remembered
from mockserver.loading import load_engine
from mockserver.messages import Headers, Request
from mockserver.settings import Settings
from mockserver.web.access_log import AccessLog
from mockserver.web.app import Application
from mockserver.web.large_requests import is_large
from mockserver.web.request_body import received_body
from mockserver.web.request_head import HeadFields, RequestHead
from tests.support.state import memory_of

LONG = 50_000
REQUESTS = 60
MAX_KEPT = 600_000
"""In bytes. All long values together have 3 MB."""

Pairs = list[tuple[str, str]]
POST = "/v1/c/customer/Cust_1/payment/session"
BODY = '{"operation":"add_method","address":true}'


def unique(number: int) -> str:
    """A long text that differs from all others from its beginning."""
    return f"{number}x".ljust(LONG, "x")


def create(*pairs: tuple[str, str], path: str = POST, query: str = "", body: str = BODY) -> tuple[RequestHead, bytes]:
    """A call that creates a payment session; `pairs` replace its fields."""
    fields = {"host": "localhost", "wb-key": "k", "content-type": "application/json"} | dict(pairs)
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    head = RequestHead(method="POST", path=path, query=query, v1_0=False, fields=HeadFields.of(raw))
    return head, body.encode()


# What a client sends, by the place of the long text.
PLACES: dict[str, Callable[[str], tuple[RequestHead, bytes]]] = {
    "an accepted credential": lambda text: create(("wb-key", text)),
    "a credential of another scheme": lambda text: create(("wb-key", ""), ("app-session", text)),
    "a namespace": lambda text: create(("mock-namespace", text)),
    "a scenario": lambda text: create(("mock-scenario", text)),
    "a media type": lambda text: create(("content-type", f"application/json;a={text}")),
    "another media type": lambda text: create(("content-type", text)),
    "a host": lambda text: create(("host", text)),
    "a host that is served": lambda text: create(("host", "localhost"), ("x-forwarded-host", text)),
    "an origin": lambda text: create(("origin", f"http://{text}")),
    "a field name": lambda text: create((text, "1")),
    "a field value": lambda text: create(("user-agent", text)),
    "a cookie": lambda text: create(("cookie", f"{text}={text}")),
    "a query": lambda text: create(query=f"{text}={text}"),
    "an unknown path": lambda text: create(path=f"/{text}"),
    "a member": lambda text: create(body=BODY.replace("}", f',"{text}":1}}')),
    "a value": lambda text: create(body=BODY.replace("add_method", text)),
    "Accept": lambda text: create(("accept", text)),
    "Prefer": lambda text: create(("prefer", text)),
    "a key of Stripe": lambda text: create(("authorization", f"Bearer {text}"), path="/v1/tokens"),
    "an idempotency key": lambda text: create(
        ("authorization", "Bearer sk_test_1"), ("idempotency-key", text), path="/v1/tokens", body="{}"
    ),
    "a setup intent": lambda text: create(("authorization", "Bearer sk_test_1"), path=f"/v1/setup_intents/{text}"),
    "a parameter of Stripe": lambda text: create(("authorization", "Bearer sk_test_1"), path="/v1/tokens", query=text),
}

SAMPLES = """
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /v1/c/customer/Cust_1/payment/session:
    post:
      responses: {"200": {description: d, content: {application/json: {example: {}}, text/plain: {example: a}}}}
"""


def answer(app: Application, head: RequestHead, body: bytes) -> None:
    """Answer a request as the server does: at once, or in steps if it is large or the first of its kind."""
    received = received_body(body, announced=len(body), limit=1 << 20)
    if is_large(head, body):
        asyncio.run(app._dispatcher.decide_large(head, received))
    elif app.answer_at_once(head, body) is app:
        asyncio.run(app._dispatcher.decide_when_ready(head, received))


def kept(app: Application, engine: Engine, make: Callable[[str], tuple[RequestHead, bytes]]) -> int:
    """How many bytes the server keeps in memory after many requests, without the journal.

    Another thread can allocate memory during a round. Therefore the smaller result of two rounds counts.
    """
    for number in range(5):
        answer(app, *make(f"{number}warm"))
    for number in range(5):
        answer(app, *make(unique(-number)))
    return min(kept_in_round(app, engine, make, first=number * REQUESTS) for number in range(2))


def kept_in_round(
    app: Application, engine: Engine, make: Callable[[str], tuple[RequestHead, bytes]], *, first: int
) -> int:
    """The same for the requests from this number on."""
    engine.state.journal.reset(None)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(first, first + REQUESTS):
            answer(app, *make(unique(number)))
        engine.state.journal.reset(None)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


@pytest.fixture(scope="module", params=["any key", "one key", "samples"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine that accepts every credential, one that rejects them with 401, and one without scenarios."""
    if request.param == "samples":
        path = tmp_path_factory.mktemp("samples") / "spec.yaml"
        path.write_text(SAMPLES, "utf-8")
        return load_engine(Settings(spec=Path(path), seed=1))
    return load_engine(Settings(seed=1, api_keys=("the-only-key",) if request.param == "one key" else ()))


@pytest.mark.parametrize("place", PLACES)
def test_promise_13_long_values_are_not_kept(engine: Engine, place: str) -> None:
    """Many long values, all of them different, leave little in memory; it does not matter whether they are accepted."""
    app = Application(Settings(), engine, log=None)

    assert kept(app, engine, PLACES[place]) < MAX_KEPT


def test_promise_13_long_credentials_have_their_own_namespaces() -> None:
    """Credentials that differ only after thousands of characters, and their hashes, are different callers."""
    engine = load_engine(Settings(seed=1))
    app = Application(Settings(), engine, log=None)
    first, second = "a" * LONG, "a" * (LONG - 1) + "b"
    for credential in (first, second, first):
        answer(app, *create(("wb-key", credential)))
    entries = list(engine.state.journal)
    hashed = entries[0].owner.partition(":")[2]
    answer(app, *create(("wb-key", hashed)))
    owners = [entry.owner for entry in engine.state.journal]

    assert 3 == len(set(owners))
    assert owners[0] == owners[2]
    assert max(map(len, owners)) < 200


def test_promise_13_waiting_lines_of_the_log_are_short() -> None:
    """If nobody reads the log, the waiting lines do not hold long header values that a reply repeats."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as reader, os.fdopen(writing, "w") as stream:
        engine, log = load_engine(Settings(seed=1)), AccessLog("text", stream)
        app = Application(Settings(), engine, log=log)
        for number in range(2000):
            answer(app, *create(path=f"/{number}".ljust(400, "x")))
        used = kept(app, engine, PLACES["an idempotency key"])
        # Now the log can write the lines that wait.
        drain = threading.Thread(target=reader.read)
        drain.start()
        log.close()
        stream.close()
        drain.join()

    assert used < MAX_KEPT


def test_promise_13_stored_customers_count() -> None:
    """The id of a customer counts as stored bytes, so that long ids push out older payment sessions."""
    engine = load_engine(Settings(seed=1))
    app = Application(Settings(), engine, log=None)
    answer(app, *create(path=POST.replace("Cust_1", quote("c" * LONG))))
    [session] = memory_of(engine).payment_sessions.of(None)

    assert LONG <= session.size()


def test_promise_13_header_fields_count() -> None:
    """A journal entry counts what each header field takes beside its text: many short ones take much memory."""
    few, many = (
        Entry(
            id="1",
            at=0.0,
            owner="",
            namespace="",
            request=Request(method="GET", path="/", headers=Headers([("a", "b")] * count)),
        ).size
        for count in (1, 200)
    )

    assert many - few > 199 * 50


@pytest.mark.parametrize(
    ("arguments", "calls", "size"),
    [
        (["a", "a", "b", "a"], ["a", "b"], 2),
        (["aaaa", "aaaa"], ["aaaa", "aaaa"], 0),
        (["a", "b", "c", "d", "a"], ["a", "b", "c", "d", "a"], 2),
    ],
    ids=["repeated", "too long", "too many"],
)
def test_a_memo(arguments: list[str], calls: list[str], size: int) -> None:
    """Results are remembered by argument; long arguments are not, and after the last free place it starts again."""
    called: list[str] = []

    def upper(text: str) -> str:
        called.append(text)
        return text.upper()

    memo = Memo(upper, entries=3, longest=3)

    assert [text.upper() for text in arguments] == [memo[text] for text in arguments]
    assert calls == called
    assert size == len(memo)


def test_a_remembered_function() -> None:
    """A decorated function returns what the function returns."""

    @remembered(entries=2, longest=3)
    def length(text: str) -> int:
        return len(text)

    assert [1, 5, 1] == [length("a"), length("aaaaa"), length("a")]


# Every cache that is not in an object of a server, and why it cannot grow without a limit.
CACHES = {
    "contract/formats/string_formats.py": {
        "_grammar": "one for each format that the mock knows",
        "_validator": "one for each format that the mock knows",
    },
    "engine/mock_headers.py": {"_answered_by": "one for each stub"},
    "engine/namespaces.py": {"_namespace": "names and credentials that are hashed if they are long"},
    "pages/assets.py": {"_joined": "one for each script", "_shared_names": "one", "read_asset": "one for each file"},
    "payments/test_methods.py": {"published_methods": "one file"},
    "parsing/media_types.py": {
        "essence": "texts of limited length",
        "is_json": "texts of limited length",
        "is_markup": "texts of limited length",
        "is_xml": "texts of limited length",
    },
    "payments/fake_values.py": {"_names": "it has no arguments"},
    "payments/random_ids.py": {
        "account_id": "texts of limited length",
        "publishable_key": "texts of limited length",
        "tenant_id": "texts of limited length",
    },
    "payments/session_template.py": {"_shared": "texts of limited length"},
    "redaction/credential_names.py": {"is_secret_name": "texts of limited length"},
    "redaction/redact.py": {"_redact_short": "texts of limited length"},
    "samples/pattern_strings.py": {"members": "parts of patterns of documents", "shortest": "the same"},
    "samples/words.py": {"text_for": "names of members of documents"},
    "store/records.py": {"namespace_id": "texts of limited length"},
    "store/shared_metrics.py": {"counter_name": "names of operations, scenarios and members of documents"},
    "store/stored_entries.py": {"_quoted": "texts of limited length", "_request": "texts of limited length"},
    "web/access_log.py": {"_shortened": "texts of limited length", "_target": "texts of limited length"},
    "web/reply_messages.py": {"_name": "a field name of a reply"},
}
PACKAGE = Path(mockserver.__file__).parent


def cached_functions(path: Path) -> set[str]:
    """The functions in a file that remember their results."""
    functions = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)]
    decorators = {"cache", "lru_cache", "remembered"}
    return {
        function.name
        for function in functions
        for decorator in function.decorator_list
        if isinstance(name := decorator.func if isinstance(decorator, ast.Call) else decorator, ast.Name)
        and name.id in decorators
    }


def test_promise_13_every_cache_is_listed() -> None:
    """Every cached function is in the table above, with the reason why requests cannot fill the memory through it."""
    found = {str(path.relative_to(PACKAGE)): cached_functions(path) for path in PACKAGE.rglob("*.py")}

    expected = {name: set(reasons) for name, reasons in CACHES.items()}

    assert expected == {name: functions for name, functions in found.items() if functions}
