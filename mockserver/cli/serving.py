"""`mockserver serve`: loads the files, listens, and tells others where."""

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from mockserver.cli.json_lines import log_json_lines
from mockserver.cli.output import OutputError, print_text
from mockserver.cli.server_record import ServerRecord
from mockserver.limits.garbage import no_garbage_collection
from mockserver.settings import Settings

_logger = logging.getLogger("mockserver")


def run_server(settings: Settings, *, notes: Sequence[str] = ()) -> None:
    """Serve until the server is stopped. `notes` belong into the greeting. Raises UsageError."""
    if settings.log_format == "json":
        log_json_lines()
    with no_garbage_collection():
        from mockserver.cli.greeting import greeting, json_greeting
        from mockserver.server import ServerAddress, certificate_notes, remove_old_port_file, serve
        from mockserver.web import AccessLog, create_app, open_engine

        remove_old_port_file(settings.port_file)
        engine = open_engine(settings)
    engine.state.connect(settings.store_timeout)
    log = None
    if sys.stdout and settings.log_format != "none":
        log = AccessLog(settings.log_format, sys.stdout, is_shared=settings.workers > 1)
    app = create_app(settings, engine=engine, log=log, warm_up=settings.workers == 1)
    if settings.workers > 1:
        app.prepare()
    greet = json_greeting if settings.log_format == "json" else greeting
    record = ServerRecord(os.environ)

    def on_started(address: ServerAddress) -> None:
        record.write(url=address.url, uds=address.uds)
        with suppress(OutputError):
            print_text(greet(settings, engine, address, notes=[*notes, *certificate_notes(settings)]))

    try:
        serve(app, settings, on_started=on_started, log=log.tell if log else _logger.warning)
    finally:
        record.remove()
