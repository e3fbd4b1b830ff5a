"""Replies that a contract allows, generated to compare the contract with another version of it."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from mockserver.checks.body_variants import reply_variants
from mockserver.checks.parameter_fields import parameter_fields
from mockserver.checks.sample_values import SampleValues
from mockserver.contract import Contract, Operation
from mockserver.messages import Reply

_MAX_VARIANTS: Final = 500


class ReplyGenerator:
    """Generates replies that are valid under one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._samples = SampleValues(contract)

    def replies(self, operation: Operation, response: Any, status: int, media_type: str, described: Any) -> list[Reply]:
        """Replies with a body of a media type: with the required members, with all, and with single ones changed."""
        made = islice(self._replies(response, status, media_type, described), _MAX_VARIANTS)
        return [reply for reply in made if not self._contract.reply_violations(operation.id, reply)]

    def _replies(self, response: Any, status: int, media_type: str, described: Any) -> Iterator[Reply]:
        schema = described.get("schema", {}) if isinstance(described, dict) else {}
        headers = tuple(self._headers(response))
        bodies = list(self._samples.bodies(schema))
        variants = (each for body in bodies[-1:] for each in reply_variants(self._samples, schema, body))
        for value in (*bodies, *islice(variants, _MAX_VARIANTS)):
            written = self._samples.written(value, media_type, described)
            if written is not None:
                content_type, raw = written
                yield Reply(status=status, headers=(*headers, ("content-type", content_type)), body=raw)

    def _headers(self, response: Any) -> Iterator[tuple[str, str]]:
        resolve = self._contract.document.resolve
        for name, raw in (response.get("headers") or {}).items():
            header = resolve(raw)
            if isinstance(header, dict) and name.lower() != "content-type":
                for value in self._samples.for_parameter(header):
                    yield from parameter_fields({**header, "name": name, "in": "header"}, value)
