"""Limits the work for one message and the memory of caches, and divides long work into slices.

May import: nothing of this project. Start with `step_budget.py`.
"""
