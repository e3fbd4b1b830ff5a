"""Loads an OpenAPI document: joins its files, checks its shape, adjusts it in memory and lists its operations.

May import: `parsing`, `errors`. Start with `document.py`.
"""
