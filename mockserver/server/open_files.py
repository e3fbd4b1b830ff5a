"""The number of files and sockets that a process may open."""

from typing import Final

from mockserver.errors import UsageError

_ALWAYS: Final = 160
_FOR_A_WORKER: Final = 4


def require_open_files(*, workers: int) -> None:
    """Allow this process as many open files as its listening sockets need.

    Connections need more. Raises UsageError: the system does not allow it.
    """
    try:
        import resource
    except ImportError:
        # There is no such limit on Windows.
        return
    needed = _ALWAYS + _FOR_A_WORKER * workers
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    except (ValueError, OSError):
        raise UsageError(
            f"the mock needs {needed} open files, and the system allows {hard}: raise the limit, for example with "
            f"ulimit -n {needed}"
        ) from None
