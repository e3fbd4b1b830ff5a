"""A server in a background thread, for tests in the same process."""

import socket
import threading
from types import TracebackType
from typing import Self

from mockserver.server.running import Server
from mockserver.server.sockets import listen, url_of
from mockserver.web import ASGIApp

_TIMEOUT = 15.0


class BackgroundServer:
    """Serves an ASGI app until it is stopped. A context manager that can be used once."""

    def __init__(self, app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._port = port
        self._sockets: list[socket.socket] = []
        self._started_or_failed = threading.Event()
        self._error: BaseException | None = None
        self._server = Server(app, on_started=self._started_or_failed.set)
        self._thread = threading.Thread(target=self._run, name="mockserver", daemon=True)
        self.url = ""

    def start(self) -> Self:
        """Start, and return when connections are accepted. Raises UsageError: the server cannot listen."""
        self._sockets = listen(self._host, self._port)
        self.url = url_of(self._host, self._sockets)
        self._thread.start()
        if not self._started_or_failed.wait(_TIMEOUT) or self._error is not None:
            raise RuntimeError("the server did not start") from self._error
        return self

    def stop(self) -> None:
        """Finish accepted requests and stop. Stopping twice has no effect."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_TIMEOUT)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            self._server.run(self._sockets)
        except BaseException as error:  # noqa: BLE001 - start() raises it in its own thread
            self._error = error
        finally:
            self._started_or_failed.set()
