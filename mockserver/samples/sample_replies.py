"""Makes a documented reply for an operation without a scenario: from published examples, or from the schemas."""

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract import Contract
from mockserver.contract.document.operations import Operation
from mockserver.contract.document.subschemas import as_mapping
from mockserver.contract.document.transport_headers import is_transport_header
from mockserver.errors import Refusal, SpecError
from mockserver.limits.step_budget import StepBudget, StepLimitReached
from mockserver.messages import BODILESS, Call, Reply
from mockserver.samples import NoSample, SchemaSamples
from mockserver.samples.content_negotiation import Preference, acceptable_media_types, choose_response, parse_preference
from mockserver.samples.header_values import header_values
from mockserver.samples.published_examples import can_be_sent, media_type_examples, readings, schema_examples
from mockserver.samples.sample_bodies import Body, SampleBodies
from mockserver.samples.schema_samples import MAX_TOTAL_STEPS


class SampleReplies:
    """Makes replies that the contract documents, and validates each before it is sent."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._resolve = contract.document.resolve
        # For the reply that is being made, with all its headers.
        self._budget = StepBudget(MAX_TOTAL_STEPS)
        self._samples = SchemaSamples(
            contract.document.data,
            openapi_31=contract.document.is_31,
            problems=self._problems,
            budget=lambda: self._budget,
        )
        self._bodies = SampleBodies(contract.document, self._samples)

    def make(self, call: Call, rng: random.Random) -> Reply:
        """A reply to a call, as the headers Prefer and Accept of the request choose it.

        If no valid body can be made for a media type, the next one that the client accepts is tried.
        Raises Refusal, in this order: not-acceptable, unknown-preference; reply-violates-contract, with the reason,
        when no valid reply can be made.
        """
        self._budget = StepBudget(MAX_TOTAL_STEPS)
        operation, request_headers = self._contract.operations[call.operation], call.request.headers
        try:
            preference = parse_preference(request_headers)
            status, raw_response = choose_response(operation, preference.code)
        except Refusal:
            self.check_accept(call)
            raise
        response = self._resolve(raw_response)
        if not isinstance(response, dict):
            raise _refusal(operation, f"its response {status} is not a mapping")
        content = {} if status in BODILESS else as_mapping(response.get("content"))
        accepted = acceptable_media_types(content, request_headers.get("accept")) if content else [("", "")]
        self._check_example(content.get(accepted[0][0]), preference)
        try:
            headers = self._headers(response, rng)
        except (NoSample, SpecError, StepLimitReached) as error:
            raise _refusal(operation, str(error)) from None
        if preference.applied:
            headers.append(("preference-applied", preference.applied))
        reasons: list[str] = []
        for key, media_type in accepted:
            for content_type, body in self._candidates(content.get(key), media_type, preference, rng, reasons):
                own = [("content-type", content_type)] if content_type else []
                reply = Reply(status=status, headers=(*own, *headers), body=body)
                violations = self._contract.reply_violations(operation.id, reply, budget=self._budget)
                if not violations:
                    return reply
                listed = "; ".join(f"{violation.pointer or '/'}: {violation.message}" for violation in violations)
                reasons.append(f"the generated reply is not valid: {listed}")
            if preference.example is not None:
                break
        raise _refusal(operation, reasons[0] if reasons else "its example cannot be sent as JSON")

    def check_accept(self, call: Call) -> None:
        """Raises Refusal not-acceptable: Accept allows no media type of the reply that is sent without Prefer."""
        status, raw_response = choose_response(self._contract.operations[call.operation], None)
        content = {} if status in BODILESS else as_mapping(as_mapping(self._resolve(raw_response)).get("content"))
        if content:
            acceptable_media_types(content, call.request.headers.get("accept"))

    def _check_example(self, raw: Any, preference: Preference) -> None:
        """Raises Refusal unknown-preference: the preferred example is not documented for the media type."""
        described, name = self._resolve(raw), preference.example
        if name is None or not isinstance(described, dict | None):
            return
        examples = self._bodies.examples(described or {})
        if name not in examples:
            problem = f"is not documented for this reply; documented: {', '.join(examples) or 'none'}."
            raise Refusal("unknown-preference", f"Prefer: example={name[:100]} {problem}")

    def _candidates(
        self, raw: Any, media_type: str, preference: Preference, rng: random.Random, reasons: list[str]
    ) -> Iterator[Body]:
        """Bodies for a media type; one without content if there is none. Adds to `reasons` why there are no more."""
        described = self._resolve(raw) if media_type else {}
        if not isinstance(described, dict):
            reasons.append(f"its media type {media_type!r} is not a mapping")
            return
        try:
            if not media_type:
                yield "", b""
            elif preference.example is not None:
                yield from self._bodies.named(described, media_type, preference.example)
            else:
                yield from self._bodies.of(described, media_type, preference, rng)
        except (NoSample, SpecError, StepLimitReached) as error:
            reasons.append(str(error))

    def _problems(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        found = self._contract.schema_violations(schema, value, self._budget)
        return [f"{each.pointer}: {each.message}" for each in found]

    def _headers(self, response: Mapping[str, Any], rng: random.Random) -> list[tuple[str, str]]:
        headers = []
        for name, raw in as_mapping(response.get("headers")).items():
            header = self._resolve(raw)
            if name.lower() == "content-type" or is_transport_header(name) or not isinstance(header, dict):
                continue
            try:
                headers.append((name.lower(), self._header(name, header, rng)))
            except (NoSample, StepLimitReached):
                if header.get("required"):
                    raise
        return headers

    def _header(self, name: str, header: Mapping[str, Any], rng: random.Random) -> str:
        if "content" in header:
            described = next(iter(as_mapping(header["content"]).values()), None)
            if not isinstance(described, dict):
                raise NoSample("its `content` describes no media type")
            return json.dumps(self._samples.media_type_value(described, rng))
        value = self._header_value(name, header, rng)
        if isinstance(value, dict):
            separator = "=" if header.get("explode") else ","
            return ",".join(f"{key}{separator}{_scalar(member)}" for key, member in value.items())
        if isinstance(value, list):
            return ",".join(map(_scalar, value))
        return _scalar(value)

    def _header_value(self, name: str, header: Mapping[str, Any], rng: random.Random) -> Any:
        """A published example, else a value in the grammar of HTTP, else a value for the schema."""
        schema, references = header.get("schema", True), self._samples.references
        defined = list(header_values(name, rng))
        examples = (
            [*media_type_examples(header, references), *schema_examples((schema,), references, self._budget)]
            if defined
            else []
        )
        for value in (*(reading for example in examples for reading in readings(example)), *defined):
            if self._samples.problem(schema, value) is None and can_be_sent(value):
                return value
        return self._samples.media_type_value(header, rng)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        # A header value is one line of ASCII, also where the schema's example is not.
        return value.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")
    return json.dumps(value)


def _refusal(operation: Operation, reason: str) -> Refusal:
    return Refusal("reply-violates-contract", f"No reply of {operation.id} can be made from the contract: {reason}.")
