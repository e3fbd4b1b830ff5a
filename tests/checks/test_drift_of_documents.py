"""`mockserver check --against`: drift in documents with several operations, statuses, media types and parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.checks import check
from mockserver.checks.report import FORMATS, Report
from mockserver.settings import Settings
from tests.support.scenario_files import write

OLD = """\
openapi: 3.0.3
info: {title: Pets, version: '1'}
servers: [{url: /v1}, {url: /latest}]
security: [{key: []}]
paths:
  /pets:
    get:
      operationId: list_pets
      parameters:
        - {name: sort, in: query, schema: {type: string, enum: [name, age]}}
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: page, in: query, schema: {type: integer, minimum: 1}}
        - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {age: {type: integer}}}}
        - {name: x-trace, in: header, schema: {type: string}}
      responses:
        '200':
          description: pets
          headers: {X-Total: {schema: {type: integer}}}
          content:
            application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}
            text/csv: {schema: {type: string}}
        '404':
          description: none
          content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}
        default: {description: other}
  /pets/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    put:
      operationId: put_pet
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/NewPet'}}
          application/x-www-form-urlencoded:
            schema: {type: object, required: [name], properties: {name: {type: string}, age: {type: integer}}}
          text/plain: {schema: {type: string}}
          image/*: {}
      responses:
        '201':
          description: pet
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: x-key}
    token: {type: http, scheme: bearer}
  schemas:
    NewPet:
      type: object
      required: [name]
      properties:
        name: {type: string}
        nick: {type: string, maxLength: 20, minLength: 2}
        age: {type: integer, minimum: 0, maximum: 50}
        size: {oneOf: [{type: string}, {type: integer}]}
        toys: {type: array, maxItems: 3, items: {$ref: '#/components/schemas/Toy'}}
        last: {type: boolean}
    Toy: {type: object, properties: {colour: {type: string}, price: {type: number}}}
    Pet:
      type: object
      required: [id]
      properties:
        id: {type: string}
        kind: {type: string, enum: [cat, dog]}
        owner: {$ref: '#/components/schemas/Person'}
        vet: {$ref: '#/components/schemas/Person'}
        parent: {$ref: '#/components/schemas/Pet'}
        labels: {type: object, additionalProperties: {$ref: '#/components/schemas/Label'}}
    Person: {type: object, properties: {name: {type: string}, phone: {type: string}}}
    Label: {type: object, properties: {text: {type: string}, icon: {type: string}}}
    Problem: {type: object, required: [title], properties: {title: {type: string}}}
"""
FORM = "schema: {type: object, required: [name], properties: {name: {type: string}, age: {type: integer}}}"
RANGE = "'*/*': {schema: {$ref: '#/components/schemas/NewPet'}}"
BOTH = "list_pets, put_pet"
GONE = "no longer documented"

# What is replaced in the document, and each finding: the operations and a part of the message.
DRIFT: dict[str, tuple[dict[str, str], list[tuple[str, str]]]] = {
    "nothing": ({}, []),
    "a new operation": ({"  /pets/{id}:\n": "  /new:\n    get: {responses: {}}\n  /pets/{id}:\n"}, []),
    "a new media type of the request": (
        {"          image/*: {}\n": "          image/*: {}\n          text/csv: {}\n"},
        [],
    ),
    "a new status": ({"        default: {d": "        '500': {description: x}\n        default: {d"}, []),
    "a new value of a reply": ({"enum: [cat, dog]": "enum: [cat, dog, fish]"}, []),
    "a new value of a parameter": ({"enum: [name, age]": "enum: [name, age, id]"}, []),
    "a wider limit": ({"maxLength: 20, minLength: 2": "maxLength: 30"}, []),
    "another name of a path parameter": (
        {"/pets/{id}": "/pets/{pet}", "{name: id, in: path": "{name: pet, in: path"},
        [],
    ),
    "a schema that is written in its place": (
        {
            "parent: {$ref: '#/components/schemas/Pet'}": "parent: {$ref: '#/components/schemas/Pet2'}",
            "    Person: {type": "    Pet2: {allOf: [{$ref: '#/components/schemas/Pet'}]}\n    Person: {type",
        },
        [],
    ),
    "a credential of every operation": (
        {"security: [{key: []}]": "security: [{token: []}]"},
        [(BOTH, "request: credentials for key alone are no longer accepted")],
    ),
    "a status of a reply": (
        {
            "        '404':\n          description: none\n"
            "          content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}\n"
            "        default: {description: other}\n": ""
        },
        [("list_pets", f"reply 404: this status is {GONE}"), ("list_pets", f"reply default: this status is {GONE}")],
    ),
    "a status that a range replaces": ({"        '201':": "        2XX:"}, []),
    "a status of which the default has another body": (
        {
            "        '404':\n          description: none\n"
            "          content: {application/json: {schema: {$ref: '#/components/schemas/Problem'}}}\n": ""
        },
        [("list_pets", f"reply 404: the media type application/json is {GONE}")],
    ),
    "a media type of a reply": (
        {"            text/csv: {schema: {type: string}}\n": ""},
        [("list_pets", f"reply 200: the media type text/csv is {GONE}")],
    ),
    "a media type that a range replaces": ({"            text/csv: {schema": "            text/*: {schema"}, []),
    "a header of a reply": (
        {"          headers: {X-Total: {schema: {type: integer}}}\n": ""},
        [("list_pets", f"reply 200: header /X-Total: this header is {GONE}")],
    ),
    "a media type of the request that is not generated": (
        {"          image/*: {}\n": ""},
        [("put_pet", f"request: the media type image/* is {GONE}")],
    ),
    "a form": (
        {"application/x-www-form-urlencoded": "multipart/form-data"},
        [("put_pet", f"request: the media type application/x-www-form-urlencoded is {GONE}")],
    ),
    "a text": (
        {"          text/plain: {schema: {type: string}}\n": ""},
        [("put_pet", f"request: the media type text/plain is {GONE}")],
    ),
    "a field of a form": (
        {", age: {type: integer}}}\n          text": "}}\n          text"},
        [("put_pet", f"request: body /age: this member is {GONE}")],
    ),
    "a field that a form requires": (
        {FORM: FORM.replace("[name]", "[name, age]")},
        [("put_pet", 'request: body /age: "age" is required')],
    ),
    "the body that becomes required": (
        {"      requestBody:\n": "      requestBody:\n        required: true\n"},
        [("put_pet", "request: body: ")],
    ),
    "the body of a request": (
        {OLD[OLD.index("      requestBody:") : OLD.index("      responses:\n        '201'")]: ""},
        [("put_pet", f"request: the body is {GONE}")],
    ),
    "a value of a parameter": (
        {"enum: [name, age]": "enum: [name]"},
        [("list_pets", 'request: query /sort: "age" is not one of "name"')],
    ),
    "an optional parameter": (
        {"        - {name: x-trace, in: header, schema: {type: string}}\n": ""},
        [("list_pets", f"request: header /x-trace: this parameter is {GONE}")],
    ),
    "the items of a parameter": (
        {"schema: {type: array, items: {type: string}}": "schema: {type: array, items: {type: integer}}"},
        [("list_pets", "request: query /tags/0: ")],
    ),
    "a limit of a parameter": (
        {"schema: {type: integer, minimum: 1}": "schema: {type: integer, minimum: 2}"},
        [("list_pets", "request: query /page: ")],
    ),
    "an object in the query": (
        {"properties: {age: {type: integer}}}}": "properties: {age: {type: boolean}}}}"},
        [("list_pets", "request: query /filter/age: ")],
    ),
    "a base path": ({", {url: /latest}": ""}, [(BOTH, "request: the base path /latest is no longer served")]),
    "the longest text": ({"maxLength: 20": "maxLength: 10"}, [("put_pet", "request: body /nick: ")]),
    "the shortest text": ({"minLength: 2": "minLength: 3"}, [("put_pet", "request: body /nick: ")]),
    "a new limit": (
        {"        name: {type: string}\n": "        name: {type: string, maxLength: 99}\n"},
        [("put_pet", "… (maxLength)")],
    ),
    "the largest number": ({"maximum: 50": "maximum: 40"}, [("put_pet", "request: body /age: ")]),
    "the smallest number": ({"minimum: 0": "minimum: 1"}, [("put_pet", "request: body /age: ")]),
    "the most items": ({"maxItems: 3": "maxItems: 2"}, [("put_pet", "request: body /toys: ")]),
    "the least items": ({"maxItems: 3": "maxItems: 3, minItems: 1"}, [("put_pet", "request: body /toys: ")]),
    "a branch": (
        {"oneOf: [{type: string}, {type: integer}]": "oneOf: [{type: string}]"},
        [("put_pet", "request: body /size: ")],
    ),
    "another branch": (
        {"oneOf: [{type: string}, {type: integer}]": "oneOf: [{type: integer}]"},
        [("put_pet", "request: body /size: ")],
    ),
    "members that are not documented, where the last member is not nullable": (
        {"    NewPet:\n": "    NewPet:\n      additionalProperties: false\n"},
        [("put_pet", "request: body: members that the contract does not document are no longer accepted")],
    ),
    "a member of an item": (
        {", price: {type: number}": ""},
        [("put_pet", f"request: body /toys/0/price: this member is {GONE}")],
    ),
    "a member of a map": (
        {", icon: {type: string}": ""},
        [
            ("list_pets", f"reply 200: body /0/labels/*/icon: this member is {GONE}"),
            ("put_pet", f"reply 201: body /labels/*/icon: this member is {GONE}"),
        ],
    ),
    "a member of a schema that several members have": (
        {", phone: {type: string}": ""},
        [
            ("list_pets", f"reply 200: body /0/owner/phone: this member is {GONE}; so is /0/vet/phone"),
            ("put_pet", f"reply 201: body /owner/phone: this member is {GONE}; so is /vet/phone"),
        ],
    ),
    "a schema in a composition": (
        {
            "items: {$ref: '#/components/schemas/Pet'}": "items: {$ref: '#/components/schemas/Other'}",
            "    Person: {type": "    Other: {allOf: [{$ref: '#/components/schemas/Pet'}]}\n    Person: {type",
        },
        [],
    ),
    "the operationId and a member": (
        {"operationId: put_pet": "operationId: replace_pet", ", price: {type: number}": ""},
        [
            ("put_pet", f"request: body /toys/0/price: this member is {GONE}"),
            ("", "the contract no longer has this operation; PUT /pets/{id} is 'replace_pet' there"),
        ],
    ),
}
SCENARIO = """\
about: x
stubs:
  - {name: a, operation: list_pets, fault: hang}
  - {name: b, operation: put_pet, fault: hang}
"""


def edited(changes: dict[str, str], text: str = OLD) -> str:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def compared(tmp_path: Path, before: str, after: str, text: str = SCENARIO) -> Report:
    (tmp_path / "old.yaml").write_text(before, "utf-8")
    (tmp_path / "new.yaml").write_text(after, "utf-8")
    folder = write(tmp_path / "scenarios", s=text)
    return check(Settings(spec=tmp_path / "old.yaml", scenarios=folder), against=tmp_path / "new.yaml")


def found(report: Report) -> list[tuple[str, str]]:
    assert report.against is not None
    return [(", ".join(each.operations), each.message) for each in report.against.findings]


@pytest.mark.parametrize("name", DRIFT)
def test_drift(tmp_path: Path, name: str) -> None:
    """Each edit has its findings: the operations that it concerns, and the cause. A harmless edit has none."""
    changes, expected = DRIFT[name]
    report = compared(tmp_path, OLD, edited(changes))
    actual = found(report)

    assert [operations for operations, _ in expected] == [operations for operations, _ in actual]
    assert [] == [
        (part, message) for (_, part), (_, message) in zip(expected, actual, strict=True) if part not in message
    ]
    assert (not expected) is report.ok


def test_the_shape_of_the_text(tmp_path: Path) -> None:
    """A finding names the operations whose callers it concerns."""
    changes, _ = DRIFT["a credential of every operation"]
    report = compared(tmp_path, OLD, edited(changes))

    assert [
        "would break: request: credentials for key alone are no longer accepted",
        "  for callers of list_pets, put_pet",
        "  found by comparing the contracts; no scenario shows it",
    ] == FORMATS["text"](report).splitlines()[1:4]
    assert (
        "::error title=would break under new.yaml::request: credentials for key alone are no longer accepted "
        "(for callers of list_pets, put_pet)"
    ) in FORMATS["github"](report).replace(f"{tmp_path}/", "")


STUB_REPLIES: dict[str, tuple[dict[str, str], str, str]] = {
    "a status": (
        {"        '201':": "        '202':"},
        "reply: {status: 201, body: {id: x}}",
        "reply 201: this status is no longer documented",
    ),
    "a type": (
        {"        id: {type: string}": "        id: {type: integer}"},
        "reply: {status: 201, body: {id: x}}",
        "reply 201: body /id: ",
    ),
}


@pytest.mark.parametrize(("changes", "stub", "message"), STUB_REPLIES.values(), ids=STUB_REPLIES.keys())
def test_the_reply_of_a_scenario_has_the_same_cause(
    tmp_path: Path, changes: dict[str, str], stub: str, message: str
) -> None:
    """If the comparison finds what breaks a scenario's reply, the report lists the reply under that finding."""
    text = f"about: x\nstubs:\n  - name: a\n    operation: put_pet\n    {stub}\n"
    report = compared(tmp_path, OLD, edited(changes), text)
    assert report.against is not None
    [finding] = report.against.findings

    assert message in finding.message
    assert (("s",), 1) == (finding.scenarios, len(finding.problems))


UNGENERATED: dict[str, tuple[dict[str, str], str]] = {
    "a request": (
        {"    NewPet:\n      type: object\n": "    NewPet:\n      type: object\n      not: {}\n"},
        "put_pet (request as application/json)",
    ),
    "a media type that nothing can be written for": ({}, "put_pet (request as image/*)"),
    "a reply": (
        {"    Problem: {type: object, ": "    Problem: {type: object, not: {}, "},
        "list_pets (reply 404 as application/json)",
    ),
}


@pytest.mark.parametrize(("changes", "expected"), UNGENERATED.values(), ids=UNGENERATED.keys())
def test_what_could_not_be_generated_is_stated(tmp_path: Path, changes: dict[str, str], expected: str) -> None:
    """The summary names each media type of a message that no valid body could be generated for."""
    report = compared(tmp_path, edited(changes), edited(changes))

    assert expected in FORMATS["text"](report).splitlines()[-1].partition("no valid message could be generated for")[2]


def test_a_range_of_media_types_is_compared(tmp_path: Path) -> None:
    """A body that is documented for every media type is sent as JSON."""
    before = edited({"application/json: {schema: {$ref: '#/components/schemas/NewPet'}}": RANGE})
    report = compared(tmp_path, before, edited({"required: [name]\n": "required: [name, age]\n"}, before))

    assert [("put_pet", 'request: body /age: "age" is required')] == found(report)


def test_the_numbers_of_messages(tmp_path: Path) -> None:
    """The numbers of generated messages count both operations."""
    report = compared(tmp_path, OLD, OLD)
    assert report.against is not None
    numbers: Any = report.against.compared

    assert (1, ("list_pets", "put_pet")) == (numbers.scenarios, numbers.operations)
    assert (numbers.requests > 30, numbers.replies > 6) == (True, True)
