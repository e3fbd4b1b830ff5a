"""Operations without a scenario: the headers Prefer and Accept choose the documented reply."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mockserver.engine.engine import Engine
from mockserver.loading import load_engine
from mockserver.messages import Headers, Reply, Request
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import create_app

SPEC = """
openapi: 3.0.3
info: {title: books, version: "1"}
paths:
  /book:
    get:
      operationId: get_book
      responses:
        "404":
          description: no such book
          content:
            application/json:
              schema: {type: object, required: [reason], properties: {reason: {type: string}}}
              examples: {lost: {value: {reason: lost}}, sold: {value: {reason: sold}}}
        "4XX": {description: another mistake, content: {application/json: {schema: {enum: [mistake]}}}}
        "200":
          description: a book
          content:
            text/plain: {schema: {type: string}, example: the text of a book}
            application/json:
              schema: {$ref: "#/components/schemas/Book"}
              examples:
                emma: {value: {title: Emma, pages: 474}}
                ulysses: {$ref: "#/components/examples/ulysses"}
                two words: {value: {title: Two Words, pages: 2}}
                elsewhere: {externalValue: missing.json}
                wrong: {value: {title: 1984}}
        "204": {description: nothing to read}
  /loan:
    post:
      operationId: lend
      responses:
        default: {description: any other status, content: {application/json: {schema: {enum: [whatever]}}}}
        "202": {description: later, content: {application/json: {schema: {enum: [later]}}}}
        "201": {description: lent, content: {application/json: {schema: {enum: [lent]}}}}
  /default:
    get:
      operationId: only_default
      responses: {default: {description: any, content: {application/json: {schema: {enum: [any]}}}}}
  /family:
    get:
      operationId: family
      responses:
        2XX: {description: fine, content: {application/json: {schema: {enum: [fine]}}}}
        "404": {description: no}
  /failure:
    get:
      operationId: failure
      responses: {"503": {description: down}, "404": {description: no}}
  /interim:
    get:
      operationId: interim
      responses: {"100": {description: go on}}
  /types/{which}:
    parameters: [{name: which, in: path, required: true, schema: {type: string}}]
    get:
      operationId: types
      responses:
        "200":
          description: in many forms
          content:
            text/html: {schema: {type: string, example: "<p>page</p>"}}
            application/problem+json: {schema: {enum: [problem]}}
            application/json; charset=utf-8: {schema: {enum: [plain]}}
            application/vnd.books+json; version=1: {schema: {enum: [first]}}
            application/vnd.books+json; version=2: {schema: {enum: [second]}}
  /range:
    get:
      operationId: range
      responses: {"200": {description: any, content: {"*/*": {schema: {enum: [any]}}}}}
components:
  schemas:
    Book:
      type: object
      required: [title, pages]
      properties:
        title: {type: string, example: Persuasion}
        pages: {type: integer, minimum: 1}
  examples:
    ulysses: {value: {title: Ulysses, pages: 730}}
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine with its own contract and without scenarios."""
    spec = tmp_path_factory.mktemp("books") / "books.yaml"
    spec.write_text(SPEC, "utf-8")
    return load_engine(Settings(spec=spec, seed=1))


def ask(engine: Engine, path: str, *, method: str = "GET", **headers: str) -> tuple[Reply, Headers]:
    """The reply to a request with these headers, and the headers of the reply."""
    outcome = engine.handle(Request(method=method, path=path, headers=Headers(headers.items())))
    assert isinstance(outcome, Reply)
    return outcome, Headers(outcome.headers)


EMMA = {"title": "Emma", "pages": 474}
ULYSSES = {"title": "Ulysses", "pages": 730}
TWO_WORDS = {"title": "Two Words", "pages": 2}
LOST, SOLD = {"reason": "lost"}, {"reason": "sold"}

# Maps a preference to the status, the body and Preference-Applied.
PREFERENCES: dict[str, tuple[str, str, tuple[int, object], str | None]] = {
    "nothing": ("/book", "", (200, EMMA), None),
    "a code": ("/book", "code=404", (404, LOST), "code=404"),
    "a code in quotes": ("/book", 'code="404"', (404, LOST), "code=404"),
    "a code in a documented range": ("/book", "code=422", (422, "mistake"), "code=422"),
    "a code that default covers": ("/default", "code=503", (503, "any"), "code=503"),
    "a code without a body": ("/book", "code=204", (204, None), "code=204"),
    "a code without a body where one is documented": ("/family", "code=204", (204, None), "code=204"),
    "an example": ("/book", "example=emma", (200, EMMA), "example=emma"),
    "an example by reference": ("/book", "example=ulysses", (200, ULYSSES), "example=ulysses"),
    "an example in two words": ("/book", 'example="two words"', (200, TWO_WORDS), 'example="two words"'),
    "code and example": ("/book", "code=404, example=sold", (404, SOLD), "code=404, example=sold"),
    "example and code": ("/book", "example=sold, code=404", (404, SOLD), "code=404, example=sold"),
    "with a semicolon": ("/book", "code=404; example=sold", (404, SOLD), "code=404, example=sold"),
    "spaces around": ("/book", "  code = 404 ,  example = sold ", (404, SOLD), "code=404, example=sold"),
    "in capitals": ("/book", "Code=404", (404, LOST), "code=404"),
    "repeated: the first counts": ("/book", "code=404, code=200", (404, LOST), "code=404"),
    "not dynamic": ("/book", "dynamic=false", (200, EMMA), "dynamic=false"),
    "an example rather than dynamic": ("/book", "dynamic=true, example=ulysses", (200, ULYSSES), "example=ulysses"),
    "unknown preferences are ignored": ("/book", "respond-async, wait=100, code=404", (404, LOST), "code=404"),
    "only unknown preferences": ("/book", 'return=minimal; foo="code=404, example=x"', (200, EMMA), None),
    "a longer name": ("/book", "x-code=404, my2code=404", (200, EMMA), None),
    "not a preference": ("/book", "?!?, =, ;", (200, EMMA), None),
}


@pytest.mark.parametrize(("path", "prefer", "sent", "applied"), PREFERENCES.values(), ids=list(PREFERENCES))
def test_prefer(engine: Engine, path: str, prefer: str, sent: tuple[int, object], applied: str | None) -> None:
    """The preferred reply is sent, and Preference-Applied lists the preferences that were used."""
    reply, headers = ask(engine, path, prefer=prefer)

    assert sent == (reply.status, json.loads(reply.body) if reply.body else None)
    assert applied == headers.get("preference-applied")


def test_dynamic(engine: Engine) -> None:
    """With dynamic=true the body is made from the schema and contains no published example."""
    reply, headers = ask(engine, "/book", prefer="dynamic=true")
    book = json.loads(reply.body)

    assert "dynamic=true" == headers["preference-applied"]
    assert book["title"] not in {"Emma", "Ulysses", "Two Words", "Persuasion"}
    assert isinstance(book["pages"], int)
    assert reply.body != ask(engine, "/book", prefer="dynamic=true")[0].body


LOWEST = {
    "the lowest 2xx": ("POST", "/loan", 201, "lent"),
    "default, where there is no 2xx": ("GET", "/default", 200, "any"),
    "a range is its first status": ("GET", "/family", 200, "fine"),
    "the lowest status": ("GET", "/failure", 404, None),
}


@pytest.mark.parametrize(("method", "path", "status", "body"), LOWEST.values(), ids=list(LOWEST))
def test_without_a_preference(engine: Engine, method: str, path: str, status: int, body: object) -> None:
    """Without a preference, the lowest documented success is sent."""
    reply, _ = ask(engine, path, method=method)

    assert (status, body) == (reply.status, json.loads(reply.body) if reply.body else None)


def test_no_final_status_is_documented(engine: Engine) -> None:
    """A contract that documents only status 100 allows no reply, so the request is refused."""
    reply, headers = ask(engine, "/interim")

    assert (500, "reply-violates-contract") == (reply.status, headers["mock-refused"])
    assert "100" in json.loads(reply.body)["detail"]


UNDOCUMENTED = {
    "a code": ("/book", "code=500", "code=500 is not documented for get_book; documented: 200, 204, 404, 4XX."),
    "a code beside default": ("/loan", "code=99", "code='99' must be the status of a reply, such as 404."),
    "a code beside others": ("/failure", "code=200", "code=200 is not documented for failure; documented: 404, 503."),
    "no final status": ("/default", "code=101", "code='101' must be the status of a reply, such as 404."),
    "no status": ("/book", "code=teapot", "code='teapot' must be the status of a reply, such as 404."),
    "an empty code": ("/book", "code=", "code='' must be the status of a reply, such as 404."),
    "an example": (
        "/book",
        "example=dune",
        "example=dune is not documented for this reply; documented: emma, ulysses, two words, wrong.",
    ),
    "an example of another reply": (
        "/book",
        "code=404, example=emma",
        "example=emma is not documented for this reply; documented: lost, sold.",
    ),
    "an example in a file that is missing": (
        "/book",
        "example=elsewhere",
        "example=elsewhere is not documented for this reply; documented: emma, ulysses, two words, wrong.",
    ),
    "an example where there are none": (
        "/default",
        "example=emma",
        "example=emma is not documented for this reply; documented: none.",
    ),
    "an example where there is no body": (
        "/book",
        "code=204, example=emma",
        "example=emma is not documented for this reply; documented: none.",
    ),
    "neither true nor false": ("/book", "dynamic=yes", "dynamic='yes' must be true or false."),
}


@pytest.mark.parametrize(("path", "prefer", "detail"), UNDOCUMENTED.values(), ids=list(UNDOCUMENTED))
def test_what_is_not_documented_is_refused(engine: Engine, path: str, prefer: str, detail: str) -> None:
    """A preference that is not documented is refused, and the refusal lists what is documented."""
    reply, headers = ask(engine, path, method="POST" if path == "/loan" else "GET", prefer=prefer)

    assert (400, "unknown-preference") == (reply.status, headers["mock-refused"])
    assert f"Prefer: {detail}" == json.loads(reply.body)["detail"]
    assert "preference-applied" not in headers


def test_an_example_that_breaks_its_own_schema(engine: Engine) -> None:
    """A published example that is invalid under its own schema is not sent."""
    reply, headers = ask(engine, "/book", prefer="example=wrong")

    assert (500, "reply-violates-contract") == (reply.status, headers["mock-refused"])
    assert "/title" in json.loads(reply.body)["detail"]


PAGE, PROBLEM, PLAIN = "text/html", "application/problem+json", "application/json; charset=utf-8"
FIRST, SECOND = (f"application/vnd.books+json; version={version}" for version in (1, 2))

ACCEPT = {
    "anything": ("*/*", PLAIN),
    "anything, in short": ("*", PLAIN),
    "a blank header": (" ", PLAIN),
    "an unreadable header": (",", PLAIN),
    "JSON": ("application/json", PLAIN),
    "in capitals": ("APPLICATION/JSON", PLAIN),
    "with the documented charset": ("application/json; charset=utf-8", PLAIN),
    "with a charset": ("text/html; charset=utf-8", PAGE),
    "a family": ("text/*", PAGE),
    "a higher quality": ("application/json;q=0.1, text/html;q=0.9", PAGE),
    "equal quality: JSON": ("text/html, application/json", PLAIN),
    "anything but": ("application/json;q=0, application/*", PROBLEM),
    "anything but a family": ("application/*;q=0, */*;q=0.1", PAGE),
    "the narrower range decides": ("*/*;q=0.9, application/*;q=0.2, application/problem+json;q=0.3", PAGE),
    "a version": ("application/vnd.books+json;version=2", SECOND),
    "any version": ("application/vnd.books+json", FIRST),
    "a version with lower quality": ("application/vnd.books+json, application/vnd.books+json;version=1;q=0.5", SECOND),
    "a parameter that is not documented": ("application/json;odata=verbose", PLAIN),
    "several parameters that are not documented": ("application/json;odata=verbose;ieee754=true;q=0.5", PLAIN),
    "a documented parameter and another": ("application/vnd.books+json;version=2;profile=x", SECOND),
    "a range without the parameter decides": ("application/json;odata=verbose;q=0.9, application/json;q=0.1", PLAIN),
    "the quality of such a range": ("application/json;odata=verbose;q=0.2, text/html;q=0.3", PAGE),
    "not this variant": ("application/json;odata=verbose;q=0, */*;q=0.1", PLAIN),
    "parameters of a wildcard": ("*/*;level=1", PLAIN),
    "every +json type": ("application/*+json", PROBLEM),
    "as Spring sends it": ("text/csv, application/*+json, text/html;q=0.9", PROBLEM),
    "as browsers send it": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PAGE),
    "as axios sends it": ("application/json, text/plain, */*", PLAIN),
}


@pytest.mark.parametrize(("accept", "media_type"), ACCEPT.values(), ids=list(ACCEPT))
def test_accept(engine: Engine, accept: str, media_type: str) -> None:
    """The documented media type with the highest quality is sent, and JSON among equals."""
    reply, headers = ask(engine, "/types/all", accept=accept)

    assert (200, media_type) == (reply.status, headers["content-type"]), reply.body


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        pytest.param("/types/all", "text/plain", id="another type"),
        pytest.param("/types/all", "text/plain, image/*", id="other types"),
        pytest.param("/types/all", "application/json;q=0", id="not this one"),
        pytest.param("/types/all", "application/vnd.books+json;version=3", id="another version"),
        pytest.param("/types/all", "nonsense", id="no type"),
        pytest.param("/range", "text/html", id="a range is sent as JSON"),
        pytest.param("/book", "image/png", id="another type than the schema"),
    ],
)
def test_not_acceptable(engine: Engine, path: str, accept: str) -> None:
    """If no documented media type is accepted, the refusal lists the documented ones."""
    reply, headers = ask(engine, path, accept=accept)
    detail = json.loads(reply.body)["detail"]

    assert (406, "not-acceptable") == (reply.status, headers["mock-refused"])
    assert detail.startswith(f"Accept: {accept} allows none of the documented types: ")
    assert {"/range": "*/*.", "/book": "application/json, text/plain."}.get(path, "text/html.") in detail


def test_accept_does_not_matter_without_a_body(engine: Engine) -> None:
    """A reply without a body is sent with any Accept header."""
    assert 204 == ask(engine, "/book", prefer="code=204", accept="image/png")[0].status


def test_prefer_and_accept_together(engine: Engine) -> None:
    """Accept chooses among the media types of the preferred reply, and so the examples that can be preferred."""
    text, headers = ask(engine, "/book", accept="text/plain", prefer="code=200")
    refused, _ = ask(engine, "/book", accept="text/plain", prefer="example=emma")

    assert (b"the text of a book", "code=200") == (text.body, headers["preference-applied"])
    assert "documented: none" in json.loads(refused.body)["detail"]


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[httpx.Client]:
    with BackgroundServer(create_app(engine=engine)) as server, httpx.Client(base_url=server.url) as opened:
        yield opened


def test_over_http(client: httpx.Client) -> None:
    """Repeated Prefer headers are joined, and pages of other origins can read Preference-Applied."""
    fields = [("Prefer", "code=404"), ("Prefer", "example=sold"), ("Origin", "http://localhost:3000")]
    reply = client.get("/book", headers=fields)

    assert (404, SOLD) == (reply.status_code, reply.json())
    assert "code=404, example=sold" == reply.headers["preference-applied"]
    assert "preference-applied" in reply.headers["access-control-expose-headers"].lower()


def test_a_scenario_ignores_preferences(tmp_path: Path) -> None:
    """If a scenario answers the operation, Prefer and Accept are ignored."""
    (tmp_path / "books.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "scenarios").mkdir()
    stub = "{name: emma, operation: get_book, reply: {body: {title: Emma, pages: 474}}}"
    (tmp_path / "scenarios" / "happy_path.yaml").write_text(f"about: One.\nstubs: [{stub}]\n", "utf-8")
    engine = load_engine(Settings(spec=tmp_path / "books.yaml", scenarios=tmp_path / "scenarios"))
    reply, headers = ask(engine, "/book", prefer="code=404", accept="text/plain")
    other, _ = ask(engine, "/default", prefer="code=404")

    assert (200, EMMA) == (reply.status, json.loads(reply.body))
    assert "preference-applied" not in headers
    assert 404 == other.status
