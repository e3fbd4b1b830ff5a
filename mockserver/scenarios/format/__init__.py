"""Reads scenario files: from YAML text to a `Scenario`, or to every problem of the file with its line and column.

May import: `scenarios`, `payments`, `delivery`, `contract`, `parsing`, `messages`, `errors`.
Start with `scenario_format.py`, which has the keys of a file.
"""

from mockserver.scenarios.format.folder_reader import library_of, load_folder, read_file, read_folder
from mockserver.scenarios.format.problems import BrokenScenariosError, Problem, ReadFile

__all__ = ["BrokenScenariosError", "Problem", "ReadFile", "library_of", "load_folder", "read_file", "read_folder"]
