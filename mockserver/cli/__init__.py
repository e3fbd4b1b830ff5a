"""The command line: `mockserver serve`, `check`, `scenarios`, `schema` and `health`.

May import: every other package. Start with `commands.py`.
"""
