"""Ports for servers that tests start, or start again on the same port."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from typing import Final

# Systems give outgoing connections ports above these (Linux from 32768 on, others from 49152 on).
_PORTS: Final = range(10_000, 22_000)
_BUS: Final = 10_000


def free_port() -> int:
    """A free port that no outgoing connection gets, so that a server can be started on it again.

    The node of a cluster also uses the port number plus 10,000, which is free, too.
    """
    while True:
        port = random.choice(_PORTS)
        with (
            suppress(OSError),
            socket.create_server(("127.0.0.1", port)),
            socket.create_server(("127.0.0.1", port + _BUS)),
        ):
            return port
