"""The formats of JSON Schema and of OpenAPI's registry: which strings and numbers have a format.

May import: nothing of the mock. Start with `string_formats.py`.
"""
