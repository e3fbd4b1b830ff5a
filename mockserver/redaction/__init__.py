"""Hides secrets and card numbers in text that people read: logs, the journal, errors and pages.

May import: nothing of this project. Start with `redactor.py`.
"""
