"""Opens the listening sockets. They are bound first, so that a port in use is reported in one clear line."""

import errno
import re
import socket
import sys
from collections.abc import Iterable

from mockserver.errors import UsageError

_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared, not bound
_BACKLOG = 2048
_ACCEPTED_AT_ONCE = 32
# For sockets that several workers share: a worker that accepted more would take most of the connections that are opened
# together.
_ACCEPTED_BY_WORKER = 2
# Only Linux distributes connections over all sockets that are bound to a port with SO_REUSEPORT.
_CAN_SPREAD = sys.platform == "linux"


def listen(host: str, port: int, *, is_spread: bool = False) -> list[socket.socket]:
    """A listening socket for each address of the host, all on the same port. Port 0 means any free port.

    With `is_spread`, `of_workers` can open further sockets on the port. Raises UsageError: no socket can be opened.
    """
    addresses = _addresses(host, port)
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    for family, address in addresses:
        # All addresses use the port that the first one got.
        chosen = sockets[0].getsockname()[1] if sockets else port
        try:
            sockets.append(_bound(family, (address, chosen), only_v6=len(addresses) > 1, is_spread=is_spread))
        except OSError as error:
            if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT} and len(addresses) > 1:
                # "localhost" has an IPv6 address even where IPv6 is disabled.
                missing = error
                continue
            for sock in sockets:
                sock.close()
            raise _explained(error, host, port) from None
    if not sockets and missing is not None:
        raise _explained(missing, host, port)
    return sockets


def of_workers(sockets: list[socket.socket], workers: int) -> list[list[socket.socket]]:
    """The listening sockets of each worker, given those of `listen(…, is_spread=True)` or a Unix socket.

    On Linux, each worker has its own sockets, and the system distributes connections over them. Where it does not,
    there is a single list, which the workers share. Raises UsageError: no more sockets can be opened.
    """
    if not _CAN_SPREAD or any(sock.family == socket.AF_UNIX for sock in sockets):
        return [sockets]
    try:
        return [sockets, *([_another(sock) for sock in sockets] for _ in range(workers - 1))]
    except OSError as error:
        raise UsageError(f"cannot open sockets for {workers} workers: {error.strerror or error}") from None


def close_all(shares: Iterable[list[socket.socket]]) -> None:
    """Close sockets in this process. Nobody can connect any more when all processes have closed them."""
    for share in shares:
        for sock in share:
            sock.close()


def for_many_connections(sockets: list[socket.socket], *, workers: int = 1) -> list[socket.socket]:
    """The listening sockets, each of them several times. `workers` is how many processes accept connections from them.

    uvloop accepts one connection of each socket in one turn of the event loop. With hundreds of busy connections, one
    turn takes long, so that new connections would wait for seconds.
    """
    accepted = _ACCEPTED_AT_ONCE if workers == 1 else _ACCEPTED_BY_WORKER
    return [*sockets, *(sock.dup() for sock in sockets for _ in range(accepted - 1))]


def url_of(host: str, sockets: list[socket.socket], *, scheme: str = "http") -> str:
    """The URL of the server for a client on this machine."""
    address, port, *_ = sockets[0].getsockname()
    # Another way to write an address, such as 127.1 or *, is no host that clients can use.
    shown = host if re.search("[a-z]", host, re.IGNORECASE) and ":" not in host else address
    return f"{scheme}://{_WILDCARDS.get(shown) or (f'[{shown}]' if ':' in shown else shown)}:{port}"


def _addresses(host: str, port: int) -> list[tuple[socket.AddressFamily, str]]:
    if not 0 <= port <= 65535:
        raise UsageError(f"port {port} is not a port: choose a port from 0 to 65535 with --port")
    try:
        found = socket.getaddrinfo(host or "0.0.0.0", port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)  # noqa: S104 - an empty host means all addresses
    except (OSError, UnicodeError):
        raise UsageError(f"the host {host!r} is unknown: choose another host with --host, such as 127.0.0.1") from None
    return list(dict.fromkeys((info[0], str(info[4][0])) for info in found))


def _bound(family: socket.AddressFamily, address: tuple[str, int], *, only_v6: bool, is_spread: bool) -> socket.socket:
    sock = _new_socket(family)
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(only_v6))
        sock.bind(address)
        if is_spread and _CAN_SPREAD:
            # If it was set before, a port on which another server listens could be bound again.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        # Several servers can bind one port until one of them listens.
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def _another(sock: socket.socket) -> socket.socket:
    """One more socket that listens on the same address and port."""
    another = _new_socket(sock.family)
    try:
        if sock.family == socket.AF_INET6:
            only_v6 = sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
            another.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only_v6)
        another.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        another.bind(sock.getsockname())
        another.listen(_BACKLOG)
    except OSError:
        another.close()
        raise
    return another


def _new_socket(family: int) -> socket.socket:
    # asyncio disables Nagle's algorithm only if the protocol is given.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # The port can be used again immediately after a restart.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setblocking(False)  # noqa: FBT003 - the name of the method says what it is
    return sock


def _explained(error: OSError, host: str, port: int) -> UsageError:
    match error.errno:
        case errno.EADDRINUSE:
            return UsageError(
                f"port {port} on {host} is already in use: stop the other server or choose another port with --port"
            )
        case errno.EACCES | errno.EPERM:
            return UsageError(
                f"port {port} on {host} may not be used by this user: choose a port above 1023 with --port"
            )
        case errno.EADDRNOTAVAIL | errno.EAFNOSUPPORT:
            return UsageError(f"the host {host} is not an address of this machine: choose another host with --host")
        case _:
            return UsageError(f"cannot listen on port {port} of {host}: {error.strerror or error}")
