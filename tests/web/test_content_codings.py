"""Content-Encoding of requests: the body is decoded within the limit before it is checked (RFC 9110, section 8.4)."""

from __future__ import annotations

import gzip
import json
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest

from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import Receive, Scope, Send, content_codings, create_app
from mockserver.web.content_codings import decoded
from mockserver.web.request_body import Body
from tests.support.mock import SESSION, Mock, mock_of
from tests.support.needs import need
from tests.support.raw import RawConnection, RawReply

BODY = b'{"operation":"add_method","address":true}'
LIMIT = 20_000
KEY = "api_key_demo"
SETTINGS = Settings(seed=1, max_body=LIMIT)


def brotli(data: bytes) -> bytes:
    need(has("br"), "brotli is not installed")
    import brotli as module

    return bytes(module.compress(data))


def zstd(data: bytes) -> bytes:
    need(has("zstd"), "backports.zstd is not installed")
    if sys.version_info >= (3, 14):
        from compression import zstd as module
    else:
        from backports import zstd as module
    return bytes(module.compress(data))


def has(coding: str) -> bool:
    return coding in content_codings.supported()


def raw_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


def members(data: bytes) -> bytes:
    return gzip.compress(data[:10]) + gzip.compress(b"") + gzip.compress(data[10:])


Encode = Callable[[bytes], bytes]
DECODED: dict[str, tuple[str, Encode]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip, its older name": ("x-gzip", gzip.compress),
    "gzip in capitals": ("GZip", gzip.compress),
    "gzip, several members": ("gzip", members),
    "gzip, padded with zeros": ("gzip", lambda data: gzip.compress(data) + bytes(10)),
    "deflate": ("deflate", zlib.compress),
    "deflate without the zlib format": ("deflate", raw_deflate),
    "br": ("br", brotli),
    "zstd": ("zstd", zstd),
    "zstd, several frames": ("zstd", lambda data: zstd(data[:10]) + zstd(data[10:])),
    "zstd with a skippable frame": (
        "zstd",
        lambda data: b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd" + zstd(data),
    ),
    "identity": ("identity", bytes),
    "an empty field": ("", bytes),
    "two codings": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
    "two codings, with identity": ("gzip,identity ,, deflate", lambda data: zlib.compress(gzip.compress(data))),
    "the same coding twice": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "four codings": ("gzip, deflate, br, zstd", lambda data: zstd(brotli(zlib.compress(gzip.compress(data))))),
}
MALFORMED: dict[str, tuple[str, Encode]] = {
    "gzip that is none": ("gzip", bytes),
    "gzip, cut off": ("gzip", lambda data: gzip.compress(data)[:-1]),
    "gzip with a wrong checksum": ("gzip", lambda data: gzip.compress(data)[:-8] + bytes(8)),
    "gzip with something after it": ("gzip", lambda data: gzip.compress(data) + b"more"),
    "gzip, second member cut off": ("gzip", lambda data: members(data)[:-1]),
    "deflate that is none": ("deflate", lambda data: b"\xff" + data),
    "deflate, cut off": ("deflate", lambda data: zlib.compress(data)[:-1]),
    "deflate without the zlib format, cut off": ("deflate", lambda data: raw_deflate(data)[:-1]),
    "deflate with something after it": ("deflate", lambda data: zlib.compress(data) + b"more"),
    "br that is none": ("br", lambda data: brotli(data) and b"\xff" + data),
    "br, cut off": ("br", lambda data: brotli(data)[:-1]),
    "br with something after it": ("br", lambda data: brotli(data) + b"more"),
    "zstd that is none": ("zstd", lambda data: zstd(data) and data),
    "zstd, cut off": ("zstd", lambda data: zstd(data)[:-1]),
    "zstd with something after it": ("zstd", lambda data: zstd(data) + b"more"),
    "only the outer coding": ("gzip, deflate", zlib.compress),
    "codings in the wrong order": ("gzip, deflate", lambda data: gzip.compress(zlib.compress(data))),
}
UNSUPPORTED = ["compress", "x-compress", "aes128gcm", "exi", "dcb", "nonsense", "gzip, nonsense", "gzip;q=1", "g zip"]
BOMBS: dict[str, tuple[str, Encode]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip, many members": ("gzip", lambda data: b"".join(gzip.compress(data[at::64]) for at in range(64))),
    "deflate": ("deflate", zlib.compress),
    "deflate without the zlib format": ("deflate", raw_deflate),
    "br": ("br", brotli),
    "zstd": ("zstd", zstd),
    "gzip twice": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
}


@pytest.fixture(scope="module")
def shared_mock() -> Iterator[Mock]:
    """A mock with a small limit for bodies."""
    with mock_of(SETTINGS) as mock:
        yield mock


@pytest.fixture(scope="module")
def urls(shared_mock: Mock) -> Iterator[tuple[str, str]]:
    """The URLs of two servers with the engine of the mock: with the fast path, and without it."""
    app = create_app(SETTINGS, engine=shared_mock.engine)

    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        # To the server this is any ASGI app, so it does not use the fast path.
        await app(scope, receive, send)

    with BackgroundServer(plain) as server:
        yield shared_mock.url, server.url


def sent(url: str, coding: str, data: bytes, *, path: str = SESSION, key: str = KEY, chunked: bool = False) -> RawReply:
    """The reply to a POST with this Content-Encoding."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nwb-key: {key}\r\nContent-Type: application/json\r\n"
    framing = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" if chunked else b"Content-Length: %d\r\n\r\n%b"
    with RawConnection(url) as connection:
        connection.send(f"{head}Content-Encoding: {coding}\r\n".encode() + framing % (len(data), data))
        return connection.receive()


def on_both_paths(urls: tuple[str, str], coding: str, data: bytes) -> list[RawReply]:
    """The replies of both servers, to the body with its length and in a chunk."""
    return [sent(url, coding, data, chunked=chunked) for url in urls for chunked in (False, True)]


@pytest.mark.parametrize("name", DECODED)
def test_a_coded_body_is_decoded(mock: Mock, urls: tuple[str, str], name: str) -> None:
    """A valid body is accepted in every coding, and the journal has the decoded body."""
    coding, encode = DECODED[name]
    replies = on_both_paths(urls, coding, encode(BODY))

    assert [200] * 4 == [reply.status for reply in replies], replies
    assert [BODY.decode()] * 4 == [entry["request"]["body"] for entry in mock.get("journal")["entries"]]


@pytest.mark.parametrize("name", MALFORMED)
def test_a_corrupt_body_is_malformed(urls: tuple[str, str], name: str) -> None:
    """A body that is not in the named coding is refused as malformed, and the refusal names the coding."""
    coding, encode = MALFORMED[name]
    replies = on_both_paths(urls, coding, encode(BODY))

    assert [(400, "malformed-body")] * 4 == [(reply.status, reply.kind) for reply in replies]
    assert [True] * 4 == ["Content-Encoding" in reply.json()["detail"] for reply in replies]


@pytest.mark.parametrize("coding", UNSUPPORTED)
def test_another_coding_is_refused(urls: tuple[str, str], coding: str) -> None:
    """A coding that is not supported has status 415; the text and Accept-Encoding list the supported ones."""
    replies = on_both_paths(urls, coding, gzip.compress(BODY))
    supported = ", ".join(content_codings.supported())

    assert [(415, "unsupported-media-type", supported)] * 4 == [
        (reply.status, reply.kind, reply.headers["accept-encoding"]) for reply in replies
    ]
    assert [True] * 4 == [f"It decodes {supported}." in reply.json()["detail"] for reply in replies]


@pytest.mark.parametrize("name", BOMBS)
def test_a_decompression_bomb_is_too_large(urls: tuple[str, str], name: str) -> None:
    """A body that is short when it is sent and over the limit when it is decoded is too large."""
    coding, encode = BOMBS[name]
    bomb = encode(bytes(50 * LIMIT))
    replies = on_both_paths(urls, coding, bomb)

    assert len(bomb) < LIMIT
    assert [(413, "too-large")] * 4 == [(reply.status, reply.kind) for reply in replies]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_counts_decoded_bytes(urls: tuple[str, str], coding: str, over: int) -> None:
    """A decoded body of exactly the limit is accepted, and one byte more is refused."""
    _, encode = DECODED[coding]
    body = BODY + b" " * (LIMIT + over - len(BODY))

    assert [[200, 413][over]] * 4 == [reply.status for reply in on_both_paths(urls, coding, encode(body))]


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_memory_is_bounded(name: str) -> None:
    """Decoding a bomb of 20 MB takes a small multiple of the limit, and no noticeable time."""
    coding, encode = DECODED[name]
    bomb = encode(bytes(20_000_000))
    decoded(Body(bomb), coding=coding, limit=LIMIT)
    tracemalloc.start()
    body = decoded(Body(bomb), coding=coding, limit=LIMIT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (True, b"") == (body.oversized, body.data)
    assert peak < 1_000_000


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "many empty gzip members": ("gzip", lambda: gzip.compress(b"") * 50_000),
    "many empty zstd frames": ("zstd", lambda: zstd(b"") * 100_000),
    "many skippable zstd frames": ("zstd", lambda: zstd(b"") and b"\x50\x2a\x4d\x18\x00\x00\x00\x00" * 130_000),
    "many codings": (", ".join(["gzip"] * 5000), lambda: gzip.compress(b"")),
    "a zstd window of 128 MiB": ("zstd", lambda: zstd(b"") and b"\x28\xb5\x2f\xfd\x00\x88\x01\x00\x00"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_do_little(name: str) -> None:
    """A body that would need much work for few bytes is refused early."""
    coding, made = HOSTILE[name]
    data, executed = made(), 0

    def trace(*_: object) -> None:
        nonlocal executed
        executed += 1

    sys.setprofile(trace)
    try:
        body = decoded(Body(data), coding=coding, limit=1 << 20)
    finally:
        sys.setprofile(None)

    assert body.unreadable is not None
    assert executed < 20_000


def test_a_body_is_decoded_after_the_credential_is_checked(mock: Mock) -> None:
    """The order of the refusals stays: path, method, credential, size, coding, content."""
    cases = [("/nope", "nonsense", b"x"), (SESSION, "nonsense", b"x"), (SESSION, "gzip", b"x")]
    replies = [sent(mock.url, coding, data, path=path) for path, coding, data in cases]

    assert ["unknown-path", "unsupported-media-type", "malformed-body"] == [reply.kind for reply in replies]
    assert "not-authenticated" == sent(mock.url, "nonsense", b"x", key="").kind


def test_no_body_needs_no_coding(mock: Mock) -> None:
    """A field without a body is ignored."""
    reply = mock.http.get("/v1/c/customer/Cust_1/payment/method", headers={"Content-Encoding": "nonsense"})

    assert 200 == reply.status_code


def test_every_api_decodes(mock: Mock) -> None:
    """Stripe's API and the control API decode the body, too, and refuse other codings in their own form."""
    headers = {"content-encoding": "gzip", "authorization": "Bearer sk_test_1"}
    form = {"content-type": "application/x-www-form-urlencoded"}
    card = gzip.compress(b"type=card&card[number]=4242424242424242&card[exp_month]=1&card[exp_year]=2034&card[cvc]=123")
    stripe = [
        mock.http.post("/v1/payment_methods", content=card, headers=headers | form),
        mock.http.post("/v1/payment_methods", content=card[:-1], headers=headers | form),
        mock.http.post("/v1/payment_methods", content=card, headers=headers | form | {"content-encoding": "x"}),
    ]
    expectation = gzip.compress(json.dumps({"count": 0, "operation": "c_create_payment_session"}).encode())
    json_headers = {"content-type": "application/json", "content-encoding": "gzip"}
    control = [
        mock.http.post("/__mock/verify", content=expectation, headers=json_headers),
        mock.http.post("/__mock/verify", content=expectation[:-1], headers=json_headers),
        mock.http.post("/__mock/verify", content=expectation, headers=json_headers | {"content-encoding": "x"}),
        mock.http.post("/__mock/verify", content=gzip.compress(bytes(9 * LIMIT)), headers=json_headers),
    ]

    assert [200, 400, 415] == [reply.status_code for reply in stripe]
    assert [False, True, True] == ["error" in reply.json() for reply in stripe]
    assert [200, 400, 415, 413] == [reply.status_code for reply in control], [each.text for each in control]


@pytest.mark.parametrize(("coding", "package"), [("br", "brotli"), ("zstd", "backports.zstd")])
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, coding: str, package: str) -> None:
    """Without its package a coding is refused; the text says what to install."""
    monkeypatch.setattr(content_codings, "find_spec", lambda name: None)
    body = decoded(Body(b"x"), coding=coding, limit=LIMIT)

    assert body.unreadable is not None
    assert ("unsupported-media-type", (("Accept-Encoding", "gzip, deflate"),)) == body.unreadable[::2]
    assert f"the package {package}" in body.unreadable.detail
    assert f"pip install {package}" in body.unreadable.detail


def test_other_requests_are_not_touched() -> None:
    """A body without a coding is returned as it is."""
    body = Body(BODY)

    assert decoded(body, coding="", limit=LIMIT) is body
    assert decoded(body, coding="identity", limit=LIMIT) is body
