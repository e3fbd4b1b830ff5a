"""Limits the work for one message.

May import: nothing of this project. Start with `step_budget.py`.
"""
