"""The contract: which operation a request calls, and every violation in requests and replies.

May import: `parsing`, `redaction`, `messages`, `errors`. It owns openapi-core and jsonschema-rs. Start with `contract.py`, which
has the order of the checks.
"""

from mockserver.contract.contract import Contract, Understood
from mockserver.contract.document.operations import Operation

__all__ = ["Contract", "Operation", "Understood"]
