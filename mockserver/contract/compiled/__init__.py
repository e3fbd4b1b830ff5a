"""Accepts valid messages fast, with schemas compiled by jsonschema-rs. All other messages go to openapi-core.

May import: `contract.document`, `contract.patterns`, `parsing`, `messages`. Start with `compiled_operation.py`.
"""
