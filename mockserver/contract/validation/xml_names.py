"""How values are named in XML: the `xml` keyword of their schemas (OpenAPI, XML Object)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.contract.document.references import resolve
from mockserver.errors import SpecError

# The characters of a name in XML, without the colon (Namespaces in XML, NCName).
NOT_IN_NAMES = re.compile(r"[^\w.·-]")
NOT_AT_START = re.compile(r"^(?=[\d.·-])")


class XmlName(NamedTuple):
    """The name of a value in XML. `is_given`: the document names it, so no other name is right."""

    name: str
    namespace: str = ""
    prefix: str = ""
    is_given: bool = False
    is_attribute: bool = False
    is_wrapped: bool = False


class XmlNames:
    """Finds the names of values in a document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def root(self, schema: Any) -> XmlName:
        """The name of the root element: the one in the schema, else the name of the component, else `root`."""
        ref = schema.get("$ref") if isinstance(schema, Mapping) else None
        return self.of([schema], ref.rpartition("/")[2] if isinstance(ref, str) else "root")

    def of(self, schemas: Sequence[Any], default: str) -> XmlName:
        """The name of a value with these schemas. `default` is the name if they have none."""
        found: dict[str, Any] = {}
        for schema in schemas:
            for each in self._named_alike(schema):
                own = each.get("xml")
                for key, value in own.items() if isinstance(own, Mapping) else ():
                    found.setdefault(key, value)
        given = found.get("name")
        # Some documents write the prefix into the name.
        name = given.rpartition(":")[2] if isinstance(given, str) else ""
        return XmlName(
            name=name_in_xml(name or default),
            namespace=_text(found.get("namespace")),
            prefix=_text(found.get("prefix")),
            is_given=bool(name),
            is_attribute=found.get("attribute") is True,
            is_wrapped=found.get("wrapped") is True,
        )

    def item(self, items: Sequence[Any], array: XmlName, member: str) -> XmlName:
        """The name of the items of an array that is a member.

        Without a name of their own, wrapped items have the name of the array, others that of the member.
        """
        return self.of(items, array.name if array.is_wrapped else member)

    def _named_alike(self, schema: Any) -> Iterator[Mapping[str, Any]]:
        """The schema, the one that it refers to, and the only part of its `allOf`."""
        seen: set[int] = set()
        while isinstance(schema, Mapping) and id(schema) not in seen:
            seen.add(id(schema))
            yield schema
            combined = schema.get("allOf")
            try:
                target = resolve(self._document, schema)
            except SpecError:
                return
            schema = combined[0] if target is schema and isinstance(combined, list) and len(combined) == 1 else target


def name_in_xml(name: str) -> str:
    """The name as XML allows it: other characters become underscores."""
    return NOT_AT_START.sub("_", NOT_IN_NAMES.sub("_", name)) or "_"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
