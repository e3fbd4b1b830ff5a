"""Converts text to the types of a schema: the values of parameters, headers and form members."""

# ruff: noqa: D102  # openapi-core defines and documents these signatures

from collections.abc import Callable
from functools import partial
from typing import Any

from openapi_core.casting.schemas import oas30_types_caster, oas31_types_caster
from openapi_core.casting.schemas.casters import PrimitiveCaster, SchemaCaster, TypesCaster
from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.casting.schemas.factories import SchemaCastersFactory
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory

from mockserver.parsing.text_values import read_boolean, read_integer, read_number


class Casters(SchemaCastersFactory):
    """Makes casters that read booleans and numbers as JSON, and support the lists of types of OpenAPI 3.1."""

    def __init__(self, validators: SchemaValidatorsFactory, *, is_31: bool) -> None:
        types = oas31_types_caster if is_31 else oas30_types_caster
        scalars = {
            "boolean": _scalar_caster(read_boolean),
            "integer": _scalar_caster(partial(read_integer, is_31=is_31)),
            "number": _scalar_caster(read_number),
        }
        super().__init__(validators, TypesCaster({**types.casters, **scalars}, types.default, types.multi))

    def create(self, *args: Any, **options: Any) -> SchemaCaster:
        return _Caster(**vars(super().create(*args, **options)))


class _Caster(SchemaCaster):
    def cast(self, value: Any) -> Any:
        types = (self.schema / "type").read_str_or_list(None)
        if not isinstance(types, list):
            return super().cast(value)
        for name in types:
            if name == "string" and isinstance(value, str):
                return value
            if name in {"string", "null"}:
                continue
            try:
                return self.get_type_caster(name)(value)
            except (ValueError, TypeError, KeyError, CastError):
                continue
        return value


def _scalar_caster(read: Callable[[str], Any]) -> type[PrimitiveCaster]:
    class ScalarCaster(PrimitiveCaster):
        def cast(self, value: Any) -> Any:
            if not isinstance(value, str):
                # It has been converted already, by another part of an `allOf`.
                return value
            found = read(value)
            if found is None:
                raise ValueError(value)
            return found

    return ScalarCaster
