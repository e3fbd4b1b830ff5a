"""A process that serves the stand-in until it is told to stop: `python -m tests.support.echo_server [FORMAT]`.

The path decides the answer: `/delay/SECONDS`, `/hang`; everything else is echoed.
"""

from __future__ import annotations

import sys

from mockserver.messages import Fault, Reply, Request
from mockserver.server import serve
from mockserver.settings import Settings
from mockserver.web import AccessLog, create_app
from tests.support.echo_engine import EchoEngine, echo


def answer(request: Request) -> Reply | Fault:
    match request.path.split("/")[1:]:
        case ["delay", seconds]:
            return Reply(status=200, body=b"late", delay=float(seconds))
        case ["hang"]:
            return Fault(kind="hang", reply=Reply(status=200))
        case _:
            return echo(request)


def main() -> None:
    engine = EchoEngine()
    engine.answer = answer
    log = AccessLog("json" if "json" in sys.argv else "text", sys.stderr)
    settings = Settings(port=0)
    app = create_app(settings, engine=engine, log=log)
    serve(app, settings, on_started=lambda url: print(url, flush=True))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
