"""The compiled accept path: says yes fast, or nothing; whatever it does not accept goes to openapi-core."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract import jsontext
from mockserver.contract.compilation import compile_schema
from mockserver.contract.document import Document
from mockserver.contract.operation import Operation
from mockserver.exchange import Reply, Request

__all__ = ["Acceptance"]

Check = Callable[[Any], bool]
Getter = Callable[[Request], Any]

INTEGER = re.compile(r"-?[0-9]{1,15}")
PLAIN_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}


class Acceptance:
    """What an operation accepts, compiled once. Each method may only be believed when it says True."""

    def __init__(self, document: Document, operation: Operation) -> None:
        self._document = document
        self._operation = operation
        self._requirements = [self._requirement(names) for names in operation.security]
        self._parameters = [self._parameter(parameter) for parameter in _parameters(document, operation)]
        self._bodies = self._json_schemas(document.resolve(operation.spec.get("requestBody", {})), "request")
        self._replies: dict[int, dict[str, Check]] = {}

    def security(self, request: Request) -> bool:
        """True when the credentials of one requirement are there."""
        return not self._requirements or any(
            all(check(request) for check in requirement) for requirement in self._requirements
        )

    def parameters(self, request: Request, path: Mapping[str, str]) -> bool:
        """True when every parameter is there, or may be missing, and satisfies its schema."""
        return all(check(request, path) for check in self._parameters)

    def media_type(self, essence: str) -> bool:
        """True when a JSON body of this type is documented and its schema is compiled."""
        return essence in self._bodies

    def body(self, essence: str, value: Any) -> bool:
        """True when a JSON body satisfies the schema of its type."""
        return _says_yes(self._bodies[essence], value)

    def reply(self, reply: Reply) -> bool:
        """True when status, media type and body are as documented, and no header is."""
        schemas = self._replies.get(reply.status)
        if schemas is None:
            schemas = self._replies[reply.status] = self._reply_schemas(reply.status)
        if not schemas or not reply.body:
            return False
        check = schemas.get(
            _essence(next((value for name, value in reply.headers if name.lower() == "content-type"), ""))
        )
        if check is None:
            return False
        try:
            value = jsontext.parse(reply.body)
        except jsontext.JsonError:
            return False
        return _says_yes(check, value)

    def _reply_schemas(self, status: int) -> dict[str, Check]:
        responses = self._operation.spec.get("responses", {})
        key = next((key for key in (str(status), f"{status // 100}XX", "default") if key in responses), None)
        response = self._document.resolve(responses[key]) if key else None
        if not isinstance(response, dict) or response.get("headers"):
            return {}
        return self._json_schemas(response, "reply")

    def _json_schemas(self, owner: Any, direction: str) -> dict[str, Check]:
        schemas: dict[str, Check] = {}
        content = owner.get("content") if isinstance(owner, dict) else None
        for media_type, described in content.items() if isinstance(content, dict) else ():
            if media_type != _essence(media_type) or not jsontext.is_json(media_type):
                continue
            resolved = self._document.resolve(described)
            if isinstance(resolved, dict) and "schema" in resolved:
                check = compile_schema(self._document, resolved["schema"], direction=direction)
                if check is not None:
                    schemas[media_type] = check
        return schemas

    def _requirement(self, names: Mapping[str, Any]) -> list[Check]:
        schemes = self._document.data["components"].get("securitySchemes", {})
        return [_credential(self._document.resolve(schemes.get(name, {}))) for name in names]

    def _parameter(self, parameter: Mapping[str, Any]) -> Callable[[Request, Mapping[str, str]], bool]:
        name, place = parameter["name"], parameter["in"]
        required = bool(parameter.get("required"))
        schema = self._document.resolve(parameter.get("schema", {}))
        plain = (
            parameter.get("style", PLAIN_STYLES[place]) == PLAIN_STYLES[place]
            and isinstance(schema, dict)
            and not {"content", "allowEmptyValue"} & parameter.keys()
        )
        kind = schema.get("type") if plain else None
        may_be_absent = not required and plain and "default" not in schema
        check = compile_schema(self._document, schema, direction="request") if kind in _READERS else None

        def accepts(request: Request, path: Mapping[str, str]) -> bool:
            raw = _raw(request, path, place, name)
            if raw is None:
                return may_be_absent
            if raw == "" and place in {"path", "query"}:
                return False
            return check is not None and raw.isprintable() and _reads(raw, kind, check)

        return accepts


def _raw(request: Request, path: Mapping[str, str], place: str, name: str) -> str | None:
    match place:
        case "path":
            return path.get(name)
        case "header":
            return request.headers.get(name)
        case "query":
            values = request.query_values.get(name)
            # openapi-core takes the first of a repeated name; which one was meant is for it to say.
            return None if values is None else values[0] if len(values) == 1 else ""
    return request.cookies.get(name)


_READERS: dict[Any, Callable[[str], Any]] = {
    "string": str,
    "integer": lambda raw: int(raw) if INTEGER.fullmatch(raw) else None,
    "boolean": lambda raw: {"true": True, "false": False}.get(raw),
}


def _reads(raw: str, kind: Any, check: Check) -> bool:
    value = _READERS[kind](raw)
    return value is not None and _says_yes(check, value)


def _credential(scheme: Any) -> Check:
    """What openapi-core demands of one security scheme."""
    match scheme:
        case {"type": "apiKey", "in": "header", "name": str(name)}:
            return lambda request: name in request.headers
        case {"type": "apiKey", "in": "cookie", "name": str(name)}:
            return lambda request: name in request.cookies
        case {"type": "apiKey", "in": "query", "name": str(name)}:
            return lambda request: name in request.query_values
    return _never


def _never(_: Any) -> bool:
    return False


def _parameters(document: Document, operation: Operation) -> list[Mapping[str, Any]]:
    """The operation's parameters; one of its own hides the path item's of the same name and place."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for owner in (operation.spec, operation.path_item):
        for parameter in owner.get("parameters") or []:
            resolved = document.resolve(parameter)
            found.setdefault((resolved["name"], resolved["in"]), resolved)
    return list(found.values())


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _says_yes(check: Check, value: Any) -> bool:
    try:
        return check(value)
    except Exception:  # noqa: BLE001  # a value that jsonschema-rs cannot take, such as a very large integer, is openapi-core's
        return False
