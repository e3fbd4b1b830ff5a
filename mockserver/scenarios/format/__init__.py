"""Reads scenario files: from YAML text to a `Scenario`, or to every problem of the file with its line and column.

May import: `scenarios`, `payments`, `delivery`, `contract`, `parsing`, `messages`, `errors`. It owns pydantic, which is
imported with the first file. Start with `folder_reader.py`; the keys of the format are in `file_model.py`.
"""

from __future__ import annotations

from mockserver.scenarios.format.folder_reader import library_of, load_folder, read_file, read_folder
from mockserver.scenarios.format.problems import BrokenScenariosError, Problem, ReadFile

__all__ = ["BrokenScenariosError", "Problem", "ReadFile", "library_of", "load_folder", "read_file", "read_folder"]
