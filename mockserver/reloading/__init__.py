"""Watches the files of a running server and replaces the snapshot when they change.

May import: `loading`, `engine` and the packages below them. It owns watchfiles. Start with `reloader.py`.
"""

from mockserver.reloading.reloader import Reloader

__all__ = ["Reloader"]
