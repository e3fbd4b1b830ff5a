"""The flow: one request in, one reply or fault out, recorded in the journal.

May import: `contract`, `samples`, `scenarios`, `payments` and the packages below them. It knows no files, no settings
and no framework. Start with `engine.py`.
"""
