"""Searches a valid reply: tries the bodies of each acceptable media type until one is valid."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract import Contract
from mockserver.contract.document.operations import Operation
from mockserver.contract.document.subschemas import as_mapping
from mockserver.errors import Refusal, SpecError
from mockserver.limits.step_budget import StepBudget, StepLimitReached
from mockserver.messages import BODILESS, Headers, Reply
from mockserver.samples.content_negotiation import Preference, acceptable_media_types, choose_response, parse_preference
from mockserver.samples.sample_bodies import SampleBodies, SampleBody
from mockserver.samples.sample_context import NoSample
from mockserver.samples.sample_headers import SampleHeaders


class ChosenResponse(NamedTuple):
    """The documented response to send. `media_types` are the acceptable ones, each documented and as it is sent."""

    status: int
    response: Mapping[str, Any]
    media_types: tuple[tuple[str, str], ...]
    preference: Preference


class FoundReply(NamedTuple):
    """A valid reply, its body, and the Media Type Object and the media type of the body."""

    reply: Reply
    body: SampleBody
    described: Mapping[str, Any]
    media_type: str


class ReplySearch:
    """Finds valid replies of the operations of a contract."""

    def __init__(self, contract: Contract, headers: SampleHeaders, bodies: SampleBodies) -> None:
        self._contract = contract
        self._resolve = contract.document.resolve
        self._headers = headers
        self._bodies = bodies

    def choose(self, operation: Operation, headers: Headers) -> ChosenResponse:
        """The response that the headers Prefer and Accept of a request choose.

        Raises Refusal, in this order: not-acceptable, unknown-preference; reply-violates-contract.
        """
        try:
            preference = parse_preference(headers)
            status, raw_response = choose_response(operation, preference.code)
        except Refusal:
            self.check_accept(operation, headers)
            raise
        response = self._resolve(raw_response)
        if not isinstance(response, dict):
            raise _refusal(operation, f"its response {status} is not a mapping")
        content = _content(status, response)
        media_types = acceptable_media_types(content, headers.get("accept")) if content else [("", "")]
        self._check_example(content.get(media_types[0][0]), preference)
        return ChosenResponse(status, response, tuple(media_types), preference)

    def check_accept(self, operation: Operation, headers: Headers) -> None:
        """Raises Refusal not-acceptable: Accept allows no media type of the reply that is sent without Prefer."""
        status, raw_response = choose_response(operation, None)
        content = _content(status, as_mapping(self._resolve(raw_response)))
        if content:
            acceptable_media_types(content, headers.get("accept"))

    def _check_example(self, raw: Any, preference: Preference) -> None:
        """Raises Refusal unknown-preference: the preferred example is not documented for the media type."""
        described, name = self._resolve(raw), preference.example
        if name is None or not isinstance(described, dict | None):
            return
        examples = self._bodies.examples(described or {})
        if name not in examples:
            problem = f"is not documented for this reply; documented: {', '.join(examples) or 'none'}."
            raise Refusal("unknown-preference", f"Prefer: example={name[:100]} {problem}")

    def find(self, operation: Operation, chosen: ChosenResponse, rng: random.Random, budget: StepBudget) -> FoundReply:
        """A valid reply. If no body can be made for a media type, the next one that the client accepts is tried.

        Raises Refusal reply-violates-contract, with the reason, when no valid reply can be made.
        """
        try:
            headers = self._headers.of(chosen.response, rng)
        except (NoSample, SpecError, StepLimitReached) as error:
            raise _refusal(operation, str(error)) from None
        if chosen.preference.applied:
            headers.append(("preference-applied", chosen.preference.applied))
        content = _content(chosen.status, chosen.response)
        reasons: list[str] = []
        for key, media_type in chosen.media_types:
            described = self._resolve(content.get(key)) if media_type else {}
            for body in self._candidates(described, media_type, chosen.preference, rng, reasons):
                own = [("content-type", body.content_type)] if body.content_type else []
                reply = Reply(status=chosen.status, headers=(*own, *headers), body=body.content)
                violations = self._contract.reply_violations(operation.id, reply, written=body.value, budget=budget)
                if not violations:
                    return FoundReply(reply, body, described, media_type)
                listed = "; ".join(f"{violation.pointer or '/'}: {violation.message}" for violation in violations)
                reasons.append(f"the generated reply is not valid: {listed}")
            if chosen.preference.example is not None:
                break
        raise _refusal(operation, reasons[0] if reasons else "its example cannot be sent as JSON")

    def _candidates(
        self,
        described: Any,
        media_type: str,
        preference: Preference,
        rng: random.Random,
        reasons: list[str],
    ) -> Iterator[SampleBody]:
        """Bodies for a media type; one without content if there is none. Adds to `reasons` why there are no more."""
        if not isinstance(described, dict):
            reasons.append(f"its media type {media_type!r} is not a mapping")
            return
        try:
            if not media_type:
                yield SampleBody("", b"")
            elif preference.example is not None:
                yield from self._bodies.named(described, media_type, preference.example)
            else:
                yield from self._bodies.of(described, media_type, preference, rng)
        except (NoSample, SpecError, StepLimitReached) as error:
            reasons.append(str(error))


def _content(status: int, response: Mapping[str, Any]) -> Mapping[str, Any]:
    return {} if status in BODILESS else as_mapping(response.get("content"))


def _refusal(operation: Operation, reason: str) -> Refusal:
    return Refusal("reply-violates-contract", f"No reply of {operation.id} can be made from the contract: {reason}.")
