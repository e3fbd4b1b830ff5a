"""Additions: what the mock answers beside Wingback's contract, as spec/wingback.overlay.yaml describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from mockserver.answers import as_json
from mockserver.exchange import Call, Reply
from mockserver.namespaces import Namespace
from mockserver.payments import Ledger

__all__ = ["ADDITIONS"]

_JSON: Final = ("Content-Type", "application/json")


def _list_payment_methods(call: Call, ledger: Ledger, namespace: Namespace) -> Reply:
    saved = ledger.saved.of(namespace.key, call.path["customer_id"])
    return Reply(status=200, headers=(_JSON,), body=as_json([each.as_body() for each in saved]))


ADDITIONS: Final[Mapping[str, Callable[[Call, Ledger, Namespace], Reply]]] = MappingProxyType(
    {"mock_list_payment_methods": _list_payment_methods}
)
"""What answers an operation, by its operationId, where no scenario does."""
