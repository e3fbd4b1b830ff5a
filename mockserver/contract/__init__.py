"""The contract: which operation a request calls, and every violation in requests and replies.

May import: `parsing`, `redaction`, `messages`, `errors`. Owns openapi-core and jsonschema-rs. Start with `contract.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.contract.contract import Contract, Understood
    from mockserver.contract.document.operations import Operation

__all__ = ["Contract", "Operation", "Understood"]


def __getattr__(name: str) -> Any:
    # Imported at the first use: clients of a server in another process import only modules of this package that need
    # nothing but the standard library.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mockserver.contract import contract
    from mockserver.contract.document import operations

    return getattr(operations if name == "Operation" else contract, name)
