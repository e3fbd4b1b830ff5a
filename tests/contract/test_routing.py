"""How the router finds the operation of a path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.document.operations import operations
from mockserver.contract.router import Router
from mockserver.errors import Refusal
from tests.support.documents import document_with, loaded
from tests.support.lines import lines_executed


def router(*calls: str, servers: list[Any] | None = None) -> Router:
    """A router for operations such as `GET /a/{b}`, which is also their id."""
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        method, template = call.split(" ", 1)
        paths.setdefault(template, {})[method.lower()] = {"responses": {}}
    document = document_with() | {"paths": paths} | ({"servers": servers} if servers is not None else {})
    return Router(list(operations(loaded(document))))


FOUND: dict[str, tuple[tuple[str, ...], str, tuple[str, dict[str, str]]]] = {
    "a literal path": (("GET /a/b",), "GET /a/b", ("GET /a/b", {})),
    "the root": (("GET /",), "GET /", ("GET /", {})),
    "a parameter": (("GET /a/{b}",), "GET /a/x", ("GET /a/{b}", {"b": "x"})),
    "an empty parameter": (("GET /a/{b}/c",), "GET /a//c", ("GET /a/{b}/c", {"b": ""})),
    "several parameters": (("GET /{a}/{b}",), "GET /1/2", ("GET /{a}/{b}", {"a": "1", "b": "2"})),
    "text after a parameter": (
        ("POST /v1/{name}:cancel", "POST /v1/{name}"),
        "POST /v1/x:cancel",
        ("POST /v1/{name}:cancel", {"name": "x"}),
    ),
    "an ending": (("GET /{Sid}.json",), "GET /AC1.json", ("GET /{Sid}.json", {"Sid": "AC1"})),
    "an ending twice": (("GET /{Sid}.json",), "GET /AC1.json.json", ("GET /{Sid}.json", {"Sid": "AC1.json"})),
    "text between parameters": (
        ("GET /{a}-{b}...{c}",),
        "GET /1-2...3-4",
        ("GET /{a}-{b}...{c}", {"a": "1", "b": "2", "c": "3-4"}),
    ),
    "parameters side by side": (("GET /{a}{b}",), "GET /xyz", ("GET /{a}{b}", {"a": "x", "b": "yz"})),
    "literal before parameter": (("GET /a/{b}", "GET /a/me"), "GET /a/me", ("GET /a/me", {})),
    "literal before pattern": (("GET /{a}.json", "GET /a.json"), "GET /a.json", ("GET /a.json", {})),
    "pattern before parameter": (("GET /{a}", "GET /{a}.json"), "GET /x.json", ("GET /{a}.json", {"a": "x"})),
    "the pattern with more text first": (
        ("GET /{a}.json", "GET /{a}.min.json"),
        "GET /x.min.json",
        ("GET /{a}.min.json", {"a": "x"}),
    ),
    "backtracking from a literal": (
        ("GET /a/b/c", "GET /a/{x}/d"),
        "GET /a/b/d",
        ("GET /a/{x}/d", {"x": "b"}),
    ),
    "the method of another template": (("GET /a/me", "POST /a/{b}"), "POST /a/me", ("POST /a/{b}", {"b": "me"})),
    "two parameter names at one position": (
        ("GET /a/{id}", "DELETE /a/{name}", "GET /a/{other}/b"),
        "DELETE /a/x",
        ("DELETE /a/{name}", {"name": "x"}),
    ),
    "a percent-encoded literal": (("GET /a/b",), "GET /%61/b", ("GET /a/b", {})),
    "a literal that must be encoded": (("GET /a b/é",), "GET /a%20b/%C3%A9", ("GET /a b/é", {})),
    "a template that is encoded itself": (("GET /a%20b",), "GET /a%20b", ("GET /a%20b", {})),
    "an encoded slash": (("GET /a/{b}/c",), "GET /a/x%2Fy/c", ("GET /a/{b}/c", {"b": "x/y"})),
    "an encoded slash, in lower case": (("GET /{a}.json",), "GET /x%2fy.json", ("GET /{a}.json", {"a": "x/y"})),
    "an encoded percent sign": (("GET /a/{b}",), "GET /a/%2541", ("GET /a/{b}", {"b": "%41"})),
    "an encoded percent sign in a pattern": (("GET /{a}.json",), "GET /%2541.json", ("GET /{a}.json", {"a": "%41"})),
    "a percent sign without an encoding": (("GET /{a}",), "GET /%zz%", ("GET /{a}", {"a": "%zz%"})),
    "an encoded comma does not separate": (("GET /{a},{b}",), "GET /x%2Cy,z", ("GET /{a},{b}", {"a": "x,y", "b": "z"})),
    "an encoded comma where a plain one is required": (
        ("GET /{a},{b}",),
        "GET /x%2Cz",
        ("GET /{a},{b}", {"a": "x", "b": "z"}),
    ),
    "an encoded colon does not separate": (
        ("GET /{name}", "GET /{name}:cancel"),
        "GET /x%3Acancel",
        ("GET /{name}", {"name": "x:cancel"}),
    ),
    "an encoded dot is a dot": (("GET /{a}.json", "GET /{a}"), "GET /x%2Ejson", ("GET /{a}.json", {"a": "x"})),
    "bytes that are not UTF-8": (("GET /{a}",), "GET /%ff", ("GET /{a}", {"a": "\udcff"})),
    "dots are ordinary segments": (("GET /a/{b}/{c}",), "GET /a/../%2e%2e", ("GET /a/{b}/{c}", {"b": "..", "c": ".."})),
    "a hash in the template": (("GET /a#b",), "GET /a%23b", ("GET /a#b", {})),
    "HEAD finds GET": (("GET /a/{b}",), "HEAD /a/x", ("GET /a/{b}", {"b": "x"})),
    "HEAD finds HEAD": (("GET /a", "HEAD /a"), "HEAD /a", ("HEAD /a", {})),
    "HEAD finds HEAD of a template with the same paths": (
        ("GET /{a}", "HEAD /{b}"),
        "HEAD /x",
        ("HEAD /{b}", {"b": "x"}),
    ),
    "HEAD finds the most specific GET": (("GET /{a}", "GET /a"), "HEAD /a", ("GET /a", {})),
    "a parameter named twice": (("GET /{a}/{a}",), "GET /1/2", ("GET /{a}/{a}", {"a": "2"})),
    "braces that do not close": (("GET /a{b",), "GET /a{b", ("GET /a{b", {})),
}


@pytest.mark.parametrize(("calls", "call", "expected"), FOUND.values(), ids=FOUND)
def test_found(calls: tuple[str, ...], call: str, expected: tuple[str, dict[str, str]]) -> None:
    """The most specific template wins, and the values of parameters are decoded."""
    method, path = call.split(" ", 1)
    route = router(*calls).find(method, path)
    assert expected == (route.operation.id, route.path)


REFUSED: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "another path": (("GET /a",), "GET /b", "unknown-path", "Did you mean /a?"),
    "a contract without paths": ((), "GET /", "unknown-path", "It has no paths at all."),
    "a slash too many": (("GET /a",), "GET /a/", "unknown-path", "ends with a slash"),
    "a slash too few": (("GET /a/",), "GET /a", "unknown-path", "Did you mean /a/?"),
    "two slashes": (("GET /a/b",), "GET /a//b", "unknown-path", "Did you mean"),
    "another case": (("GET /a",), "GET /A", "unknown-path", "Did you mean"),
    "an ending without a name": (("GET /{Sid}.json",), "GET /.json", "unknown-path", "Did you mean"),
    "a prefix": (("GET /a/b",), "GET /a", "unknown-path", "Did you mean"),
    "not a path": (("GET /",), "OPTIONS *", "unknown-path", "Did you mean"),
    "another method": (("GET /a", "PUT /a"), "POST /a", "method-not-allowed", "this path has: GET, PUT, HEAD."),
    "methods of all templates": (
        ("GET /a/me", "PUT /a/{b}"),
        "POST /a/me",
        "method-not-allowed",
        "this path has: GET, HEAD, PUT.",
    ),
    "HEAD without GET": (("PUT /a",), "HEAD /a", "method-not-allowed", "this path has: PUT."),
    "a method in lower case": (("GET /a",), "get /a", "method-not-allowed", "GET"),
}


@pytest.mark.parametrize(("calls", "call", "kind", "detail"), REFUSED.values(), ids=REFUSED)
def test_refused(calls: tuple[str, ...], call: str, kind: str, detail: str) -> None:
    """An unknown path or method is refused, and the detail lists what the contract has."""
    method, path = call.split(" ", 1)
    with pytest.raises(Refusal) as refused:
        router(*calls).find(method, path)
    assert kind == refused.value.kind
    assert detail in refused.value.detail


def test_allow_names_every_method() -> None:
    """A refused method has the header Allow."""
    with pytest.raises(Refusal) as refused:
        router("GET /a", "DELETE /a").find("POST", "/a")
    assert (("Allow", "GET, DELETE, HEAD"),) == refused.value.headers


def served(url: str, /, **variables: tuple[object, ...]) -> dict[str, Any]:
    """A server whose variables have these values; the first is the default."""
    defined = {name: {"default": values[0], "enum": list(values)} for name, values in variables.items()}
    return {"url": url, "variables": defined}


BASES: dict[str, tuple[list[Any], list[str]]] = {
    "no server": ([], ["/a"]),
    "a host alone": ([{"url": "https://api.example"}], ["/a"]),
    "a base path": ([{"url": "https://api.example/v1/"}], ["/v1/a"]),
    "a relative one": ([{"url": "/v2"}, {"url": "v3"}], ["/v2/a", "/v3/a"]),
    "variables": (
        [{"url": "https://{region}.example/{version}", "variables": {"region": {}, "version": {"default": "v4"}}}],
        ["/v4/a"],
    ),
    "a default that is a number": ([{"url": "/v{n}", "variables": {"n": {"default": 5}}}], ["/v5/a"]),
    "an undefined variable": ([{"url": "/{tenant}"}], ["/anything/a"]),
    "an enum": ([served("/{v}", v=("v1", "v2", "v3"))], ["/v1/a", "/v2/a", "/v3/a"]),
    "an enum whose default is not the first": (
        [{"url": "/{v}", "variables": {"v": {"default": "v2", "enum": ["v1", "v2"]}}}],
        ["/v2/a", "/v1/a"],
    ),
    "an enum without the default": (
        [{"url": "/{v}", "variables": {"v": {"default": "x", "enum": ["y"]}}}],
        ["/x/a", "/y/a"],
    ),
    "an enum without a default": ([{"url": "/{v}", "variables": {"v": {"enum": ["v1", "v2"]}}}], ["/v1/a", "/v2/a"]),
    "an enum of numbers": ([served("/v{n}", n=(1, 2.5))], ["/v1/a", "/v2.5/a"]),
    "two enums": (
        [served("https://x.example/{stage}/{v}", stage=("live", "test"), v=("v1", "v2"))],
        ["/live/v1/a", "/live/v2/a", "/test/v1/a", "/test/v2/a"],
    ),
    "an enum twice in the path": ([served("/{v}/x/{v}", v=("1", "2"))], ["/1/x/1/a", "/2/x/2/a"]),
    "a part of a segment": ([served("/api-{v}.json", v=("1", "2"))], ["/api-1.json/a", "/api-2.json/a"]),
    "a variable without enum beside an enum": ([served("/{a}/{b}", a=("1",), b=("2", "3"))], ["/1/2/a", "/1/3/a"]),
    "an empty value": ([served("/{v}", v=("", "v1"))], ["/a", "/v1/a"]),
    "an empty value between slashes": ([served("/x/{v}/y", v=("", "v1"))], ["/x/y/a", "/x//y/a", "/x/v1/y/a"]),
    "a value with slashes": ([served("/{base}", base=("/api/v1/", "v2"))], ["/api/v1/a", "/v2/a"]),
    "a value with braces": ([served("/{a}/{b}", a=("{b}", "1"), b=("2",))], ["/anything/2/a", "/1/2/a"]),
    "a host with a path": ([served("https://{host}/x", host=("a.example", "b.example/v1"))], ["/x/a", "/v1/x/a"]),
    "a complete address": ([served("{url}", url=("https://a.example/v1", "https://b.example/v2"))], ["/v1/a", "/v2/a"]),
    "a scheme": ([served("{scheme}://a.example/{v}", scheme=("http", "https"), v=("1", "2"))], ["/1/a", "/2/a"]),
    "many hosts": (
        [served("https://{host}.example/{v}", host=tuple(f"h{i}" for i in range(500)), v=("1", "2"))],
        ["/1/a", "/2/a"],
    ),
    "more values than are combined": (
        [served("/{a}/{b}", a=tuple(range(40)), b=tuple(range(40)))],
        ["/0/0/a", "/39/0/a", "/0/39/a", "/1/1/a"],
    ),
    "a doubled slash": ([{"url": "https://x.example//v1//api"}], ["/v1/api/a", "//v1//api/a"]),
    "a relative one with a doubled slash": ([{"url": "/v1//api"}], ["/v1/api/a", "/v1//api/a"]),
    "a trailing slash": ([{"url": "https://x.example/v1/"}], ["/v1/a", "/v1//a"]),
    "trailing slashes": ([{"url": "/v1//"}], ["/v1/a", "/v1///a"]),
    "a slash alone": ([{"url": "/"}], ["/a"]),
    "no scheme": ([{"url": "//x.example/v1"}], ["/v1/a"]),
    "dots": ([{"url": "./v1"}, {"url": "../v2"}, {"url": "."}, {"url": "/x/../v3"}], ["/v1/a", "/v2/a", "/a", "/v3/a"]),
    "a query and a fragment": ([{"url": "/v1?x=1#y"}], ["/v1/a"]),
    "spaces around": ([{"url": " https://x.example/v1 "}], ["/v1/a"]),
    "encoded characters": ([{"url": "/a%20b"}], ["/a%20b/a"]),
    "values that are no texts": (
        [{"url": "/{v}", "variables": {"v": {"default": "1", "enum": [None, {}, [], "2"]}}}],
        ["/1/a", "/2/a"],
    ),
    "variables that are no mappings": (
        [{"url": "/{v}", "variables": {"v": 5}}, {"url": "/x", "variables": [1]}],
        ["/x/a"],
    ),
    "not an address": ([{"url": "http://[x/y"}, {"url": 7}, "x"], ["/a"]),
}


@pytest.mark.parametrize(("servers", "paths"), BASES.values(), ids=BASES)
def test_base_paths(servers: list[Any], paths: list[str]) -> None:
    """A base path in `servers` counts, the host does not."""
    found = router("GET /a", servers=servers)
    for path in paths:
        assert "GET /a" == found.find("GET", path).operation.id


def test_a_variable_without_enum_has_its_default() -> None:
    """No other value of such a variable is served."""
    found = router("GET /a", servers=[{"url": "/{v}", "variables": {"v": {"default": "v1"}}}])
    with pytest.raises(Refusal):
        found.find("GET", "/v2/a")


def test_base_paths_are_bounded() -> None:
    """At most 100 base paths of an operation are served, however many values the variables have."""
    variables = {name: tuple(range(1000)) for name in "abcdefgh"}
    url = "".join(f"/{{{name}}}" for name in variables)
    (operation,) = operations(
        loaded(document_with() | {"paths": {"/x": {"get": {}}}, "servers": [served(url, **variables)]})
    )
    assert 100 == len(operation.bases)


def test_suggestions_have_single_slashes() -> None:
    """A refusal suggests each path once, without doubled slashes."""
    with pytest.raises(Refusal) as refused:
        router("GET /a", servers=[{"url": "/v1//x/"}]).find("GET", "/v1/x/b")
    assert "Did you mean /v1/x/a?" in refused.value.detail


def test_servers_of_paths_and_operations() -> None:
    """The servers of an operation override those of its path, and these override those of the document."""
    item = {
        "servers": [{"url": "/item"}],
        "get": {"operationId": "of the item"},
        "put": {"operationId": "its own", "servers": [{"url": "/own"}]},
    }
    found = Router(list(operations(loaded(document_with() | {"paths": {"/a": item}, "servers": [{"url": "/root"}]}))))
    assert "of the item" == found.find("GET", "/item/a").operation.id
    assert "its own" == found.find("PUT", "/own/a").operation.id
    with pytest.raises(Refusal):
        found.find("GET", "/root/a")


MANY = [f"GET /v1/{kind}{number}/{{id}}/part" for kind in "abcdefghij" for number in range(120)]


def test_a_thousand_operations_cost_what_one_costs() -> None:
    """Finding one of 1,200 operations executes as many lines as finding the only one."""
    one, many = router(MANY[-1]), router(*MANY)
    path = "/v1/j119/x/part"

    assert MANY[-1] == many.find("GET", path).operation.id
    assert lines_executed(lambda: many.find("GET", path)) < 2 * lines_executed(lambda: one.find("GET", path))


HOSTILE = {
    "slashes": "/" * 200_000,
    "segments": "/a" * 100_000,
    "one long segment": "/" + "a-" * 100_000,
    "percent signs": "/" + "%" * 200_000,
    "encoded dashes": "/" + "%2D" * 60_000,
    "encoded bytes": "/" + "%ff" * 60_000,
}


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE)
def test_hostile_paths_take_linear_time(path: str) -> None:
    """A long path is matched in linear time, or this test would not end; the message stays short."""
    found = router("GET /{a}-{b}-{c}-{d}.json", "GET /{a}-{b}-{c}-{d}.xml", "GET /a/{b}/a/{c}/a", "GET /{a}/a/{b}/a/x")
    with pytest.raises(Refusal) as refused:
        found.find("GET", path)
    assert len(refused.value.detail) < 500


@given(st.text(alphabet="/ab{}%2Fé:.-*\x00", max_size=30), st.sampled_from(("GET", "POST", "", "get")))
def test_nothing_but_a_route_or_a_refusal(path: str, method: str) -> None:
    """For any path, the result is a route or a refusal."""
    try:
        result = router("GET /a/{b}", "GET /{a}:b", "POST /{a}.{b}").find(method, path).operation.method
    except Refusal as refusal:
        result = refusal.kind
    assert result in {method, "unknown-path", "method-not-allowed"}


def test_an_unknown_path_is_searched_once() -> None:
    """If a client repeats an unknown path, the refusal is the same, and the nearest paths are not searched again."""
    many = router(*(f"GET /v{number}/items/{{id}}" for number in range(100)))
    details: list[str] = []

    def refused() -> None:
        with pytest.raises(Refusal) as refusal:
            many.find("GET", "/unknown/path")
        details.append(refusal.value.detail)

    first, later = lines_executed(refused), lines_executed(refused)
    assert "Did you mean" in details[0]
    assert details[0] == details[1]
    assert later < first / 4
