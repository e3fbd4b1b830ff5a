"""Names in requests that the contract does not document: which are found, and which documented name is suggested."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.contract.documented_names import DocumentedNames
from mockserver.contract.similar_names import similar_names
from mockserver.contract.undocumented_names import MAX_FOUND, MAX_WARNINGS, UndocumentedName, misspelled
from tests.support.documents import contract_for, document_with, request, request_body

TEXT = {"type": "string"}
ADDRESS = {"type": "object", "properties": {"city": TEXT, "postal_code": TEXT}}
CUSTOMER = {"type": "object", "required": ["email"], "properties": {"first_name": TEXT, "address": ADDRESS}}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def found(operation: Mapping[str, Any], *, body: Any = None, query: str = "", **components: Any) -> list[str]:
    """The undocumented names, each with the suggestion if there is one."""
    contract = contract_for(document_with(operation, **components))
    understood = contract.understand(request(body, query=query))
    return [shown(name) for name in understood.undocumented]


def shown(name: UndocumentedName) -> str:
    return f"{name.place} {name.pointer}{f' ({name.suggestion})' if name.suggestion else ''}"


SIMILAR: dict[str, tuple[str, str, bool]] = {
    "camelCase": ("detachPreviousOnSuccess", "detach_previous_on_success", True),
    "snake_case": ("detach_previous_on_success", "detachPreviousOnSuccess", True),
    "kebab-case": ("detach-previous-on-success", "detach_previous_on_success", True),
    "capitals": ("PlanID", "plan_id", True),
    "a short name in capitals": ("ID", "id", True),
    "brackets": ("ids[]", "ids", True),
    "a letter is missing": ("adress", "address", True),
    "a letter is doubled": ("addresss", "address", True),
    "two doubled letters": ("adres", "address", True),
    "a letter too many": ("providers", "provider", True),
    "another letter": ("pricimg_id", "pricing_id", True),
    "swapped letters": ("opreation", "operation", True),
    "a short name with one edit": ("tpye", "type", True),
    "two edits": ("recieptemail", "receipt_email", True),
    "camelCase and an edit": ("postalCod", "postal_code", True),
    "three edits": ("resciptemial", "receipt_email", False),
    "two edits in a short name": ("amount", "account", False),
    "a very short name": ("ip", "id", False),
    "three letters": ("ids", "id", False),
    "another word": ("note", "address", False),
    "a part of the name": ("address_line", "address", False),
    "another number": ("line1", "line2", False),
    "a number more": ("address2", "address", False),
    "only separators": ("__", "--", False),
    "another script": ("адрес", "address", False),
    "an umlaut": ("größe", "grösse", False),
    "an empty name": ("", "id", False),
    "a long name": ("a" * 100, "a" * 99, False),
}


@pytest.mark.parametrize(("name", "documented", "expected"), SIMILAR.values(), ids=SIMILAR)
def test_similar_names(name: str, documented: str, *, expected: bool) -> None:
    """Names are similar if they differ in case, in separators, or in one or two letters."""
    assert expected == bool(similar_names(name, [documented]))


def test_the_most_similar_name_comes_first() -> None:
    """Of several similar names, the one with the fewest differences is suggested; then the order of the document."""
    assert ["plan_id", "plan_ids"] == similar_names("planId", ["plan_ids", "plan_id", "price"])
    assert ["pland", "plane"] == similar_names("plan", ["pland", "plane"])


BODIES: dict[str, tuple[Any, Any, list[str]]] = {
    "all members are documented": (CUSTOMER, {"email": "", "first_name": "", "address": {"city": ""}}, []),
    "a similar name": (CUSTOMER, {"email": "", "firstName": ""}, ["body /firstName (first_name)"]),
    "another name": (CUSTOMER, {"email": "", "note": ""}, ["body /note"]),
    "the similar name was sent too": (CUSTOMER, {"email": "", "firstName": "", "first_name": ""}, ["body /firstName"]),
    "only required": (CUSTOMER, {"e_mail": ""}, ["body /e_mail (email)"]),
    "two names": (
        CUSTOMER,
        {"adress": {}, "email": "", "first-name": ""},
        ["body /adress (address)", "body /first-name (first_name)"],
    ),
    "a member of a member": (
        CUSTOMER,
        {"email": "", "address": {"postalCode": "", "city": ""}},
        ["body /address/postalCode (postal_code)"],
    ),
    "inside an undocumented member": (CUSTOMER, {"email": "", "note": {"postalCode": ""}}, ["body /note"]),
    "a special character": (CUSTOMER, {"email": "", "a/b~": 1}, ["body /a~1b~0"]),
    "items": (
        {"type": "array", "items": ADDRESS},
        [{"city": ""}, {"citty": ""}, {"postcode": ""}],
        ["body /1/citty (city)", "body /2/postcode (postal_code)"],
    ),
    "items of items": (
        {"type": "object", "properties": {"rows": {"type": "array", "items": {"type": "array", "items": ADDRESS}}}},
        {"rows": [[], [{"City": ""}]]},
        ["body /rows/1/0/City (city)"],
    ),
    "a reference": (ref("Customer"), {"e-mail": ""}, ["body /e-mail (email)"]),
    "allOf": ({"allOf": [CUSTOMER, ADDRESS]}, {"citi": "", "email": ""}, ["body /citi (city)"]),
    "allOf, nested members": (
        {"allOf": [CUSTOMER, {"properties": {"address": {"properties": {"street": TEXT}}}}]},
        {"email": "", "address": {"city": "", "street": "", "streets": ""}},
        ["body /address/streets"],
    ),
    "oneOf": (
        {"oneOf": [{**ADDRESS, "required": ["city"]}, {**CUSTOMER, "required": ["first_name"]}]},
        {"city": "", "postalcode": ""},
        ["body /postalcode (postal_code)"],
    ),
    "a name of another alternative": (
        {"oneOf": [{**ADDRESS, "required": ["city"]}, {"required": ["iban"], "properties": {"bank": TEXT}}]},
        {"city": "", "bank": ""},
        [],
    ),
    "anyOf, and null": (
        {"type": "object", "properties": {"address": {"nullable": True, "anyOf": [ref("Address")]}}},
        {"address": {"cty": ""}},
        ["body /address/cty (city)"],
    ),
    "alternatives that only require": (
        {"properties": {"city": TEXT}, "anyOf": [{"required": ["postal_code"]}, {"required": ["city"]}]},
        {"city": "", "postcode": ""},
        ["body /postcode (postal_code)"],
    ),
    "an alternative of any object": ({"anyOf": [ADDRESS, {"type": "object"}]}, {"citi": ""}, []),
    "an alternative of any value": ({"anyOf": [ADDRESS, {}]}, {"citi": ""}, []),
    "an alternative that is no object": ({"anyOf": [ADDRESS, TEXT]}, {"citi": ""}, ["body /citi (city)"]),
    "a recursive schema": (
        ref("Node"),
        {"child": {"child": {"childs": {}, "children": []}, "children": [{"chidl": {}}]}},
        ["body /child/child/childs (child)", "body /child/children/0/chidl (child)"],
    ),
    "a base selects its children": (
        ref("Pet"),
        {"kind": "Cat", "lives": 9, "colour": ""},
        ["body /colour (color)"],
    ),
    "a base inside allOf": (
        {"properties": {"pet": {"allOf": [ref("Pet")], "nullable": True}}},
        {"pet": {"kind": "Cat", "lifes": 9}},
        ["body /pet/lifes (lives)"],
    ),
    "additionalProperties: true": ({**ADDRESS, "additionalProperties": True}, {"citi": ""}, []),
    "additionalProperties: a schema": ({**ADDRESS, "additionalProperties": TEXT}, {"citi": ""}, []),
    "additionalProperties: false": (
        {**ADDRESS, "additionalProperties": False},
        {"citi": ""},
        ["body /citi (city)"],
    ),
    "members of a map": (
        {"type": "object", "additionalProperties": ADDRESS},
        {"home": {"citi": ""}},
        ["body /home/citi (city)"],
    ),
    "documented members beside a map": (
        {"type": "object", "properties": {"home": ADDRESS}, "additionalProperties": CUSTOMER},
        {"home": {"citi": ""}, "other": {"email": "", "Email": ""}},
        ["body /home/citi (city)", "body /other/Email"],
    ),
    "free-form": ({"type": "object"}, {"anything": {"goes": 1}}, []),
    "free-form, without a type": ({}, {"anything": 1}, []),
    "no properties": ({"type": "object", "properties": {}}, {"anything": 1}, []),
    "a free-form member": (
        {"type": "object", "properties": {"metadata": {"type": "object"}, "city": TEXT}},
        {"metadata": {"City": ""}},
        [],
    ),
    "a scalar": (TEXT, "text", []),
    "null": ({**ADDRESS, "nullable": True}, None, []),
}

SCHEMAS: dict[str, Any] = {
    "Address": ADDRESS,
    "Customer": CUSTOMER,
    "Node": {
        "type": "object",
        "properties": {"child": ref("Node"), "children": {"type": "array", "items": ref("Node")}},
    },
    "Pet": {
        "type": "object",
        "required": ["kind"],
        "properties": {"color": TEXT},
        "discriminator": {"propertyName": "kind"},
    },
    "Cat": {"allOf": [ref("Pet"), {"type": "object", "properties": {"lives": {"type": "integer"}}}]},
}


@pytest.mark.parametrize(("schema", "body", "expected"), BODIES.values(), ids=BODIES)
def test_members(schema: Any, body: Any, expected: list[str]) -> None:
    """Undocumented members are found at any depth. Where the contract allows any name, none is undocumented."""
    assert expected == found(request_body(schema), body=body, schemas=SCHEMAS)


BODIES_31: dict[str, tuple[Any, Any, list[str]]] = {
    "patternProperties": (
        {"type": "object", "properties": {"city": TEXT}, "patternProperties": {"^x-": ADDRESS}},
        {"x-a": {"citi": ""}, "citi": ""},
        ["body /citi (city)", "body /x-a/citi (city)"],
    ),
    "unevaluatedProperties: false": (
        {"allOf": [ADDRESS], "unevaluatedProperties": False},
        {"citi": ""},
        ["body /citi (city)"],
    ),
    "unevaluatedProperties: a schema": ({"allOf": [ADDRESS], "unevaluatedProperties": TEXT}, {"citi": ""}, []),
    "prefixItems": (
        {"type": "array", "prefixItems": [TEXT, ADDRESS], "items": CUSTOMER},
        ["", {"citi": ""}, {"email": "", "citi": ""}],
        ["body /1/citi (city)", "body /2/citi"],
    ),
    "keywords beside a reference": (
        {"$ref": "#/components/schemas/Address", "properties": {"street": TEXT}},
        {"city": "", "steet": ""},
        ["body /steet (street)"],
    ),
    "if, then and else": (
        {
            "properties": {"kind": TEXT},
            "if": {"properties": {"kind": {"const": "card"}}},
            "then": {"properties": {"number": TEXT}},
            "else": {"properties": {"bank": TEXT}},
        },
        {"kind": "card", "nubmer": ""},
        ["body /nubmer (number)"],
    ),
    "dependentSchemas": (
        {"properties": {"card": TEXT}, "dependentSchemas": {"card": {"properties": {"billing": TEXT}}}},
        {"card": "", "biling": ""},
        ["body /biling (billing)"],
    ),
    "a dynamic reference": (
        {
            "$dynamicAnchor": "node",
            "properties": {"name": TEXT, "child": {"$dynamicRef": "#node"}},
        },
        {"child": {"nmae": ""}},
        ["body /child/nmae (name)"],
    ),
    "several types": (
        {"type": ["object", "null"], "properties": {"city": TEXT}},
        {"citi": ""},
        ["body /citi (city)"],
    ),
}


@pytest.mark.parametrize(("schema", "body", "expected"), BODIES_31.values(), ids=BODIES_31)
def test_members_in_31(schema: Any, body: Any, expected: list[str]) -> None:
    """The keywords of JSON Schema 2020-12 count too."""
    assert sorted(expected) == sorted(found(request_body(schema), body=body, schemas=SCHEMAS, version="3.1.0"))


FILTER = {"type": "object", "properties": {"status": TEXT, "created": {"type": "object", "properties": {"gte": TEXT}}}}
PAGE = {"name": "page_size", "in": "query", "schema": {"type": "string"}}
QUERIES: dict[str, tuple[list[Any], str, list[str]]] = {
    "documented": ([PAGE], "page_size=1", []),
    "a similar name": ([PAGE], "pageSize=1&x=2", ["query /pageSize (page_size)", "query /x"]),
    "percent-encoded": ([PAGE], "page%2Dsize=1", ["query /page-size (page_size)"]),
    "repeated": ([PAGE], "pagesize=1&pagesize=2", ["query /pagesize (page_size)"]),
    "without a value": ([PAGE], "pagesize", ["query /pagesize (page_size)"]),
    "no parameter is documented": ([], "page_size=1", ["query /page_size"]),
    "a parameter elsewhere": ([{**PAGE, "in": "header"}], "page-size=1", ["query /page-size"]),
    "brackets": (
        [{"name": "ids", "in": "query", "schema": {"type": "array", "items": TEXT}}],
        "ids[]=1",
        ["query /ids[] (ids)"],
    ),
    "documented brackets": (
        [{"name": "ids[]", "in": "query", "schema": {"type": "array", "items": TEXT}}],
        "ids[]=1&ids=2",
        ["query /ids"],
    ),
    "deepObject": (
        [{"name": "filter", "in": "query", "style": "deepObject", "schema": FILTER}],
        "filter[status]=x&filter[created][gte]=1&filter[stauts]=x&filter[created][gt]=1",
        ["query /filter/stauts", "query /filter/created/gt"],
    ),
    "a misspelled member of deepObject": (
        [{"name": "filter", "in": "query", "style": "deepObject", "schema": FILTER}],
        "filter[stauts]=x",
        ["query /filter/stauts (status)"],
    ),
    "a misspelled deepObject": (
        [{"name": "filter", "in": "query", "style": "deepObject", "schema": FILTER}],
        "fitler[status]=x",
        ["query /fitler (filter)"],
    ),
    "members of an exploded object": (
        [{"name": "filter", "in": "query", "schema": FILTER}],
        "status=x&stauts=y&create=1",
        ["query /stauts", "query /create (created)"],
    ),
    "an exploded object of any members": ([{"name": "filter", "in": "query", "schema": {"type": "object"}}], "x=y", []),
    "a credential": ([PAGE], "token=secret&pagesize=1", ["query /pagesize (page_size)"]),
}


@pytest.mark.parametrize(("parameters", "query", "expected"), QUERIES.values(), ids=QUERIES)
def test_query(parameters: list[Any], query: str, expected: list[str]) -> None:
    """Undocumented query parameters are found; members of objects and credentials in the query are documented."""
    operation = {"parameters": parameters, "security": [{"key": []}, {}]}
    key = {"key": {"type": "apiKey", "in": "query", "name": "token"}}
    assert expected == found(operation, query=query, securitySchemes=key)


def test_other_media_types() -> None:
    """A range of media types describes JSON too. What is not JSON has no members."""
    body = request(b'{"citi": ""}', headers=(("content-type", "application/vnd.x+json; v=1"),))
    text = request(b'{"citi": ""}', headers=(("content-type", "text/plain"),))
    contract = contract_for(document_with(request_body(ADDRESS, "*/*")))

    assert ["body /citi (city)"] == [shown(name) for name in contract.understand(body).undocumented]
    assert [] == [shown(name) for name in contract.understand(text).undocumented]


def test_many_names() -> None:
    """A body of very many undocumented names has a limited list; warnings name each misspelling once."""
    schema = {"type": "array", "items": CUSTOMER}
    contract = contract_for(document_with(request_body(schema)))
    names = contract.understand(request([{"email": "", f"x{number}": 1} for number in range(2000)])).undocumented
    repeated = contract.understand(request([{"email": "", "adress": 1}] * 40)).undocumented
    varied = UndocumentedName(place="body", pointer="/a", suggestion="b")

    assert MAX_FOUND == len(names)
    assert (40, ["body /0/adress (address)"]) == (len(repeated), [shown(name) for name in misspelled(repeated)])
    assert MAX_WARNINGS == len(
        misspelled(UndocumentedName(place="body", pointer=f"/{n}", suggestion=varied.suggestion) for n in range(99))
    )


def test_promise_16_a_hostile_document() -> None:
    """The work for one request is limited, however often schemas refer to each other."""
    schemas: dict[str, Any] = {f"L{n}": {"allOf": [ref(f"L{n + 1}")] * 2} for n in range(24)} | {
        "L24": {"type": "string"}
    }
    schemas |= {"Wide": {"anyOf": [{"type": "string", "maxLength": n} for n in range(10_000)]}}
    members = {f"m{n}": {"anyOf": [ref("Wide"), ref("L0")]} for n in range(1000)}
    contract = contract_for(document_with(request_body({"type": "object", "properties": members}), schemas=schemas))
    body = {"nope": 1, **{name: {"a": {}} for name in members}}

    assert () == DocumentedNames(contract.document).undocumented(contract.operations["x"], request({}), body)


def test_promise_10_messages_show_no_secrets() -> None:
    """A name that contains a secret is hidden in the message and in the journal, and control characters are escaped."""
    name = UndocumentedName(place="body", pointer="/api_key_hidden\x1b[31m", suggestion="api_keys")

    assert "hidden" not in name.message + str(name.as_json()) + str(name)
    assert "\x1b" not in name.message


FORM = {"type": "object", "properties": {"plan_id": TEXT, "address": ADDRESS, "tags": {"type": "array", "items": TEXT}}}
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="planId"\r\n\r\n1\r\n'
    b'--x\r\nContent-Disposition: form-data; name="address"\r\nContent-Type: application/json\r\n\r\n{"citi":"a"}\r\n'
    b"--x--\r\n"
)
FORMS: dict[str, tuple[Any, str, bytes, list[str]]] = {
    "urlencoded": (
        FORM,
        "application/x-www-form-urlencoded",
        b"planId=1&tags=a&tags=b&x=2",
        ["body /planId (plan_id)", "body /x"],
    ),
    "urlencoded, documented": (FORM, "application/x-www-form-urlencoded", b"plan_id=1&tags=a", []),
    "multipart": (
        FORM,
        "multipart/form-data; boundary=x",
        MULTIPART,
        ["body /address/citi (city)", "body /planId (plan_id)"],
    ),
    "allOf": (
        {"allOf": [{"$ref": "#/components/schemas/Address"}, FORM]},
        "application/x-www-form-urlencoded",
        b"citi=1&plan-id=2",
        ["body /citi (city)", "body /plan-id (plan_id)"],
    ),
    "XML": (
        FORM,
        "application/xml",
        b"<order><planId>1</planId><address><citi>a</citi></address></order>",
        ["body /address/citi (city)", "body /planId (plan_id)"],
    ),
    "any fields": (
        {**FORM, "additionalProperties": True},
        "application/x-www-form-urlencoded",
        b"planId=1",
        [],
    ),
}


@pytest.mark.parametrize(("schema", "media_type", "body", "expected"), FORMS.values(), ids=FORMS)
def test_form_fields(schema: Any, media_type: str, body: bytes, expected: list[str]) -> None:
    """Undocumented fields of forms and elements of XML are found, and undocumented members inside of them."""
    operation = request_body(schema, media_type.partition(";")[0])
    contract = contract_for(document_with(operation, schemas=SCHEMAS))
    understood = contract.understand(request(body, headers=(("content-type", media_type),)))

    assert [] == list(understood.violations)
    assert expected == sorted(shown(name) for name in understood.undocumented)
