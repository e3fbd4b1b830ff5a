"""openapi-core as it comes, without any correction of ours."""

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

__all__ = ["said_of_reply", "said_of_request"]


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


def said_of_request(data: Mapping[str, Any], request: Request) -> str:
    """What openapi-core says: `yes`, the names of its errors, or how it falls over or warns."""
    validator = V31RequestValidator if data["openapi"].startswith("3.1") else V30RequestValidator
    return _said(lambda: validator(SchemaPath.from_dict(dict(data))).iter_errors(_asked(request)))


def said_of_reply(data: Mapping[str, Any], request: Request, reply: Reply) -> str:
    """The same of a reply."""
    validator = V31ResponseValidator if data["openapi"].startswith("3.1") else V30ResponseValidator
    headers = Headers(list(reply.headers))
    response = _Response(reply.status, headers, headers.get("content-type", ""), reply.body)
    return _said(lambda: validator(SchemaPath.from_dict(data)).iter_errors(_asked(request), response))


def _asked(request: Request) -> Any:
    parameters = RequestParameters(
        query=ImmutableMultiDict(parse_qsl(request.query, keep_blank_values=True)),
        header=Headers(list(request.headers.pairs)),
        cookie=ImmutableMultiDict(
            {name: one.value for name, one in SimpleCookie(request.headers.get("cookie", "")).items()}
        ),
    )
    content_type = request.headers.get("content-type", "")
    return _Request("http://localhost", request.path, request.method.lower(), parameters, content_type, request.body)


def _said(question: Any) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            errors = list(question())
        except BaseException as error:  # noqa: BLE001  # how it falls over is what is asked
            return f"falls over: {type(error).__name__}"
    return ", ".join(type(error).__name__ for error in errors) or "yes"
