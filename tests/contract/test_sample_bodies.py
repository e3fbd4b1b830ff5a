"""The bodies of replies that are made from the contract, in formats other than JSON, and from files."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.contract import Contract
from mockserver.errors import Refusal
from mockserver.messages import Call, Reply
from mockserver.samples.external_examples import MAX_EXAMPLE_BYTES
from mockserver.samples.sample_replies import SampleReplies
from mockserver.server import BackgroundServer
from mockserver.settings import Settings
from mockserver.web import create_app
from tests.support.documents import contract_for, document_with, request

TEXT, BINARY = {"type": "string"}, {"type": "string", "format": "binary"}
ROW = {
    "type": "object",
    "required": ["id", "tags"],
    "properties": {
        "id": {"type": "integer", "example": 7},
        "name": {"type": "string", "example": "a,b"},
        "tags": {"type": "array", "items": {"type": "string"}, "example": ["x"]},
    },
}
ROWS = {"type": "array", "items": ROW, "minItems": 1, "maxItems": 1}
NEVER = {"allOf": [{"type": "integer"}, {"type": "object"}]}
LINE = b'{"id":7,"name":"a,b","tags":["x"]}\n'


def content(**types: Any) -> dict[str, Any]:
    """The part of an operation that describes the content of the reply."""
    return {"responses": {"200": {"description": "fine", "content": types}}}


def make(contract: Contract, *headers: tuple[str, str]) -> Reply:
    call = Call(request=request(headers=headers), operation="x", path={})
    return SampleReplies(contract).make(call, random.Random(1))


def made(described: dict[str, Any], *headers: tuple[str, str]) -> tuple[str, bytes]:
    """The media type and the body of the reply for this content, which the contract accepts."""
    contract = contract_for(document_with(content(**described)))
    reply = make(contract, *headers)
    assert [] == contract.reply_violations("x", reply)
    return dict(reply.headers)["content-type"], reply.body


GENERATED: dict[str, tuple[str, Any, bytes]] = {
    "CSV of objects": ("text/csv", ROWS, b'id,name,tags\r\n7,"a,b","[""x""]"\r\n'),
    "CSV of one object": ("text/csv; charset=utf-8", ROW, b'id,name,tags\r\n7,"a,b","[""x""]"\r\n'),
    "CSV of lists": ("application/csv", {"type": "array", "items": {"enum": [[1, "a"]]}, "maxItems": 1}, b"1,a\r\n"),
    "tab-separated values": ("text/tab-separated-values", ROW, b'id\tname\ttags\r\n7\ta,b\t"[""x""]"\r\n'),
    "NDJSON of items": ("application/x-ndjson", ROWS, LINE),
    "NDJSON of one item": ("application/ndjson", ROW, LINE),
    "JSON lines": ("application/jsonl", ROW, LINE),
    "a JSON sequence": ("application/json-seq", ROW, b"\x1e" + LINE),
    "one event": ("text/event-stream", ROW, b"data: " + LINE + b"\n"),
    "an event of text": (
        "text/event-stream",
        {"type": "array", "items": {"enum": ["a\nb"]}, "maxItems": 1},
        b"data: a\ndata: b\n\n",
    ),
    "an event of exactly this text": (
        "text/event-stream",
        TEXT | {"enum": ["a"], "pattern": "^a$"},
        b"a",
    ),
    "a number": ("text/plain", {"type": "integer", "enum": [5]}, b"5"),
    "a boolean": ("text/plain", {"type": "boolean", "enum": [True]}, b"true"),
    "a text": ("text/plain", {"enum": ["5"]}, b"5"),
    "a page of a text": ("text/html", {"enum": ["<p>5</p>"]}, b"<p>5</p>"),
    "a type of a vendor": ("application/vnd.example.v1", {"type": "integer", "enum": [5]}, b"5"),
    "bytes": ("application/octet-stream", {"enum": ["abc"]}, b"abc"),
    "no possible value as CSV": ("text/csv", NEVER, b"example"),
    "no possible value as text": ("text/plain", NEVER, b"example"),
}


@pytest.mark.parametrize(("media_type", "schema", "body"), GENERATED.values(), ids=GENERATED)
def test_a_generated_body(media_type: str, schema: Any, body: bytes) -> None:
    """A body is written in the format of its media type."""
    assert (media_type, body) == made({media_type: {"schema": schema}})


MAGIC = {
    "application/pdf": b"%PDF-1.4",
    "image/png": b"\x89PNG\r\n",
    "image/gif": b"GIF89a",
    "application/zip": b"PK\x05\x06",
    "application/gzip": b"\x1f\x8b",
    "application/x-protobuf": b"\x08\x01",
}


@pytest.mark.parametrize("schema", [BINARY, TEXT | {"format": "byte"}, ROW, NEVER, {}], ids=str)
@pytest.mark.parametrize("media_type", MAGIC)
def test_a_binary_format(media_type: str, schema: Any) -> None:
    """A binary format has a small valid file, whatever its schema says."""
    sent, body = made({media_type: {"schema": schema}})

    assert (media_type, True) == (sent, body.startswith(MAGIC[media_type]))


def test_an_svg_image() -> None:
    """An SVG image is XML, which is checked against a schema of an object. For text, it is a small image."""
    assert made({"image/svg+xml": {"schema": TEXT}})[1].startswith(b"<svg ")
    assert b"<id>7</id>" in made({"image/svg+xml": {"schema": ROW}})[1]


def test_small_files_are_valid() -> None:
    """The ZIP archive can be opened, and the table of the PDF points to its objects."""
    archive = made({"application/zip": {"schema": BINARY}})[1]
    pdf = made({"application/pdf": {"schema": BINARY}})[1]
    start = int(pdf.split(b"startxref\n")[1].split(b"\n")[0])
    offsets = [int(line.split()[0]) for line in pdf[start:].split(b"\n")[3:6]]

    assert [] == zipfile.ZipFile(io.BytesIO(archive)).namelist()
    assert pdf[start:].startswith(b"xref\n0 4\n")
    assert [b"1 0 obj", b"2 0 obj", b"3 0 obj"] == [pdf[offset : offset + 7] for offset in offsets]


def test_yaml_and_pages() -> None:
    """YAML is written as JSON, which is a part of it, and a page shows the value."""
    value = {"id": 7, "name": "a,b", "tags": ["x"]}
    page = made({"text/html": {"schema": ROW}})[1].decode()

    assert value == json.loads(made({"application/yaml": {"schema": ROW}})[1])
    assert page.startswith("<!DOCTYPE html>")
    assert "&quot;name&quot;: &quot;a,b&quot;" in page


def test_csv_without_a_schema() -> None:
    """CSV without a schema has at least one line."""
    assert [[]] != list(csv.reader(io.StringIO(made({"text/csv": {}})[1].decode())))


EXAMPLES: dict[str, tuple[str, dict[str, Any], bytes]] = {
    "text as it is": ("text/csv", {"schema": ROWS, "example": "id;name\n1;a\n"}, b"id;name\n1;a\n"),
    "the first of several": ("application/yaml", {"schema": ROW, "examples": {"a": {"value": "id: 1"}}}, b"id: 1"),
    "text of a schema": ("application/yaml", {"schema": ROW | {"example": "id: 1\n"}}, b"id: 1\n"),
    "text of a file": ("application/pdf", {"schema": BINARY | {"example": "%PDF-1.7"}}, b"%PDF-1.7"),
    "rows": ("text/csv", {"schema": ROWS, "example": [{"id": 1}, {"id": 2, "name": "b"}]}, b"id,name\r\n1,\r\n2,b\r\n"),
    "items": ("application/x-ndjson", {"schema": ROW, "example": [{"id": 1}, {"id": 2}]}, b'{"id":1}\n{"id":2}\n'),
    "a number": ("text/plain", {"schema": {"type": "integer"}, "example": 12}, b"12"),
    "an event": ("text/event-stream", {"schema": ROW, "example": {"id": 1}}, b'data: {"id":1}\n\n'),
    "an invalid text": ("text/plain", {"schema": {"enum": ["a"]}, "example": "b"}, b"a"),
    "an invalid text before a valid one": (
        "text/plain",
        {"schema": {"maxLength": 1}, "examples": {"long": {"value": "bb"}, "short": {"value": "c"}}},
        b"c",
    ),
}


@pytest.mark.parametrize(("media_type", "described", "body"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_published_example(media_type: str, described: dict[str, Any], body: bytes) -> None:
    """A text is sent as it is, a value in the format of its media type; an invalid example is not sent."""
    assert body == made({media_type: described})[1]


JSON_TYPE = {"application/json": {"schema": {"enum": [1]}}}
IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "JSON": {"application/problem+json": {"schema": NEVER}},
    "XML": {"application/xml": {"schema": NEVER}},
    "a form": {"application/x-www-form-urlencoded": {"schema": NEVER}},
    "no mapping": {"application/vnd.a+json": 5},
}


@pytest.mark.parametrize("impossible", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_the_next_acceptable_type(impossible: dict[str, Any]) -> None:
    """If the preferred type cannot be generated, the next acceptable one is sent; if there is none, the reason."""
    preferred = next(iter(impossible))

    assert ("application/json", b"1") == made(impossible | JSON_TYPE, ("accept", f"{preferred}, */*;q=0.1"))
    for types, accept in ((impossible, "*/*"), (impossible | JSON_TYPE, preferred)):
        with pytest.raises(Refusal) as refused:
            made(types, ("accept", accept))
        assert "reply-violates-contract" == refused.value.kind


def external(folder: Path, media_type: str, schema: Any, *locations: str) -> Contract:
    """The contract of a document in a folder whose examples are in these files."""
    examples = {f"e{number}": {"externalValue": location} for number, location in enumerate(locations)}
    document = document_with(content(**{media_type: {"schema": schema, "examples": examples}}))
    (folder / "api.json").write_text(json.dumps(document), "utf-8")
    return Contract.load(folder / "api.json")


FILES: dict[str, tuple[str, Any, str, bytes]] = {
    "JSON": ("application/json", ROW, "examples/a.json", b'{ "id": 1, "tags": [] }'),
    "an image": ("image/png", BINARY, "a.png", b"\x89PNG\xff\x00"),
    "a PDF": ("application/pdf", BINARY, "./a.pdf", b"%PDF-1.7\xff"),
    "CSV": ("text/csv", ROWS, "examples/../a.csv", "é;1\n".encode("latin-1")),
    "XML": (
        "application/xml",
        {"type": "object", "properties": {"n": {"type": "integer"}}},
        "a.xml",
        b"<a><n>1</n></a>",
    ),
    "an encoded name": ("text/plain", TEXT, "a%20b.txt", b"text"),
}


@pytest.mark.parametrize(("media_type", "schema", "location", "body"), FILES.values(), ids=FILES)
def test_an_example_in_a_file(tmp_path: Path, media_type: str, schema: Any, location: str, body: bytes) -> None:
    """The bytes of an `externalValue` are sent as they are, also if the example is requested by name."""
    (tmp_path / "examples").mkdir()
    (tmp_path / location.replace("%20", " ")).write_bytes(body)
    contract = external(tmp_path, media_type, schema, location)

    for headers in ((), (("prefer", "example=e0"),)):
        reply = make(contract, *headers)
        assert (media_type, body) == (dict(reply.headers)["content-type"], reply.body)
    assert body != make(contract, ("prefer", "dynamic=true")).body


UNUSABLE = {
    "missing": None,
    "a folder": "folder",
    "empty": b"",
    "too long": b"1" * (MAX_EXAMPLE_BYTES + 1),
    "invalid": b"2",
    "not JSON": b"{",
}


@pytest.mark.parametrize("found", UNUSABLE.values(), ids=UNUSABLE)
def test_a_file_that_cannot_be_used(tmp_path: Path, found: bytes | str | None) -> None:
    """A missing, empty, too long or invalid file is not sent; the next example is."""
    contract = external(tmp_path, "application/json", {"enum": [1]}, "a.json", "b.json")
    # After the document is loaded: loading it rejects an `externalValue` that names a folder.
    if found == "folder":
        (tmp_path / "a.json").mkdir()
    elif isinstance(found, bytes):
        (tmp_path / "a.json").write_bytes(found)
    (tmp_path / "b.json").write_bytes(b" 1 ")

    assert b" 1 " == make(contract).body


def test_a_file_of_another_folder(tmp_path: Path) -> None:
    """An `externalValue` is relative to the file that it is in."""
    responses = {"200": {"$ref": "parts/reply.json"}}
    described = {"schema": {"enum": [1]}, "examples": {"a": {"externalValue": "a.json"}}}
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "reply.json").write_text(
        json.dumps({"description": "fine", "content": {"application/json": described}}), "utf-8"
    )
    (tmp_path / "parts" / "a.json").write_bytes(b" 1 ")
    (tmp_path / "api.json").write_text(json.dumps(document_with({"responses": responses})), "utf-8")

    assert b" 1 " == make(Contract.load(tmp_path / "api.json")).body


def test_the_folder_is_not_left(tmp_path: Path) -> None:
    """A file is read through no link that leaves the folder of the document."""
    folder = tmp_path / "spec"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    contract = external(folder, "text/plain", TEXT, "link.txt")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")

    assert b"secret" != make(contract).body


def test_over_http(tmp_path: Path) -> None:
    """A server sends the bytes of a file, and HEAD has its length."""
    (tmp_path / "a.png").write_bytes(b"\x89PNG\xff\x00")
    document = document_with(
        content(**{"image/png": {"schema": BINARY, "examples": {"a": {"externalValue": "a.png"}}}}), method="get"
    )
    (tmp_path / "api.json").write_text(json.dumps(document), "utf-8")
    with BackgroundServer(create_app(Settings(spec=tmp_path / "api.json"))) as server:
        get, head = httpx.get(f"{server.url}/x"), httpx.head(f"{server.url}/x")

    assert (200, "image/png", b"\x89PNG\xff\x00") == (get.status_code, get.headers["content-type"], get.content)
    assert (b"", "6") == (head.content, head.headers["content-length"])
