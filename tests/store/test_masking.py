"""Which texts of a request are masked before they are stored, and which stay as they were sent."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from mockserver.messages import Headers, Request
from mockserver.redaction.credential_names import CredentialNames
from mockserver.redaction.masks import mask
from mockserver.store import codec
from mockserver.store.masking import RequestSecrets

KEY = "api_key_demo"
SECRET = "hunter2hunter2"
PAN = "4242424242424242"
ESCAPED_PAN = "".join(f"\\u003{digit}" for digit in PAN)


def masked(*, body: str = "", path: str = "/v1/x", query: str = "", **fields: str) -> Request:
    """A request with masks. Its header fields include a credential."""
    pairs = [("wb-key", KEY), *((name.replace("_", "-"), value) for name, value in fields.items())]
    request = Request(method="POST", path=path, query=query, headers=Headers(pairs), body=body.encode())
    return RequestSecrets(request, CredentialNames()).request


def decoded(text: str) -> str:
    """A text without any escapes, those of an escaped text included."""
    text = re.sub(r"\\+u([0-9A-Fa-f]{4})", lambda escape: chr(int(escape[1], 16)), text)
    return unquote(unquote(text.replace("\\", "").replace("+", " ")))


# A part of a request, and the secret in it.
HIDDEN: dict[str, tuple[dict[str, str], str]] = {
    "a number in JSON": ({"body": '{"note":"42424242\\u0034242424\\u0032"}'}, PAN),
    "a number in JSON, all escaped": ({"body": f'{{"note":"{ESCAPED_PAN}"}}'}, PAN),
    "a number in a query": ({"query": "x=4242%34242424242%342&y=1"}, "424242424242"),
    "a number in a form": ({"body": "a=b&x=42424%324242424%3242"}, PAN),
    "a number in a path": ({"path": "/v1/42424%324242424%3242/now"}, PAN),
    "a number in a form, of any length": ({"body": "card[number]=12345678&x=1"}, "12345678"),
    "a code in a form, not encoded": ({"body": "card[cvc]=98765"}, "98765"),
    "an account in a form, not encoded": ({"body": "sepa_debit[iban]=DE12345678"}, "DE12345678"),
    "an account in JSON": ({"body": '{"iban":"DE12345678"}'}, "DE12345678"),
    "a user in JSON, not escaped": ({"body": f'{{"u":"https://anna:{SECRET}@h/"}}'}, SECRET),
    "a user in Host": ({"host": f"anna:{SECRET}@h"}, SECRET),
    "a key that is not escaped": ({"body": f'{{"u":"sk_live_{SECRET}"}}'}, SECRET),
    "a restricted key that is not escaped": ({"body": f'{{"u":"rk_test_{SECRET}"}}'}, SECRET),
    "a parameter of a URL in a field": ({"referer": f"http://h/?token={SECRET}"}, SECRET),
    "a credential in a query": ({"query": f"token={SECRET}"}, SECRET),
    "a copy in a path": ({"path": f"/v1/{SECRET}", "x_api_key": SECRET}, SECRET),
    "a copy in a field": ({"x_note": SECRET, "x_api_key": SECRET}, SECRET),
    "a copy in a body": ({"body": f'{{"x":"{SECRET}"}}', "x_api_key": SECRET}, SECRET),
    "a card number in a field": ({"x_note": PAN}, PAN),
    "a code in JSON": ({"body": '{"\\u0063vc":"98765"}'}, "98765"),
    "a code in a form": ({"body": "card%5B%63vc%5D=98765"}, "98765"),
    "an account in a form": ({"body": "sepa_debit%5biban%5d=DE12345678"}, "DE12345678"),
    "a user in JSON": ({"body": f'{{"u":"https:\\u002f\\u002fanna:{SECRET}@h/"}}'}, SECRET),
    "a user in JSON, half escaped": ({"body": f'{{"u":"https:\\/\\u002fanna:{SECRET}\\u0040h/"}}'}, SECRET),
    "a user in a query": ({"query": f"u=https:%2F%2Fanna:{SECRET}@h"}, SECRET),
    "a user in a query, half encoded": ({"query": f"u=https%3A//anna:{SECRET}%40h&x"}, SECRET),
    "a user in a header": ({"x_back": f"https%3A//anna:{SECRET}@h"}, SECRET),
    "a key in a query": ({"query": f"x=sk%5flive%5F{SECRET}"}, SECRET),
    "a key in a cookie": ({"cookie": f"a=sk%5flive%5f{SECRET}"}, SECRET),
    "a key in a URL in a query": ({"query": f"u=https%3A%2F%2Fh%2F%3Fkey%3Dsk_live_{SECRET}"}, SECRET),
    "a key in JSON in a form": ({"body": f"x=%7B%22a%22%3A%22sk_live_{SECRET}%22%7D"}, SECRET),
    "a key after a space": ({"query": f"x=a%20sk_live_{SECRET}"}, SECRET),
    "a key after a line break": ({"body": f'{{"x":"a\\nrk_test_{SECRET}"}}'}, SECRET),
    "a key after a letter": ({"body": f'{{"x":"\\u00e4sk_live_{SECRET}"}}'}, SECRET),
    "a key with an escape, in a query": ({"query": f"x=sk_live_abc%44EF{SECRET}"}, SECRET),
    "a key with an escape, in JSON": ({"body": f'{{"x":"sk_live_a\\u0062c{SECRET}"}}'}, SECRET),
    "a user that is a credential": ({"query": f"u=https%3A//{KEY}%3A{SECRET}%40h"}, SECRET),
    "a code that is a number": ({"body": '{"cvc": 98765, "x": 1}'}, "98765"),
    "a number with special spaces": ({"body": '{"n":"4242\u00a04242\u00a04242\u00a04242"}'}, "4242\u00a04242"),
    "a key beside a tab": ({"body": f'{{"x":"a\tsk\\u005flive_{SECRET}"}}'}, SECRET),
    "a key after a byte order mark": ({"body": f'\ufeff{{"x":"sk\\u005flive_{SECRET}"}}'}, SECRET),
    "a key that is all of the JSON": ({"body": f'"sk\\u005flive_{SECRET}"'}, SECRET),
    "a key in a form with a space": ({"body": f"a=my order&x=sk%5Flive_{SECRET}"}, SECRET),
    "an account in a URL in JSON": ({"body": '{"u":"https://h/?iban=DE12345678","x":1,"y":2}'}, "DE12345678"),
    "a copy in upper case": ({"body": '{"x":"geheim\\u00E4nisse"}', "x_api_key": "geheimänisse"}, "geheimänisse"),
    "a copy in lower case": ({"query": "x=geheim%c3%a4nisse", "x_api_key": "geheimänisse"}, "geheimänisse"),
    "a copy with an equals sign": ({"query": "x=Z2VoZWltbmlz%3d%3d", "x_api_key": "Z2VoZWltbmlz=="}, "Z2VoZWltbmlz=="),
    "a copy with a slash": ({"body": '{"x":"geheim\\u002fnisse"}', "x_api_key": "geheim/nisse"}, "geheim/nisse"),
    "a copy with a quote": ({"body": '{"x":"geheim\\u0022nisse"}', "x_api_key": 'geheim"nisse'}, 'geheim"nisse'),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_no_secret_stays(case: str) -> None:
    """A mask replaces the secret, whatever escapes it has. JSON stays JSON, and a query keeps its parameters."""
    sent, secret = HIDDEN[case]
    found = masked(**sent)

    assert secret not in decoded(codec.write(found))
    assert found.query.count("&") == sent.get("query", "").count("&")
    assert found.body.count(b"&") == sent.get("body", "").count("&")
    if sent.get("body", "").startswith("{") and "\t" not in sent["body"]:
        assert list(json.loads(found.body)) == list(json.loads(sent["body"]))


def test_the_rest_of_a_request_stays() -> None:
    """Only the value of a credential is replaced in a request without other secrets."""
    body = '{"operation":"add_method","at":[1700000000000,"ä"],"note":"a=b; c"}'
    fields = {"accept": "text/html, */*;q=0.8", "traceparent": f"00-{'4' * 32}-{'2' * 16}-01"}
    found = masked(body=body, **fields)

    assert (("wb-key", mask(KEY)), *fields.items()) == found.headers.pairs
    assert ("POST", "/v1/x", "", body) == (found.method, found.path, found.query, found.body.decode())


# Texts that look like escapes or secrets, but are stored as they were sent.
KEPT: dict[str, Any] = {
    "a percent sign": "10%30",
    "an encoded letter": "https://shop.example/%7Euser/50%41",
    "a backslash": "C:\\u0041bc",
    "a line break": 'a\nb\t"c"',
    "letters": "ä€😀",
    "times": [1700000000000, "1700000000000"],
    "a word": "task_test_1",
    "a mask": "mask-0123456789abcdef0123456789abcdef",
}


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("case", KEPT)
def test_other_texts_stay(case: str, *, ascii_only: bool) -> None:
    """Only the secrets of a body are replaced."""
    body = {"kept": KEPT[case], "copy": f"it is {KEY}", "key": f"sk_live_{SECRET}"}
    found = masked(body=json.dumps(body, ensure_ascii=ascii_only)).body

    expected = {**body, "copy": f"it is {mask(KEY)}", "key": f"sk_live_{mask(SECRET)}"}
    assert expected == json.loads(found)


def test_a_rewritten_parameter_keeps_its_letters() -> None:
    """A parameter with an escaped secret is written again with the same text around the mask."""
    found = masked(body=f"name=Jürgen%20sk%5Flive_{SECRET}&b=ä")
    assert {"name": [f"Jürgen sk_live_{mask(SECRET)}"], "b": ["ä"]} == parse_qs(found.body.decode())


def test_what_the_mock_says() -> None:
    """Masks are also in the parsed request and in a reply that repeats it."""
    sent = {"card": {"number": PAN, "cvc": "917"}, "sepa_debit": {"iban": "DE89 3704"}, "code": {"cvc": 918}}
    url = f"https%3A//anna:{SECRET}@shop.example/caf%C3%A9%E2%82%AC"
    reply = json.dumps({"name": url, "note": "a %22b"}).encode()
    request = Request(method="POST", path="/", body=json.dumps({"n": PAN, "name": url}).encode())
    secrets = RequestSecrets(request, CredentialNames())
    shown = codec.read(codec.written(secrets.masked(codec.plain({"sent": sent, "reply": reply}))))

    assert "a %22b" == json.loads(shown["reply"])["note"]
    assert [] == [each for each in (PAN, "917", "918", "DE89", SECRET) if each in decoded(str(shown))]


@pytest.mark.parametrize("text", ["a=b%20c&d=%7E&e", "a+b=c%2Bd", "%zz=%", "a=1%3D2&a="])
def test_queries_stay(text: str) -> None:
    """A query or a form without secrets is stored as it was sent."""
    assert (text, text) == ((found := masked(query=text, body=text)).query, found.body.decode())
