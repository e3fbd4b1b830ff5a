"""Makes replies like one that was found before: the search for it is done once for a documented response."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, NamedTuple

from mockserver.messages import Reply
from mockserver.samples.sample_bodies import SampleBody
from mockserver.samples.sample_context import NoSample
from mockserver.samples.sample_headers import PlannedHeader
from mockserver.samples.value_plans import ValuePlan

BodyWriter = Callable[[Any], Iterable[SampleBody]]
"""Writes a value in each of the ways that a media type allows."""


class PlannedReply(NamedTuple):
    """A reply, its body, and the part of the reply that has to be validated: None if it was validated before."""

    reply: Reply
    body: SampleBody
    unchecked: Reply | None


class ReplyPlan:
    """Makes the replies of an operation with one status in one media type. The caller validates them."""

    def __init__(
        self,
        *,
        status: int,
        headers: list[PlannedHeader],
        body: SampleBody,
        values: ValuePlan | None,
        write: BodyWriter,
    ) -> None:
        self._status = status
        self._headers = headers
        self._body = body
        self._values = values
        self._write = write
        # A header that is always the same was valid in the reply that was found.
        self._checked = frozenset(header.name for header in headers if header.is_constant and not header.is_required)
        self._is_constant = values is None and all(header.is_constant for header in headers)

    def make(self, rng: random.Random) -> PlannedReply:
        """A reply. Raises NoSample or StepLimitReached."""
        body = self._body
        if self._values is not None:
            written = self._write(self._values.draw(rng))
            found = next(islice(written, body.form, None), None)
            if found is None:
                raise NoSample("the value cannot be written in this way")
            body = found
        headers = tuple([(header.name, header.make(rng)) for header in self._headers])
        content_type = (("content-type", body.content_type),) if body.content_type else ()
        reply = Reply(status=self._status, headers=(*content_type, *headers), body=body.content)
        if self._is_constant:
            return PlannedReply(reply, body, None)
        if not self._checked:
            return PlannedReply(reply, body, reply)
        others = tuple([header for header in headers if header[0] not in self._checked])
        unchecked = Reply(status=self._status, headers=(*content_type, *others), body=body.content)
        return PlannedReply(reply, body, unchecked)

    def searching(self, pointers: Iterable[str]) -> ReplyPlan | None:
        """The plan that searches values for the parts of the body at these pointers; None if this is not possible."""
        values = self._values.searching(pointers) if self._values else None
        if values is None:
            return None
        return ReplyPlan(status=self._status, headers=self._headers, body=self._body, values=values, write=self._write)
