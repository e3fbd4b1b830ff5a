"""Bounded, keyed and indexed collections in memory.

May import: nothing of this project. Start with `bounded_store.py`.
"""
