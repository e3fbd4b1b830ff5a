"""A server in a thread of the process that tests against it."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

from mockserver.server.running import Server
from mockserver.server.sockets import listen, url_of
from mockserver.web import ASGIApp

__all__ = ["BackgroundServer"]

_PATIENCE = 15.0


class BackgroundServer:
    """Serves an ASGI app on a port of its own until it is stopped; a context manager, to be used once."""

    def __init__(self, app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._port = port
        self._sockets: list[socket.socket] = []
        self._settled = threading.Event()
        self._error: BaseException | None = None
        self._server = Server(app, on_started=self._settled.set)
        self._thread = threading.Thread(target=self._run, name="mockserver", daemon=True)
        self.url = ""

    def start(self) -> Self:
        """Returns once connections are accepted. Raises UsageError when it cannot listen."""
        self._sockets = listen(self._host, self._port)
        self.url = url_of(self._host, self._sockets)
        self._thread.start()
        if not self._settled.wait(_PATIENCE) or self._error is not None:
            raise RuntimeError("the server did not start") from self._error
        return self

    def stop(self) -> None:
        """Finishes what was accepted; harmless when it is stopped already."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            self._server.run(self._sockets)
        except BaseException as error:  # noqa: BLE001 - start() raises it, in the thread that asked
            self._error = error
        finally:
            self._settled.set()
