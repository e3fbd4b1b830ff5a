"""Regular expressions of JSON Schema (ECMA-262), matched in bounded time.

May import: `contract.rust_validators`. Start with `compiled_pattern.py`.
"""
