"""An HTTP server that sends whatever a test wants, in the place of a mock server."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["fake_server"]


@contextmanager
def fake_server(replies: Mapping[str, bytes]) -> Iterator[str]:
    """Serve the replies by path, or by the name of the path's last part. Yields the URL.

    A reply that starts with `HTTP/` is sent as it is, any other one as the JSON of a reply with status 200.
    """

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            reply = replies.get(self.path.partition("?")[0].rpartition("/")[2], b"HTTP/1.1 404 Not Found\r\n\r\n{}")
            if not reply.startswith(b"HTTP/"):
                head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(reply)}\r\n\r\n"
                reply = head.encode() + reply
            self.wfile.write(reply)
            self.close_connection = True

        def do_GET(self) -> None:
            self.answer()

        def do_PUT(self) -> None:
            self.answer()

        def do_POST(self) -> None:
            self.answer()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
