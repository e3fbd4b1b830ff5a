"""The version of the package, in a module of its own.

`mockserver/__init__.py` may be overwritten by another distribution that installs a package of the same name, so no
module of this project imports from it.
"""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
