"""What the API promises: document, routing, validation, samples. Nobody else knows openapi-core."""

from mockserver.contract.contract import Contract, Understood
from mockserver.contract.operation import Operation

__all__ = ["Contract", "Operation", "Understood"]
