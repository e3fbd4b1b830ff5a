"""Values as text and back. Only the classes listed here can be written, and only they are made when text is read."""

import json
from collections.abc import Callable, Iterable, Mapping
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
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


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
    kind: type = type(value)
    if kind in _SCALARS:
        return value
    writer = _WRITERS.get(kind)
    if writer is not None:
        return writer(value)
    if isinstance(value, Mapping):
        return _written_object(value)
    raise TypeError(f"the codec does not know {kind.__name__}")


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
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(json_value["of"])
    raise ValueError(f"the store has a value of an unknown kind, {kind!r}")


class _Special(NamedTuple):
    """How the values of a type are written and read that is not a dataclass."""

    type: type
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _plain_items(values: Iterable[Any]) -> list[Any]:
    return [each if type(each) in _SCALARS else plain(each) for each in values]


def _written_object(value: Mapping[str, Any]) -> Any:
    if KIND in value:
        return {KIND: "object", "of": [[name, plain(member)] for name, member in value.items()]}
    return {name: member if type(member) in _SCALARS else plain(member) for name, member in value.items()}


def _writer_of_class(known: type) -> Callable[[Any], dict[str, Any]]:
    """Writes a dataclass: its name, and those of its fields that differ from their defaults."""
    name, members = known.__name__, tuple((field.name, field.default) for field in fields(known))

    def write_fields(value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {KIND: name}
        for member, default in members:
            own = getattr(value, member)
            if own is not default:
                found[member] = own if type(own) in _SCALARS else plain(own)
        return found

    return write_fields


def _writer_of_special(kind: str, write_special: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda value: {KIND: kind, "of": write_special(value)}


_SPECIAL: Final = {
    "list": _Special(list, _plain_items, lambda of: [value_of(each) for each in of]),
    "bytes": _Special(bytes, lambda value: value.decode("latin-1"), lambda of: of.encode("latin-1")),
    # The file of the test cards has the rest.
    "card": _Special(Card, lambda card: card.number, lambda number: CARDS[number]),
    "headers": _Special(Headers, lambda headers: headers.pairs, lambda pairs: Headers(map(tuple, pairs))),
    "unreadable": _Special(UnreadableBody, _plain_items, lambda of: UnreadableBody(*map(value_of, of))),
    "absent": _Special(AbsentType, lambda _: None, lambda _: ABSENT),
}
_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    **{kind: special.read for kind, special in _SPECIAL.items()},
    # Only an object with a member that is called like KIND is written in this way.
    "object": lambda of: {name: value_of(member) for name, member in of},
}
_WRITERS: Final[dict[type, Callable[[Any], Any]]] = {
    **{each: _writer_of_class(each) for each in _CLASSES},
    **{special.type: _writer_of_special(kind, special.write) for kind, special in _SPECIAL.items()},
    tuple: _plain_items,
    dict: _written_object,
}
