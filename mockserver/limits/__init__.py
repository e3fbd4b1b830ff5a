"""Limits the work for one message and the memory of caches, divides long work into slices, and holds back signals.

May import: nothing of this project. Start with `step_budget.py`.
"""
