"""Values as text and back. Only the classes listed here can be written, and only they are made when text is read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final, NamedTuple

from mockserver.contract.undocumented_names import UndocumentedName
from mockserver.delivery.plans import FixedDelay, LognormalDelay, PlannedFault, UniformDelay
from mockserver.engine.journal import Nearest
from mockserver.errors import Miss, Violation
from mockserver.messages import ABSENT, AbsentType, Fault, Headers, Reply, Request, UnreadableBody
from mockserver.parsing.json_writer import write_json_exactly
from mockserver.payments.confirmation_token import ConfirmationToken
from mockserver.payments.declines import Decline
from mockserver.payments.outcomes import ConfirmOutcome
from mockserver.payments.payment_method import CardDetails, PaymentMethod
from mockserver.payments.payment_session import PaymentSession, StripeConfiguration
from mockserver.payments.saved_methods import Customer, SavedMethod
from mockserver.payments.setup_intent import Challenge, SetupIntent
from mockserver.payments.test_cards import CARDS, Card
from mockserver.payments.test_ibans import Account, Iban
from mockserver.stripe.idempotency import StoredReply

_CLASSES: Final = (
    *(Account, CardDetails, Challenge, ConfirmOutcome, ConfirmationToken, Customer, Decline),
    *(Fault, FixedDelay, Iban, LognormalDelay, Miss, Nearest, PaymentMethod, PaymentSession, PlannedFault, Reply),
    *(Request, SavedMethod, SetupIntent, StoredReply, StripeConfiguration, UndocumentedName, UniformDelay, Violation),
)

# The member that names what a JSON object stands for. An object of a caller can have the same member; see `plain`.
KIND: Final = "@"
_SCALARS: Final = (str, int, float, bool, type(None))


class _Shape(NamedTuple):
    """What is written of a class: its name, and its fields with their defaults."""

    name: str
    fields: tuple[tuple[str, Any], ...]


_SHAPES: Final = {
    each: _Shape(each.__name__, tuple((field.name, field.default) for field in fields(each))) for each in _CLASSES
}
_BY_NAME: Final[Mapping[str, type]] = {each.__name__: each for each in _CLASSES}


def write(value: Any) -> str:
    """The value as text."""
    return written(plain(value))


def read(text: str | bytes) -> Any:
    """The value that `write` has written."""
    return value_of(json.loads(text))


def written(json_value: Any) -> str:
    """What `plain` returns, as text."""
    exact = write_json_exactly(json_value)
    # Lone surrogates can only be written with escapes.
    return json.dumps(json_value) if exact is None else exact.decode()


def plain(value: Any) -> Any:
    """The value as JSON. A tuple is an array; every other object says what it is."""
    if isinstance(value, _SCALARS):
        return value
    shape = _SHAPES.get(type(value))
    if shape is not None:
        members: dict[str, Any] = {KIND: shape.name}
        for name, default in shape.fields:
            member = getattr(value, name)
            if member is not default:
                members[name] = member if type(member) in _SCALARS else plain(member)
        return members
    if type(value) is tuple:
        return [plain(each) for each in value]
    if isinstance(value, Mapping) and not isinstance(value, Headers) and KIND not in value:
        return {name: plain(member) for name, member in value.items()}
    for kind, special in _SPECIAL.items():
        if isinstance(value, special.type):
            return {KIND: kind, "of": special.write(value)}
    raise TypeError(f"the codec does not know {type(value).__name__}")


def value_of(json_value: Any) -> Any:
    """The value that `plain` has written as JSON."""
    if isinstance(json_value, list):
        return tuple([value_of(each) for each in json_value])
    if not isinstance(json_value, dict):
        return json_value
    kind = json_value.get(KIND)
    if kind is None:
        return {name: value_of(member) for name, member in json_value.items()}
    known = _BY_NAME.get(kind)
    if known is not None:
        return known(
            **{
                name: member if type(member) in _SCALARS else value_of(member)
                for name, member in json_value.items()
                if name != KIND
            }
        )
    if kind in _SPECIAL:
        return _SPECIAL[kind].read(json_value["of"])
    raise ValueError(f"the store has a value of an unknown kind, {kind!r}")


class _Special(NamedTuple):
    """How the values of a type are written and read that is not a dataclass."""

    type: type
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


_SPECIAL: Final = {
    "list": _Special(list, lambda value: [plain(each) for each in value], lambda of: [value_of(each) for each in of]),
    "bytes": _Special(bytes, lambda value: value.decode("latin-1"), lambda of: of.encode("latin-1")),
    # The file of the test cards has the rest.
    "card": _Special(Card, lambda card: card.number, lambda number: CARDS[number]),
    "headers": _Special(Headers, lambda headers: headers.pairs, lambda pairs: Headers(map(tuple, pairs))),
    "object": _Special(
        Mapping,
        lambda value: [[name, plain(member)] for name, member in value.items()],
        lambda of: {name: value_of(member) for name, member in of},
    ),
    "unreadable": _Special(
        UnreadableBody,
        lambda value: [plain(each) for each in value],
        lambda of: UnreadableBody(*map(value_of, of)),
    ),
    "absent": _Special(AbsentType, lambda _: None, lambda _: ABSENT),
}
