"""A contract with security schemes of every type, and requests that carry a credential in each place."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

__all__ = ["CONTRACT", "CREDENTIALS", "EXPECTATION", "ORDINARY", "Credential", "exchanges", "secrets", "write_files"]

SCHEMES = {
    "author": {"type": "apiKey", "in": "header", "name": "X-Author"},
    "licence": {"type": "apiKey", "in": "header", "name": "X-LICENCE"},
    "tenant": {"type": "apiKey", "in": "query", "name": "tenant"},
    "sid": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
}
# The parameters have schemas, so that a violation is about the value of a credential.
SCHEMA = {"type": "string", "pattern": "^good"}
PARAMETERS = [
    {"name": scheme["name"], "in": scheme["in"], "schema": SCHEMA}
    for scheme in SCHEMES.values()
    if scheme["type"] == "apiKey"
]
BODY = {"type": "object", "properties": {"authorName": {"type": "string"}}}
CONTENT = {"application/json": {"schema": BODY}}
CONTRACT = {
    "openapi": "3.0.3",
    "info": {"title": "Orders", "version": "1"},
    "paths": {
        "/orders": {
            "post": {
                "operationId": "order",
                "security": [{name: []} for name in SCHEMES] + [{}],
                "parameters": [*PARAMETERS, {"name": "author", "in": "query", "schema": {"type": "string"}}],
                "requestBody": {"content": CONTENT},
                "responses": {"200": {"description": "ok", "content": CONTENT}},
            }
        }
    },
    "components": {"securitySchemes": SCHEMES},
}
OTHER = {"matches": "^other"}
PICKY = {
    "header": {
        **dict.fromkeys(("x-author", "x-licence", "authorization", "proxy-authorization", "x-api-key"), OTHER),
        "author": "Other Author",
    },
    "query": {"tenant": OTHER, "access_token": OTHER},
    "cookie": {"sid": OTHER, "theme": OTHER},
}
REPLY = {
    "status": 200,
    "headers": {"Set-Cookie": "sid=hidden-set-cookie", "Authentication-Info": "hidden-info"},
    "body": {"authorName": "Anna Author"},
    "off_contract": "the contract documents no such headers",
}
ECHO = {
    "authorName": "Anna Author",
    "copies": ["{$request.header.x-author}", "{$request.header.authorization}", "{$request.query.tenant}"],
}
SCENARIOS: Mapping[str, Any] = {
    "happy_path": {"reply": REPLY},
    "picky": {"when": PICKY, "reply": REPLY},
    "echo": {"reply": {"status": 200, "body": ECHO, "off_contract": "it repeats the credentials"}},
}

ORDINARY = ("authorName", "Anna Author", "author=Anna+Header")
"""Ordinary values of the requests, which are always shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Where a request carries a credential. In the values, GOOD stands for a value and BAD for one that is invalid."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


def basic(text: str) -> str:
    return f"Basic {b64encode(text.encode()).decode()}"


CREDENTIALS = {
    "header": Credential(headers={"X-Author": "VALUE"}),
    "header, other case": Credential(headers={"x-licence": "VALUE"}),
    "query": Credential(query={"tenant": "VALUE"}),
    "query, encoded": Credential(query={"tenant": "VALUE/ü+ &"}),
    "query, other case": Credential(query={"TENANT": "VALUE"}),
    "cookie": Credential(headers={"Cookie": "theme=VALUE; sid=VALUE"}),
    "cookie, quoted": Credential(headers={"Cookie": 'sid="VALUE"'}),
    "basic": Credential(headers={"Authorization": basic("anna:VALUE")}),
    "bearer": Credential(headers={"authorization": "bearer VALUE"}),
    "another scheme": Credential(headers={"AUTHORIZATION": 'Digest username="VALUE", response="VALUE"'}),
    "proxy": Credential(headers={"Proxy-Authorization": "Bearer VALUE"}),
    "name only, header": Credential(headers={"X-Api-Key": "VALUE"}),
    "name only, query": Credential(query={"access_token": "VALUE"}),
    "user of a URL": Credential(headers={"Referer": "http://anna:VALUE@localhost/author"}),
}


def hidden(value: str, text: str) -> str:
    """A text with its VALUE replaced, also in Base64."""
    if text.startswith("Basic "):
        return basic(f"anna:{value}")
    return text.replace("VALUE", value)


def secrets(credential: Credential) -> list[str]:
    """What must not be shown of a credential."""
    headers = credential.headers.values()
    coded = [basic(f"anna:{value}").partition(" ")[2] for value in ("good-hidden", "bad-hidden")]
    return ["-hidden", "hidden-", *(coded if any(value.startswith("Basic ") for value in headers) else [])]


def exchanges(client: httpx.Client, credential: Credential) -> list[httpx.Response]:
    """Exchanges with a credential: answered, refused for every reason, and with a reply that repeats it."""
    replies = []
    for value, scenario, path, body in (
        ("good-hidden", "happy_path", "/orders", {"authorName": "Anna Author"}),
        ("good-hidden", "happy_path", "/orders", {"authorNam": "Anna Author"}),
        ("good-hidden", "echo", "/orders", {"authorName": "Anna Author"}),
        ("good-hidden", "picky", "/orders", {"authorName": "Anna Author"}),
        ("good-hidden", "happy_path", "/orders", {"authorName": 1, "other": "Anna Author"}),
        ("good-hidden", "nobody", "/orders", {"authorName": "Anna Author"}),
        ("good-hidden", "happy_path", "/unknown", {"authorName": "Anna Author"}),
        ("bad-hidden", "happy_path", "/orders", {"authorName": "Anna Author"}),
        ("bad-hidden", "picky", "/orders", {"authorName": "Anna Author"}),
    ):
        headers = {name: hidden(value, text) for name, text in credential.headers.items()}
        query = {name: hidden(value, text) for name, text in credential.query.items()}
        sent = {"Author": "Anna Author", "Mock-Scenario": scenario, **headers}
        replies.append(client.post(path, params={"author": "Anna Header", **query}, json=body, headers=sent))
        # The reply has set a cookie.
        client.cookies.clear()
    return replies


EXPECTATION = {
    "header": dict.fromkeys(("X-Author", "x-licence", "authorization", "proxy-authorization"), "other-hidden")
    | {"author": "Other Author"},
    "query": {"tenant": "other-hidden", "TENANT": "other-hidden", "access_token": {"matches": "^other-hidden"}},
    "cookie": {"sid": "other-hidden"},
}
"""An expectation that no exchange meets."""


def write_files(folder: Path) -> tuple[Path, Path]:
    """Write the contract and the scenarios into a folder. Returns their paths."""
    spec, scenarios = folder / "orders.json", folder / "scenarios"
    spec.write_text(json.dumps(CONTRACT), "utf-8")
    scenarios.mkdir()
    for name, stub in SCENARIOS.items():
        content = {"about": "It is for a test.", "stubs": [{"name": "the only one", "operation": "order", **stub}]}
        (scenarios / f"{name}.yaml").write_text(json.dumps(content), "utf-8")
    return spec, scenarios
