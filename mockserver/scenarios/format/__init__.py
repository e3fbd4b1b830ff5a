"""Reads scenario files: from YAML text to a `Scenario`, or to every problem in the file with its line and column.

May import: `parsing`, `payments`, and the rest of `scenarios`. Start with `file_reader.py`.
"""
