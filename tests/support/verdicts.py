"""What we say of a message, with and without the compiled path."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from mockserver.errors import Violation
from mockserver.messages import Reply, Request
from tests.support.documents import contract_of
from tests.support.messages import Found

__all__ = ["said_here"]


def said_here(document: Mapping[str, Any], message: Request, reply: Reply | None = None) -> Found:
    """What we say, with and without the compiled path: both must agree, and neither may warn."""
    found: list[list[Violation]] = []
    for compiled in (True, False):
        contract = contract_of(document, compiled=compiled)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if reply is None:
                found.append(list(contract.understand(message).violations))
            else:
                found.append(contract.reply_violations("x", reply))
    assert found[0] == found[1]
    return [(each.place, each.pointer, each.keyword) for each in found[0]]
