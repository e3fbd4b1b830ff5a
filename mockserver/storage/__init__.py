"""Bounded, keyed and indexed collections in memory, and settings of namespaces.

May import: nothing of this project. Start with `bounded_store.py`.
"""
