"""The version of the package.

It is not in `mockserver/__init__.py`, because another distribution installs a package of the same name and may overwrite
that file.
"""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
