"""The contract: which operation a request calls, and every way in which a message violates it.

May import: `parsing`, `redaction`, `messages`, `errors`. It owns openapi-core and jsonschema-rs. Start with `contract.py`, which
gives the order of the checks.
"""

from mockserver.contract.contract import Contract, Understood
from mockserver.contract.document.operations import Operation

__all__ = ["Contract", "Operation", "Understood"]
