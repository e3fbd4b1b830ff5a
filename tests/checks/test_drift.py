"""`mockserver check --against`: the drift between two versions of a contract, beyond what the examples show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.checks import check
from mockserver.checks.report import FORMATS, Report
from mockserver.settings import Settings
from tests.support.command import ROOT, run
from tests.support.scenario_files import HAPPY, OPERATION, example, more, stub, write

SPEC = (ROOT / "spec" / "wingback.yaml").read_text("utf-8")
INBOUND = "    inbound.payment.PaymentSession:\n      type: object\n"
OUTBOUND = "    outbound.payment.PaymentSession:\n      type: object\n"
PROVIDER = """        provider:
          allOf:
            - $ref: '#/components/schemas/core.payment.Provider'
          nullable: true
"""
PLAN = """        plan_id:
          allOf:
            - $ref: '#/components/schemas/Id'
          nullable: true
"""
WHETHER = "        address:\n          type: boolean\n          description: whether"
PARAMETER = "      requestBody:\n        content:\n          application/json:\n"
REQUIRED = "      required:\n        - operation\n        - address\n"
WB_REQUIRED = "        - wb_customer_id\n"
REPLY_PROVIDER = "          $ref: '#/components/schemas/core.payment.Provider'\n        setup"
SETUP_INTENT = """        setup_intent:
          allOf:
            - $ref: '#/components/schemas/outbound.payment.SetupIntent'
          nullable: true
"""
WB_CUSTOMER = "        wb_customer_id:\n          $ref: '#/components/schemas/Id'\n    Operation:"

# What is replaced in the contract, and the findings.
DRIFT: dict[str, tuple[dict[str, str], list[str]]] = {
    "nothing": ({}, []),
    "descriptions": ({"Id of the customer": "The id", "version: 0.1.0": "version: 0.2.0"}, []),
    "a new optional member of the request": (
        {PROVIDER: PROVIDER + "        note: {type: string}\n"},
        [],
    ),
    "a new optional member of the reply": (
        {
            OUTBOUND + "      description": OUTBOUND + "      x-y: 1\n      description",
            "        token:\n": "        note: {type: string}\n        token:\n",
        },
        [],
    ),
    "another security scheme is accepted, too": (
        {"        - wb_user_cookie: []\n": "        - wb_user_cookie: []\n        - {}\n"},
        [],
    ),
    "a security scheme is removed": (
        {"        - api-key: []\n": ""},
        ["request: credentials for api-key alone are no longer accepted"],
    ),
    "the other security scheme is removed": (
        {"        - wb_user_cookie: []\n": ""},
        ["request: credentials for wb_user_cookie alone are no longer accepted"],
    ),
    "both security schemes are required together": (
        {"        - api-key: []\n        - wb_user_cookie: []": "        - {api-key: [], wb_user_cookie: []}"},
        [
            "request: credentials for api-key alone are no longer accepted",
            "request: credentials for wb_user_cookie alone are no longer accepted",
        ],
    ),
    "the header of a security scheme is renamed": (
        {"name: wb-key": "name: x-key"},
        ["request: credentials for api-key alone are no longer accepted"],
    ),
    "undocumented members are refused": (
        {INBOUND: INBOUND + "      additionalProperties: false\n"},
        ["request: body: members that the contract does not document are no longer accepted"],
    ),
    "an optional member of the request is removed": (
        {PROVIDER: ""},
        ["request: body /provider: this member is no longer documented"],
    ),
    "an optional member of the request is removed and refused": (
        {PROVIDER: "", INBOUND: INBOUND + "      additionalProperties: false\n"},
        [
            "request: body /provider: this member is no longer documented",
            "request: body: members that the contract does not document are no longer accepted",
        ],
    ),
    "a member of the reply is removed": (
        {
            f"{WB_REQUIRED}        - customer_id\n        - provider": "        - customer_id\n        - provider",
            WB_CUSTOMER: "    Operation:",
        },
        ["reply 200: body /wb_customer_id: this member is no longer documented"],
    ),
    "an inner member of the reply is removed": (
        {
            "        pk_key:\n          type: string\n          description: Stripe Publishable Key\n": "",
            "        - pk_key\n": "",
        },
        ["reply 200: body /setup_intent/stripe/pk_key: this member is no longer documented"],
    ),
    "an object of the reply is removed": (
        {
            SETUP_INTENT: "",
        },
        ["reply 200: body /setup_intent: this member is no longer documented"],
    ),
    "a member of the reply becomes optional": (
        {"        - token\n": ""},
        ['reply 200: body /token: "token" is required'],
    ),
    "a member of the request becomes required": (
        {REQUIRED: REQUIRED + "        - plan_id\n"},
        ['request: body /plan_id: "plan_id" is required'],
    ),
    "a new required member of the request": (
        {REQUIRED: REQUIRED + "        - currency\n", PLAN: PLAN + "        currency: {type: string}\n"},
        ['request: body /currency: "currency" is required'],
    ),
    "a member of the request changes its type": (
        {WHETHER: WHETHER.replace("boolean", "string")},
        ["request: body /address: true is a boolean; the contract wants a string"],
    ),
    "a nullable member of the request is no longer nullable": (
        {PLAN: PLAN.replace("          nullable: true\n", "")},
        ["request: body /plan_id: null is not allowed here; the contract wants a string"],
    ),
    "a member of the reply may be null": (
        {"          description: Payment Session Status\n": "          nullable: true\n"},
        ["reply 200: body /status: null is not allowed here; the contract wants a string"],
    ),
    "a value of the request is removed": (
        {PROVIDER: "        provider: {type: string, nullable: true, enum: [stripe, self_handled, null]}\n"},
        ['request: body /provider: "authorize" is not one of "stripe", "self_handled", null'],
    ),
    "a new value of the reply": (
        {
            REPLY_PROVIDER: "          {type: string, enum: [stripe, self_handled, authorize, paypal]}\n        setup",
        },
        [],
    ),
    "a new required query parameter": (
        {PARAMETER: "        - {name: page, in: query, required: true, schema: {type: integer}}\n" + PARAMETER},
        ["request: query /page: the query parameter 'page' is required"],
    ),
    "a new optional query parameter": (
        {PARAMETER: "        - {name: page, in: query, schema: {type: integer}}\n" + PARAMETER},
        [],
    ),
    "another media type of the request": (
        {PARAMETER: PARAMETER.replace("json", "merge-patch+json")},
        [
            "request: the media type application/json is no longer documented",
        ],
    ),
    "another path": (
        {"/v1/c/": "/v2/c/"},
        [
            (
                "request: unknown-path: The contract has no such path. Did you mean "
                "/v2/c/customer/{customer_id}/payment/session?"
            )
        ],
    ),
    "another method": (
        {"    post:": "    put:"},
        ["request: method-not-allowed: POST is not an operation of this path; this path has: PUT."],
    ),
}


def edited(changes: dict[str, str], text: str = SPEC) -> str:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def compared(tmp_path: Path, before: str, after: str, **files: str) -> Report:
    """The report on scenario files under one contract, against another."""
    (tmp_path / "old.yaml").write_text(before, "utf-8")
    (tmp_path / "new.yaml").write_text(after, "utf-8")
    folder = write(tmp_path / "scenarios", **files)
    return check(Settings(spec=tmp_path / "old.yaml", scenarios=folder), against=tmp_path / "new.yaml")


def messages(report: Report) -> list[str]:
    assert report.against is not None
    return [f"{', '.join(finding.operations)}: {finding.message}" for finding in report.against.findings]


@pytest.mark.parametrize("name", DRIFT)
def test_drift_without_examples(tmp_path: Path, name: str) -> None:
    """Each edit of the contract has its findings, although no scenario has an example."""
    changes, expected = DRIFT[name]
    report = compared(tmp_path, SPEC, edited(changes), s=HAPPY)

    assert [f"{OPERATION}: {each}" for each in expected] == messages(report)
    assert (not expected) is report.ok


@pytest.mark.parametrize("name", DRIFT)
def test_drift_with_an_example(tmp_path: Path, name: str) -> None:
    """An example adds no finding of its own when a generated message has found the same cause."""
    changes, expected = DRIFT[name]
    report = compared(tmp_path, SPEC, edited(changes), s=HAPPY + example("reply: {status: 200}"))

    assert [f"{OPERATION}: {each}" for each in expected] == messages(report)


def test_findings_are_grouped(tmp_path: Path) -> None:
    """Scenarios that break for the same reason are listed in one finding."""
    text = HAPPY + example("reply: {status: 200}")
    after = edited(DRIFT["a new required member of the request"][0])
    report = compared(tmp_path, SPEC, after, one=text, two=text, three=stub("fault: hang"))
    assert report.against is not None
    [finding] = report.against.findings

    assert ("one", "two") == finding.scenarios
    assert ["one.yaml", "two.yaml"] == [Path(each.file).name for each in finding.problems]
    assert ["one", "two"] == [file.scenario for file in report.against.broken]


def test_the_bundled_scenarios_are_grouped(tmp_path: Path) -> None:
    """All bundled scenarios that a new required member breaks are in one finding."""
    (tmp_path / "new.yaml").write_text(edited(DRIFT["a new required member of the request"][0]), "utf-8")
    report = check(Settings(), against=tmp_path / "new.yaml")
    assert report.against is not None
    [finding] = report.against.findings

    assert len(report.against.broken) == len(finding.scenarios) > 25
    summary = FORMATS["text"](report).splitlines()[-1]
    assert f"1 finding; breaks {len(finding.scenarios)} of 33 scenarios" in summary


def test_what_was_compared_is_stated(tmp_path: Path) -> None:
    """Without findings the last line says what was compared, and what was not."""
    (tmp_path / "new.yaml").write_text(SPEC, "utf-8")
    report = check(Settings(), against=tmp_path / "new.yaml")
    assert report.against is not None
    found = report.against.compared

    assert report.ok
    assert (33, (OPERATION,), ()) == (found.scenarios, found.operations, found.not_generated)
    assert (
        f"{tmp_path}/new.yaml 0.1.0: breaks none of the 33 scenarios and none of the {found.requests + found.replies} "
        "messages generated for 1 operation; operations and members that they do not use were not compared"
    ) == FORMATS["text"](report).splitlines()[-1]
    assert (found.requests >= 8, found.replies >= 4) == (True, True)


def test_an_operation_without_a_scenario_is_not_compared(tmp_path: Path) -> None:
    """A change of another operation is no finding, and the summary does not claim anything about it."""
    other = "  /other:\n    get:\n      operationId: other\n      responses: {'200': {description: x}}\ncomponents:\n"
    report = compared(tmp_path, edited({"components:\n": other}), SPEC, s=HAPPY)

    assert [] == messages(report)
    assert "operations and members that they do not use were not compared" in FORMATS["text"](report)


def test_without_scenarios_nothing_is_compared(tmp_path: Path) -> None:
    """Without scenario files the report claims nothing about the new version."""
    for name in ("old", "new"):
        (tmp_path / f"{name}.yaml").write_text(SPEC, "utf-8")
    report = check(Settings(spec=tmp_path / "old.yaml"), against=tmp_path / "new.yaml")

    assert report.ok
    assert (
        FORMATS["text"](report)
        .splitlines()[-1]
        .endswith("new.yaml 0.1.0: not compared, because no scenario can be compared")
    )


def test_files_with_problems_are_not_compared(tmp_path: Path) -> None:
    """The summary says how many files were not compared."""
    report = compared(tmp_path, SPEC, SPEC, s=HAPPY, broken="about: x\n")

    assert "; 1 file with problems was not compared" in FORMATS["text"](report).splitlines()[-1]


def test_a_request_that_cannot_be_generated_is_stated(tmp_path: Path) -> None:
    """An operation without a generated request is named in the summary."""
    impossible = {INBOUND: f"{INBOUND}      minProperties: 9\n      maxProperties: 2\n"}
    spec = edited(impossible)
    report = compared(tmp_path, spec, spec, s=stub("fault: hang"))

    assert (
        f"no valid message could be generated for {OPERATION} (request as application/json)"
        in FORMATS["text"](report).splitlines()[-1]
    )


def test_the_formats(tmp_path: Path) -> None:
    """Each format has a finding once, with its scenarios; the exit code is 1."""
    text = HAPPY + example("reply: {status: 200}")
    folder = write(tmp_path / "scenarios", one=text, two=text)
    (tmp_path / "new.yaml").write_text(
        edited(DRIFT["a new required member of the request"][0] | DRIFT["a security scheme is removed"][0]), "utf-8"
    )
    arguments = ("check", "--scenarios", folder.name, "--against", "new.yaml", "--format")
    shown = {each: run(*arguments, each, cwd=tmp_path) for each in FORMATS}
    report: dict[str, Any] = json.loads(shown["json"].stdout)["against"]
    required = 'request: body /currency: "currency" is required'
    credentials = "request: credentials for api-key alone are no longer accepted"
    callers = f"for callers of {OPERATION}"

    title = "would break under new.yaml"
    places = "(in 2 scenarios: one, two)"
    assert [1, 1, 1] == [each.returncode for each in shown.values()]
    assert [
        f"would break: {credentials}",
        f"  {callers}",
        "  found by comparing the contracts; no scenario shows it",
        f"would break: {required}",
        f"  {callers}",
        "  in 2 scenarios: one, two",
        "  scenarios/one.yaml:9:21",
        "  scenarios/two.yaml:9:21",
    ] == shown["text"].stdout.splitlines()[2:10]
    assert [(credentials, []), (required, ["one", "two"])] == [
        (each["message"], each["scenarios"]) for each in report["findings"]
    ]
    assert {"scenarios": 2, "operations": [OPERATION], "not_generated": []}.items() <= report["compared"].items()
    assert [
        f"::error title={title}::{credentials} ({callers})",
        f"::error file=scenarios/one.yaml,line=9,col=21,title={title}::{required} ({callers}) {places}",
    ] == [line for line in shown["github"].stdout.splitlines() if line.startswith("::error")]


def test_read_only_and_write_only_members(tmp_path: Path) -> None:
    """Generated requests have no readOnly members, and generated replies have no writeOnly members."""
    marked = edited(
        {
            INBOUND: INBOUND,
            PLAN: PLAN
            + "        secret: {type: string, writeOnly: true}\n        made: {type: string, readOnly: true}\n",
        }
    )
    report = compared(tmp_path, marked, edited({"secret: {type: string,": "secret: {type: integer,"}, marked), s=HAPPY)

    assert [1, "/secret"] == [len(messages(report)), messages(report)[0].split(":")[2].split()[-1]]


def test_several_stubs_of_one_operation(tmp_path: Path) -> None:
    """An operation that several stubs and scenarios use is compared once."""
    report = compared(tmp_path, SPEC, SPEC, s=HAPPY + more("b", "fault: hang"), other=HAPPY)
    assert report.against is not None

    assert (2, (OPERATION,)) == (report.against.compared.scenarios, report.against.compared.operations)
