"""The variables that Kubernetes adds to every container for the Services of its namespace."""

import re
from collections.abc import MutableMapping
from typing import Final

PORT: Final = "MOCKSERVER_PORT"
# https://kubernetes.io/docs/concepts/services-networking/service: {SVCNAME}_PORT=tcp://10.0.0.11:6379.
_LINK: Final = re.compile(r"(?:tcp|udp|sctp)://\S+")


def ignore_service_link(environment: MutableMapping[str, str]) -> str | None:
    """Remove MOCKSERVER_PORT if Kubernetes set it, for a Service with the name `mockserver`; returns a note then."""
    value = environment.get(PORT, "")
    if not _LINK.fullmatch(value):
        return None
    del environment[PORT]
    return (
        f"{PORT}={value} is ignored: Kubernetes sets it for a Service with the name mockserver; use --port, or "
        "enableServiceLinks: false in the Pod"
    )
