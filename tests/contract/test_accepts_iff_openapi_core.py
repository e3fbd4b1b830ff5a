"""The mock accepts a message if and only if openapi-core, with the list of corrections, accepts it.

So compiled schemas must never accept a message that openapi-core rejects.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.document.document import load_document
from mockserver.errors import SpecError
from mockserver.messages import Headers, Reply, Request
from mockserver.settings import bundled
from tests.support.both_validators import BothValidators
from tests.support.cases import generated
from tests.support.documents import document_with, loaded, request_body, response_body
from tests.support.schemas import COMPONENTS, IDENTIFIED, likely_values, schemas, values

VALUES = 8
VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.0"}
SUITE = json.loads((Path(__file__).parent / "json_schema_test_suite" / "draft4.json").read_text("utf-8"))


@pytest.mark.parametrize("direction", ["request", "reply"])
@pytest.mark.parametrize("version", VERSIONS)
def test_generated_bodies(version: str, direction: str) -> None:
    """For any schema and value, openapi-core accepts a body that the compiled schema accepts."""
    counts: Counter[str] = Counter()
    components = st.fixed_dictionaries({name: schemas(version) for name in COMPONENTS})

    @generated(1 / 4 / VALUES)
    @given(schemas(version), components, st.data())
    def hold(schema: Any, others: dict[str, Any], data: st.DataObject) -> None:
        operation = request_body(schema) | response_body(schema)
        try:
            identified = IDENTIFIED if version == "3.1" else {}
            document = loaded(document_with(operation, version=VERSIONS[version], schemas=others | identified))
        except SpecError:
            return
        both = BothValidators(document)
        likely = st.one_of(values, likely_values(schema, others))
        for value in data.draw(st.lists(likely, min_size=VALUES, max_size=VALUES)):
            both.body(value) if direction == "request" else both.reply(value)
        counts.update(both.counts)

    hold()
    assert counts["valid, compiled"] > counts["valid"]
    assert counts["invalid"] > counts.total() / 10


@pytest.mark.parametrize("name", SUITE)
def test_the_json_schema_test_suite(name: str) -> None:
    """Of the cases for draft 4, the compiled schemas accept all valid ones, and none that openapi-core rejects."""
    for group in SUITE[name]:
        both = BothValidators(loaded(document_with(request_body(group["schema"]) | response_body(group["schema"]))))
        for case in group["tests"]:
            both.body(case["data"])
            both.reply(case["data"])
        assert (group["description"], 0) == (group["description"], both.counts["valid"])


def test_the_suite_is_complete() -> None:
    """All cases of the suite are present."""
    assert 608 == sum(len(group["tests"]) for groups in SUITE.values() for group in groups)


PARAMETER_NAMES = ("a", "b-c", "filter")
RAW_VALUES = st.sampled_from(
    (
        *("", "1", "-7", "1.5", "5.0", "1e3", "1e400", "1_000", "+1", "1.", "007", " 5", "\u0663", "NaN", "9" * 20),
        *("true", "True", "yes", "null", "a", "a,b", "1, 2 ,", "a,1", "a=1,b=true", "é", "\u0007", "x" * 40),
    )
)
STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}


def parameters(version: str) -> st.SearchStrategy[dict[str, Any]]:
    """Strategy for a parameter, which is now and then described in an invalid way."""
    schema = schemas(version)
    with_default = st.builds(
        lambda found, value: found | {"default": value}, schema.filter(lambda found: isinstance(found, dict)), values
    )
    content = st.builds(lambda found: {"application/json": {"schema": found}}, schema)
    optional = {"required": st.booleans(), "explode": st.booleans(), "allowEmptyValue": st.booleans()}
    places = [
        st.fixed_dictionaries(
            {"name": st.sampled_from(PARAMETER_NAMES), "in": st.just(place)},
            optional=optional | {"style": st.sampled_from(styles), member: described_by},
        )
        for place, styles in STYLES.items()
        for member, described_by in {"schema": schema | with_default, "content": content}.items()
    ]
    return st.one_of(places)


@st.composite
def requests_with(draw: st.DrawFn, described_parameters: list[dict[str, Any]]) -> tuple[Request, dict[str, str]]:
    """Strategy for a request that may have values for each parameter."""
    found: dict[str, list[tuple[str, str]]] = {place: [] for place in STYLES}
    for parameter in described_parameters:
        name, place = parameter["name"], parameter["in"]
        keys = {
            "query": [name, f"{name}[a]", f"{name}[]", f"{name}[0]", f"{name}[a][b]", "id"],
            "cookie": [name, "id"],
        }
        is_unique = place == "path"
        for key in draw(st.lists(st.sampled_from(keys.get(place, [name])), max_size=2, unique=is_unique)):
            found[place].append((key, draw(RAW_VALUES)))
    cookies = "; ".join(f"{name}={value}" for name, value in found["cookie"])
    query = "&".join(f"{name}={value}" for name, value in found["query"])
    headers = [*found["header"], *([("cookie", cookies)] if cookies else [])]
    return Request(method="POST", path="/x", query=query, headers=Headers(headers)), dict(found["path"])


@pytest.mark.parametrize("version", VERSIONS)
def test_generated_parameters(version: str) -> None:
    """For any place, style and schema, openapi-core accepts parameters that the compiled operation accepts."""
    counts: Counter[str] = Counter()

    @generated(1 / 4 / VALUES)
    @given(st.lists(parameters(version), min_size=1, max_size=3), st.data())
    def hold(described_parameters: list[dict[str, Any]], data: st.DataObject) -> None:
        others = {name: {"type": "string"} for name in COMPONENTS}
        identified = IDENTIFIED if version == "3.1" else {}
        operation = {"parameters": described_parameters}
        try:
            document = loaded(document_with(operation, version=VERSIONS[version], schemas=others | identified))
        except SpecError:
            return
        both = BothValidators(document)
        for request, path in data.draw(st.lists(requests_with(described_parameters), min_size=VALUES, max_size=VALUES)):
            both.parameters(request, path)
        counts.update(both.counts)

    hold()
    assert counts["valid, compiled"]
    assert counts["invalid"]


SCHEMES: dict[str, dict[str, Any]] = {
    "header": {"type": "apiKey", "in": "header", "name": "wb-key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "app-session"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "bearer": {"type": "http", "scheme": "Bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "oauth": {"type": "oauth2", "flows": {}},
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://id.example"},
    "mutual": {"type": "mutualTLS"},
}


@generated(1 / 20)
@given(
    st.lists(st.dictionaries(st.sampled_from([*SCHEMES, "unknown"]), st.just([]), max_size=2), max_size=3),
    st.lists(st.sampled_from(("wb-key", "WB-Key", "cookie", "authorization")), unique=True),
    st.sampled_from(
        (
            *(
                "x",
                " ",
                "Bearer x",
                "bearer  x",
                "Bearer  ",
                "Basic",
                "basic x",
                "Basic YTpi",
                "Basic YWI=",
                "Digest x",
            ),
            *("app-session=1", "app-session=; a=b", 'app-session=""', ""),
        )
    ),
    st.sampled_from(("", "key=1", "key", "KEY=1", "key=+", "key=&key=1")),
)
def test_generated_security(requirements: Any, names: list[str], credential: str, query: str) -> None:
    """openapi-core accepts credentials that the compiled operation accepts."""
    both = BothValidators(loaded(document_with({"security": requirements}, securitySchemes=SCHEMES)))
    headers = Headers([(name, credential) for name in names])
    both.security(Request(method="POST", path="/x", query=query, headers=headers))


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MAYBE_TEXT = TEXT | st.none()
PROVIDERS = ("authorize", "self_handled", "stripe")
STRIPE = st.fixed_dictionaries({"pk_key": TEXT, "connected_account_id": TEXT, "client_secret": TEXT, "new": values})
SETUP_INTENT = st.fixed_dictionaries(
    {"wb_customer_id": TEXT, "customer_id": TEXT, "address": st.booleans()}, optional={"stripe": STRIPE | st.none()}
)
WINGBACK: dict[str, st.SearchStrategy[Any]] = {
    "body": st.fixed_dictionaries(
        {"operation": st.just("add_method"), "address": st.booleans()},
        optional={
            "detach_previous_on_success": st.booleans() | st.none(),
            "plan_id": MAYBE_TEXT,
            "pricing_id": MAYBE_TEXT,
            "provider": st.sampled_from((*PROVIDERS, None)),
            "note": values,
        },
    ),
    "reply": st.fixed_dictionaries(
        {
            "token": TEXT,
            "wb_customer_id": TEXT,
            "customer_id": TEXT,
            "provider": st.sampled_from(PROVIDERS),
            "operation": st.just("add_method"),
            "status": TEXT,
            "address": st.booleans(),
            "detach_previous_on_success": st.booleans(),
        },
        optional={"setup_intent": SETUP_INTENT | st.none(), "note": values},
    ),
}


@pytest.mark.parametrize("question", WINGBACK)
def test_the_bundled_contract_never_falls_back(question: str) -> None:
    """The compiled schemas accept every valid body and reply of Wingback's contract, without openapi-core."""
    both = BothValidators(load_document(bundled("spec") / "wingback.yaml"))

    @generated(1 / 20)
    @given(WINGBACK[question])
    def hold(value: Any) -> None:
        getattr(both, question)(value)

    hold()
    assert ["valid, compiled"] == list(both.counts)


@generated(1 / 20)
@given(TEXT.filter(lambda text: text and text.isprintable()), st.sampled_from(("wb-key", "cookie")))
def test_the_bundled_contract_accepts_every_customer_id(customer: str, credential: str) -> None:
    """No customer id and no kind of credential needs openapi-core."""
    both = BothValidators(load_document(bundled("spec") / "wingback.yaml"))
    request = Request(method="POST", path="/", headers=Headers([(credential, "app-session=1")]))
    both.parameters(request, {"customer_id": customer})
    both.security(request)
    assert {"valid, compiled": 2} == both.counts


CONTENT = {"application/json": {"schema": {"type": "object"}}}
EMPTY_BODIES = {
    "not required": ({"content": CONTENT}, True),
    "required is false": ({"required": False, "content": CONTENT}, True),
    "required": ({"required": True, "content": CONTENT}, False),
    "required is not a boolean": ({"required": "yes", "content": CONTENT}, True),
}


@pytest.mark.parametrize(("body", "seen"), EMPTY_BODIES.values(), ids=EMPTY_BODIES)
def test_a_request_without_a_body(body: dict[str, Any], seen: bool) -> None:  # noqa: FBT001 - a column of the table
    """A body may be missing if `required` is false or absent. Another value than true or false counts as absent."""
    both = BothValidators(loaded(document_with({"requestBody": body})))
    request = Request(method="POST", path="/x")
    both.compare(body, accepted=both.compiled.may_be_empty, violations=both.openapi_core.body(both.operation, request))

    assert seen == both.compiled.may_be_empty


EMPTY_REPLIES = {
    "no content": ({"description": ""}, (), True),
    "content": ({"description": "", "content": CONTENT}, (), False),
    "an optional header that is not there": ({"headers": {"X-A": {"schema": {"type": "integer"}}}}, (), True),
    "an optional header that is there": ({"headers": {"X-A": {"schema": {"type": "integer"}}}}, (("x-a", "b"),), False),
    "a header that is required": ({"headers": {"X-A": {"required": True, "schema": {}}}}, (), False),
    "a media type": ({"description": ""}, (("content-type", "text/plain"),), True),
}


@pytest.mark.parametrize(("response", "headers", "seen"), EMPTY_REPLIES.values(), ids=EMPTY_REPLIES)
@pytest.mark.parametrize("status", [200, 204])
def test_a_reply_without_a_body(response: Any, headers: Any, seen: bool, status: int) -> None:  # noqa: FBT001 - as above
    """A reply may have no body where no content is documented."""
    both = BothValidators(loaded(document_with({"responses": {str(status): response}})))
    reply = Reply(status=status, headers=headers)
    both.compare(
        response, accepted=both.compiled.reply(reply), violations=both.openapi_core.reply(both.operation, reply)
    )

    assert seen == both.compiled.reply(reply)
