"""Assembly: from the model of a file to the frozen values that the engine gets."""

from __future__ import annotations

from mockserver.messages import ABSENT
from mockserver.parsing.media_types import is_json
from mockserver.scenarios.conditions import ALWAYS, Condition
from mockserver.scenarios.format.field_parsers import as_text
from mockserver.scenarios.format.file_model import ConditionModel, ExampleModel, ReplyModel, ScenarioFile, StubModel
from mockserver.scenarios.scenario import Example, ExampleReply, ExampleRequest, Scenario, Stub
from mockserver.scenarios.stub_replies import LiteralReply, PaymentSessionReply, media_type_of

__all__ = ["scenario_of"]


def scenario_of(file: ScenarioFile, *, name: str, digest: bytes) -> Scenario:
    """The scenario that a valid file describes."""
    return Scenario(
        name=name,
        about=file.about,
        when=None if file.when is None else _condition(file.when),
        stubs=tuple(map(_stub, file.stubs)),
        example=tuple(map(_example, file.example)),
        digest=digest,
    )


def _condition(model: ConditionModel) -> Condition:
    return Condition(path=model.path, query=model.query, header=model.header, cookie=model.cookie, body=model.body)


def _stub(model: StubModel) -> Stub:
    return Stub(
        name=model.name,
        operation=model.operation,
        when=ALWAYS if model.when is None else _condition(model.when),
        times=model.times,
        delay=model.delay,
        reply=None if model.reply is None else _reply(model.reply),
        fault=model.fault,
    )


def _reply(model: ReplyModel) -> PaymentSessionReply | LiteralReply:
    if model.payment_session is not None:
        return PaymentSessionReply(
            overrides=model.payment_session,
            status=model.status,
            headers=model.headers,
            off_contract=model.off_contract,
            on_confirm=model.on_confirm,
            method_types=model.payment_method_types,
        )
    media_type = media_type_of(model.headers)
    as_it_is = media_type is None or is_json(media_type) or model.body is None
    return LiteralReply(
        status=model.status,
        headers=model.headers,
        body=model.body if as_it_is or model.body is None else as_text(model.body),
        off_contract=model.off_contract,
    )


def _example(model: ExampleModel) -> Example:
    request = ExampleRequest(
        method=model.request.method,
        path=model.request.path,
        headers=model.request.headers,
        body=model.request.body if model.request.given("body") else ABSENT,
    )
    if model.reply is None:
        return Example(request=request, fault=model.fault)
    reply = ExampleReply(status=model.reply.status, headers=model.reply.headers, body=model.reply.body)
    return Example(request=request, reply=reply)
