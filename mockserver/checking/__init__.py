"""What `mockserver check` finds out: whether scenario files hold under a contract, and under its next version."""

from __future__ import annotations

from mockserver.checking.checker import check
from mockserver.checking.formats import FORMATS
from mockserver.checking.report import Comparison, FileReport, Report

__all__ = ["FORMATS", "Comparison", "FileReport", "Report", "check"]
