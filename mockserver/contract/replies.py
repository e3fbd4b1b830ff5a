"""Replies made from an operation's schema: its lowest 2xx, JSON where it is documented."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract import jsontext
from mockserver.contract.document import Document
from mockserver.contract.judge import Judge
from mockserver.contract.negotiation import choose_media_type, choose_response
from mockserver.contract.operation import Operation
from mockserver.contract.preferences import NO_PREFERENCE, Preference
from mockserver.contract.samples import NoSample, Samples
from mockserver.errors import Refusal, SpecError
from mockserver.exchange import Reply

__all__ = ["SampleReplies"]

# RFC 9110: these statuses never carry a body.
BODILESS = frozenset({204, 205, 304})


class SampleReplies:
    """Makes replies that the contract documents, and holds them against it before they are sent."""

    def __init__(self, document: Document, judge: Judge) -> None:
        self._document = document
        self._judge = judge
        self._samples = Samples(document.data, openapi_31=document.is_31, problems=self._problems)

    def make(
        self,
        operation: Operation,
        rng: random.Random,
        *,
        preference: Preference = NO_PREFERENCE,
        accept: str | None = None,
    ) -> Reply:
        """A reply of an operation, as the client prefers it.

        Raises Refusal: unknown-preference, not-acceptable; reply-violates-contract, with the reason, when none can
        be made.
        """
        status, raw_response = choose_response(operation, preference.code)
        response = self._document.resolve(raw_response)
        if not isinstance(response, dict):
            raise _refusal(operation, f"its response {status} is not a mapping")
        if preference.code in BODILESS and response.get("content"):
            raise Refusal(
                "unknown-preference",
                f"Prefer: code={preference.code} allows no body, and what is documented for it has one.",
            )
        try:
            headers = self._headers(response, rng)
            media_type, body = self._body(response, rng, preference, accept)
        except (NoSample, SpecError) as error:
            raise _refusal(operation, str(error)) from None
        if media_type:
            headers = (("content-type", media_type), *headers)
        if preference.applied:
            headers = (*headers, ("preference-applied", preference.applied))
        reply = Reply(status=status, headers=headers, body=b"" if status in BODILESS else body)
        violations = self._judge.reply(operation, reply)
        if violations:
            listed = "; ".join(f"{violation.pointer}: {violation.message}" for violation in violations)
            raise _refusal(operation, f"what was made does not satisfy it: {listed}")
        return reply

    def _problems(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        return [f"{violation.pointer}: {violation.message}" for violation in self._judge.schema(schema, value)]

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
        value = self._value(described, rng, preference)
        if jsontext.is_json(media_type):
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
        if preference.dynamic:
            return self._samples.value(described.get("schema", {}), rng, examples=False)
        return self._samples.media_value(described, rng)

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
