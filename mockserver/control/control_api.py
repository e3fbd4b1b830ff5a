"""The control API: each call and each reply is checked against spec/admin.yaml."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hmac import compare_digest
from itertools import chain
from typing import Any, Final

from mockserver.contract import Contract
from mockserver.contract.unread_bodies import with_limited_body
from mockserver.control.control_calls import CALLS, CallOutcome, CallResult
from mockserver.control.event_hub import EventHub
from mockserver.control.event_stream import EventRequest, EventStream
from mockserver.control.listing import PIECE, Listing
from mockserver.control.metric_values import MetricValues
from mockserver.control.metrics_text import MetricsText, MetricsWriter
from mockserver.control.written_items import CheckedWriter, EntryTexts
from mockserver.engine.engine import Engine
from mockserver.engine.journal import Entry
from mockserver.engine.mock_headers import refusal_reply, summary
from mockserver.errors import Refusal, StoreUnavailableError
from mockserver.limits.slices import Piece, Sliced
from mockserver.messages import ABSENT, Reply, Request
from mockserver.parsing.json_writer import write_json, write_json_exactly
from mockserver.settings import Settings, own_file

MAX_BODY: Final = 100_000
"""How many bytes the body of a call may have. Every call is read and checked before others are answered."""
TOKEN_HEADER: Final = "mock-admin-token"  # noqa: S105 - the name of a header


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedReply:
    """A reply whose body is made while it is sent. The body is an iterator of pieces, or a stream of events.

    `head` is the reply without its body.
    """

    head: Reply
    body: Iterator[Piece] | EventStream

    def close(self) -> None:
        """End the body before its time."""
        if isinstance(self.body, EventStream):
            self.body.close()


class ControlApi:
    """The control API of one engine. Host and Origin were checked before. `contract` is spec/admin.yaml."""

    HEADERS: Final = (
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
    )
    """Headers of every reply. No page may show the journal in a frame."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self.contract = Contract.load(own_file("admin.yaml"), max_body=settings.max_body)
        self._token = None if settings.admin_token is None else settings.admin_token.encode()
        self._writer = CheckedWriter(self.contract)
        self._entries = EntryTexts(self._writer)
        self._hub = EventHub(engine.state.journal)
        self._metrics = MetricsWriter()

    def missing(self, request: Request) -> Callable[[], object] | None:
        """The next slow step before a call can be answered; None if nothing is missing. Any thread can run it."""
        try:
            operation = self.contract.route(request).operation.id
        except Refusal:
            return None
        return self.contract.missing(request) if operation in CALLS else None

    def handle(self, request: Request) -> Sliced[Reply | StreamedReply]:
        """Answer one call, in slices. A long listing and events are not complete when the reply begins."""
        try:
            operation, result = yield from self._call(request)
        except Refusal as refusal:
            return refusal_reply(refusal, headers=self.HEADERS)
        except StoreUnavailableError as error:
            return refusal_reply(error.refusal, headers=self.HEADERS)
        if isinstance(result, EventRequest):
            head = Reply(status=200, headers=(("content-type", "text/event-stream"), *self.HEADERS))
            return StreamedReply(
                head=head, body=EventStream(result, self._engine.state.journal, self._hub, self._entries)
            )
        if isinstance(result, Listing):
            return (yield from self._listed(result))
        if isinstance(result, MetricValues):
            return self._reply(operation, (yield from self._metrics.write(result, request.headers.get("accept"))))
        return self._reply(operation, result)

    def _call(self, request: Request) -> Sliced[tuple[str, CallOutcome]]:
        """The operation that a request calls, and its result. Raises Refusal."""
        route = self.contract.route(request)
        if route.operation.security:
            self._check_token(request)
        limited = with_limited_body(request, MAX_BODY, api="the control API")
        call, violations, _ = self.contract.understand(limited, route)
        if violations:
            detail = f"The call breaks spec/admin.yaml at: {summary(violations)}."
            raise Refusal("contract-violation", detail, violations=violations)
        result = yield from self._engine.state.decided(lambda: CALLS[call.operation](self._engine, call))
        if isinstance(result, Generator):
            # The first slice of a call does not wait for its turn, so it must be short.
            yield None
            result = yield from result
        return call.operation, result

    def _check_token(self, request: Request) -> None:
        """Raises Refusal not-authenticated: the request does not have the token of `--admin-token`."""
        if self._token is None:
            return
        sent = request.headers.get(TOKEN_HEADER)
        if sent is not None and compare_digest(sent.encode("utf-8", "replace"), self._token):
            return
        raise Refusal(
            "not-authenticated",
            f"The control API of this server needs a token, and the token is {'missing' if sent is None else 'wrong'}: "
            "send the token of --admin-token in the header Mock-Admin-Token.",
            headers=(("WWW-Authenticate", 'ApiKey in="header", name="Mock-Admin-Token"'),),
        )

    def _listed(self, listing: Listing) -> Sliced[Reply | StreamedReply]:
        """The reply with a listing: complete if it is short."""
        head = Reply(status=200, headers=(("content-type", "application/json"), *listing.page.headers, *self.HEADERS))
        pieces = listing.pieces(partial(self._text, listing))
        first = b""
        yield None
        while len(first) < PIECE:
            piece = next(pieces, None)
            if piece is None:
                return replace(head, body=first)
            if isinstance(piece, bytes):
                first += piece
                yield None
            else:
                yield piece
        begun: list[Piece] = [first]
        return StreamedReply(head=head, body=chain(begun, pieces))

    def _text(self, listing: Listing, number: int, item: Any) -> Sliced[bytes]:
        """The text of an item of a listing."""
        if isinstance(item, Entry):
            return (yield from self._entries.of(number, item))
        return self._writer.write(listing.operation, listing.member, item)

    def _reply(self, operation: str, result: CallResult | MetricsText) -> Reply:
        if isinstance(result, MetricsText):
            headers = (("content-type", result.content_type), *self.HEADERS)
            reply, written = Reply(status=200, headers=headers, body=result.content), ABSENT
        elif result.body is None:
            reply, written = Reply(status=result.status, headers=self.HEADERS), ABSENT
        else:
            text = write_json_exactly(result.body)
            written = ABSENT if text is None else result.body
            headers = (("content-type", "application/json"), *self.HEADERS)
            reply = Reply(status=result.status, headers=headers, body=write_json(result.body) if text is None else text)
        if violations := self.contract.reply_violations(operation, reply, written=written):
            raise RuntimeError(f"a reply of {operation} breaks spec/admin.yaml at: {summary(violations)}")
        return reply
