"""Accepts valid messages fast, with schemas compiled by jsonschema-rs. A message that is not accepted goes to openapi-core.

May import: `contract.document`, `contract.patterns`, `parsing`, `messages`. Start with `compiled_operation.py`.
"""
