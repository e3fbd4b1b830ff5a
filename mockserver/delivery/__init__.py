"""How a reply is delivered: delays, and planned faults of the connection.

May import: nothing of this project. Start with `plans.py`.
"""
