"""What a stub answers: a payment session with some members overridden, or a reply written out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mockserver.messages import ABSENT, AbsentType, Call
from mockserver.parsing.media_types import essence, is_json
from mockserver.scenarios.confirmations import TEST_CARD, OnConfirm
from mockserver.scenarios.expressions import Fake
from mockserver.scenarios.method_types import DEFAULT_TYPES
from mockserver.scenarios.templates import Template, TextTemplate

__all__ = ["ABSENT_MEMBER", "Header", "LiteralReply", "PaymentSessionReply", "media_type_of"]

Header = tuple[str, TextTemplate]
ABSENT_MEMBER: Final = {"absent": True}
"""What a scenario writes in overrides where the payment session is to lack a member, as in matchers."""
_JSON: Final = "application/json"
_JSON_ALONE: Final = (("Content-Type", _JSON),)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSessionReply:
    """The coherent made-up payment session, with `overrides` laid over it member by member, to any depth.

    `off_contract` is the reason why the reply may leave the contract, None if it may not. `method_types` are the kinds
    of payment methods that the setup intent offers.
    """

    overrides: Template
    status: int = 200
    headers: tuple[Header, ...] = ()
    off_contract: str | None = None
    on_confirm: OnConfirm = TEST_CARD
    method_types: tuple[str, ...] = DEFAULT_TYPES

    @property
    def static(self) -> bool:
        """Whether headers and overrides are the same for every call."""
        return self.overrides.static and all(text.static for _, text in self.headers)

    def render(self, call: Call, fake: Fake) -> tuple[tuple[tuple[str, str], ...], dict[str, Any]]:
        """The headers, Content-Type among them, and the overrides; the overrides are not to be changed."""
        return _render_headers(self.headers, call, fake, body=True), self.overrides.render(call, fake)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralReply:
    """A reply as it is written in the file; `body` is None if there is none (and a template of null for null).

    `off_contract` is the reason why the reply may leave the contract, None if it may not.
    """

    status: int = 200
    headers: tuple[Header, ...] = ()
    body: Template | None = None
    off_contract: str | None = None

    @property
    def static(self) -> bool:
        """Whether headers and body are the same for every call."""
        return (self.body is None or self.body.static) and all(text.static for _, text in self.headers)

    @property
    def media_type(self) -> str | None:
        """The type of the body without parameters, in lower case; None if there is neither body nor type."""
        given = media_type_of(self.headers)
        return _JSON if given is None and self.body is not None else given

    @property
    def is_text(self) -> bool:
        """Whether the body is sent as the text that it is, rather than as JSON."""
        return self.media_type is not None and not is_json(self.media_type)

    def render(self, call: Call, fake: Fake) -> tuple[tuple[tuple[str, str], ...], Any | AbsentType]:
        """The headers, Content-Type among them if there is a body, and the body's value or ABSENT.

        The value is JSON, or a text to be sent as it is if `is_text`; it is not to be changed.
        """
        headers = _render_headers(self.headers, call, fake, body=self.body is not None)
        return headers, ABSENT if self.body is None else self.body.render(call, fake)


def media_type_of(headers: tuple[Header, ...]) -> str | None:
    """The media type that the headers name, without parameters, in lower case."""
    for name, text in headers:
        if name.lower() == "content-type":
            return essence("".join(map(str, text.parts)))
    return None


def _render_headers(headers: tuple[Header, ...], call: Call, fake: Fake, *, body: bool) -> tuple[tuple[str, str], ...]:
    if not headers:
        return _JSON_ALONE if body else ()
    rendered = tuple((name, text.render_field(call, fake)) for name, text in headers)
    if body and media_type_of(headers) is None:
        return (*_JSON_ALONE, *rendered)
    return rendered
