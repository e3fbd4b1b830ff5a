"""Reloading: what is edited while the server runs is served, and what cannot be served changes nothing."""

from __future__ import annotations

from mockserver.reloading.reloader import Reloader

__all__ = ["Reloader"]
