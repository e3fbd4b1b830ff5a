"""The file format of scenarios as pydantic models. An editor shows the docstrings and descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mockserver.delivery.delays import NO_DELAY, Delay
from mockserver.delivery.planned_faults import FAULTS, PlannedFault
from mockserver.messages import ABSENT, BODILESS
from mockserver.parsing.media_types import is_json
from mockserver.payments.outcomes import TEST_CARD, ConfirmOutcome
from mockserver.payments.payment_method import DEFAULT_METHOD_TYPES
from mockserver.scenarios.conditions import ALWAYS, Condition
from mockserver.scenarios.format.delivery_fields import (
    DELAY_SCHEMA,
    FAULT_SCHEMA,
    parse_delay,
    parse_fault,
    parse_fault_kind,
)
from mockserver.scenarios.format.fields import ParsedBy, parse_line, parse_reason, text, whole_number
from mockserver.scenarios.format.flaws import Flaw, FlawsError
from mockserver.scenarios.format.header_fields import parse_example_headers, parse_header_matchers, parse_headers
from mockserver.scenarios.format.matcher_fields import TEXT_MATCHER_SCHEMA, parse_matcher, parse_text_matcher
from mockserver.scenarios.format.payment_fields import (
    METHOD_TYPES_SCHEMA,
    ON_CONFIRM_SCHEMA,
    parse_method_types,
    parse_on_confirm,
)
from mockserver.scenarios.format.template_fields import as_text, parse_overrides, parse_template
from mockserver.scenarios.matchers import Matcher
from mockserver.scenarios.scenario import Example, ExampleReply, ExampleRequest, Scenario, Stub
from mockserver.scenarios.stub_replies import Header, LiteralReply, PaymentSessionReply, StubReply, media_type_of
from mockserver.scenarios.templates import Template

__all__ = ["ConditionModel", "ScenarioModel"]

_LINE_SCHEMA: Final = {"type": "string", "minLength": 1}
_HEADERS_SCHEMA: Final = {"type": "object", "additionalProperties": {"type": "string"}}
_MATCHERS_SCHEMA: Final = {"type": "object", "additionalProperties": TEXT_MATCHER_SCHEMA}

_Line = Annotated[str, ParsedBy(parse_line, _LINE_SCHEMA)]
_Status = Annotated[int, whole_number(200, 599)]
_TextMatcher = Annotated[Matcher, ParsedBy(parse_text_matcher, TEXT_MATCHER_SCHEMA)]
_HeaderMatchers = Annotated[dict[str, Matcher], ParsedBy(parse_header_matchers, _MATCHERS_SCHEMA)]
# The schema allows any JSON: an object is a subset, with operators at any depth.
_BodyMatcher = Annotated[Matcher | None, ParsedBy(parse_matcher, {})]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    def flaws(self) -> Iterable[Flaw]:
        """What is wrong between the keys, when each key is valid."""
        return []

    @model_validator(mode="after")
    def _check(self) -> Self:
        empty = [Flaw((name,), "expected a value, found null") for name in self.model_fields_set if self._is_null(name)]
        flaws = empty or list(self.flaws())
        if flaws:
            raise FlawsError(flaws)
        return self

    def _is_null(self, name: str) -> bool:
        # A field of any type takes null as a value.
        return getattr(self, name) is None and type(self).model_fields[name].annotation is not Any

    def has(self, *names: str) -> list[str]:
        """Which of these keys the file has."""
        return [name for name in names if name in self.model_fields_set]

    def one_ending(self) -> list[Flaw]:
        """A flaw unless the file has either a reply or a fault."""
        found = self.has("reply", "fault")
        if len(found) == 1:
            return []
        return [Flaw((), f"expected exactly one of reply, fault, found {'both' if found else 'neither'}")]


class ConditionModel(_Part):
    """Matchers for the request. All of them must fit. Parts without a matcher may be anything."""

    path: dict[str, _TextMatcher] = Field({}, description="Path parameters, by name.")
    query: dict[str, _TextMatcher] = Field(
        {}, description="Query parameters, by name. One value of a repeated parameter must fit."
    )
    header: _HeaderMatchers = Field({}, description="Header fields, by name in upper or lower case.")
    cookie: dict[str, _TextMatcher] = Field({}, description="Cookies, by name.")
    body: _BodyMatcher = Field(None, description="The JSON body: an object matches by subset, other values as a whole.")

    def flaws(self) -> list[Flaw]:
        """A condition has at least one part."""
        return [] if self.model_fields_set else [Flaw((), "expected at least one of path, query, header, cookie, body")]

    def condition(self) -> Condition:
        """The condition."""
        return Condition(**dict(self))


class ReplyModel(_Part):
    """The reply: a made-up payment session, a literal reply, or no body."""

    status: _Status = Field(200, description="The HTTP status.")
    headers: Annotated[tuple[Header, ...], ParsedBy(parse_headers, _HEADERS_SCHEMA, expressions=True)] = Field(
        (), description="Header fields. Values may have expressions."
    )
    payment_session: Annotated[Template | None, ParsedBy(parse_overrides, {"type": "object"}, expressions=True)] = (
        Field(
            None,
            description="A made-up payment session. These members replace members of it, to any depth; "
            "{absent: true} removes a member.",
        )
    )
    body: Annotated[Template | None, ParsedBy(parse_template, {}, expressions=True)] = Field(
        None, description="The body: JSON, or text with another Content-Type. May have expressions."
    )
    off_contract: Annotated[str | None, ParsedBy(parse_reason, _LINE_SCHEMA)] = Field(
        None, description="Why this reply breaks the contract. Without it, such a reply is an error."
    )
    on_confirm: Annotated[ConfirmOutcome, ParsedBy(parse_on_confirm, ON_CONFIRM_SCHEMA)] = Field(
        TEST_CARD, description="What Stripe answers when the client confirms. By default the test card decides."
    )
    payment_method_types: Annotated[tuple[str, ...], ParsedBy(parse_method_types, METHOD_TYPES_SCHEMA)] = Field(
        DEFAULT_METHOD_TYPES, description="The types of payment methods that the setup intent offers; cards by default."
    )

    def flaws(self) -> Iterator[Flaw]:
        """A reply has at most one kind of body, which fits its status and media type."""
        bodies = self.has("payment_session", "body")
        misplaced = [] if "payment_session" in bodies else self.has("on_confirm", "payment_method_types")
        if len(bodies) == 2:
            yield Flaw(("body",), "expected at most one of payment_session, body, found both")
        elif misplaced:
            yield from (Flaw((name,), "only a reply with payment_session can have this key") for name in misplaced)
        elif not bodies and not self.has("status", "headers"):
            yield Flaw((), "expected at least one of status, headers, payment_session, body")
        elif bodies and self.status in BODILESS:
            yield Flaw((bodies[0],), f"a reply with status {self.status} has no body")
        elif self._is_text and self.payment_session is not None:
            problem = f"a payment session is JSON, but the Content-Type is {media_type_of(self.headers)}"
            yield Flaw(("payment_session",), problem)
        elif self._is_text and self.body is not None and as_text(self.body) is None:
            yield Flaw(("body",), f"expected text, because the Content-Type is {media_type_of(self.headers)}")

    @property
    def _is_text(self) -> bool:
        media_type = media_type_of(self.headers)
        return media_type is not None and not is_json(media_type)

    def reply(self) -> StubReply:
        """The reply."""
        if self.payment_session is not None:
            return PaymentSessionReply(
                status=self.status,
                headers=self.headers,
                off_contract=self.off_contract,
                overrides=self.payment_session,
                on_confirm=self.on_confirm,
                method_types=self.payment_method_types,
            )
        body = as_text(self.body) if self.body is not None and self._is_text else self.body
        return LiteralReply(status=self.status, headers=self.headers, off_contract=self.off_contract, body=body)


class StubModel(_Part):
    """Matchers with a reply or a fault."""

    name: Annotated[str, text("[!-~]([ -~]{0,98}[!-~])?", "1 to 100 printable ASCII characters")] = Field(
        description="The name, sent in the reply header Mock-Stub."
    )
    operation: _Line = Field(description="The operationId that this stub answers.")
    when: ConditionModel | None = Field(
        None, description="Which requests the stub answers; by default all of the operation."
    )
    times: Annotated[int | None, whole_number(1, 1_000_000)] = Field(
        None, description="How often the stub answers before the next one takes over; by default without limit."
    )
    delay: Annotated[Delay, ParsedBy(parse_delay, DELAY_SCHEMA)] = Field(
        NO_DELAY, description="How long to wait before the answer."
    )
    reply: ReplyModel | None = Field(None, description="The reply.")
    fault: Annotated[PlannedFault | None, ParsedBy(parse_fault, FAULT_SCHEMA)] = Field(
        None, description="How the connection misbehaves instead of a reply."
    )

    def flaws(self) -> list[Flaw]:
        """A stub has either a reply or a fault."""
        return self.one_ending()

    def stub(self) -> Stub:
        """The stub."""
        when = ALWAYS if self.when is None else self.when.condition()
        reply = None if self.reply is None else self.reply.reply()
        return Stub(**{**dict(self), "when": when, "reply": reply})


class ExampleRequestModel(_Part):
    """What the client sends."""

    method: Annotated[str, text("[A-Z]+", "a method such as POST")] = Field(description="GET, POST and so on.")
    path: Annotated[str, text(r"/[!-\"$-~]*", "a path that begins with / and is percent-encoded")] = Field(
        description="The path, percent-encoded, with its query if there is one."
    )
    headers: Annotated[dict[str, str], ParsedBy(parse_example_headers, _HEADERS_SCHEMA)] = Field(
        {}, description="Header fields in addition to those that every client sends."
    )
    body: Any = Field(default_factory=lambda: ABSENT, description="The JSON body.")


class ExampleReplyModel(_Part):
    """What the client receives."""

    status: _Status = Field(description="The HTTP status.")
    headers: _HeaderMatchers = Field({}, description="Matchers for header fields, by name in upper or lower case.")
    body: _BodyMatcher = Field(None, description="A matcher for the body, as under when.")


class ExampleModel(_Part):
    """One exchange from the client's side. `mockserver check` runs it as a test."""

    request: ExampleRequestModel = Field(description="What the client sends.")
    reply: ExampleReplyModel | None = Field(None, description="The reply that the client receives.")
    fault: Annotated[str | None, ParsedBy(parse_fault_kind, {"enum": list(FAULTS)})] = Field(
        None, description="The fault that the client sees instead of a reply."
    )

    def flaws(self) -> list[Flaw]:
        """An example has either a reply or a fault."""
        return self.one_ending()

    def example(self) -> Example:
        """The example."""
        reply = None if self.reply is None else ExampleReply(**dict(self.reply))
        return Example(request=ExampleRequest(**dict(self.request)), reply=reply, fault=self.fault)


class ScenarioModel(_Part):
    """One scenario of the Wingback mock server. The name of the file is the name of the scenario."""

    about: _Line = Field(description="One sentence: what the client experiences.")
    when: ConditionModel | None = Field(None, description="Requests that select this scenario, without a header.")
    stubs: list[StubModel] = Field(
        min_length=1, description="The first stub whose `when` fits and whose `times` is not used up answers."
    )
    example: list[ExampleModel] = Field([], description="Exchanges from the client's side, in order.")

    def flaws(self) -> list[Flaw]:
        """No two stubs have the same name."""
        first: dict[str, int] = {}
        return [
            Flaw(("stubs", index, "name"), f"the name is repeated; stubs[{first[stub.name]}] has the same name")
            for index, stub in enumerate(self.stubs)
            if first.setdefault(stub.name, index) != index
        ]

    def scenario(self, *, name: str, digest: bytes) -> Scenario:
        """The scenario."""
        return Scenario(
            name=name,
            about=self.about,
            when=None if self.when is None else self.when.condition(),
            stubs=tuple(model.stub() for model in self.stubs),
            example=tuple(model.example() for model in self.example),
            digest=digest,
        )
