"""docs/validation.md: the rules about discriminators and null, compared with what the mock does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.discriminators import CASES, ref
from tests.support.documents import JSON, document_with, request, request_body
from tests.support.mock_violations import mock_violations

PETS = CASES["values that are schema names"].schemas
PET: dict[str, Any] = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind"}}
NUMBERED = {"propertyName": "kind", "mapping": {"1": "Cat", "true": "#/components/schemas/Dog"}}
RULES: dict[str, tuple[Any, Any, list[str]]] = {
    "a name in the mapping": (PET | {"discriminator": NUMBERED}, {"kind": "1", "lives": "x"}, ["/lives"]),
    "an integer": (PET | {"discriminator": NUMBERED}, {"kind": 1, "lives": "x"}, ["/lives", "/kind"]),
    "a boolean": (PET | {"discriminator": NUMBERED}, {"kind": True, "tricks": "x"}, ["/tricks", "/kind"]),
    "the name of an alternative": (PET, {"kind": "Cat", "lives": "x"}, ["/lives"]),
    "only the selected schema decides": (PET, {"kind": "Cat", "tricks": "x"}, []),
    "the value satisfies several": (PET, {"kind": "Cat"}, []),
    "an unknown value that satisfies one": (PET, {"kind": "x", "lives": "x"}, []),
    "an unknown value that satisfies several": (PET, {"kind": "x"}, ["/kind"]),
    "a missing property": (PET, {}, ["/kind"]),
    "not an object": (PET, 5, [""]),
    "a base": (ref("Animal"), {"kind": "Lion"}, ["/mane"]),
    "an unknown value of a base": (ref("Animal"), {"kind": "x"}, []),
}


@pytest.mark.parametrize(("schema", "value", "pointers"), RULES.values(), ids=RULES)
def test_the_rules(schema: Any, value: Any, pointers: list[str]) -> None:
    """The mock follows the rules on the page."""
    schemas = PETS | CASES["a base"].schemas
    found = mock_violations(document_with(request_body(schema), schemas=schemas), request(value))
    assert sorted(pointers) == sorted(pointer for _, pointer, _ in found)


@pytest.mark.parametrize("keyword", ["allOf", "oneOf", "anyOf"])
def test_null(keyword: str) -> None:
    """`nullable: true` accepts null beside each of the keywords."""
    schema = {"nullable": True, keyword: [{"type": "object"}]}
    assert [] == mock_violations(document_with(request_body(schema)), request(b"null", headers=(JSON,)))
