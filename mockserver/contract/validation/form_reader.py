"""Reads forms: every field is converted to the type that the schema describes, and the whole object is validated."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, product
from typing import Any

from jsonschema.protocols import Validator

from mockserver.contract.document.references import resolve
from mockserver.contract.validation.bracket_names import read_brackets
from mockserver.contract.validation.converted_body import ConversionError, ConvertedBody
from mockserver.contract.validation.field_encodings import DELIMITERS, FieldEncoding, read_encoding
from mockserver.contract.validation.member_schemas import MemberSchemas, Schema, names, types
from mockserver.contract.validation.text_converter import Target, TextConverter, unread
from mockserver.parsing.form_fields import FormField
from mockserver.parsing.json_reader import JsonError, parse_json
from mockserver.parsing.media_types import is_json

MAX_TRIALS = 64
MAX_TRIED_FIELDS = 2_000
"""If fields can mean several things, at most this many combinations are tried, with this many fields in total."""


class FormReader:
    """Reads the forms of a document. `validator` is one of its schema validators."""

    def __init__(self, document: Mapping[str, Any], validator: Validator, *, is_31: bool) -> None:
        self._document = document
        self._validator = validator
        self._schemas = MemberSchemas(document)
        self._converter = TextConverter(self._schemas, self._is_valid, is_31=is_31)

    def describes(self, schema: Any) -> bool:
        """Whether a schema can describe the fields of a form: it allows objects."""
        kinds = types(self._schemas.parts([schema]))
        return not kinds or "object" in kinds

    def read(self, fields: Iterable[FormField], media_type: Mapping[str, Any], *, is_urlencoded: bool) -> ConvertedBody:
        """The form that fields mean under a Media Type Object."""
        schema = media_type.get("schema", {})
        encodings = media_type.get("encoding")
        encodings = encodings if isinstance(encodings, Mapping) else {}
        reading = _Reading(self._converter, self._document)
        root = self._schemas.parts([schema])
        sent: dict[str, list[FormField]] = {}
        for each in fields:
            sent.setdefault(each.name, []).append(each)
        documented = names(root)
        for name in documented:
            encoding = read_encoding(encodings.get(name), is_urlencoded=is_urlencoded)
            reading.gather(name, sent, self._schemas.member(root, name), encoding, reserved=documented)
        for name, same in sent.items():
            encoding = read_encoding(encodings.get(name), is_urlencoded=is_urlencoded)
            reading.field(name, same, self._schemas.member(root, name), encoding)
        return ConvertedBody(value=self._choose(reading.meanings, schema), errors=tuple(reading.errors))

    def _choose(self, meanings: Mapping[str, Sequence[Any]], schema: Any) -> dict[str, Any]:
        """The first combination of meanings that the schema accepts; otherwise the first of all."""
        combinations = (dict(zip(meanings, values, strict=True)) for values in product(*meanings.values()))
        first = next(combinations)
        if all(len(each) == 1 for each in meanings.values()) or self._is_valid(schema, first):
            return first
        others = islice(combinations, min(MAX_TRIALS, MAX_TRIED_FIELDS // len(meanings)))
        return next((each for each in others if self._is_valid(schema, each)), first)

    def _is_valid(self, schema: Any, value: Any) -> bool:
        try:
            return self._validator.evolve(schema=schema).is_valid(value)
        except RecursionError:
            raise
        except Exception:  # noqa: BLE001  # the schema is invalid, which the validation of the whole form reports
            return False


class _Reading:
    """One form while it is read: the meanings of its fields, the likely ones first, and the errors."""

    def __init__(self, converter: TextConverter, document: Mapping[str, Any]) -> None:
        self._converter = converter
        self._document = document
        self.meanings: dict[str, list[Any]] = {}
        self.errors: list[ConversionError] = []

    def gather(
        self,
        name: str,
        sent: dict[str, list[FormField]],
        schemas: Sequence[Schema],
        encoding: FieldEncoding,
        *,
        reserved: Sequence[str],
    ) -> None:
        """Read an object whose members are separate fields, and remove these fields from those that were sent."""
        if not encoding.by_style or name in sent:
            return
        if encoding.style == "deepObject":
            members = {key: sent.pop(key) for key in list(sent) if key.startswith(f"{name}[") and key.endswith("]")}
            if not members:
                return
            try:
                texts = read_brackets(name, {key: [each.text for each in same] for key, same in members.items()})
            except ValueError as error:
                self.meanings[name] = [{}]
                self.errors.append(
                    ConversionError((name,), "style", f"the field is not in the style deepObject: {error}")
                )
                return
            self.meanings[name] = [self._converter.convert(texts, schemas)]
        elif encoding.style == "form" and encoding.explode:
            inner = [
                key for key in names(self._converter.schemas.parts(schemas)) if key in sent and key not in reserved
            ]
            texts = {key: _one_or_all([each.text for each in sent[key]]) for key in inner}
            value = self._converter.convert(texts, schemas) if texts else None
            if texts and all(self._converter.is_valid(schema, value) for schema in schemas):
                self.meanings[name] = [value]
                for key in inner:
                    del sent[key]

    def field(self, name: str, sent: Sequence[FormField], schemas: Sequence[Schema], encoding: FieldEncoding) -> None:
        """Read a field, which may be sent several times."""
        self.errors.extend(self._part_errors(name, sent, encoding))
        target = self._converter.target(schemas)
        kinds = target.kinds
        texts = [each.text for each in sent]
        if len(sent) > 1 and kinds and "array" not in kinds:
            message = f"the field is sent {len(sent)} times; the contract wants one value"
            self.errors.append(ConversionError((name,), "type", message))
            found: list[Any] = [texts]
        elif encoding.is_json or any(is_json(each.media_type) for each in sent):
            found = self._json(name, texts, kinds)
        else:
            found = self._texts(texts, target, encoding)
            if not found and encoding.by_content and kinds and {"object", "null"}.issuperset(kinds):
                self._json(name, texts, kinds)
        unread_texts = _one_or_all([unread(text, target) for text in texts])
        self.meanings[name] = self._converter.ranked(found or [unread_texts], target)

    def _json(self, name: str, texts: Sequence[str], kinds: Sequence[str]) -> list[Any]:
        """The meanings of JSON texts. One text can be the whole array or one item."""
        values: list[Any] = []
        for text in texts:
            try:
                values.append(parse_json(text.encode()))
            except JsonError as error:
                if "string" not in kinds:
                    self.errors.append(
                        ConversionError((name,), "content", f"the field cannot be read as JSON: {error}")
                    )
                values.append(text)
        if len(values) > 1:
            return [values]
        if "array" in kinds:
            return [*([values[0]] if isinstance(values[0], list) else []), values]
        return [values[0], *(texts if "string" in kinds else ())]

    def _texts(self, texts: Sequence[str], target: Target, encoding: FieldEncoding) -> list[Any]:
        """The meanings of texts that are not documented as JSON; empty if no meaning fits."""
        if len(texts) > 1:
            return [self._converter.items(texts, target)] if "array" in target.kinds else []
        items = _split(texts[0], encoding)
        found = self._converter.meanings(texts[0], target, items=items, may_be_json=encoding.by_content)
        if "object" in target.kinds and encoding.by_style and not encoding.explode and len(items) % 2 == 0:
            found.append(self._converter.members(dict(zip(items[::2], items[1::2], strict=True)), target))
        return found

    def _part_errors(self, name: str, sent: Sequence[FormField], encoding: FieldEncoding) -> list[ConversionError]:
        """The errors of the headers of parts."""
        found = []
        for part in sent:
            if not encoding.accepts(part.media_type):
                wanted = " or ".join(encoding.media_types)
                message = f"the part has the media type {part.media_type[:80]!r}; the contract wants {wanted}"
                found.append(ConversionError((name,), "contentType", message))
            for header, described in encoding.headers.items():
                problem = self._header_problem(part.headers.get(header), resolve(self._document, described))
                if problem and header.lower() != "content-type":
                    found.append(ConversionError((name,), "headers", f"the header {header} of the part {problem}"))
        return found

    def _header_problem(self, text: str | None, header: Any) -> str:
        if not isinstance(header, Mapping):
            return ""
        if text is None:
            return "is required" if header.get("required") is True else ""
        schema = header.get("schema", {})
        is_array = "array" in self._converter.target([schema]).kinds
        raw = [item.strip(" \t") for item in text.split(",")] if is_array else text
        value = self._converter.convert(raw, [schema])
        return "" if self._converter.is_valid(schema, value) else "does not match its schema"


def _one_or_all(texts: list[str]) -> Any:
    return texts[0] if len(texts) == 1 else texts


def _split(text: str, encoding: FieldEncoding) -> list[str]:
    """The texts of the items of an array that is sent as one text."""
    # OpenAPI 3.0 ignores the style of a part, but authors who write a style mean it.
    return text.split(DELIMITERS.get(encoding.style, ",")) if encoding.by_style and not encoding.explode else [text]
