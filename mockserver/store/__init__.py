"""State that several servers share, in Redis or Valkey (extra `[redis]`).

May import: `engine`, `stripe` and what is below them. It owns redis-py. Start with `shared_state.py`.
"""

from mockserver.store.shared_state import SharedState, open_store

__all__ = ["SharedState", "open_store"]
