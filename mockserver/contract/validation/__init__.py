"""Validates messages with openapi-core, which decides every rejection. Corrections cover its errors.

May import: `contract.document`, `contract.patterns`, `parsing`, `messages`, `errors`. Start with `validator.py`;
`corrections.py` has the list of corrections.
"""
