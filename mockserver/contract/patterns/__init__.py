"""Regular expressions as JSON Schema defines them (ECMA-262), matched in bounded time.

May import: nothing of this project. Start with `compiled_pattern.py`.
"""
