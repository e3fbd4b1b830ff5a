"""`content: {}` means that no body is documented, as converters of Swagger 2.0 write it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from mockserver.messages import ABSENT, Call, Reply
from mockserver.samples.sample_replies import SampleReplies
from tests.support.documents import contract_for, document_with, request
from tests.support.messages import VALID
from tests.support.mock_violations import mock_violations

NO_BODY: dict[str, Any] = {"description": "no body", "content": {}}
EMPTY: dict[str, dict[str, Any]] = {
    "in the operation": document_with({"requestBody": NO_BODY, "responses": {"200": NO_BODY}}),
    "required": document_with({"requestBody": NO_BODY | {"required": True}, "responses": {"200": NO_BODY}}),
    "by reference": document_with(
        {
            "requestBody": {"$ref": "#/components/requestBodies/none"},
            "responses": {"200": {"$ref": "#/components/responses/none"}},
        },
        requestBodies={"none": {"$ref": "#/components/requestBodies/nothing"}, "nothing": NO_BODY},
        responses={"none": NO_BODY},
    ),
    "for every status": document_with({"requestBody": NO_BODY, "responses": {"default": NO_BODY}}),
    "in 3.1": document_with({"requestBody": NO_BODY, "responses": {"2XX": NO_BODY}}, version="3.1.0"),
}


@pytest.mark.parametrize("document", EMPTY.values(), ids=EMPTY)
def test_no_body_is_valid(document: dict[str, Any]) -> None:
    """A request and a reply without a body are valid; a body is ignored, as without `requestBody` and `content`."""
    for message in (request(), request({"n": 1})):
        assert VALID == mock_violations(document, message)
        assert ABSENT is contract_for(document).understand(message).call.body
    assert VALID == mock_violations(document, request(), Reply(status=200))


@pytest.mark.parametrize("document", EMPTY.values(), ids=EMPTY)
def test_the_reply_has_no_body(document: dict[str, Any]) -> None:
    """The reply that is made from the contract has no body and no media type, with any Accept header."""
    message = request(headers=(("accept", "image/png"),))
    made = SampleReplies(contract_for(document)).make(Call(request=message, operation="x", path={}), random.Random(1))

    assert (200, (), b"") == (made.status, made.headers, made.body)


def test_members_named_content_stay() -> None:
    """A member of a body that is named `content` is no keyword."""
    schema = {"type": "object", "required": ["content"], "properties": {"content": {}}, "additionalProperties": False}
    document = document_with({"requestBody": {"content": {"application/json": {"schema": schema}}}})

    assert VALID == mock_violations(document, request({"content": 1}))
    assert [("body", "/other", "additionalProperties")] == mock_violations(
        document, request({"content": 1, "other": 2})
    )
