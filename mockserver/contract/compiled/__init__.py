"""Accepts valid messages fast, with schemas compiled by jsonschema-rs. All other messages go to openapi-core.

May import: `contract.document`, `contract.formats`, `contract.patterns`, `contract.rust_validators`, `parsing`,
`messages`. Start with `compiled_operation.py`.
"""
