"""The keywords that combine schemas, with discriminators as OpenAPI defines them.

If the discriminator selects one schema, only this schema decides. Otherwise the keyword decides as in JSON Schema.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from jsonschema.exceptions import ValidationError

from mockserver.contract.document.discriminators import Discriminator, Discriminators
from mockserver.contract.document.families import core, name_of
from mockserver.contract.document.member_values import MemberValues
from mockserver.contract.validation.schema_check import current_check

Errors = Iterator[ValidationError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """Why a value matches none of the alternatives, or several. It is the `validator_value` of an error.

    `count` is the number of alternatives, `matching` are the names of those that match. `member` is the discriminator's
    member if its value is missing or unknown. `known` are the values of this member that the alternatives allow.
    """

    count: int = 0
    matching: tuple[str, ...] = ()
    member: str = ""
    known: tuple[Any, ...] = ()


class DiscriminatorKeywords:
    """The functions of the keywords for one document."""

    def __init__(self, discriminators: Discriminators) -> None:
        self._discriminators = discriminators
        self._values = MemberValues(discriminators)
        self.functions: dict[str, Callable[[Any, Any, Any, Any], Errors]] = {
            "$ref": self._reference,
            "allOf": self._all_of,
            "anyOf": partial(self._choose, "anyOf"),
            "discriminator": self._base,
            "oneOf": partial(self._choose, "oneOf"),
        }

    def _found(self, schema: Any, keyword: str) -> Discriminator | None:
        """The discriminator of a schema if it selects among the alternatives of this keyword."""
        found = self._discriminators.of(schema)
        return found if found and found.keyword == keyword else None

    def parts(self, schema: Any, instance: Any) -> Iterator[Any]:
        """The schemas that a schema combines and, of alternatives, only the one that a discriminator selects."""
        for part in schema.get("allOf", ()):
            base = self._discriminators.base(part, schema)
            yield part if base is None else base
        for keyword in ("", "anyOf", "oneOf"):
            selected = _selected(self._found(schema, keyword), instance)
            yield from schema.get(keyword, ()) if selected is None else (selected,)

    def _reference(self, validator: Any, ref: Any, instance: Any, _: Any) -> Errors:
        resolved = current_check().resolved(validator._resolver, ref)  # noqa: SLF001  # as jsonschema's own keywords do
        narrowed = self._discriminators.narrowed(ref, instance)
        schema = resolved.contents if narrowed is None else narrowed
        yield from validator.descend(instance, schema, resolver=resolved.resolver)

    def _base(self, validator: Any, _: Any, instance: Any, schema: Any) -> Errors:
        selected = _selected(self._found(schema, ""), instance)
        if selected is not None:
            yield from validator.descend(instance, selected)

    def _all_of(self, validator: Any, parts: Any, instance: Any, schema: Any) -> Errors:
        for index, part in enumerate(parts):
            base = self._discriminators.base(part, schema)
            if base is None:
                yield from validator.descend(instance, part, schema_path=index)
            else:
                resolver = validator._resolver  # noqa: SLF001  # as jsonschema's own keywords do
                resolved = current_check().resolved(resolver, part["$ref"])
                yield from validator.descend(instance, base, schema_path=index, resolver=resolved.resolver)

    def _choose(self, keyword: str, validator: Any, alternatives: Any, instance: Any, schema: Any) -> Errors:
        """`anyOf` or `oneOf`."""
        found = self._found(schema, keyword)
        selected = _selected(found, instance)
        if selected is not None:
            yield from validator.descend(instance, selected)
            return
        failures, matching = [], []
        for index, alternative in enumerate(alternatives):
            errors = list(validator.descend(instance, alternative, schema_path=index))
            if errors:
                failures.append(errors)
            elif keyword == "anyOf":
                return
            else:
                matching.append(_name(index, alternative))
        if not matching:
            yield from self._no_match(alternatives, failures, instance, found)
        elif len(matching) > 1:
            yield self._several_match(alternatives, tuple(matching), instance, found)

    def _no_match(
        self, alternatives: Any, failures: list[list[ValidationError]], instance: Any, found: Discriminator | None
    ) -> Errors:
        """The errors of an instance that no alternative accepts: those of the one whose `const` or `enum` it has."""
        if found and isinstance(instance, dict) and found.member in instance:
            value = instance[found.member]
            listing = [
                errors
                for alternative, errors in zip(alternatives, failures, strict=True)
                if value in (self._values.listed(alternative, found.member) or ())
            ]
            if len(listing) == 1:
                yield from listing[0]
                return
            known = self._values.known(found, alternatives)
            if known and not listing:
                yield _unknown_value(instance, found, known)
                return
            failures = listing or failures
        elif found and isinstance(instance, dict):
            objects = [errors for errors in failures if not _is_of_another_type(errors)]
            missing = [error for errors in objects for error in _missing(errors, found.member)]
            if missing and len(missing) == len(objects):
                yield missing[0]
                return
        yield ValidationError("no alternative matches", context=[error for errors in failures for error in errors])

    def _several_match(
        self, alternatives: Any, matching: tuple[str, ...], instance: Any, found: Discriminator | None
    ) -> ValidationError:
        if found and isinstance(instance, dict) and found.member in instance:
            known = self._values.known(found, alternatives)
            if known and instance[found.member] not in known:
                return _unknown_value(instance, found, known, matching)
        member = found.member if found and isinstance(instance, dict) and found.member not in instance else ""
        details = Undecided(count=len(alternatives), matching=matching, member=member)
        return ValidationError("several alternatives match", validator_value=details)


def _selected(found: Discriminator | None, instance: Any) -> Any:
    """The schema that a discriminator selects; None if it selects none."""
    return found.choice(instance) if found else None


def _unknown_value(
    instance: Any, found: Discriminator, known: list[Any], matching: tuple[str, ...] = ()
) -> ValidationError:
    return ValidationError(
        "the discriminator does not know the value",
        validator="discriminator",
        validator_value=Undecided(matching=matching, member=found.member, known=tuple(known)),
        instance=instance[found.member],
        path=[found.member],
    )


def _missing(errors: list[ValidationError], member: str) -> list[ValidationError]:
    """The error that says that a member is missing, if there is one."""
    found = [error for error in errors if error.validator == "required" and not error.path]
    return [error for error in found if error.message.startswith(repr(member))][:1]


def _is_of_another_type(errors: list[ValidationError]) -> bool:
    return any(error.validator in {"type", "enum", "const"} and not error.path for error in errors)


def _name(index: int, alternative: Any) -> str:
    """The name of an alternative in a message."""
    match core(alternative):
        case {"$ref": str(ref)} | {"allOf": [{"$ref": str(ref)}]}:
            return name_of(ref)
        case {"title": str(title)}:
            return title
    return f"alternative {index + 1}"
