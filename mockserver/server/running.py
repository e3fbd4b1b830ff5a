"""Runs a server, from the first bind to the last reply."""

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from types import FrameType

import uvicorn

from mockserver.errors import UsageError
from mockserver.limits.held_signals import handled_signals
from mockserver.server.address import ServerAddress
from mockserver.server.fast_protocol import FastHttpProtocol
from mockserver.server.garbage_collector import GarbageCollector
from mockserver.server.open_files import require_open_files
from mockserver.server.port_file import port_file
from mockserver.server.server_state import ServerWideState
from mockserver.server.sockets import close_all, for_many_connections, listen, of_workers, url_of
from mockserver.server.stop_signals import SignalCounter
from mockserver.server.tls import TlsFiles, tls_files
from mockserver.server.unix_socket import unix_socket
from mockserver.server.worker import Supervision
from mockserver.settings import Settings
from mockserver.web import ASGIApp

# In seconds; longer than clients keep idle connections, so that none is closed while a client sends.
_KEEP_ALIVE = 75
# In seconds; less than the 10 s that Docker waits for a container to stop.
_GRACE = 8
# In seconds: how long a worker may take to write its log after the grace period.
_LOG_GRACE = 1.5


def serve(
    app: ASGIApp,
    settings: Settings,
    *,
    on_started: Callable[[ServerAddress], None],
    log: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, finish accepted requests, and return.

    `on_started` is called when connections are accepted. With several workers, `log` is called in a worker that
    replaces another one. Raises UsageError: the server cannot listen; WorkerError: its workers fail to start.
    """
    if settings.workers > 1 and not hasattr(os, "fork"):
        raise UsageError("--workers needs a system that can fork processes: use --workers 1")
    require_open_files(workers=settings.workers)
    with contextlib.ExitStack() as stack:
        tls = stack.enter_context(tls_files(settings))
        scheme, ca = ("http", None) if tls is None else ("https", tls.ca)
        if settings.uds is not None:
            sockets = [stack.enter_context(unix_socket(settings.uds))]
            address = ServerAddress(url=f"{scheme}://localhost", uds=settings.uds.absolute(), ca=ca)
        else:
            sockets = listen(settings.host, settings.port, is_spread=settings.workers > 1)
            address = ServerAddress(url=url_of(settings.host, sockets, scheme=scheme), ca=ca)
            stack.enter_context(port_file(settings.port_file, sockets[0].getsockname()[1]))
        # Before workers are forked: what it excludes from collections stays in memory that they share.
        collector = GarbageCollector()
        if settings.workers == 1:
            server = Server(app, on_started=lambda: on_started(address), collector=collector, tls=tls)
            server.run(for_many_connections(sockets))
            return

        shares = of_workers(sockets, settings.workers)

        def work(supervision: Supervision) -> None:
            server = Server(app, on_started=lambda: supervision.note_ready(server.stop), collector=collector, tls=tls)
            with server.capture_signals():
                supervision.accept_stop()
                own = shares[supervision.worker % len(shares)]
                # A socket listens until every process has closed it.
                close_all(share for share in shares if share is not own)
                server.run(for_many_connections(own, workers=settings.workers if len(shares) == 1 else 1))

        _supervise(
            settings.workers,
            work,
            log=log,
            on_started=lambda: on_started(address),
            on_stop=lambda: close_all(shares),
        )


def _supervise(
    count: int,
    work: Callable[[Supervision], None],
    *,
    log: Callable[[str], None] | None,
    on_started: Callable[[], None],
    on_stop: Callable[[], None],
) -> None:
    # A single process does not need it.
    from mockserver.server.worker_supervisor import WorkerSupervisor

    WorkerSupervisor(count, work, log=log, grace=_GRACE + _LOG_GRACE).run(on_started, on_stop)


def _new_event_loop() -> asyncio.AbstractEventLoop:
    # There is no uvloop for Windows and PyPy.
    if find_spec("uvloop") is None:
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


class Server(uvicorn.Server):
    """uvicorn as this project uses it: always with httptools, without logging, and a signal ends it with success.

    The `collector` is for a process that only serves: it changes how all garbage of the process is collected.
    """

    server_state: ServerWideState

    def __init__(
        self,
        app: ASGIApp,
        *,
        on_started: Callable[[], None],
        collector: GarbageCollector | None = None,
        tls: TlsFiles | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                # `run` chooses the event loop.
                loop="none",
                http=FastHttpProtocol,
                ws="none",
                log_config=None,
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=_KEEP_ALIVE,
                timeout_graceful_shutdown=_GRACE,
                ssl_certfile=None if tls is None else str(tls.certificate),
                ssl_keyfile=None if tls is None or tls.key is None else str(tls.key),
            )
        )
        self.server_state = ServerWideState(collector)
        self._on_started = on_started
        self._signals = SignalCounter()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve in a new event loop, and return at the end.

        Before 0.36, uvicorn would set the event loop policy of the process, also for the app under test.
        """
        with asyncio.Runner(loop_factory=_new_event_loop) as runner:
            runner.run(self.serve(sockets))

    def stop(self) -> None:
        """Finish accepted requests and stop. Returns immediately."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the signature of uvicorn
        """Stop at the first signal, and at once at a second one."""
        self._signals.note()
        self.should_exit = True
        self.force_exit = self.force_exit or self._signals.count > 1

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections."""
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting connections, and wait for accepted requests."""
        self.server_state.stopping.set()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End the server on a signal. uvicorn raises the signal again afterwards; here the end counts as success."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in handled_signals()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
