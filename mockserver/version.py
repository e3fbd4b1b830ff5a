"""The version of the package.

It is not in `mockserver/__init__.py`: another distribution that installs a package of the same name can overwrite that
file, so no module of this project imports from it.
"""

__version__ = "0.1.0"
