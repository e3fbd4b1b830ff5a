"""`mockserver check --against`: which scenarios another version of the contract would break, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.checks import check
from mockserver.settings import Settings
from tests.support.command import ROOT, run
from tests.support.scenario_files import HAPPY, OPERATION, example, reply, stub, write
from tests.support.violating_files import HINT

SPEC = (ROOT / "spec" / "wingback.yaml").read_text("utf-8")
ADDRESS = "      properties:\n        address:\n          type: boolean\n          description: whether"

AGAINST: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "the same": ({}, HAPPY + example("reply: {status: 200}"), []),
    "an operation renamed": (
        {"c_create_payment_session": "create_session"},
        HAPPY + example("reply: {status: 200}"),
        [
            (
                "4:16: stubs[0].operation: the contract no longer has this operation; POST "
                "/v1/c/customer/{customer_id}/payment/session is 'create_session' there"
            )
        ],
    ),
    "an operation with another path and name": (
        {"c_create_payment_session": "create_payment_session", "/v1/c/": "/v2/c/"},
        HAPPY + example("reply: {status: 200}"),
        ["4:16: stubs[0].operation: the contract no longer has this operation; did you mean 'create_payment_session'?"],
    ),
    "another path": (
        {"/v1/c/": "/v2/c/"},
        HAPPY + example("reply: {status: 200}"),
        [
            (
                "9:21: example[0].reply.status: expected 200, found the refusal unknown-path: The contract has "
                "no such path. Did you mean /v2/c/customer/{customer_id}/payment/session?"
            )
        ],
    ),
    "a parameter renamed": (
        {"{customer_id}": "{id}", "name: customer_id": "name: id"},
        stub("when: {path: {customer_id: Cust_1}}\nfault: hang"),
        [f"5:19: stubs[0].when.path.customer_id: no path parameter of {OPERATION} has this name; known are id"],
    ),
    "a member of the reply renamed": (
        {"pk_key": "publishable_key"},
        reply("payment_session: {setup_intent: {stripe: {pk_key: pk_test_1}}}"),
        [
            (
                '6:48: stubs[0].reply.payment_session.setup_intent.stripe.publishable_key: "publishable_key" is '
                f"required {HINT}"
            ),
            (
                "6:49: stubs[0].reply.payment_session.setup_intent.stripe.pk_key: the contract documents no such "
                f"member {HINT}; known are client_secret, connected_account_id, publishable_key"
            ),
        ],
    ),
    "a removed value": (
        {"        - authorize\n": ""},
        reply("payment_session: {provider: authorize}"),
        [f'6:35: stubs[0].reply.payment_session.provider: "authorize" is not one of "self_handled", "stripe" {HINT}'],
    ),
    "a new required member of the request": (
        {
            f"- operation\n        - address\n{ADDRESS}": f"- plan_id\n{ADDRESS}",
        },
        HAPPY + example("reply: {status: 200}"),
        [
            (
                "9:21: example[0].reply.status: expected 200, found the refusal contract-violation: The request "
                'breaks the contract at: body /plan_id (required). body /plan_id: "plan_id" is required'
            )
        ],
    ),
    "another status": (
        {"'200'": "'201'"},
        HAPPY,
        [
            (
                "6:7: stubs[0].reply.status: the status 200 is not documented; documented: 201 (or add "
                "off_contract: <reason>)"
            )
        ],
    ),
    "off_contract": ({"'200'": "'201'"}, reply("status: 503\noff_contract: x"), []),
}


@pytest.mark.parametrize(("changes", "text", "expected"), AGAINST.values(), ids=AGAINST.keys())
def test_against_another_version(tmp_path: Path, changes: dict[str, str], text: str, expected: list[str]) -> None:
    """The report lists the scenarios that would break, with the reasons, and no others."""
    spec = SPEC
    for old, new in changes.items():
        assert old in spec
        spec = spec.replace(old, new)
    (tmp_path / "new.yaml").write_text(spec, "utf-8")
    folder = write(tmp_path / "scenarios", s=text, other=stub("fault: hang"))
    report = check(Settings(scenarios=folder), against=tmp_path / "new.yaml")
    assert report.against is not None
    broken = {file.scenario: file for file in report.against.broken}
    found = [str(each).removeprefix(f"{folder}/s.yaml:") for each in broken["s"].problems] if "s" in broken else []
    assert (expected, bool(report.against.findings)) == (found, not report.ok)
    assert () == report.files[1].problems


def test_against_in_each_format(tmp_path: Path) -> None:
    """Each format shows the comparison after the check; the exit code is 1 if a scenario would break."""
    (tmp_path / "new.yaml").write_text(SPEC.replace(OPERATION, "create").replace("0.1.0", "0.2.0"), "utf-8")
    write(tmp_path / "scenarios", a=HAPPY, broken="about: x")
    text, as_json, github = (
        run("check", "--scenarios", "scenarios", "--against", "new.yaml", "--format", output_format, cwd=tmp_path)
        for output_format in ("text", "json", "github")
    )
    message = (
        "operation: the contract no longer has this operation; "
        "POST /v1/c/customer/{customer_id}/payment/session is 'create' there"
    )
    assert [1, 1, 1] == [each.returncode for each in (text, as_json, github)]
    against: dict[str, Any] = json.loads(as_json.stdout)["against"]
    # The operation has another name, but the same method and path.
    generated = against["compared"]["requests"] + against["compared"]["replies"]
    assert generated > 0
    assert [
        f"would break: {message}",
        "  in 1 scenario: a",
        "  scenarios/a.yaml:4:16",
        f"{ROOT}/spec/wingback.yaml 0.1.0: 2 files, 1 with 1 problem",
        (
            f"new.yaml 0.2.0: 1 finding; breaks 1 of 1 scenario, compared with {generated} messages generated for "
            "1 operation; operations and members that they do not use were not compared; 1 file with problems was not "
            "compared"
        ),
    ] == text.stdout.splitlines()[-5:]
    assert ("new.yaml", "0.2.0", ["a"]) == (
        against["spec"],
        against["version"],
        [file["scenario"] for file in against["broken"]],
    )
    command = "::error file=scenarios/a.yaml,line=4,col=16,title=would break under new.yaml::"
    assert f"{command}{message} (in 1 scenario: a)" in github.stdout.splitlines()
