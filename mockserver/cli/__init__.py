"""The command line: `mockserver serve`, `check`, `scenarios`, `schema` and `health`.

May import: every other package. It owns click. Start with `main.py`.
"""
