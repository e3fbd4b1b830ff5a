"""Replies made from an operation's schema: its lowest 2xx, JSON where it is documented."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract import Contract
from mockserver.contract.document.operations import Operation
from mockserver.errors import Refusal, SpecError
from mockserver.messages import BODILESS, Call, Reply
from mockserver.parsing.media_types import is_json
from mockserver.samples import NoSample, SchemaSamples
from mockserver.samples.content_negotiation import choose_media_type, choose_response
from mockserver.samples.preferences import Preference, parse_preference

__all__ = ["SampleReplies"]

MOST_FAILURES = 3


class SampleReplies:
    """Makes replies that the contract documents, and holds them against it before they are sent."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._document = contract.document
        # By media type object, which lives as long as the document: failures in a row, and the last one's reason.
        self._failed: dict[int, tuple[int, str]] = {}
        self._samples = SchemaSamples(
            contract.document.data, openapi_31=contract.document.is_31, problems=self._problems
        )

    def make(self, call: Call, rng: random.Random) -> Reply:
        """A reply of the operation that a call names, as the headers Prefer and Accept of the request ask for it.

        Raises Refusal: unknown-preference, not-acceptable; reply-violates-contract, with the reason, when none can
        be made.
        """
        operation, headers = self._contract.operations[call.operation], call.request.headers
        preference, accept = parse_preference(headers), headers.get("accept")
        status, raw_response = choose_response(operation, preference.code)
        response = self._document.resolve(raw_response)
        if not isinstance(response, dict):
            raise _refusal(operation, f"its response {status} is not a mapping")
        try:
            fields = self._headers(response, rng)
            documented = {} if status in BODILESS else response
            media_type, body = self._body(documented, rng, preference, accept)
        except (NoSample, SpecError) as error:
            raise _refusal(operation, str(error)) from None
        if media_type:
            fields = (("content-type", media_type), *fields)
        if preference.applied:
            fields = (*fields, ("preference-applied", preference.applied))
        reply = Reply(status=status, headers=fields, body=body)
        violations = self._contract.reply_violations(operation.id, reply)
        if violations:
            listed = "; ".join(f"{violation.pointer or '/'}: {violation.message}" for violation in violations)
            raise _refusal(operation, f"what was made does not satisfy it: {listed}")
        return reply

    def _problems(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        return [
            f"{violation.pointer}: {violation.message}" for violation in self._contract.schema_violations(schema, value)
        ]

    def _headers(self, response: Mapping[str, Any], rng: random.Random) -> tuple[tuple[str, str], ...]:
        described = response.get("headers")
        made = []
        for name, raw in described.items() if isinstance(described, dict) else ():
            header = self._document.resolve(raw)
            if name.lower() == "content-type" or not isinstance(header, dict):
                continue
            try:
                made.append((name.lower(), self._header(header, rng)))
            except NoSample:
                if header.get("required"):
                    raise
        return tuple(made)

    def _header(self, header: Mapping[str, Any], rng: random.Random) -> str:
        if "content" in header:
            content = header["content"]
            described = next(iter(content.values()), None) if isinstance(content, dict) else None
            if not isinstance(described, dict):
                raise NoSample("its `content` describes no media type")
            return json.dumps(self._samples.media_value(described, rng))
        value = self._samples.media_value(header, rng)
        if isinstance(value, dict):
            separator = "=" if header.get("explode") else ","
            return ",".join(f"{key}{separator}{_scalar(member)}" for key, member in value.items())
        if isinstance(value, list):
            return ",".join(map(_scalar, value))
        return _scalar(value)

    def _body(
        self, response: Mapping[str, Any], rng: random.Random, preference: Preference, accept: str | None
    ) -> tuple[str, bytes]:
        content = response.get("content")
        if not isinstance(content, dict) or not content:
            if preference.example is not None:
                raise _unknown_example(preference.example, ())
            return "", b""
        key, media_type = choose_media_type(content, accept)
        described = self._document.resolve(content[key])
        if not isinstance(described, dict):
            raise NoSample(f"its media type {key!r} is not a mapping")
        literal = None if is_json(media_type) or preference.dynamic else self._literal(described)
        value = self._value(described, rng, preference) if literal is None or preference.example else literal
        if is_json(media_type):
            return media_type, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if isinstance(value, str):
            return media_type, value.encode()
        if media_type == "application/x-www-form-urlencoded" or "xml" in media_type:
            raise NoSample(f"a value cannot be written as {media_type}; a scenario's literal body can")
        return media_type, json.dumps(value, ensure_ascii=False).encode()

    def _value(self, described: dict[str, Any], rng: random.Random, preference: Preference) -> Any:
        """The value of a body: the preferred example, one made from the schema alone, or whichever comes first."""
        if preference.example is not None:
            return self._example(described, preference.example)
        # What was tried in vain a few times is not tried for every request: it may take a second.
        failures, reason = self._failed.get(id(described), (0, ""))
        if failures >= MOST_FAILURES:
            raise NoSample(reason)
        try:
            if preference.dynamic:
                value = self._samples.value(described.get("schema", {}), rng, examples=False)
            else:
                value = self._samples.media_value(described, rng)
        except NoSample as error:
            self._failed[id(described)] = (failures + 1, str(error))
            raise
        self._failed.pop(id(described), None)
        return value

    def _literal(self, described: dict[str, Any]) -> str | None:
        """A published example that is text already, which is what a body that is no JSON can be sent as."""
        published = described.get("examples")
        examples = [self._document.resolve(raw) for raw in published.values()] if isinstance(published, dict) else []
        values = [described.get("example"), *(each.get("value") for each in examples if isinstance(each, dict))]
        return next((value for value in values if isinstance(value, str)), None)

    def _example(self, described: dict[str, Any], name: str) -> Any:
        published = described.get("examples")
        examples = {
            each: example["value"]
            for each, raw in (published.items() if isinstance(published, dict) else ())
            if isinstance(example := self._document.resolve(raw), dict) and "value" in example
        }
        if name not in examples:
            raise _unknown_example(name, examples)
        return examples[name]


def _unknown_example(name: str, documented: Iterable[str]) -> Refusal:
    listed = ", ".join(documented) or "none"
    return Refusal(
        "unknown-preference", f"Prefer: example={name[:100]} is not documented for this reply; documented: {listed}."
    )


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        # A header is one line of Latin-1; whatever a schema's example says.
        return value.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")
    return json.dumps(value)


def _refusal(operation: Operation, reason: str) -> Refusal:
    return Refusal("reply-violates-contract", f"No reply of {operation.id} can be made from the contract: {reason}.")
