"""The index of conditions: it finds the same scenario as a look at every condition, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.messages import ABSENT, Call, Headers, Request
from mockserver.scenarios import Condition, Scenario, Scenarios
from mockserver.scenarios.matchers import Equal, Matcher, OneOf, Presence, Subset
from tests.support.lines import lines_executed

MANY = 1_000


def library(conditions: list[Condition]) -> Scenarios:
    """A library with a scenario for each condition, in this order."""
    return Scenarios(
        Scenario(name=f"s{number:04}", about="One.", when=condition) for number, condition in enumerate(conditions)
    )


def call(
    *,
    path: Mapping[str, str] | None = None,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: Any = ABSENT,
) -> Call:
    """A call with these parts."""
    request = Request(method="POST", path="/", query=query, headers=Headers((headers or {}).items()))
    return Call(request=request, operation="op", path=path or {}, body=body)


def body(**members: Any) -> Condition:
    """A condition for members of the body; objects are subsets."""
    return Condition(body=subset(members))


def subset(value: Any) -> Matcher:
    """A matcher as a scenario file has it."""
    return Subset({name: subset(item) for name, item in value.items()}) if isinstance(value, dict) else Equal(value)


FOUND: dict[str, tuple[list[Condition], Call, int | None]] = {
    "a member": ([body(a="x"), body(a="y")], call(body={"a": "y", "b": "x"}), 1),
    "a nested member": ([body(a={"b": "x"}), body(a={"b": "y"})], call(body={"a": {"b": "y"}}), 1),
    "an object where a text is": ([body(a={"b": "x"})], call(body={"a": "x"}), None),
    "a text where an object is": ([body(a="x")], call(body={"a": {"x": "x"}}), None),
    "1 equals 1.0": ([body(a=1)], call(body={"a": 1.0}), 0),
    "1 is not true": ([body(a=1), body(a=True)], call(body={"a": True}), 1),
    "0 is not false": ([body(a=False), body(a=0)], call(body={"a": 0}), 1),
    "null is not absent": ([body(a=None)], call(body={}), None),
    "null is null": ([body(a=None)], call(body={"a": None}), 0),
    "no body": ([body(a="x")], call(), None),
    "a body that is no object": ([Condition(body=Equal("x")), Condition(body=Equal(5))], call(body=5), 1),
    "a list is compared as a whole": ([body(a=[1]), body(a=[1, 2])], call(body={"a": [1, 2]}), 1),
    "one of several": (
        [Condition(body=Subset({"a": OneOf(("x", "y"))})), Condition(body=Subset({"a": OneOf(("z", ["w"]))}))],
        call(body={"a": ["w"]}),
        1,
    ),
    "the first by name": ([body(b=1), body(a="x"), body(a="x", b=2)], call(body={"a": "x", "b": 2}), 1),
    "a condition without a value": (
        [Condition(body=Subset({"a": Presence(present=True)})), body(a="x")],
        call(body={"a": "x"}),
        0,
    ),
    "any value of a query parameter": (
        [Condition(query={"a": Equal("1")}), Condition(query={"a": Equal("2")})],
        call(query="a=0&a=2"),
        1,
    ),
    "a header without case": ([Condition(header={"x-a": Equal("1")})], call(headers={"X-A": "1"}), 0),
    "a repeated header": ([Condition(header={"x-a": Equal("1")})], call(headers={"x-a": "1, 2"}), None),
    "a cookie": ([Condition(cookie={"a": Equal("1")})], call(headers={"cookie": "b=2; a=1"}), 0),
    "a path parameter": ([Condition(path={"a": Equal("1")})], call(path={"a": "1"}), 0),
    "several parts": (
        [Condition(path={"a": Equal("1")}, body=subset({"b": 2})), Condition(path={"a": Equal("1")})],
        call(path={"a": "1"}, body={"b": 1}),
        1,
    ),
}


@pytest.mark.parametrize(("conditions", "made", "expected"), FOUND.values(), ids=FOUND)
def test_found(conditions: list[Condition], made: Call, expected: int | None) -> None:
    """The first scenario whose condition fits is found."""
    found = library(conditions).fitting(made)
    assert (None if expected is None else f"s{expected:04}") == (found and found.name)


NAMES = st.sampled_from(("a", "b"))
SCALARS = st.sampled_from(("1", "x", 0, 1, 1.0, False, True, None))
VALUES = st.recursive(
    SCALARS, lambda value: st.lists(value, max_size=2) | st.dictionaries(NAMES, value, max_size=2), max_leaves=4
)
TEXTS = st.sampled_from(("0", "1", "x"))
TEXT_MATCHERS = st.dictionaries(
    NAMES,
    st.builds(Equal, TEXTS)
    | st.builds(OneOf, st.lists(TEXTS, min_size=1, max_size=2).map(tuple))
    | st.builds(lambda present: Presence(present=present), st.booleans()),
    max_size=2,
)
MATCHERS: st.SearchStrategy[Matcher] = st.recursive(
    st.builds(Equal, VALUES)
    | st.builds(OneOf, st.lists(VALUES, min_size=1, max_size=2).map(tuple))
    | st.builds(lambda present: Presence(present=present), st.booleans()),
    lambda matcher: st.builds(Subset, st.dictionaries(NAMES, matcher, max_size=2)),
    max_leaves=4,
)
CONDITIONS = st.builds(
    Condition,
    path=TEXT_MATCHERS,
    query=TEXT_MATCHERS,
    header=TEXT_MATCHERS,
    cookie=TEXT_MATCHERS,
    body=st.none() | MATCHERS,
)
PAIRS = st.lists(st.tuples(NAMES, TEXTS), max_size=3)
CALLS = st.builds(
    lambda path, query, headers, cookies, body: call(
        path=path,
        query="&".join(map("=".join, query)),
        headers={**headers, "cookie": "; ".join(map("=".join, cookies))},
        body=body,
    ),
    st.dictionaries(NAMES, TEXTS, max_size=2),
    PAIRS,
    st.dictionaries(NAMES, TEXTS, max_size=2),
    PAIRS,
    VALUES | st.just(ABSENT),
)


@given(st.lists(CONDITIONS, max_size=6), CALLS)
def test_same_as_a_look_at_every_condition(conditions: list[Condition], made: Call) -> None:
    """For generated conditions and calls, the first fitting scenario is found."""
    expected = next((f"s{number:04}" for number, each in enumerate(conditions) if each.fits(made)), None)
    found = library(conditions).fitting(made)
    assert expected == (found and found.name)


SELECTED: dict[str, tuple[Any, Any]] = {
    "path": (lambda n: Condition(path={"id": Equal(f"{n}")}), lambda n: call(path={"id": f"{n}"})),
    "query": (lambda n: Condition(query={"id": Equal(f"{n}")}), lambda n: call(query=f"id={n}")),
    "header": (lambda n: Condition(header={"id": Equal(f"{n}")}), lambda n: call(headers={"id": f"{n}"})),
    "cookie": (lambda n: Condition(cookie={"id": Equal(f"{n}")}), lambda n: call(headers={"cookie": f"id={n}"})),
    "body": (lambda n: body(kind="add", id=n), lambda n: call(body={"kind": "add", "id": n})),
    "one of several": (
        lambda n: Condition(body=Subset({"id": OneOf((n, f"{n}"))})),
        lambda n: call(body={"id": f"{n}"}),
    ),
    "another member in each condition": (lambda n: body(**{f"m{n}": True}), lambda n: call(body={f"m{n}": True})),
    "no condition fits": (lambda n: body(id=n), lambda _: call(body={"id": "none"})),
}


@pytest.mark.parametrize(("condition", "made"), SELECTED.values(), ids=SELECTED)
def test_a_thousand_scenarios_cost_what_ten_cost(condition: Any, made: Any) -> None:
    """Choosing among 1,000 scenarios by a value in the request executes as many lines as choosing among ten."""
    few, many = (library([condition(number) for number in range(count)]) for count in (10, MANY))
    assert (few.fitting(made(9)) is None) is (many.fitting(made(MANY - 1)) is None)
    ten, thousand = lines_executed(lambda: few.fitting(made(9))), lines_executed(lambda: many.fitting(made(MANY - 1)))
    assert thousand <= 1.2 * ten
