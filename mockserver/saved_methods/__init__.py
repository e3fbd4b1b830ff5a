"""The list of a customer's saved payment methods, as spec/saved_methods.yaml describes it.

May import: `engine` and the packages below it. Start with `saved_methods_api.py`.
"""

from mockserver.saved_methods.saved_methods_api import OPERATIONS, PATH, SavedMethodsApi

__all__ = ["OPERATIONS", "PATH", "SavedMethodsApi"]
