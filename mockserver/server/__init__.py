"""The HTTP server below the application: sockets, HTTP/1.1 and signals.

May import: `web`, `settings`, `errors`. It owns uvicorn and httptools. Start with `running.py`.
"""

from mockserver.server.address import ServerAddress
from mockserver.server.background import BackgroundServer
from mockserver.server.certificate_dates import certificate_notes
from mockserver.server.port_file import remove_old_port_file
from mockserver.server.running import serve

__all__ = ["BackgroundServer", "ServerAddress", "certificate_notes", "remove_old_port_file", "serve"]
