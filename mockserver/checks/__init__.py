"""`mockserver check`: finds problems in scenario files, under a contract and under another version of it.

May import: `loading`, `engine` and the packages below them. Start with `checker.py`.
"""

from mockserver.checks.checker import check
from mockserver.checks.report import FORMATS, github_error

__all__ = ["FORMATS", "check", "github_error"]
