"""The replies of stubs: a made-up payment session with some members overridden, or a literal reply."""

from dataclasses import dataclass
from typing import Any, Final

from mockserver.messages import ABSENT, AbsentType, Call
from mockserver.parsing.media_types import essence, is_json
from mockserver.payments.outcomes import TEST_CARD, ConfirmOutcome
from mockserver.payments.payment_method import DEFAULT_METHOD_TYPES
from mockserver.scenarios.templates import Fake, Template, TextTemplate

Header = tuple[str, TextTemplate]
_JSON: Final = "application/json"
_ONLY_JSON_TYPE: Final = (("Content-Type", _JSON),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What both kinds of replies have. `off_contract` is why the reply may break the contract; None if it must not."""

    status: int = 200
    headers: tuple[Header, ...] = ()
    off_contract: str | None = None

    def _is_static(self, body: Template | None) -> bool:
        return (body is None or body.static) and all(text.static for _, text in self.headers)

    def _render_headers(self, call: Call, fake: Fake, *, body: bool) -> tuple[tuple[str, str], ...]:
        if not self.headers:
            return _ONLY_JSON_TYPE if body else ()
        rendered = tuple((name, text.render_field(call, fake)) for name, text in self.headers)
        if body and media_type_of(self.headers) is None:
            return (*_ONLY_JSON_TYPE, *rendered)
        return rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSessionReply(_Head):
    """A made-up payment session. `overrides` replaces members of it, to any depth.

    `on_confirm` is the outcome of a confirmation; `method_types` are the types of payment methods that the setup intent
    offers. `account_required` says whether pages must name the connected account; None leaves it to the settings.
    """

    overrides: Template
    on_confirm: ConfirmOutcome = TEST_CARD
    method_types: tuple[str, ...] = DEFAULT_METHOD_TYPES
    account_required: bool | None = None

    @property
    def static(self) -> bool:
        """Whether headers and overrides are the same for every call."""
        return self._is_static(self.overrides)

    def render(self, call: Call, fake: Fake) -> tuple[tuple[tuple[str, str], ...], dict[str, Any]]:
        """The headers, with a Content-Type, and the overrides. Do not change the overrides."""
        return self._render_headers(call, fake, body=True), self.overrides.render(call, fake)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteralReply(_Head):
    """A reply that the file defines completely. `body` is None without a body; a body of null is a template."""

    body: Template | None = None

    @property
    def static(self) -> bool:
        """Whether headers and body are the same for every call."""
        return self._is_static(self.body)

    @property
    def is_text(self) -> bool:
        """Whether the Content-Type says that the body is text, not JSON."""
        return text_type_of(self.headers) is not None

    def render(self, call: Call, fake: Fake) -> tuple[tuple[tuple[str, str], ...], Any | AbsentType]:
        """The headers, with a Content-Type if there is a body, and the body: a JSON value or ABSENT.

        Do not change the value. If `is_text`, a text is sent as it is.
        """
        headers = self._render_headers(call, fake, body=self.body is not None)
        return headers, ABSENT if self.body is None else self.body.render(call, fake)


StubReply = PaymentSessionReply | LiteralReply


def media_type_of(headers: tuple[Header, ...]) -> str | None:
    """The media type in the Content-Type, without parameters, in lower case. None without a Content-Type."""
    return next((essence(text.fixed_text) for name, text in headers if name.lower() == "content-type"), None)


def text_type_of(headers: tuple[Header, ...]) -> str | None:
    """The media type in the Content-Type if it is not JSON; else None."""
    media_type = media_type_of(headers)
    return None if media_type is None or is_json(media_type) else media_type
