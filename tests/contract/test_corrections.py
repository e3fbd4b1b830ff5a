"""Each correction of openapi-core: the verdict of openapi-core alone, and the violations that the mock finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.contract.validation.corrections import CORRECTIONS
from mockserver.messages import Reply, Request
from tests.support.correction_bodies import BODIES, REPLIES
from tests.support.correction_forms import FORMS
from tests.support.correction_parameters import PARAMETERS
from tests.support.documents import JSON, document_with, request, request_body, response_body
from tests.support.messages import NUMBERED, ViolationKeys
from tests.support.mock_violations import mock_violations
from tests.support.plain_openapi_core import verdict_on_reply, verdict_on_request


def rows(table: Mapping[str, list[Any]]) -> list[Any]:
    return [
        pytest.param(*row, id=f"{name}-{number}") for name, cases in table.items() for number, row in enumerate(cases)
    ]


def test_every_correction_has_a_test() -> None:
    """The tables here have rows for each correction in the list, and for nothing else."""
    assert sorted(CORRECTIONS) == sorted({*PARAMETERS, *BODIES, *FORMS, *REPLIES})


@pytest.mark.parametrize(("document", "message", "verdict", "violations"), rows({**PARAMETERS, **BODIES, **FORMS}))
def test_requests(document: dict[str, Any], message: Request, verdict: str, violations: ViolationKeys) -> None:
    """openapi-core is wrong about the request and the mock is right. If openapi-core changes, remove the correction."""
    assert verdict == verdict_on_request(document, message)
    assert violations == mock_violations(document, message)


@pytest.mark.parametrize(("document", "reply", "verdict", "violations"), rows(REPLIES))
def test_replies(document: dict[str, Any], reply: Reply, verdict: str, violations: ViolationKeys) -> None:
    """openapi-core is wrong about the reply, and the mock is right."""
    assert verdict == verdict_on_reply(document, request(), reply)
    assert violations == mock_violations(document, request(), reply)


def test_openapi_core_is_right_about_ordinary_messages() -> None:
    """Called as in the tables, openapi-core alone accepts valid messages and rejects invalid ones."""
    document = document_with(request_body(NUMBERED) | response_body(NUMBERED))
    assert "valid" == verdict_on_request(document, request({"n": 1}))
    assert "InvalidRequestBody" == verdict_on_request(document, request({"n": "x"}))
    assert "valid" == verdict_on_reply(document, request(), Reply(status=200, headers=(JSON,), body=b"{}"))
    assert "InvalidData" == verdict_on_reply(document, request(), Reply(status=200, headers=(JSON,), body=b"[]"))
