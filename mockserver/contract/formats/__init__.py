"""The formats of JSON Schema and of OpenAPI's registry: which strings and numbers have a format.

May import: `contract.rust_validators`. Start with `string_formats.py`.
"""
