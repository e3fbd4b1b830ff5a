"""docs/control-api.md: the table of calls, compared with spec/admin.yaml."""

from __future__ import annotations

import yaml

from tests.support.command import ROOT
from tests.support.markdown import rows
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
