"""The violations that the mock finds in a message, with and without compiled schemas."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from mockserver.contract import Contract
from mockserver.errors import Refusal, Violation
from mockserver.messages import Reply, Request
from tests.support.documents import contract_for
from tests.support.messages import ViolationKeys

__all__ = ["mock_violations"]


def mock_violations(document: Mapping[str, Any], message: Request, reply: Reply | None = None) -> ViolationKeys:
    """The violations of a request, or of a reply. Both ways must find the same, without a Python warning."""
    found: list[list[Violation]] = []
    for compiled in (True, False):
        contract = contract_for(document, compiled=compiled)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if reply is None:
                found.append(_request_violations(contract, message))
            else:
                found.append(contract.reply_violations("x", reply))
    assert found[0] == found[1]
    return [(each.place, each.pointer, each.keyword) for each in found[0]]


def _request_violations(contract: Contract, message: Request) -> list[Violation]:
    try:
        return list(contract.understand(message).violations)
    except Refusal as refusal:
        if not refusal.violations:
            raise
        return list(refusal.violations)
