"""Hides secrets and card numbers in text that people read: logs, the journal, errors and pages.

May import: `limits`. Start with `redactor.py`.
"""
