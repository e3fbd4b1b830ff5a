"""The templates that a refusal of an unknown path names: the nearest ones, found in a bounded number of steps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.nearest_paths import NearestPaths
from tests.support.lines import lines_executed


def distance(template: str, segments: list[str]) -> int:
    """Two for each different segment, three for each additional or missing one; no segments are similar."""
    parts = template.split("/")[1:]
    different = sum(part != segment and "{" not in part for part, segment in zip(parts, segments, strict=False))
    return 2 * different + 3 * abs(len(parts) - len(segments))


NEAREST: dict[str, tuple[list[str], str, list[str]]] = {
    "one segment differs": (["/a/x", "/a/b/c", "/a/y"], "/a/z", ["/a/x", "/a/y", "/a/b/c"]),
    "a parameter equals every segment": (["/a/b/c", "/a/{id}/c"], "/a/x/c", ["/a/{id}/c", "/a/b/c"]),
    "a segment is missing": (["/x/y/z", "/a/b/c"], "/a/b", ["/a/b/c", "/x/y/z"]),
    "a segment too many": (["/x", "/a/b"], "/a/b/c", ["/a/b", "/x"]),
    "the order of the document": (["/c", "/b", "/a", "/d"], "/x", ["/c", "/b", "/a"]),
    "a path below another": (["/a/b", "/a"], "/a/c", ["/a/b", "/a"]),
    "a character too few": (
        ["/users", "/issues/{id}", "/pulls/{id}"],
        "/isues/3",
        ["/issues/{id}", "/pulls/{id}", "/users"],
    ),
    "a character too many": (["/users", "/issues"], "/isssues", ["/issues", "/users"]),
    "another character": (["/users", "/issues"], "/izsues", ["/issues", "/users"]),
    "two characters exchanged": (["/users", "/issues"], "/isuses", ["/issues", "/users"]),
    "another case": (["/users", "/Issues"], "/iSSUES", ["/Issues", "/users"]),
    "the same length is nearer than a similar segment": (
        ["/issues/{id}", "/users"],
        "/isues",
        ["/users", "/issues/{id}"],
    ),
    "no templates": ([], "/a", []),
    "the root alone": (["/"], "/a/b", ["/"]),
    "no segments": (["/a/b", "/a"], "*", ["/a", "/a/b"]),
}


@pytest.mark.parametrize(("templates", "path", "expected"), NEAREST.values(), ids=NEAREST)
def test_nearest(templates: list[str], path: str, expected: list[str]) -> None:
    """The templates with the fewest differences come first."""
    assert expected == NearestPaths(templates).of(path.split("/")[1:], 3)


PARTS = st.lists(st.sampled_from(("", "one", "three", "sixty", "{x}", "{y}", "{x}.json")), max_size=4)


@given(
    st.lists(PARTS.filter(bool).map(lambda parts: "".join(f"/{part}" for part in parts)), max_size=8, unique=True),
    PARTS,
)
def test_same_as_a_look_at_every_template(templates: list[str], segments: list[str]) -> None:
    """Among a few templates, the nearest are those with the smallest distance, in the order of the document."""
    expected = sorted(templates, key=lambda template: distance(template, segments))[:3]
    assert expected == NearestPaths(templates).of(segments, 3)


SHAPES = {
    "many children of one segment": ("/v1/{kind}{number}", "/v1/nothing"),
    "many below a parameter": ("/v1/{{id}}/{kind}{number}/part", "/v1/x/nothing/else"),
    "many that are much longer": ("/v1/{kind}{number}/a/b/c/d/e", "/v1/nothing"),
    "many that start differently": ("/{kind}{number}/same/path", "/nothing/same/path/x"),
    "two levels": ("/{kind}/{number}/{{id}}", "/x/nothing/1/2"),
}


@pytest.mark.parametrize(("shape", "path"), SHAPES.values(), ids=SHAPES)
def test_the_number_of_templates_does_not_matter(shape: str, path: str) -> None:
    """Among 10,000 templates, the search executes not more lines than a limited number of steps needs."""
    few, many = (
        NearestPaths(shape.format(kind=kind, number=number) for kind in "abcdefghij" for number in range(count))
        for count in (100, 1_000)
    )
    segments = path.split("/")[1:]
    found = many.of(segments, 3)
    assert 3 == len(found)
    assert lines_executed(lambda: many.of(segments, 3)) <= 1.2 * lines_executed(lambda: few.of(segments, 3))
