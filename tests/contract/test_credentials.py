"""Which credentials count."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from mockserver.contract.document.credentials import credential_places, find_credential
from mockserver.errors import Refusal
from mockserver.messages import Request
from tests.support.documents import contract_for, loaded, request
from tests.support.messages import query_request, security_document

NOT_BASIC = " (the header authorization does not have a name and a password in Base64)"
NOT_DIGEST = " (the header authorization does not have the members username, realm, nonce, uri, response)"

SCHEMES: dict[str, dict[str, Any]] = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "Basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "other": {"type": "http", "scheme": "hoba"},
}


def sent(**fields: str) -> Request:
    return request(headers=tuple((name.replace("_", "-"), value) for name, value in fields.items()))


def basic(text: str) -> Request:
    return sent(authorization=f"Basic {b64encode(text.encode()).decode()}")


DIGEST = 'username="ann", realm="r", nonce="n", uri="/x", response="0", opaque=""'
VALID = {
    "header": ("header", sent(x_key="k"), "k"),
    "cookie": ("cookie", sent(cookie="session=k"), "k"),
    "query": ("query", query_request("key=k"), "k"),
    "bearer": ("bearer", sent(authorization="Bearer k"), "k"),
    "bearer in another case": ("bearer", sent(authorization="BEARER k"), "k"),
    "bearer and two spaces": ("bearer", sent(authorization="Bearer  k"), "k"),
    "a bearer token with other characters": ("bearer", sent(authorization="Bearer 1|k:="), "1|k:="),
    "basic": ("basic", basic("ann:secret"), b64encode(b"ann:secret").decode()),
    "basic without a password": ("basic", basic("sk_test:"), "sk_test"),
    "basic without a name": ("basic", basic(":secret"), b64encode(b":secret").decode()),
    "basic with a colon in the password": ("basic", basic("ann:a:b"), b64encode(b"ann:a:b").decode()),
    "basic that is not ASCII": ("basic", basic("ann:ü"), b64encode("ann:ü".encode()).decode()),
    "digest": ("digest", sent(authorization=f"Digest {DIGEST}"), "ann"),
    "digest with tokens": (
        "digest",
        sent(authorization="digest username*=UTF-8''ann,realm=r,nonce=n,uri=/x,response=0,nc=1"),
        "UTF-8''ann",
    ),
    "another scheme": ("other", sent(authorization='HOBA result="1"'), 'result="1"'),
}
# Name: the scheme, the request, and what the message says about the credential.
INVALID = {
    "no header": ("header", request(), ""),
    "an empty header": ("header", sent(x_key=""), " (the header X-Key is empty)"),
    "a header of spaces": ("header", sent(x_key=" \t "), " (the header X-Key is empty)"),
    "no cookie": ("cookie", sent(cookie="a=b"), ""),
    "an empty cookie": ("cookie", sent(cookie="session="), " (the cookie session is empty)"),
    "a quoted empty cookie": ("cookie", sent(cookie='session=""'), " (the cookie session is empty)"),
    "a cookie of spaces": ("cookie", sent(cookie='session="  "'), " (the cookie session is empty)"),
    "no parameter": ("query", query_request("a=b"), ""),
    "an empty parameter": ("query", query_request("key="), " (the query key is empty)"),
    "a parameter without a value": ("query", query_request("key"), " (the query key is empty)"),
    "a parameter of spaces": ("query", query_request("key=+%20%09"), " (the query key is empty)"),
    "bearer alone": ("bearer", sent(authorization="Bearer"), " (the header authorization is empty)"),
    "bearer and spaces": ("bearer", sent(authorization="Bearer   "), " (the header authorization is empty)"),
    "bearer and a tab": ("bearer", sent(authorization="Bearer \t"), " (the header authorization is empty)"),
    "an empty Authorization": ("bearer", sent(authorization=""), ""),
    "basic in place of bearer": ("bearer", basic("ann:secret"), ""),
    "a scheme that begins with bearer": ("bearer", sent(authorization="Bearertoken k"), ""),
    "basic alone": ("basic", sent(authorization="Basic "), " (the header authorization is empty)"),
    "basic that is not Base64": (
        "basic",
        sent(authorization="Basic !!!"),
        NOT_BASIC,
    ),
    "basic without a colon": (
        "basic",
        basic("ann"),
        NOT_BASIC,
    ),
    "basic with a colon alone": (
        "basic",
        basic(":"),
        NOT_BASIC,
    ),
    "basic without its padding": (
        "basic",
        sent(authorization="Basic YTo"),
        NOT_BASIC,
    ),
    "basic with other characters": (
        "basic",
        sent(authorization="Basic ü"),
        NOT_BASIC,
    ),
    "digest alone": ("digest", sent(authorization="Digest"), " (the header authorization is empty)"),
    "digest without members": (
        "digest",
        sent(authorization="Digest k"),
        NOT_DIGEST,
    ),
    "digest with an empty response": (
        "digest",
        sent(authorization='Digest username="ann", realm="r", nonce="n", uri="/x", response=""'),
        NOT_DIGEST,
    ),
    "another scheme alone": ("other", sent(authorization="HOBA "), " (the header authorization is empty)"),
}


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "openapi-core"])
@pytest.mark.parametrize(("name", "message", "credential"), VALID.values(), ids=VALID)
def test_credentials_that_count(name: str, message: Request, credential: str, compiled: bool) -> None:  # noqa: FBT001 - a column of the table
    """A request with a credential is accepted, and the credential identifies the caller."""
    document = security_document(SCHEMES[name])
    contract_for(document, compiled=compiled).understand(message)

    assert credential == find_credential(credential_places(loaded(document)), message)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "openapi-core"])
@pytest.mark.parametrize(("name", "message", "reason"), INVALID.values(), ids=INVALID)
def test_credentials_that_do_not_count(name: str, message: Request, reason: str, compiled: bool) -> None:  # noqa: FBT001 - as above
    """An empty or malformed credential is refused with its reason, and does not identify the caller."""
    document = security_document(SCHEMES[name])
    with pytest.raises(Refusal) as refused:
        contract_for(document, compiled=compiled).understand(message)

    assert "not-authenticated" == refused.value.kind
    assert [f"no valid credential{reason}; the contract wants key"] == [
        each.message for each in refused.value.violations
    ]
    assert None is find_credential(credential_places(loaded(document)), message)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_carried_credential_counts(name: str) -> None:
    """The credential that the pytest plugin adds to a request is valid in every scheme, and is found again."""
    document = loaded(security_document(SCHEMES[name]))
    (place,) = credential_places(document)

    assert "api_key_1" == place.find(place.carry(request(query="a=b"), "api_key_1"))


def test_the_next_requirement_counts() -> None:
    """An empty credential does not hide a valid credential of another scheme."""
    document = security_document(SCHEMES["header"])
    document["components"]["securitySchemes"]["other"] = SCHEMES["query"]
    document["paths"]["/x"]["post"]["security"] = [{"key": []}, {"other": []}]
    message = request(query="key=k", headers=(("x-key", " "),))
    contract_for(document).understand(message)

    assert "k" == find_credential(credential_places(loaded(document)), message)
