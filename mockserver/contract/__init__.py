"""The contract: which operation a request calls, and every violation in requests and replies.

May import: `parsing`, `redaction`, `messages`, `errors`. Owns openapi-core and jsonschema-rs. Start with `contract.py`.
"""

from mockserver.contract.contract import Contract, Understood
from mockserver.contract.document.operations import Operation

__all__ = ["Contract", "Operation", "Understood"]
