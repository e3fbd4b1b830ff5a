"""Imports jsonschema_rs.

While it is imported, it imports modules of Python. If the handler of a signal raises an exception there, the process
ends with a panic. Therefore signals wait until the import is complete.
"""

from mockserver.limits.held_signals import held_signals

with held_signals():
    import jsonschema_rs

__all__ = ["jsonschema_rs"]
