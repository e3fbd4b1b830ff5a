"""docs/control-api.md: the table of calls, compared with spec/admin.yaml."""

from __future__ import annotations

import re

import yaml

from mockserver.contract.patterns import compiled_pattern, regex_tree
from mockserver.control import caller_patterns, expectation_limits, verifier, verify
from tests.support.command import ROOT
from tests.support.markdown import prose, rows
from tests.support.mock import Mock

DOCUMENT = "docs/control-api.md"
ADMIN = yaml.safe_load((ROOT / "spec" / "admin.yaml").read_bytes())


def test_the_calls_are_the_described_ones() -> None:
    """The table has each call of spec/admin.yaml once; one payment session is in the row of the list."""
    described = {
        f"`{method.upper()} {path}`"
        for path, item in ADMIN["paths"].items()
        for method, operation in item.items()
        if "pages" not in operation.get("tags", ())
    }
    shown = [call for call, _ in rows(DOCUMENT, "Calls")]

    assert len(shown) == len(set(shown))
    assert described - {"`GET /__mock/payment-sessions/{token}`"} == set(shown)


def test_the_reply_headers_are_exposed_to_pages(mock: Mock) -> None:
    """Each reply header of the table can be read by a page of another origin."""
    shown = {
        name.strip("` ") for names, way, _ in rows(DOCUMENT, "Headers") if way == "reply" for name in names.split(",")
    }
    reply = mock.http.get("/__mock/health", headers={"origin": "http://localhost:3000"})

    assert 7 == len(shown)
    assert set() == shown - set(reply.headers["access-control-expose-headers"].split(", "))


def test_the_limits_of_a_verification_are_those_of_the_code() -> None:
    """The table and the sentence after it have the numbers of the code."""
    table = re.sub(r"`[^`]*`", "", str(rows(DOCUMENT, "Limits of a verification")))
    shown = {int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", table)}
    sizes = {
        caller_patterns.MAX_LENGTH,
        caller_patterns.MAX_SIZE,
        caller_patterns.MAX_TOTAL_SIZE,
        caller_patterns.MAX_WORK,
    }

    assert shown == {
        *sizes,
        expectation_limits.MAX_MATCHERS,
        regex_tree.PROPERTY_SIZE,
        compiled_pattern.SMALL_SIZE,
    }
    assert (5_000_000, 5, 50, 10_000) == (
        verify.MAX_STEPS,
        verifier.MAX_NEAREST,
        verifier.MAX_MISSES,
        verify.MAX_SHOWN_BODY,
    )
    assert "five nearest calls with their first 50 differences and the first 10,000 characters" in prose(DOCUMENT)
