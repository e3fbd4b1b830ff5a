"""The examples of scenario files: correct ones, and the problems of wrong ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mockserver.checks import check
from mockserver.settings import Settings
from tests.support.scenario_files import HAPPY, OPERATION, PATH, example, more, reply, stub, write
from tests.support.violating_files import HINT


def messages(folder: Path, **files: str) -> list[str]:
    """The problems of a folder with these files, without the name of the folder."""
    report = check(Settings(scenarios=write(folder, **files)))
    return [str(problem).removeprefix(f"{folder}/") for file in report.files for problem in file.problems]


WRONG = {
    "status": (
        HAPPY + example("reply: {status: 201}"),
        ["s.yaml:9:21: example[0].reply.status: expected 201, found 200, from stub 'a'"],
    ),
    "header": (
        HAPPY + example("reply: {status: 200, headers: {Retry-After: '1'}}"),
        ["s.yaml:9:49: example[0].reply.headers.Retry-After: expected \"1\", found nothing, from stub 'a'"],
    ),
    "body, every member": (
        HAPPY
        + example("reply: {status: 200, body: {customer_id: Cust_2, setup_intent: {stripe: {absent: true}, x: 1}}}"),
        [
            's.yaml:9:46: example[0].reply.body.customer_id: expected "Cust_2", found "Cust_1", from stub \'a\'',
            re.compile(
                r"s\.yaml:9:77: example\[0\]\.reply\.body\.setup_intent\.stripe: expected nothing, found "
                r"\{\"pk_key\": .*_secret_\[redacted\]\"\}, from stub 'a'"
            ),
            "s.yaml:9:96: example[0].reply.body.setup_intent.x: expected 1, found nothing, from stub 'a'",
        ],
    ),
    "a reply instead of a fault": (
        HAPPY + example("fault: hang"),
        ["s.yaml:9:12: example[0].fault: expected the fault hang, found a reply with status 200 from stub 'a'"],
    ),
    "another fault": (
        stub("fault: empty_reply") + example("fault: hang"),
        ["s.yaml:8:12: example[0].fault: expected the fault hang, found the fault empty_reply from stub 'a'"],
    ),
    "a fault instead of a reply": (
        stub("fault: empty_reply") + example("reply: {status: 200}"),
        ["s.yaml:8:12: example[0].reply: expected a reply with status 200, found the fault empty_reply from stub 'a'"],
    ),
    "a request that violates the contract": (
        HAPPY + example("reply: {status: 200}", body="{operation: pay, address: true}"),
        [
            (
                "s.yaml:9:21: example[0].reply.status: expected 200, found the refusal contract-violation: The "
                'request breaks the contract at: body /operation (enum). body /operation: "pay" is not one of '
                '"add_method"'
            )
        ],
    ),
    "an unknown path": (
        HAPPY + example("reply: {status: 404}", path="/v2/payment"),
        [
            (
                "s.yaml:9:21: example[0].reply.status: expected 404, found the refusal unknown-path: The "
                "contract has no such path. Did you mean /v1/c/customer/{customer_id}/payment/session?"
            )
        ],
    ),
    "no stub": (
        stub("when: {body: {provider: stripe}}\nfault: hang") + example("fault: hang"),
        [
            (
                "s.yaml:9:12: example[0].fault: expected the fault hang, found the refusal no-stub: No stub of "
                "scenario s fits. The nearest is 'a': body /provider: expected \"stripe\", found nothing."
            )
        ],
    ),
    "used up": (
        stub("times: 1\nfault: hang") + example("fault: hang", "fault: hang"),
        [
            (
                "s.yaml:11:12: example[1].fault: expected the fault hang, found the refusal no-stub: No stub of "
                "scenario s fits. The nearest is 'a': times: expected at most 1, found used up; activation or "
                "reset starts it again."
            )
        ],
    ),
    "a reply that violates the contract at run time": (
        reply("payment_session: {provider: '{$request.query.provider}'}")
        + example("reply: {status: 200}", path=f"{PATH}?provider=paypal"),
        [
            (
                "s.yaml:9:21: example[0].reply.status: expected 200, found the refusal reply-violates-contract: "
                "The reply of stub 'a' of scenario s breaks the contract: correct it, or add `off_contract: "
                '<reason>`. body /provider: "paypal" is not one of "authorize", "self_handled", "stripe"'
            )
        ],
    ),
    "a credential that is not sent": (
        HAPPY + example("reply: {status: 200}", sent=", headers: {cookie: a=b}"),
        [],
    ),
    "a when that does not match the example": (
        HAPPY.replace("stubs:", "when: {path: {customer_id: Cust_2}}\nstubs:") + example("reply: {status: 200}"),
        [
            "s.yaml:2:7: when: expected to select this scenario for an example, found that it does not",
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG.keys())
def test_wrong_examples(tmp_path: Path, text: str, expected: list[str | re.Pattern[str]]) -> None:
    """The problem of a wrong example shows the expected and the actual reply, and the stub that answered."""
    found = messages(tmp_path / "scenarios", s=text, happy_path=HAPPY)
    assert len(expected) == len(found), found
    for pattern, message in zip(expected, found, strict=True):
        assert pattern.fullmatch(message) if isinstance(pattern, re.Pattern) else pattern == message


def test_another_scenario_that_answers_is_named(tmp_path: Path) -> None:
    """If the `when` of another scenario selects it instead, the problem names it."""
    when = "when: {path: {customer_id: {matches: Cust}}}\nstubs:"
    found = messages(
        tmp_path / "scenarios",
        first=stub("fault: hang").replace("stubs:", when) + example("fault: hang"),
        second=stub("fault: empty_reply").replace("stubs:", when) + example("fault: empty_reply"),
        third=stub("fault: empty_reply").replace("stubs:", when) + example("fault: hang"),
    )
    assert [
        (
            "second.yaml:9:12: example[0].fault: expected the fault empty_reply, found the fault hang from stub "
            "'a' of first"
        ),
        "third.yaml:2:7: when: expected to select this scenario for an example, found that it does not",
    ] == found


CORRECT = {
    "only a reply": HAPPY + example("reply: {status: 200}"),
    "text": reply("status: 503\nheaders: {Content-Type: text/html}\nbody: <p>no\noff_contract: x")
    + example("reply: {status: 503, headers: {content-type: text/html}, body: {matches: '^<p>'}}"),
    "text/json is JSON": reply("status: 503\nheaders: {Content-Type: text/json}\nbody: {a: 1}\noff_contract: x")
    + example("reply: {status: 503, body: {a: 1}}"),
    "no body": reply("status: 503\noff_contract: x") + example("reply: {status: 503, body: {absent: true}}"),
    "a long delay": stub("delay: 3600s\nreply: {payment_session: {}}") + example("reply: {status: 200}"),
    "a sequence": stub("times: 1\nreply: {status: 503, off_contract: x}")
    + more("b", "reply: {payment_session: {}}")
    + example("reply: {status: 503}", "reply: {status: 200}"),
    "a fault": stub("fault: malformed_json") + example("fault: malformed_json"),
    "a dribbled reply, as a fault": stub("fault: {dribble: {chunks: 2, over: 1s}}") + example("fault: dribble"),
    "a dribbled reply, as a reply": stub("fault: {dribble: {chunks: 2, over: 1s}}")
    + example("reply: {status: 200, body: {status: created}}"),
    "a credential of its own": reply("body: '{$request.header.wb-key}'\noff_contract: x")
    + example("reply: {status: 200, body: mine}", sent=", headers: {wb-key: mine}"),
    "a cookie for a credential": stub("when: {cookie: {app-session: c}, header: {wb-key: {absent: true}}}\nfault: hang")
    + example("fault: hang", sent=", headers: {Cookie: app-session=c}"),
    "an expected refusal": HAPPY
    + example("reply: {status: 400, headers: {Mock-Refused: contract-violation}}", body="{}"),
    "a refused body that is not JSON": HAPPY
    + example(
        "reply: {status: 415, headers: {Mock-Refused: {present: true}}}",
        sent=", headers: {Content-Type: text/plain}",
        body="hello",
    ),
    "a query": stub("when: {query: {a: b, c: ''}}\nfault: hang") + example("fault: hang", path=f"{PATH}?a=b&c="),
    "another scenario": HAPPY
    + example(
        "reply: {status: 200, headers: {Mock-Scenario: happy_path}}", sent=", headers: {Mock-Scenario: happy_path}"
    ),
    "a namespace of its own": HAPPY
    + example("reply: {status: 200, headers: {Mock-Entry: mine-1}}", sent=", headers: {mock-namespace: mine}"),
    "chosen by its when": stub("fault: hang").replace("stubs:", "when: {path: {customer_id: Cust_9}}\nstubs:")
    + example("reply: {status: 200}")
    + example("fault: hang", path=PATH.replace("_1", "_9")).removeprefix("example:\n"),
    "no example": HAPPY,
}


@pytest.mark.parametrize("text", CORRECT.values(), ids=CORRECT.keys())
def test_correct_examples(tmp_path: Path, text: str) -> None:
    """Examples are sent with the usual headers of a client, and each file has its own namespace."""
    assert [] == messages(tmp_path / "scenarios", s=text, happy_path=HAPPY)


def test_broken_files_among_others(tmp_path: Path) -> None:
    """The examples of a file are played although other files are broken."""
    once = stub("times: 1\nfault: hang") + example("fault: hang")
    found = messages(tmp_path / "scenarios", a=once, b=once, c="about: x", d=reply("status: 500"))
    assert [
        "c.yaml:1:1: stubs: required, but missing",
        f"d.yaml:6:15: stubs[0].reply.status: the status 500 is not documented; documented: 200 {HINT}",
    ] == found


def test_credentials_of_any_contract(tmp_path: Path) -> None:
    """A credential is sent where the contract requires it: in the query, a cookie or Authorization."""
    (tmp_path / "spec.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\ncomponents:\n  securitySchemes:\n"
        "    a: {type: apiKey, in: query, name: key}\n    b: {type: http, scheme: bearer}\n"
        "    c: {type: apiKey, in: cookie, name: c}\npaths:\n"
        "  /one: {get: {operationId: one, security: [{a: [], b: []}], responses: {'204': {description: x}}}}\n"
        "  /two: {get: {operationId: two, security: [{c: []}], responses: {'204': {description: x}}}}\n"
        "  /three: {get: {operationId: three, responses: {'204': {description: x}}}}\n",
        "utf-8",
    )
    files = {
        name: reply("status: 204").replace(OPERATION, name)
        + f"example:\n  - request: {{method: GET, path: /{name}}}\n    reply: {{status: 204}}\n"
        for name in ("one", "two", "three")
    }
    report = check(Settings(spec=tmp_path / "spec.yaml", scenarios=write(tmp_path / "scenarios", **files)))
    assert [()] * 3 == [file.problems for file in report.files]
