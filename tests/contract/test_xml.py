"""XML: values are written as the `xml` keywords of their schemas say, and read back as the same values."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.errors import Refusal
from mockserver.messages import Headers, Reply, Request
from mockserver.parsing.xml_elements import DECLARATION, MAX_DEPTH, MAX_NODES
from mockserver.samples.xml_writer import XmlWriter
from tests.support.documents import contract_for, document_with, loaded, request_body, response_body

XML = "application/xml"
STRING = {"type": "string"}
INTEGER = {"type": "integer"}
SCHEMAS: dict[str, Any] = {
    "Tag": {"type": "object", "xml": {"name": "tag"}, "properties": {"id": INTEGER, "name": STRING}},
    "Plain": {"type": "object", "properties": {"id": INTEGER}},
    "Tree": {
        "type": "object",
        "properties": {
            "label": STRING,
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
    },
    "Cat": {"type": "object", "required": ["lives"], "properties": {"lives": INTEGER}},
    "Dog": {"type": "object", "required": ["name"], "properties": {"name": STRING}},
}


def ref(name: str) -> dict[str, str]:
    """A reference to one of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def thing(**properties: Any) -> dict[str, Any]:
    """An object named `thing` with these properties."""
    return {"type": "object", "xml": {"name": "thing"}, "properties": properties}


def array(items: Any, **xml: Any) -> dict[str, Any]:
    """An array."""
    return {"type": "array", "items": items} | ({"xml": xml} if xml else {})


# Each row: the schema, the value, and the element.
ROUND_TRIPS: dict[str, tuple[Any, Any, str]] = {
    "scalars": (
        thing(a=STRING, b=INTEGER, c={"type": "number"}, d={"type": "boolean"}),
        {"a": "x", "b": -5, "c": 1.5, "d": True},
        "<thing><a>x</a><b>-5</b><c>1.5</c><d>true</d></thing>",
    ),
    "escaped": (thing(a=STRING), {"a": "<&>\"'\r\n ö"}, "<thing><a>&lt;&amp;&gt;\"'&#13;\n ö</a></thing>"),
    "spaces": (thing(a=STRING), {"a": "  x "}, "<thing><a>  x </a></thing>"),
    "empty string": (thing(a=STRING), {"a": ""}, "<thing><a/></thing>"),
    "empty object": (thing(a=thing()), {"a": {}}, "<thing><thing/></thing>"),
    "name": (thing(a=STRING | {"xml": {"name": "b"}}), {"a": "x"}, "<thing><b>x</b></thing>"),
    "name with a prefix in it": (thing(a=STRING | {"xml": {"name": "p:b"}}), {"a": "x"}, "<thing><b>x</b></thing>"),
    "name that XML forbids": (
        thing(**{"a b": STRING, "1": STRING}),
        {"a b": "x", "1": "y"},
        "<thing><a_b>x</a_b><_1>y</_1></thing>",
    ),
    "root named as the component": (ref("Plain"), {"id": 1}, "<Plain><id>1</id></Plain>"),
    "root without a name": ({"type": "object", "properties": {"id": INTEGER}}, {"id": 1}, "<root><id>1</id></root>"),
    "root named through allOf": ({"allOf": [ref("Tag")]}, {"id": 1}, "<tag><id>1</id></tag>"),
    "attribute": (
        thing(id=INTEGER | {"xml": {"attribute": True}}, a=STRING),
        {"id": 7, "a": "x"},
        '<thing id="7"><a>x</a></thing>',
    ),
    "attribute with a name": (
        thing(id=STRING | {"xml": {"attribute": True, "name": "key"}}),
        {"id": '<"&'},
        "<thing key='&lt;\"&amp;'/>",
    ),
    "attribute with a namespace": (
        thing(id=STRING | {"xml": {"attribute": True, "namespace": "urn:a", "prefix": "p"}}),
        {"id": "1"},
        '<thing xmlns:p="urn:a" p:id="1"/>',
    ),
    "attribute with a namespace but no prefix": (
        thing(id=STRING | {"xml": {"attribute": True, "namespace": "urn:a"}}),
        {"id": "1"},
        '<thing xmlns:ns1="urn:a" ns1:id="1"/>',
    ),
    "namespace": (
        {"type": "object", "xml": {"name": "t", "namespace": "urn:a"}, "properties": {"a": STRING}},
        {"a": "x"},
        '<t xmlns="urn:a"><a>x</a></t>',
    ),
    "prefixes": (
        {
            "type": "object",
            "xml": {"name": "t", "namespace": "urn:a", "prefix": "p"},
            "properties": {
                "a": STRING | {"xml": {"namespace": "urn:a", "prefix": "p"}},
                "b": STRING | {"xml": {"namespace": "urn:b", "prefix": "p"}},
            },
        },
        {"a": "x", "b": "y"},
        '<p:t xmlns:p="urn:a"><p:a>x</p:a><p:b xmlns:p="urn:b">y</p:b></p:t>',
    ),
    "array": (thing(a=array(INTEGER)), {"a": [1, 2]}, "<thing><a>1</a><a>2</a></thing>"),
    "array of one": (thing(a=array(INTEGER)), {"a": [1]}, "<thing><a>1</a></thing>"),
    "array with named items": (
        thing(a=array(INTEGER | {"xml": {"name": "b"}}, name="unused")),
        {"a": [1, 2]},
        "<thing><b>1</b><b>2</b></thing>",
    ),
    "wrapped array": (thing(a=array(INTEGER, wrapped=True)), {"a": [1, 2]}, "<thing><a><a>1</a><a>2</a></a></thing>"),
    "wrapped array without items": (thing(a=array(INTEGER, wrapped=True)), {"a": []}, "<thing><a/></thing>"),
    "wrapped array with a name": (
        thing(a=array(INTEGER, wrapped=True, name="b")),
        {"a": [1]},
        "<thing><b><b>1</b></b></thing>",
    ),
    "wrapped array with named items": (
        thing(a=array(INTEGER | {"xml": {"name": "c"}}, wrapped=True, name="b")),
        {"a": [1]},
        "<thing><b><c>1</c></b></thing>",
    ),
    "array of objects": (
        thing(tags=array(ref("Tag"), wrapped=True)),
        {"tags": [{"id": 1, "name": "x"}, {"id": 2}]},
        "<thing><tags><tag><id>1</id><name>x</name></tag><tag><id>2</id></tag></tags></thing>",
    ),
    "array as the root": (array(ref("Tag"), name="tags"), [{"id": 1}], "<tags><tag><id>1</id></tag></tags>"),
    "array of arrays": (
        thing(a=array(array(INTEGER))),
        {"a": [[1, 2], [3]]},
        "<thing><a><a>1</a><a>2</a></a><a><a>3</a></a></thing>",
    ),
    "required array without items": (
        thing(a=array(INTEGER)) | {"required": ["a"]},
        {"a": []},
        "<thing/>",
    ),
    "tree": (
        ref("Tree"),
        {"label": "a", "children": [{"label": "b", "children": [{"label": "c"}]}]},
        "<Tree><label>a</label><children><label>b</label><children><label>c</label></children></children></Tree>",
    ),
    "allOf": (
        {"allOf": [ref("Tag"), {"properties": {"more": INTEGER}}], "xml": {"name": "x"}},
        {"id": 1, "more": 2},
        "<x><id>1</id><more>2</more></x>",
    ),
    "oneOf": (
        thing(pet={"oneOf": [ref("Cat"), ref("Dog")]}),
        {"pet": {"lives": 9}},
        "<thing><pet><lives>9</lives></pet></thing>",
    ),
    "free members": (
        {"type": "object", "additionalProperties": INTEGER, "xml": {"name": "x"}},
        {"a": 1, "b": 2},
        "<x><a>1</a><b>2</b></x>",
    ),
    "numbers that may be text": (
        thing(a={"oneOf": [INTEGER, {"type": "string", "pattern": "^x"}]}),
        {"a": 5},
        "<thing><a>5</a></thing>",
    ),
}
NULLS = {
    "3.0.3": thing(a={"type": "string", "nullable": True}),
    "3.1.0": thing(a={"type": ["string", "null"]}),
}


def documented(schema: Any, media_type: str = XML, version: str = "3.0.3") -> dict[str, Any]:
    """A document whose only operation takes and replies with XML."""
    operation = request_body(schema, media_type) | response_body(schema, media_type)
    return document_with(operation, schemas=SCHEMAS, version=version)


def sent(body: bytes | str, media_type: str = XML) -> Request:
    """A request with XML."""
    raw = body if isinstance(body, bytes) else body.encode()
    return Request(method="POST", path="/x", headers=Headers((("content-type", media_type),)), body=raw)


def findings(schema: Any, body: str, media_type: str = XML) -> list[tuple[str, str, str]]:
    """The pointers, keywords and messages of the violations in a request."""
    understood = contract_for(documented(schema, media_type)).understand(sent(body, media_type))
    return [(each.pointer, each.keyword, each.message) for each in understood.violations]


@pytest.mark.parametrize(("schema", "value", "element"), ROUND_TRIPS.values(), ids=ROUND_TRIPS)
@pytest.mark.parametrize("media_type", [XML, "text/xml", "application/atom+xml"])
def test_round_trips(schema: Any, value: Any, element: str, media_type: str) -> None:
    """A value is written as the element, and the element is read as the value, in requests and replies."""
    document = documented(schema, media_type)
    written = XmlWriter(loaded(document).data).write(value, schema)
    assert DECLARATION + element == written.decode()

    contract = contract_for(document)
    understood = contract.understand(sent(written, media_type))
    assert ((), value) == (understood.violations, understood.call.body)
    reply = Reply(status=200, headers=(("content-type", media_type),), body=written)
    assert [] == contract.reply_violations("x", reply)


@pytest.mark.parametrize("version", NULLS)
def test_null(version: str) -> None:
    """Null is written as an element that `xsi:nil` marks."""
    document = documented(NULLS[version], version=version)
    written = XmlWriter(loaded(document).data).write({"a": None}, NULLS[version])
    nil = '<a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    assert f"{DECLARATION}<thing>{nil}</thing>" == written.decode()
    understood = contract_for(document).understand(sent(written))
    assert ((), {"a": None}) == (understood.violations, understood.call.body)


# Each row: the schema, the body, and the value.
ALSO_READ: dict[str, tuple[Any, str, Any]] = {
    "indented": (thing(a=INTEGER), "<thing>\n  <a> 1 </a>\n</thing>\n", {"a": 1}),
    "CDATA": (thing(a=STRING), "<thing><a><![CDATA[<b>]]></a></thing>", {"a": "<b>"}),
    "comment": (thing(a=INTEGER), "<thing><!-- one --><a>1<!-- ! --></a></thing>", {"a": 1}),
    "character reference": (thing(a=STRING), "<thing><a>&#65;&amp;</a></thing>", {"a": "A&"}),
    "processing instruction": (thing(a=INTEGER), "<?xml version='1.0'?><?x y?><thing><a>1</a></thing>", {"a": 1}),
    "other prefix": (
        {"type": "object", "xml": {"name": "t", "namespace": "urn:a", "prefix": "p"}, "properties": {"a": STRING}},
        '<q:t xmlns:q="urn:a"><q:a>x</q:a></q:t>',
        {"a": "x"},
    ),
    "schema location": (
        thing(a=STRING),
        '<thing xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"><a>x</a></thing>',
        {"a": "x"},
    ),
    "language": (thing(a=STRING), '<thing xml:lang="en"><a>x</a></thing>', {"a": "x"}),
    "array by its own name": (thing(a=array(INTEGER, name="b")), "<thing><b>1</b></thing>", {"a": [1]}),
    "items between other members": (
        thing(a=array(INTEGER), b=STRING),
        "<thing><a>1</a><b>x</b><a>2</a></thing>",
        {"a": [1, 2], "b": "x"},
    ),
    "undocumented members": (
        thing(),
        '<thing c="3"><a>1</a><b>2</b><b>3</b></thing>',
        {"c": "3", "a": "1", "b": ["2", "3"]},
    ),
}


@pytest.mark.parametrize(("schema", "body", "value"), ALSO_READ.values(), ids=ALSO_READ)
def test_what_clients_may_send_too(schema: Any, body: str, value: Any) -> None:
    """A client may write the same value in other ways."""
    understood = contract_for(documented(schema)).understand(sent(body))
    assert ((), value) == (understood.violations, understood.call.body)


# Each row: the schema, the body, the pointer, the keyword and a part of the message.
INVALID: dict[str, tuple[Any, str, str, str, str]] = {
    "number": (thing(a=INTEGER), "<thing><a>x</a></thing>", "/a", "type", "integer"),
    "number with underscores": (thing(a=INTEGER), "<thing><a>1_0</a></thing>", "/a", "type", "integer"),
    "boolean": (thing(a={"type": "boolean"}), "<thing><a>yes</a></thing>", "/a", "type", "boolean"),
    "attribute": (thing(a=INTEGER | {"xml": {"attribute": True}}), '<thing a="x"/>', "/a", "type", "integer"),
    "element for an attribute": (
        thing(a=INTEGER | {"xml": {"attribute": True, "name": "b"}}) | {"required": ["a"]},
        "<thing><b>1</b></thing>",
        "/a",
        "required",
        "required",
    ),
    "item": (
        thing(a=array(INTEGER, wrapped=True)),
        "<thing><a><a>1</a><a>x</a></a></thing>",
        "/a/1",
        "type",
        "integer",
    ),
    "member of an item": (
        thing(tags=array(ref("Tag"), wrapped=True)),
        "<thing><tags><tag><id>x</id></tag></tags></thing>",
        "/tags/0/id",
        "type",
        "integer",
    ),
    "name of an item": (
        thing(tags=array(ref("Tag"), wrapped=True)),
        "<thing><tags><label/></tags></thing>",
        "/tags/0",
        "xml",
        "the element is <label>; the contract wants <tag>",
    ),
    "root": (thing(), "<other/>", "", "xml", "the root element is <other>; the contract wants <thing>"),
    "namespace of the root": (
        {"type": "object", "xml": {"name": "t", "namespace": "urn:a"}},
        '<t xmlns="urn:b"/>',
        "",
        "xml",
        "<t> of the namespace urn:b",
    ),
    "repeated element": (thing(a=STRING), "<thing><a>1</a><a>2</a></thing>", "/a", "xml", "<a> is sent 2 times"),
    "text beside elements": (thing(a=STRING), "<thing>x<a>1</a></thing>", "", "xml", "contains the text 'x'"),
    "required": (thing(a=STRING) | {"required": ["a"]}, "<thing/>", "/a", "required", "required"),
    "undocumented": (
        thing(a=STRING) | {"additionalProperties": False},
        "<thing><b/></thing>",
        "/b",
        "additionalProperties",
        "not a member",
    ),
    "too few items": (
        thing(a=array(INTEGER) | {"minItems": 1}) | {"required": ["a"]},
        "<thing/>",
        "/a",
        "minItems",
        "",
    ),
    "null": (
        thing(a=STRING),
        '<thing xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><a i:nil="true"/></thing>',
        "/a",
        "type",
        "not allowed",
    ),
    "object": (thing(a=thing()), "<thing><thing>x</thing></thing>", "/a", "type", "object"),
}


@pytest.mark.parametrize(("schema", "body", "pointer", "keyword", "message"), INVALID.values(), ids=INVALID)
def test_invalid_values(schema: Any, body: str, pointer: str, keyword: str, message: str) -> None:
    """A violation has the pointer of the value and the reason."""
    found = findings(schema, body)
    assert [(pointer, keyword)] == [each[:2] for each in found]
    assert message in found[0][2]


LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
MALFORMED = {
    "unclosed": ("<a>", "no element found"),
    "document type": ("<!DOCTYPE a><a/>", "a document type (<!DOCTYPE …>) is not allowed at line 1"),
    "entities": (LAUGHS, "a document type (<!DOCTYPE …>) is not allowed"),
    "external entity": ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hosts">]><a>&b;</a>', "document type"),
    "external document type": ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>', "document type"),
    "undefined entity": ("<a>&nbsp;</a>", "undefined entity"),
    "too deep": ("<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1), f"more than {MAX_DEPTH} levels"),
    "too many elements": ("<a>" + "<b/>" * MAX_NODES + "</a>", f"more than {MAX_NODES} elements"),
    "too many attributes": (
        "<a " + " ".join(f'b{number}=""' for number in range(MAX_NODES)) + "/>",
        f"more than {MAX_NODES} elements",
    ),
    "two roots": ("<a/><b/>", "junk after document element"),
    "unbound prefix": ("<p:a/>", "unbound prefix"),
    "unknown encoding": ('<?xml version="1.0" encoding="x-none"?><a/>', "encoding"),
    "encoding with several bytes": ('<?xml version="1.0" encoding="gbk"?><a/>', "encoding"),
}


@pytest.mark.parametrize("schema", [thing(), STRING, {}], ids=["object", "string", "anything"])
@pytest.mark.parametrize(("body", "reason"), MALFORMED.values(), ids=MALFORMED)
def test_malformed_xml(body: str, reason: str, schema: Any) -> None:
    """XML that is malformed or hostile is refused with the reason, whatever its schema is."""
    with pytest.raises(Refusal, match="The body is malformed") as caught:
        contract_for(documented(schema)).understand(sent(body))
    assert "malformed-body" == caught.value.kind
    assert reason in caught.value.detail


def test_charset() -> None:
    """The charset of the media type overrides the encoding in the document (RFC 7303, section 3)."""
    contract = contract_for(documented(thing(a=STRING)))
    body = '<?xml version="1.0" encoding="utf-8"?><thing><a>ö</a></thing>'.encode("latin-1")
    understood = contract.understand(sent(body, "application/xml; charset=iso-8859-1"))
    assert {"a": "ö"} == understood.call.body


@pytest.mark.parametrize("schema", [STRING, {}], ids=["string", "anything"])
def test_other_schemas(schema: Any) -> None:
    """XML whose schema describes no elements is text. It only has to be well-formed."""
    understood = contract_for(documented(schema)).understand(sent("<a><b/></a>"))
    assert ((), "<a><b/></a>") == (understood.violations, understood.call.body)
