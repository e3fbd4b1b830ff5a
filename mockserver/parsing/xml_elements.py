"""XML as a tree of elements. The parser refuses document types and entities, so nothing is fetched or expanded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

MAX_DEPTH: Final = 64
"""How deep elements may be nested."""

MAX_NODES: Final = 20_000
"""How many elements and attributes a document may have. A tree of this size takes a tenth of a second to read."""

SCHEMA_INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
"""The namespace of `nil`, which marks an element as null, and of other attributes that describe no data."""

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


class XmlError(ValueError):
    """The text is not XML that the mock reads: what is wrong, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlAttribute:
    """An attribute. `prefix` is used to write it, and is empty after reading."""

    name: str
    text: str
    namespace: str = ""
    prefix: str = ""


@dataclass(slots=True, kw_only=True)
class XmlElement:
    """An element. `text` is all text that is directly inside it; `prefix` is empty after reading."""

    name: str
    namespace: str = ""
    prefix: str = ""
    attributes: list[XmlAttribute] = field(default_factory=list)
    children: list["XmlElement"] = field(default_factory=list)
    text: str = ""

    @property
    def is_nil(self) -> bool:
        """Whether the element is marked as null with `xsi:nil`."""
        nil = [each.text for each in self.attributes if (each.namespace, each.name) == (SCHEMA_INSTANCE, "nil")]
        return nil in (["true"], ["1"])


def parse_xml(body: bytes, charset: str | None = None) -> XmlElement:
    """The root element of a body. `charset` overrides the encoding that the document declares (RFC 7303).

    Raises XmlError for malformed XML, a document type, an unknown encoding, too many levels or elements.
    """
    try:
        parser = expat.ParserCreate(charset, " ")
    except ValueError as error:
        raise XmlError(str(error)) from None
    builder = _TreeBuilder(parser)
    try:
        parser.Parse(body, True)  # noqa: FBT003  # expat takes no keyword here
    except expat.ExpatError as error:
        raise XmlError(f"{expat.ErrorString(error.code)} at line {error.lineno}, column {error.offset + 1}") from None
    except (LookupError, ValueError) as error:
        # The encoding is unknown to Python, or has more than one byte for a character.
        raise error if isinstance(error, XmlError) else XmlError(f"the encoding cannot be read: {error}") from None
    return builder.root


class _TreeBuilder:
    def __init__(self, parser: Any) -> None:
        self._parser = parser
        self._open: list[XmlElement] = []
        self._texts: list[list[str]] = []
        self._nodes = 0
        self.root: XmlElement
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _doctype(self, *_: object) -> None:
        self._refuse("a document type (<!DOCTYPE …>) is not allowed")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._open) == MAX_DEPTH:
            self._refuse(f"the elements are nested more than {MAX_DEPTH} levels deep")
        self._nodes += 1 + len(attributes)
        if self._nodes > MAX_NODES:
            self._refuse(f"there are more than {MAX_NODES} elements and attributes")
        namespace, local = _split(name)
        found = [(*_split(key), text) for key, text in attributes.items()]
        element = XmlElement(
            name=local,
            namespace=namespace,
            attributes=[XmlAttribute(name=key, namespace=uri, text=text) for uri, key, text in found],
        )
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def _end(self, _: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)

    def _refuse(self, problem: str) -> NoReturn:
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1
        raise XmlError(f"{problem} at line {line}, column {column}")


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(" ")
    return namespace, local


def write_xml(root: XmlElement) -> str:
    """The document with this root element."""
    return DECLARATION + _written(root, {})


def _written(element: XmlElement, scope: Mapping[str, str]) -> str:
    declared = {element.prefix: element.namespace} if element.namespace else {}
    attributes = []
    for number, attribute in enumerate(element.attributes, 1):
        # An attribute without a prefix has no namespace.
        prefix = (attribute.prefix or f"ns{number}") if attribute.namespace else ""
        if prefix:
            declared.setdefault(prefix, attribute.namespace)
        attributes.append(f" {_qualified(prefix, attribute.name)}={quoteattr(_sendable(attribute.text))}")
    new = {prefix: uri for prefix, uri in declared.items() if scope.get(prefix) != uri}
    namespaces = [
        f" {_qualified('xmlns', prefix) if prefix else 'xmlns'}={quoteattr(uri)}" for prefix, uri in new.items()
    ]
    name = _qualified(element.prefix if element.namespace else "", element.name)
    start = f"<{name}{''.join(namespaces)}{''.join(attributes)}"
    inner = "".join(_written(child, {**scope, **declared}) for child in element.children)
    inner += escape(_sendable(element.text), {"\r": "&#13;"})
    return f"{start}>{inner}</{name}>" if inner else f"{start}/>"


def _qualified(prefix: str, name: str) -> str:
    return f"{prefix}:{name}" if prefix else name


def _sendable(text: str) -> str:
    """The text without the characters that XML 1.0 cannot contain."""
    return "".join(
        char if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff") else "\ufffd" for char in text
    )
