"""The control API under `/__mock/`: what the mock reports about itself, and what can be changed while it runs.

May import: `engine` and the packages below it, `stripe` and `saved_methods`. Start with `control_api.py`.
"""

from mockserver.control.control_api import ControlApi, StreamedReply
from mockserver.control.event_stream import EventStream

__all__ = ["ControlApi", "EventStream", "StreamedReply"]
