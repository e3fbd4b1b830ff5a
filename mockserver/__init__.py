"""A mock of Wingback's "create payment session" API that is true to its OpenAPI contract."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
