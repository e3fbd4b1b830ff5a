"""The file format of scenarios, as pydantic reads it; docstrings and descriptions are what an editor shows."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mockserver.parsing.media_types import is_json
from mockserver.scenarios.confirmations import TEST_CARD, OnConfirm, parse_on_confirm
from mockserver.scenarios.durations import NO_DELAY, Delay, parse_delay
from mockserver.scenarios.faults import PlannedFault, parse_fault
from mockserver.scenarios.format import editor_schema, field_parsers
from mockserver.scenarios.format.flaws import Flaw
from mockserver.scenarios.format.matcher_parsers import parse_matcher, parse_text_matcher
from mockserver.scenarios.format.pydantic_leaves import Leaf, TemplateLeaf, refuse
from mockserver.scenarios.matchers import Matcher
from mockserver.scenarios.method_types import DEFAULT_TYPES, parse_method_types
from mockserver.scenarios.stub_replies import Header, media_type_of
from mockserver.scenarios.templates import Template, parse_template

__all__ = ["ConditionModel", "ExampleModel", "ReplyModel", "ScenarioFile", "StubModel"]

_Line = Annotated[str, Leaf(field_parsers.parse_line, editor_schema.LINE)]
_Status = Annotated[int, Leaf(field_parsers.parse_status, editor_schema.STATUS)]
_TextMatcher = Annotated[Matcher, Leaf(parse_text_matcher, editor_schema.TEXT_MATCHER)]
_HeaderMatchers = Annotated[dict[str, Matcher], Leaf(field_parsers.parse_header_matchers, editor_schema.TEXT_MATCHERS)]
_BodyMatcher = Annotated[Matcher | None, Leaf(parse_matcher, editor_schema.MATCHER)]
_Headers = Annotated[tuple[Header, ...], TemplateLeaf(field_parsers.parse_headers, editor_schema.HEADERS)]

_NO_BODY = frozenset({204, 205, 304})


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    def flaws(self) -> list[Flaw]:
        """What is wrong between the keys, once each of them is right."""
        return []

    @model_validator(mode="after")
    def _check(self) -> Self:
        empty = [Flaw((name,), "expected a value, found null") for name in self.model_fields_set if self.is_null(name)]
        flaws = empty or self.flaws()
        if flaws:
            raise refuse(flaws)
        return self

    def is_null(self, name: str) -> bool:
        """Whether a key that is there says nothing."""
        return getattr(self, name) is None

    def given(self, *names: str) -> list[str]:
        """Those of the keys that stand in the file."""
        return [name for name in names if name in self.model_fields_set]


class ConditionModel(_Part):
    """Matchers over the request. All of them must fit; what is not named may be anything."""

    path: dict[str, _TextMatcher] = Field({}, description="Path parameters, by name.")
    query: dict[str, _TextMatcher] = Field({}, description="Query parameters, by name; any value of a repeated one.")
    header: _HeaderMatchers = Field({}, description="Header fields, by name in any case.")
    cookie: dict[str, _TextMatcher] = Field({}, description="Cookies, by name.")
    body: _BodyMatcher = Field(None, description="The JSON body: objects by subset, everything else as a whole.")

    def flaws(self) -> list[Flaw]:
        """A condition says something."""
        return [] if self.model_fields_set else [Flaw((), "expected at least one of path, query, header, cookie, body")]


class ReplyModel(_Part):
    """What is answered: a made-up payment session, or a reply written out, or no body at all."""

    status: _Status = Field(200, description="The HTTP status.")
    headers: _Headers = Field((), description="Header fields; values may hold expressions.")
    payment_session: Annotated[
        Template | None, TemplateLeaf(field_parsers.parse_overrides, editor_schema.OVERRIDES)
    ] = Field(
        None,
        description="The coherent made-up payment session, with these members overridden, to any depth; "
        "{absent: true} takes a member away.",
    )
    body: Annotated[Template | None, TemplateLeaf(parse_template, editor_schema.ANYTHING)] = Field(
        None, description="The body as it is sent: JSON, or text under another Content-Type. May hold expressions."
    )
    off_contract: Annotated[str | None, Leaf(field_parsers.parse_reason, editor_schema.LINE)] = Field(
        None, description="Why this reply leaves the contract; without it, one that does is refused."
    )
    on_confirm: Annotated[OnConfirm, Leaf(parse_on_confirm, editor_schema.ON_CONFIRM)] = Field(
        TEST_CARD, description="What Stripe will say when the client confirms; else the test card decides."
    )

    payment_method_types: Annotated[tuple[str, ...], Leaf(parse_method_types, editor_schema.PAYMENT_METHOD_TYPES)] = (
        Field(DEFAULT_TYPES, description="What the setup intent of the payment session offers; without it, cards only.")
    )

    def flaws(self) -> list[Flaw]:
        """One kind of body or none, and one that can be sent under its status and type."""
        bodies = self.given("payment_session", "body")
        if len(bodies) == 2:
            return [Flaw(("body",), "expected at most one of payment_session, body, found both")]
        stray = self.given("on_confirm", "payment_method_types")
        if stray and "payment_session" not in bodies:
            return [Flaw((name,), "it is about a payment session, and there is none beside it") for name in stray]
        return self._flaws_of_the_head(bodies)

    def _flaws_of_the_head(self, bodies: list[str]) -> list[Flaw]:
        if not bodies:
            anything = self.given("status", "headers")
            return [] if anything else [Flaw((), "expected at least one of status, headers, payment_session, body")]
        if self.status in _NO_BODY:
            return [Flaw((bodies[0],), f"a reply with status {self.status} has no body")]
        media_type = media_type_of(self.headers)
        if media_type is not None and not is_json(media_type):
            if self.body is None:
                return [Flaw(("payment_session",), f"a payment session is JSON, and the Content-Type is {media_type}")]
            if field_parsers.as_text(self.body) is None:
                return [Flaw(("body",), f"expected text, for the Content-Type is {media_type}")]
        return []


class StubModel(_Part):
    """Matchers with a reply or a fault."""

    name: Annotated[str, Leaf(field_parsers.parse_name, editor_schema.STUB_NAME)] = Field(
        description="Sent in the reply header Mock-Stub."
    )
    operation: _Line = Field(description="The operationId that this stub answers.")
    when: ConditionModel | None = Field(
        None, description="Which requests it answers; without it, all of the operation."
    )
    times: Annotated[int | None, Leaf(field_parsers.parse_times, editor_schema.TIMES)] = Field(
        None, description="How often it answers before the next stub has its turn; without it, always."
    )
    delay: Annotated[Delay, Leaf(parse_delay, editor_schema.DELAY)] = Field(
        NO_DELAY, description="How long to wait before."
    )
    reply: ReplyModel | None = Field(None, description="What is answered.")
    fault: Annotated[PlannedFault | None, Leaf(parse_fault, editor_schema.FAULT)] = Field(
        None, description="How the wire misbehaves instead."
    )

    def flaws(self) -> list[Flaw]:
        """A stub answers in one way."""
        return _exactly_one(self.given("reply", "fault"), "reply, fault")


class ExampleRequestModel(_Part):
    """What the client sends."""

    method: Annotated[str, Leaf(field_parsers.parse_method, editor_schema.METHOD)] = Field(
        description="GET, POST and so on."
    )
    path: Annotated[str, Leaf(field_parsers.parse_example_path, editor_schema.EXAMPLE_PATH)] = Field(
        description="The path as it is sent, with its query if there is one."
    )
    headers: Annotated[dict[str, str], Leaf(field_parsers.parse_example_headers, editor_schema.HEADERS)] = Field(
        {}, description="Header fields, besides those that every client sends."
    )
    body: Any = Field(None, description="The JSON body.")

    def is_null(self, name: str) -> bool:
        """Null is a body like any other."""
        return name != "body" and super().is_null(name)


class ExampleReplyModel(_Part):
    """What the client then sees."""

    status: _Status = Field(description="The HTTP status.")
    headers: _HeaderMatchers = Field({}, description="Matchers for header fields, by name in any case.")
    body: _BodyMatcher = Field(None, description="A matcher for the body, as under when.")


class ExampleModel(_Part):
    """One exchange from the client's side; played as a test by `mockserver check`."""

    request: ExampleRequestModel = Field(description="What the client sends.")
    reply: ExampleReplyModel | None = Field(None, description="The reply it sees.")
    fault: Annotated[str | None, Leaf(field_parsers.parse_fault_kind, editor_schema.FAULT_KIND)] = Field(
        None, description="The fault it sees instead of a reply."
    )

    def flaws(self) -> list[Flaw]:
        """An example ends in one way."""
        return _exactly_one(self.given("reply", "fault"), "reply, fault")


class ScenarioFile(_Part):
    """One scenario of the Wingback mock server; the name of the file is the name of the scenario."""

    about: _Line = Field(description="One sentence: what the client experiences.")
    when: ConditionModel | None = Field(
        None, description="Chooses this scenario by the request itself, no header needed."
    )
    stubs: list[StubModel] = Field(
        min_length=1, description="The first one answers whose `when` fits and whose `times` is not used up."
    )
    example: list[ExampleModel] = Field([], description="The client's side, exchange by exchange.")

    def flaws(self) -> list[Flaw]:
        """No two stubs have the same name."""
        first: dict[str, int] = {}
        return [
            Flaw(("stubs", index, "name"), f"the name is repeated; stubs[{first[stub.name]}] has it already")
            for index, stub in enumerate(self.stubs)
            if first.setdefault(stub.name, index) != index
        ]


def _exactly_one(given: list[str], names: str) -> list[Flaw]:
    if len(given) == 1:
        return []
    return [Flaw((), f"expected exactly one of {names}, found {'neither' if not given else 'both'}")]
