"""Converts text to the types of a schema: the values of parameters and headers."""

# ruff: noqa: D102  # openapi-core defines and documents these signatures

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.casting.schemas import oas30_types_caster
from openapi_core.casting.schemas.casters import SchemaCaster, TypesCaster
from openapi_core.casting.schemas.factories import SchemaCastersFactory
from openapi_core.schema.schemas import get_properties
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator

from mockserver.contract.document.discriminators import Discriminators
from mockserver.contract.document.families import core, name_of
from mockserver.contract.document.references import SCHEMAS
from mockserver.contract.document.schema_types import SchemaTypes, schema_types
from mockserver.contract.validation.schema_check import current_check
from mockserver.parsing.text_values import read_boolean, read_integer, read_number

STEPS_OF_A_CAST = 100


class UnreadText(str):
    """A text that cannot be read as any type that its schema allows. The validation reports it."""

    __slots__ = ()


class SingleText(str):
    """A text that was sent once under a name that may be repeated. It is the only item of an array."""

    __slots__ = ()


def types_of(schema: SchemaPath) -> SchemaTypes:
    """The types that a schema of the document allows."""
    document: Any = schema.accessor.node
    return schema_types(document, schema.read_value())


class Casters(SchemaCastersFactory):
    """Makes casters that read booleans and numbers as JSON, and find the type of a value in all parts of its schema."""

    def __init__(self, validators: SchemaValidatorsFactory, discriminators: Discriminators, *, is_31: bool) -> None:
        super().__init__(validators, oas30_types_caster)
        self._discriminators = discriminators
        self._is_31 = is_31

    def create(self, *args: Any, **options: Any) -> SchemaCaster:
        created = vars(super().create(*args, **options))
        return _Caster(**created, discriminators=self._discriminators, is_31=self._is_31)


class _Caster(SchemaCaster):
    """Converts text to values, also inside arrays and objects. It never fails: text that it cannot convert stays text.

    If a schema allows several types, the first type whose value is valid counts.
    """

    def __init__(
        self,
        schema: SchemaPath,
        schema_validator: SchemaValidator,
        types_caster: TypesCaster,
        *,
        discriminators: Discriminators,
        is_31: bool,
    ) -> None:
        super().__init__(schema, schema_validator, types_caster)
        self._discriminators = discriminators
        self._is_31 = is_31
        self._is_base = False
        self._readers: dict[str, Callable[[str], Any]] = {
            "string": str,
            "boolean": read_boolean,
            "integer": partial(read_integer, is_31=is_31),
            "number": read_number,
        }

    def evolve(self, schema: SchemaPath) -> SchemaCaster:
        validator = self.schema_validator.evolve(schema)
        options: Any = {"discriminators": self._discriminators, "is_31": self._is_31}
        return _Caster(schema, validator, self.types_caster, **options)

    def accepts(self, value: Any) -> bool:
        """Whether the schema accepts a converted value."""
        return self.schema_validator.validator.is_valid(value)

    def cast(self, value: Any) -> Any:
        if isinstance(value, dict) and "array" in self.types.named and all(name.isdecimal() for name in value):
            value = [value[name] for name in sorted(value, key=int)]
        if isinstance(value, SingleText) and "array" in self.types.named:
            value = [str(value)]
        if isinstance(value, str):
            return self._scalar(value)
        if not isinstance(value, dict | list) or not isinstance(self.schema.read_value(), dict):
            return value
        current_check().budget.spend(STEPS_OF_A_CAST)
        for part in self._parts("allOf"):
            # Otherwise a base would select its descendant again, without end.
            part._is_base = True  # noqa: SLF001  # it is of this class
            value = part.cast(value)
        value = self._members(value) if isinstance(value, dict) else self._items(value)
        for keyword in ("anyOf", "oneOf"):
            value = self._alternative(keyword, value)
        return value if self._is_base else self._as_descendant(value)

    def _as_descendant(self, value: Any) -> Any:
        """The value, converted also as the descendant that a base selects describes it."""
        found = self._discriminators.of(self.schema.read_value())
        choice = found.choice(value) if found and not found.keyword else None
        ref = choice.get("$ref", "") if choice else ""
        if not ref.startswith(SCHEMAS):
            return value
        return self.evolve(SchemaPath(self.schema.accessor, "components", "schemas", name_of(ref))).cast(value)

    @cached_property
    def types(self) -> SchemaTypes:
        """The types that the schema allows."""
        return types_of(self.schema)

    def _parts(self, keyword: str) -> list[Any]:
        """The casters of the schemas that a keyword combines, each once."""
        parts = self.schema / keyword if keyword in self.schema else ()
        return [self.evolve(part) for part in {id(part.read_value()): part for part in parts}.values()]

    def _scalar(self, text: str) -> Any:
        found = (self._readers[name](text) for name in self.types.scalars if name in self._readers)
        readings = [value for value in found if value is not None]
        if len(readings) > 1:
            return next(filter(self.accepts, readings), readings[0])
        return readings[0] if readings else UnreadText(text)

    def _items(self, values: list[Any]) -> list[Any]:
        first = [self.evolve(schema) for schema in self.schema / "prefixItems"] if "prefixItems" in self.schema else []
        casters: list[Any] = first[: len(values)]
        rest = self.evolve(self.schema / "items") if "items" in self.schema else None
        casters += [rest] * (len(values) - len(casters))
        return [caster.cast(value) if caster else value for caster, value in zip(casters, values, strict=True)]

    def _members(self, values: Mapping[str, Any]) -> dict[str, Any]:
        described = dict(get_properties(self.schema))
        others = self.evolve(self.schema / "additionalProperties") if "additionalProperties" in self.schema else None
        casters = {name: self.evolve(described[name]) if name in described else others for name in values}
        return {name: caster.cast(values[name]) if caster else values[name] for name, caster in casters.items()}

    def _alternative(self, keyword: str, value: Any) -> Any:
        """The value as the first valid alternative reads it, else as the first alternative for arrays or objects."""
        name = "array" if isinstance(value, list) else "object"
        parts = [part for part in self._parts(keyword) if part.types.is_open or name in part.types.named]
        found = self._discriminators.of(self.schema.read_value())
        if found and (choice := found.choice(value)) is not None:
            selected = self._discriminators.families.followed(choice)
            parts = [part for part in parts if core(part.schema.read_value()) is selected] or parts
        readings = [(part, part.cast(value)) for part in parts]
        accepted = next((reading for part, reading in readings if part.accepts(reading)), None)
        return accepted if accepted is not None else next((reading for _, reading in readings), value)
