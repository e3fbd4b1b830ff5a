"""The control API under /__mock/: what the mock tells of itself, and what it can be told while it runs."""

from __future__ import annotations

from mockserver.control.control import PREFIX, TOKEN_HEADER, Control
from mockserver.control.events import Events

__all__ = ["PREFIX", "TOKEN_HEADER", "Control", "Events"]
