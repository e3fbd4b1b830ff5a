"""Loads an OpenAPI document: bundles its files, resolves references, checks its shape and lists its operations.

May import: `parsing`, `errors`. Start with `document.py`.
"""
