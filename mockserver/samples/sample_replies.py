"""Makes a documented reply for an operation without a scenario: from published examples, or from the schemas."""

import json
import random
from collections.abc import Mapping
from typing import Any

from mockserver.contract import Contract
from mockserver.contract.document.operations import Operation
from mockserver.errors import Refusal, SpecError
from mockserver.messages import BODILESS, Call, Reply
from mockserver.parsing.media_types import is_json, is_xml
from mockserver.samples import NoSample, SchemaSamples
from mockserver.samples.content_negotiation import Preference, choose_media_type, choose_response, parse_preference
from mockserver.samples.form_writer import is_form, write_form
from mockserver.samples.keywords import as_mapping
from mockserver.samples.published_examples import named_examples
from mockserver.samples.xml_writer import XmlWriter

MAX_FAILURES = 3


class SampleReplies:
    """Makes replies that the contract documents, and validates each before it is sent."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._resolve = contract.document.resolve
        # Maps the id of a media type object to its failures in a row and the last reason. The document keeps it alive.
        self._failures: dict[int, tuple[int, str]] = {}
        self._samples = SchemaSamples(
            contract.document.data, openapi_31=contract.document.is_31, problems=self._problems
        )
        self._xml = XmlWriter(contract.document.data)

    def make(self, call: Call, rng: random.Random) -> Reply:
        """A reply to a call, as the headers Prefer and Accept of the request choose it.

        Raises Refusal: unknown-preference, not-acceptable; reply-violates-contract, with the reason, when no valid
        reply can be made.
        """
        operation, request_headers = self._contract.operations[call.operation], call.request.headers
        preference = parse_preference(request_headers)
        status, raw_response = choose_response(operation, preference.code)
        response = self._resolve(raw_response)
        if not isinstance(response, dict):
            raise _refusal(operation, f"its response {status} is not a mapping")
        try:
            headers = self._headers(response, rng)
            content = {} if status in BODILESS else as_mapping(response.get("content"))
            media_type, body = self._body(content, rng, preference, request_headers.get("accept"))
        except (NoSample, SpecError) as error:
            raise _refusal(operation, str(error)) from None
        if media_type:
            headers = [("content-type", media_type), *headers]
        if preference.applied:
            headers.append(("preference-applied", preference.applied))
        reply = Reply(status=status, headers=tuple(headers), body=body)
        violations = self._contract.reply_violations(operation.id, reply)
        if violations:
            listed = "; ".join(f"{violation.pointer or '/'}: {violation.message}" for violation in violations)
            raise _refusal(operation, f"the generated reply is not valid: {listed}")
        return reply

    def _problems(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        return [f"{each.pointer}: {each.message}" for each in self._contract.schema_violations(schema, value)]

    def _headers(self, response: Mapping[str, Any], rng: random.Random) -> list[tuple[str, str]]:
        headers = []
        for name, raw in as_mapping(response.get("headers")).items():
            header = self._resolve(raw)
            if name.lower() == "content-type" or not isinstance(header, dict):
                continue
            try:
                headers.append((name.lower(), self._header(header, rng)))
            except NoSample:
                if header.get("required"):
                    raise
        return headers

    def _header(self, header: Mapping[str, Any], rng: random.Random) -> str:
        if "content" in header:
            described = next(iter(as_mapping(header["content"]).values()), None)
            if not isinstance(described, dict):
                raise NoSample("its `content` describes no media type")
            return json.dumps(self._samples.media_type_value(described, rng))
        value = self._samples.media_type_value(header, rng)
        if isinstance(value, dict):
            separator = "=" if header.get("explode") else ","
            return ",".join(f"{key}{separator}{_scalar(member)}" for key, member in value.items())
        if isinstance(value, list):
            return ",".join(map(_scalar, value))
        return _scalar(value)

    def _body(
        self, content: Mapping[str, Any], rng: random.Random, preference: Preference, accept: str | None
    ) -> tuple[str, bytes]:
        """The media type and the body; both are empty where no content is documented."""
        key, media_type = choose_media_type(content, accept) if content else ("", "")
        described = self._resolve(content[key]) if content else {}
        if not isinstance(described, dict):
            raise NoSample(f"its media type {key!r} is not a mapping")
        examples = named_examples(described, self._samples.references)
        name = preference.example
        if name is not None and name not in examples:
            problem = f"is not documented for this reply; documented: {', '.join(examples) or 'none'}."
            raise Refusal("unknown-preference", f"Prefer: example={name[:100]} {problem}")
        if not content:
            return "", b""
        if name is not None:
            value = examples[name]
        else:
            # A body that is not JSON is sent as it is written in an example.
            texts = [text for text in (described.get("example"), *examples.values()) if isinstance(text, str)]
            as_written = texts and not is_json(media_type) and not preference.dynamic
            value = texts[0] if as_written else self._value(described, rng, dynamic=bool(preference.dynamic))
        if is_json(media_type):
            return media_type, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if isinstance(value, str):
            return media_type, value.encode()
        if is_xml(media_type):
            return media_type, self._xml.write(value, described.get("schema", {}))
        if is_form(media_type):
            return write_form(value, described, media_type)
        return media_type, json.dumps(value, ensure_ascii=False).encode()

    def _value(self, media_type: dict[str, Any], rng: random.Random, *, dynamic: bool) -> Any:
        """A value for a media type; a `dynamic` one contains no published example."""
        # A failure may take a second. After a few failures the reason is known without trying again.
        failures, reason = self._failures.get(id(media_type), (0, ""))
        if failures >= MAX_FAILURES:
            raise NoSample(reason)
        try:
            if dynamic:
                value = self._samples.value(media_type.get("schema", {}), rng, examples=False)
            else:
                value = self._samples.media_type_value(media_type, rng)
        except NoSample as error:
            self._failures[id(media_type)] = (failures + 1, str(error))
            raise
        self._failures.pop(id(media_type), None)
        return value


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        # A header value is one line of ASCII, also where the schema's example is not.
        return value.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")
    return json.dumps(value)


def _refusal(operation: Operation, reason: str) -> Refusal:
    return Refusal("reply-violates-contract", f"No reply of {operation.id} can be made from the contract: {reason}.")
