"""Where openapi-core errs: each correction, first as openapi-core alone does it, then as we do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.contract.validation.corrections import CORRECTIONS
from mockserver.messages import Reply, Request
from tests.support.documents import JSON, body_of, described, request, response_of
from tests.support.erring_bodies import BODIES, REPLIES
from tests.support.erring_parameters import PARAMETERS
from tests.support.messages import NUMBERED, Found
from tests.support.plain import verdict_on_reply, verdict_on_request
from tests.support.verdicts import said_here


def rows(table: Mapping[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(*row, id=f"{name}-{number}") for name, found in table.items() for number, row in enumerate(found)
    ]


def test_every_correction_has_a_test() -> None:
    """Each entry of the list is in one of the tables here by its name, and nothing else is."""
    assert sorted(CORRECTIONS) == sorted({*PARAMETERS, *BODIES, *REPLIES})


@pytest.mark.parametrize(("document", "message", "plain", "here"), rows({**PARAMETERS, **BODIES}))
def test_requests(document: dict[str, Any], message: Request, plain: str, here: Found) -> None:
    """openapi-core errs about the request, and we do not; should it ever mend its way, the correction can go."""
    assert plain == verdict_on_request(document, message)
    assert here == said_here(document, message)


@pytest.mark.parametrize(("document", "reply", "plain", "here"), rows(REPLIES))
def test_replies(document: dict[str, Any], reply: Reply, plain: str, here: Found) -> None:
    """The same of replies."""
    assert plain == verdict_on_reply(document, request(), reply)
    assert here == said_here(document, request(), reply)


def test_nothing_errs_that_should_not() -> None:
    """openapi-core alone, asked as the tables ask it, says yes to what is right and no to what is wrong."""
    document = described(body_of(NUMBERED) | response_of(NUMBERED))
    assert "yes" == verdict_on_request(document, request({"n": 1}))
    assert "InvalidRequestBody" == verdict_on_request(document, request({"n": "x"}))
    assert "yes" == verdict_on_reply(document, request(), Reply(status=200, headers=(JSON,), body=b"{}"))
    assert "InvalidData" == verdict_on_reply(document, request(), Reply(status=200, headers=(JSON,), body=b"[]"))
