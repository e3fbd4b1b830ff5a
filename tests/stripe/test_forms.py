"""Form bodies with brackets, as Stripe's clients write them."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.stripe.form_encoding import FormError, read_form

FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "empty": ("", {}),
    "plain": ("a=1&b=&c=x+y%26", {"a": "1", "b": "", "c": "x y&"}),
    "member": ("card[number]=42&card[cvc]=1", {"card": {"number": "42", "cvc": "1"}}),
    "encoded brackets": ("card%5Bnumber%5D=42", {"card": {"number": "42"}}),
    "deeper": ("a[b][c][d]=1&a[b][e]=2", {"a": {"b": {"c": {"d": "1"}, "e": "2"}}}),
    "list": ("expand[]=a&expand[]=b", {"expand": ["a", "b"]}),
    "numbered list": ("expand[1]=b&expand[0]=a", {"expand": ["a", "b"]}),
    "list with gaps": ("expand[7]=b&expand[2]=a", {"expand": ["a", "b"]}),
    "list of a query": ("expand=a&expand=b&expand=c", {"expand": ["a", "b", "c"]}),
    "list in a member": ("a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
    "list of objects": ("a[0][b]=1&a[1][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
    "names and numbers": ("metadata[1]=a&metadata[b]=c", {"metadata": {"1": "a", "b": "c"}}),
    "numbers that are names": (
        "metadata[6735]=x&a[metadata][0]=y",
        {"metadata": {"6735": "x"}, "a": {"metadata": {"0": "y"}}},
    ),
    "huge numbers are names": ("a[99999999999999999999]=1", {"a": {"99999999999999999999": "1"}}),
    "other digits are names": ("a[\u0663]=1", {"a": {"\u0663": "1"}}),
    "not ASCII": ("name=%C3%A9", {"name": "\u00e9"}),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    """Names in brackets make objects; numbers or empty brackets make lists."""
    text, expected = FORMS[name]

    assert expected == read_form(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("a=1&a=2", "sent twice", id="twice"),
        pytest.param("a[b]=1&a[b]=2", "sent twice", id="twice, deeper"),
        pytest.param("a=1&a[b]=2", "both a text and an object", id="text, then object"),
        pytest.param("a[b]=2&a=1", "sent twice", id="object, then text"),
        pytest.param("a[b]=2&a[b][c]=1", "both a text and an object", id="text, then object, deeper"),
        pytest.param("a[b=1", "a field's name is none of", id="never closed"),
        pytest.param("a]=1", "a field's name is none of", id="never opened"),
        pytest.param("[a]=1", "a field's name is none of", id="no name"),
        pytest.param("a[b]c=1", "a field's name is none of", id="more after it"),
        pytest.param("a" + "[b]" * 11 + "=1", "a field's name is none of", id="too deep"),
        pytest.param("a=%FF", "not UTF-8", id="not UTF-8"),
        pytest.param("&".join(f"a{number}=1" for number in range(1001)), "more than 1000 fields", id="too many"),
    ],
)
def test_unreadable_forms(text: str, problem: str) -> None:
    """The error says what is wrong, without the submitted values."""
    with pytest.raises(FormError, match=problem):
        read_form(text)
