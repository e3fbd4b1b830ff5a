"""Regular expressions of JSON Schema (ECMA-262), matched in bounded time.

May import: nothing of this project. Start with `compiled_pattern.py`.
"""
