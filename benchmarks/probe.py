"""The second client: one keep-alive connection that sends a small valid request every 2 ms and measures each reply.

`probe.py PORT` prints a line when the server has answered it once, and runs until its standard input is closed. Then it
prints a JSON list of [sent, delay] pairs, in seconds.
`sent` is a reading of the monotonic clock, which all processes of a machine share on Linux.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from threading import Event, Thread

from raw_http import create_request, receive_reply

INTERVAL = 0.002


def measure(port: int, stop: Event) -> list[tuple[float, float]]:
    """Send requests until `stop` is set; return when each was sent, and after how long its reply was complete."""
    request = create_request()
    measured = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        receive_reply(connection)
        print("answered", flush=True)
        while not stop.is_set():
            sent = time.monotonic()
            connection.sendall(request)
            status, body = receive_reply(connection)
            measured.append((sent, time.monotonic() - sent))
            if status != 200:
                raise RuntimeError(f"unexpected reply with status {status}: {body!r}")
            time.sleep(max(0.0, sent + INTERVAL - time.monotonic()))
    return measured


def main() -> None:
    """Measure until standard input is closed, and print the result."""
    stop = Event()

    def wait() -> None:
        sys.stdin.read()
        stop.set()

    Thread(target=wait, daemon=True).start()
    json.dump(measure(int(sys.argv[1]), stop), sys.stdout)


if __name__ == "__main__":
    main()
