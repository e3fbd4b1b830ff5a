"""Strict YAML and JSON with positions, JSON pointers, media types and the comparison of JSON values.

May import: `errors`. It owns PyYAML, orjson and werkzeug. Start with `text_reader.py` for files, and with
`json_reader.py` for bodies.
"""
