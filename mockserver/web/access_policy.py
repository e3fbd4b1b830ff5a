"""The access policy: which hosts are served and which origins may call, decided before anything else."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from mockserver.settings import Settings
from mockserver.web.cross_site import is_for_every_site, is_navigation, referring_origin, refusal_detail
from mockserver.web.host_rules import Authority, HostRules
from mockserver.web.origin_rules import OriginRules
from mockserver.web.request_head import RequestHead

# The longest host name has 253 characters; longer values are not cached.
_LONGEST = 300


class AccessDecision(NamedTuple):
    """Whether a request is let pass. `refused` is the (kind, detail) of the refusal, `headers` belong on the reply."""

    refused: tuple[str, str] | None = None
    headers: tuple[tuple[str, str], ...] = ()


class AccessPolicy:
    """The rules for Host, Origin and Sec-Fetch-Site. Clients repeat the same values, so recent decisions are cached.

    `has_path` says whether the contract has a path.
    """

    def __init__(self, settings: Settings, has_path: Callable[[str], bool]) -> None:
        self._has_path = has_path
        self._hosts = HostRules(settings.allow_hosts)
        self._origins = OriginRules(settings.cors_origins)
        self._recent = lru_cache(maxsize=256)(self._decide)

    def decide(self, head: RequestHead) -> AccessDecision:
        """Whether a request is let pass, by its head alone."""
        hosts, origins = head.fields.hosts, head.fields.origins
        # RFC 9112, section 3.2: only HTTP/1.0 knows requests without a Host.
        if len(hosts) != 1 and (hosts or not head.v1_0):
            return _refused("bad-host", f"Exactly one Host header is needed; this request has {len(hosts) or 'none'}.")
        host = hosts[0] if hosts else None
        if len(origins) > 1:
            by_host = self._decide(host, None)
            detail = f"A request may have one Origin header; this request has {len(origins)}."
            return by_host if by_host.refused else _refused("foreign-origin", detail)
        origin = origins[0] if origins else None
        decision = self._decision(host, origin)
        if origin is not None or not head.fields.is_cross_site or decision.refused is not None:
            return decision
        if is_for_every_site(head, self._has_path) or self._is_sent_by_allowed_page(head, host):
            return decision
        return _refused("foreign-origin", refusal_detail(head))

    def _is_sent_by_allowed_page(self, head: RequestHead, host: bytes | None) -> bool:
        """Whether a page navigated here, and says in the Referer that it has an allowed origin."""
        origin = referring_origin(head) if is_navigation(head) else None
        return origin is not None and self._decision(host, origin).refused is None

    def _decision(self, host: bytes | None, origin: bytes | None) -> AccessDecision:
        if len(host or b"") + len(origin or b"") > _LONGEST:
            return self._decide(host, origin)
        return self._recent(host, origin)

    def _decide(self, host: bytes | None, origin: bytes | None) -> AccessDecision:
        authority = None
        if host is not None:
            authority = Authority.parse(host.decode("latin-1"))
            if authority is None:
                return _refused("bad-host", f"The Host header is not a host name: {_shown(host.rpartition(b'@')[2])}.")
            if not self._hosts.serve(authority):
                return _refused(
                    "bad-host",
                    f"The host {_shown(host)} is not served. Call the mock by localhost, an IP address or a name "
                    f"without dots, or start it with --allow-host {authority.host}.",
                )
        if origin is None:
            return AccessDecision()
        headers = self._origins.headers(origin.decode("latin-1"), authority)
        if headers is None:
            return _refused(
                "foreign-origin",
                f"Pages of the origin {_shown(origin)} may not call the mock; nothing was done. "
                "To allow it, start the mock with --cors-origin and that origin.",
            )
        return AccessDecision(headers=headers)


def _refused(kind: str, detail: str) -> AccessDecision:
    return AccessDecision(refused=(kind, detail))


def _shown(value: bytes) -> str:
    return json.dumps(value[:100].decode("latin-1"))
