"""The check of scenario files at load: a reply that breaks the contract needs `off_contract`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.contract import Contract
from mockserver.loading import ScenarioLint, load_engine, load_scenarios
from mockserver.scenarios.format import BrokenScenariosError, read_folder
from mockserver.settings import Settings
from tests.support.command import ROOT
from tests.support.scenario_files import OPERATION, reply, stub, write
from tests.support.violating_files import HINT, SESSION, VIOLATING

# Every kind of reply that an operation can document, in one small contract.
OTHER_SPEC = """
openapi: 3.0.3
info: {title: parcels, version: "1"}
paths:
  /parcels/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: get_parcel
      responses:
        "200":
          description: fine
          headers:
            Rate-Limit: {required: true, schema: {type: integer}}
            Kind: {schema: {type: string, enum: [box, bag]}}
          content:
            application/json:
              schema:
                type: object
                additionalProperties: false
                required: [id]
                properties:
                  id: {type: string}
                  tags: {type: array, items: {type: object, properties: {name: {type: string}}}}
        4XX:
          description: not fine
          content: {text/*: {schema: {type: string}}, application/problem+json: {schema: {type: object}}}
    delete:
      operationId: delete_parcel
      responses: {"204": {description: gone}, default: {description: else, content: {text/plain: {}}}}
    put: {operationId: put_parcel, responses: {"200": {description: any, content: {application/xml: {}}}}}
"""


@pytest.fixture(scope="module")
def wingback() -> Contract:
    return Contract.load(Settings().spec_file)


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    spec = tmp_path_factory.mktemp("spec") / "parcels.yaml"
    spec.write_text(OTHER_SPEC, "utf-8")
    return Contract.load(spec)


def problems(folder: Path, text: str, contract: Contract) -> list[str]:
    """The problems of a folder with this one file."""
    (folder / "s.yaml").write_text(text, "utf-8")
    try:
        load_scenarios(folder, contract)
    except BrokenScenariosError as error:
        return [str(problem).removeprefix(f"{folder}/s.yaml:") for problem in error.problems]
    return []


@pytest.mark.parametrize(("text", "expected"), VIOLATING.values(), ids=VIOLATING.keys())
def test_violations_are_rejected(tmp_path: Path, wingback: Contract, text: str, expected: list[str]) -> None:
    """Each violation is reported with its position and what the contract documents."""
    assert expected == problems(tmp_path, text, wingback)


@pytest.mark.parametrize(
    "name", [name for name, (text, _) in VIOLATING.items() if "reply:" in text and "several" not in name]
)
def test_violations_with_off_contract_are_accepted(tmp_path: Path, wingback: Contract, name: str) -> None:
    """The same replies are accepted with `off_contract`."""
    text = VIOLATING[name][0]
    changed = text.replace("reply: {", "reply: {off_contract: a test, ").replace(
        "reply:\n", "reply:\n      off_contract: a test\n"
    )
    assert text != changed
    assert [] == problems(tmp_path, changed, wingback)


VALID = {
    "a session": reply("payment_session: {}"),
    "a session with overrides": reply("payment_session: {status: failed, setup_intent: {stripe: null}}"),
    "an allowed null": reply("payment_session: {setup_intent: null}"),
    "a body": reply(f"body: {{{SESSION}}}"),
    "another member that the schema allows": reply(f"body: {{{SESSION}, more: 1}}"),
    "a body with expressions": reply("body: {provider: '{$request.body#/provider}'}"),
    "an undocumented header": reply("headers: {Retry-After: '1', X: '{$method}'}\npayment_session: {}"),
    "a known path parameter": stub("when: {path: {customer_id: {matches: x}}}\nfault: hang"),
    "a fault": stub("fault: hang"),
}


@pytest.mark.parametrize("text", VALID.values(), ids=VALID.keys())
def test_valid_replies_are_accepted(tmp_path: Path, wingback: Contract, text: str) -> None:
    """Replies that match the contract need no `off_contract`."""
    assert [] == problems(tmp_path, text, wingback)


INTEGER = "an integer (written as in JSON, such as 10 or -5)"
PARCELS = {
    "all documented": ("get_parcel", "headers: {Rate-Limit: '5', kind: box}\nbody: {id: x}", []),
    "header missing": (
        "get_parcel",
        "body: {id: x}",
        [f"6:7: stubs[0].reply.headers.Rate-Limit: the header parameter 'Rate-Limit' is required {HINT}"],
    ),
    "header missing beside expressions": (
        "get_parcel",
        "body: {id: '{$request.path.id}'}",
        [f"6:7: stubs[0].reply.headers.Rate-Limit: the header parameter 'Rate-Limit' is required {HINT}"],
    ),
    "header of no documented value": (
        "get_parcel",
        "headers: {rate-limit: many, kind: can}\nbody: {id: x}",
        [
            f'6:29: stubs[0].reply.headers.rate-limit: "many" is not {INTEGER} {HINT}',
            f'6:41: stubs[0].reply.headers.kind: "can" is not one of "box", "bag" {HINT}',
        ],
    ),
    "header with an expression": ("get_parcel", "headers: {Rate-Limit: '{$request.query.limit}'}\nbody: {id: x}", []),
    "member too many": (
        "get_parcel",
        "headers: {Rate-Limit: '5'}\nbody: {id: x, ident: y}",
        [f'7:21: stubs[0].reply.body.ident: "ident" is not a member that the contract allows here {HINT}'],
    ),
    "deep in a list": (
        "get_parcel",
        "headers: {Rate-Limit: '5'}\nbody: {id: x, tags: [{name: a}, {name: 5}]}",
        [f"7:46: stubs[0].reply.body.tags[1].name: 5 is a number; the contract wants a string {HINT}"],
    ),
    "a range of statuses and of types": ("get_parcel", "status: 404\nheaders: {Content-Type: text/html}\nbody: x", []),
    "the same with expressions": (
        "get_parcel",
        "status: 404\nheaders: {Content-Type: text/html}\nbody: 'x{$method}'",
        [],
    ),
    "problem with expressions": (
        "get_parcel",
        "status: 404\nheaders: {Content-Type: application/problem+json}\nbody: '{$request.path.id}'",
        [],
    ),
    "no content": ("delete_parcel", "status: 204", []),
    "default": ("delete_parcel", "status: 500\nheaders: {Content-Type: text/plain}\nbody: x", []),
    "not the default's type": (
        "delete_parcel",
        "status: 500\nbody: x",
        [
            (
                "7:13: stubs[0].reply.body: the media type 'application/json' is not documented; "
                f"documented: text/plain {HINT}"
            )
        ],
    ),
    "XML with expressions": (
        "put_parcel",
        "headers: {Content-Type: application/xml}\nbody: '<a>{$method}</a>'",
        [],
    ),
}


@pytest.mark.parametrize(("operation", "text", "expected"), PARCELS.values(), ids=PARCELS.keys())
def test_another_contract(tmp_path: Path, parcels: Contract, operation: str, text: str, expected: list[str]) -> None:
    """Headers, ranges of statuses, defaults and closed objects are checked as the contract documents them."""
    assert expected == problems(tmp_path, reply(text).replace(OPERATION, operation), parcels)


MEMBERS = {
    "named": ("{properties: {a: {}}}", True),
    "not named": ("{properties: {b: {}}}", False),
    "nothing is": ("{type: object}", True),
    "named in a part": ("{allOf: [{properties: {b: {}}}, {properties: {a: {}}}]}", True),
    "named in an alternative": ("{oneOf: [{properties: {b: {}}}, {properties: {a: {}}}]}", True),
    "others allowed": ("{properties: {b: {}}, additionalProperties: true}", True),
    "others of a kind": ("{properties: {b: {}}, additionalProperties: {type: string}}", True),
    "others refused": ("{properties: {b: {}}, additionalProperties: false}", False),
    "named by a pattern": ("{properties: {b: {}}, patternProperties: {'^a': {}}}", True),
    "named on a condition": ("{properties: {b: {}}, if: {}, then: {properties: {a: {}}}}", True),
    "of itself": ("{$ref: '#/components/schemas/Loop'}", True),
}


@pytest.mark.parametrize(("schema", "expected"), MEMBERS.values(), ids=MEMBERS.keys())
def test_unknown_members(tmp_path: Path, schema: str, *, expected: bool) -> None:
    """An overridden member is unknown if the schema names others and does not allow further members."""
    (tmp_path / "spec.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /x:\n    post:\n      operationId: op\n"
        f"      responses: {{'200': {{description: x, content: {{application/json: {{schema: {schema}}}}}}}}}\n"
        "components:\n  schemas:\n    Loop: {properties: {a: {}}, allOf: [{$ref: '#/components/schemas/Loop'}]}\n",
        "utf-8",
    )
    [file] = read_folder(
        write(tmp_path / "scenarios", s=reply("payment_session: {a: '{$method}'}").replace(OPERATION, "op"))
    )
    found = [problem.key for problem in ScenarioLint(Contract.load(tmp_path / "spec.yaml")).problems(file)]
    assert ([] if expected else ["stubs[0].reply.payment_session.a"]) == found


def test_path_parameters_of_several_operations(tmp_path: Path) -> None:
    """A file-level `when` may use the path parameters of every operation in the file."""
    (tmp_path / "spec.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n"
        "  /a/{one}: {get: {operationId: a, responses: {}}}\n"
        "  /b/{two}: {get: {operationId: b, responses: {}}}\n",
        "utf-8",
    )
    contract = Contract.load(tmp_path / "spec.yaml")
    folder = tmp_path / "scenarios"
    folder.mkdir()
    text = (
        "about: One.\nwhen: {path: {NAME: x}}\nstubs:\n"
        "  - {name: a, operation: a, fault: hang}\n  - {name: b, operation: b, fault: hang}\n"
    )
    assert [[], []] == [problems(folder, text.replace("NAME", name), contract) for name in ("one", "two")]
    assert ["2:15: when.path.three: no path parameter of a or b has this name; known are one, two"] == problems(
        folder, text.replace("NAME", "three"), contract
    )


NOTES = {
    "unnecessary": (
        "payment_session: {}\noff_contract: x",
        ["7:7: stubs[0].reply.off_contract: off_contract is unnecessary here: the reply matches the contract"],
    ),
    "needed": ("status: 503\noff_contract: x", []),
    "needed for a name": ("payment_session: {staus: x}\noff_contract: x", []),
    "depends on the call": ("body: {a: '{$method}'}\noff_contract: x", []),
    "no off_contract": ("payment_session: {}", []),
}


@pytest.mark.parametrize(("text", "expected"), NOTES.values(), ids=NOTES.keys())
def test_notes(tmp_path: Path, wingback: Contract, text: str, expected: list[str]) -> None:
    """An unnecessary `off_contract` is a note, not a problem."""
    (tmp_path / "s.yaml").write_text(reply(text), "utf-8")
    [file] = read_folder(tmp_path)
    notes = ScenarioLint(wingback).notes(file)
    assert expected == [str(note).removeprefix(f"{file.file}:") for note in notes]


def test_the_server_does_not_start(tmp_path: Path) -> None:
    """The problems of all files are reported together, and the server does not start."""
    (tmp_path / "a.yaml").write_text(reply("status: 503"), "utf-8")
    (tmp_path / "b.yaml").write_text("about: x", "utf-8")
    with pytest.raises(BrokenScenariosError) as caught:
        load_engine(Settings(scenarios=tmp_path))
    assert [("a.yaml", 6), ("b.yaml", 1)] == [(Path(each.file).name, each.line) for each in caught.value.problems]


# The packages that take long to import, with what needs them.
SLOW = {
    "openapi_core": "a rejected message",
    "jsonschema": "a rejected message",
    "pydantic": "a rejected message",
    "faker": "a made-up value that a scenario asks for",
    "mockserver.samples": "an operation without a scenario",
    "mockserver.stripe": "Stripe's API",
    "mockserver.control": "the control API",
    "mockserver.checks": "mockserver check",
}


def test_the_first_reply_needs_no_slow_packages() -> None:
    """The compiled schemas check the bundled files and a valid request. Nothing is imported that is needed later."""
    code = (
        "import sys; from mockserver.web import create_app; from mockserver.loading import load_engine;"
        "from mockserver.messages import Headers, Request; from mockserver.settings import Settings;"
        "engine = load_engine(Settings()); create_app(Settings(), engine=engine);"
        "headers = Headers([('wb-key', 'k'), ('content-type', 'application/json')]);"
        'body = b\'{"operation":"add_method","address":true}\';'
        "path = '/v1/c/customer/Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670/payment/session';"
        "reply = engine.handle(Request(method='POST', path=path, headers=headers, body=body));"
        "print(reply.status, *sorted(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    status, *modules = run.stdout.split()
    assert "200" == status
    assert not SLOW.keys() & set(modules)


def test_many_files(tmp_path: Path, wingback: Contract) -> None:
    """Many files of different kinds are loaded together."""
    kinds = [(ROOT / "scenarios" / f"{name}.yaml").read_bytes() for name in ("happy_path", "rate_limited", "hangs")]
    for number in range(100):
        (tmp_path / f"scenario_{number:04}.yaml").write_bytes(kinds[number % 3])
    assert 100 == len(load_scenarios(tmp_path, wingback))
