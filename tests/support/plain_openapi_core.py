"""The verdict of openapi-core alone, without the corrections of this project."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from jsonschema_path import SchemaPath
from openapi_core import (
    V30RequestValidator,
    V30ResponseValidator,
    V31RequestValidator,
    V31ResponseValidator,
)
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from mockserver.messages import Reply, Request

__all__ = ["verdict_on_reply", "verdict_on_request"]


@dataclass(frozen=True, slots=True)
class _Request:
    host_url: str
    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Response:
    status_code: int
    headers: Any
    content_type: str
    data: bytes


def verdict_on_request(data: Mapping[str, Any], request: Request) -> str:
    """The verdict on a request: `valid`, the names of the errors, or `crashes: ` with the exception or warning."""
    validator = V31RequestValidator if data["openapi"].startswith("3.1") else V30RequestValidator
    return _verdict(lambda: validator(SchemaPath.from_dict(dict(data))).iter_errors(_core_request(request)))


def verdict_on_reply(data: Mapping[str, Any], request: Request, reply: Reply) -> str:
    """The verdict on a reply."""
    validator = V31ResponseValidator if data["openapi"].startswith("3.1") else V30ResponseValidator
    headers = Headers(list(reply.headers))
    response = _Response(reply.status, headers, headers.get("content-type", ""), reply.body)
    return _verdict(lambda: validator(SchemaPath.from_dict(data)).iter_errors(_core_request(request), response))


def _core_request(request: Request) -> Any:
    parameters = RequestParameters(
        query=ImmutableMultiDict(parse_qsl(request.query, keep_blank_values=True)),
        header=Headers(list(request.headers.pairs)),
        cookie=ImmutableMultiDict(
            {name: one.value for name, one in SimpleCookie(request.headers.get("cookie", "")).items()}
        ),
    )
    content_type = request.headers.get("content-type", "")
    return _Request("http://localhost", request.path, request.method.lower(), parameters, content_type, request.body)


def _verdict(validation: Any) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            errors = list(validation())
        except BaseException as error:  # noqa: BLE001  # the exception is the result
            return f"crashes: {type(error).__name__}"
    return ", ".join(type(error).__name__ for error in errors) or "valid"
