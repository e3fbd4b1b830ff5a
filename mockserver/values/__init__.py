"""How classes of values are written that are created for every request.

May import: nothing of this project. Start with `value_class.py`.
"""
