"""A document with the constructs of OpenAI's public document for `POST /chat/completions`, in a small form."""

from __future__ import annotations

from typing import Any

__all__ = ["CHAT"]


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def message(role: str, content: Any, *required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["role", *required],
        "properties": {"role": {"type": "string", "enum": [role]}, "content": content, **properties},
    }


def part(kind: str, **properties: Any) -> dict[str, Any]:
    described = {"type": {"type": "string", "enum": [kind]}, **properties}
    return {"type": "object", "required": list(described), "properties": described}


def or_null(schema: Any) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def text_or(part_schema: Any) -> dict[str, Any]:
    return {"oneOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": part_schema}]}


TEXT = {"type": "string"}
FUNCTION = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "parameters": {"type": "object"}}}
CALLED = {"type": "object", "required": ["name", "arguments"], "properties": {"name": TEXT, "arguments": TEXT}}
USER_PARTS = ("Text", "Image", "Audio")

SCHEMAS: dict[str, Any] = {
    "DeveloperMessage": message("developer", text_or(ref("TextPart")), "content"),
    "SystemMessage": message("system", text_or(ref("TextPart")), "content", name=TEXT),
    "UserMessage": message("user", text_or(ref("UserPart")), "content", name=TEXT),
    "AssistantMessage": message(
        "assistant",
        or_null(text_or({"oneOf": [ref("TextPart"), ref("RefusalPart")], "discriminator": {"propertyName": "type"}})),
        refusal=or_null(TEXT),
        tool_calls={"type": "array", "items": ref("AnyCall")},
    ),
    "ToolMessage": message("tool", text_or(ref("TextPart")), "content", "tool_call_id", tool_call_id=TEXT),
    "FunctionMessage": message("function", or_null(TEXT), "content", "name", name=TEXT),
    "RequestMessage": {
        "oneOf": [ref(f"{role}Message") for role in ("Developer", "System", "User", "Assistant", "Tool", "Function")],
        "discriminator": {"propertyName": "role"},
    },
    "TextPart": part("text", text=TEXT),
    "RefusalPart": part("refusal", refusal=TEXT),
    "ImagePart": part("image_url", image_url={"type": "object", "required": ["url"], "properties": {"url": TEXT}}),
    "AudioPart": part("input_audio", input_audio={"type": "object"}),
    "UserPart": {"oneOf": [ref(f"{kind}Part") for kind in USER_PARTS], "discriminator": {"propertyName": "type"}},
    "FunctionCall": part("function", id=TEXT, function=CALLED),
    "CustomCall": part("custom", id=TEXT, custom={"type": "object"}),
    "AnyCall": {"oneOf": [ref("FunctionCall"), ref("CustomCall")], "discriminator": {"propertyName": "type"}},
    "ResponseFormat": {
        "oneOf": [part("text"), part("json_object"), part("json_schema", json_schema={"type": "object"})],
        "discriminator": {"propertyName": "type"},
    },
    "Tool": {
        "anyOf": [part("function", function=FUNCTION), ref("CustomTool")],
        "discriminator": {"propertyName": "type", "mapping": {"custom": "#/components/schemas/CustomTool"}},
    },
    "CustomTool": part("custom", custom={"type": "object", "required": ["name"], "properties": {"name": TEXT}}),
    "Citation": part("url_citation", url=TEXT),
    "Request": {
        "type": "object",
        "required": ["model", "messages"],
        "properties": {
            "model": {"anyOf": [TEXT, {"type": "string", "enum": ["gpt-4o"]}]},
            "messages": {"type": "array", "minItems": 1, "items": ref("RequestMessage")},
            "response_format": ref("ResponseFormat"),
            "tools": {"type": "array", "items": ref("Tool")},
            "temperature": or_null({"type": "number", "minimum": 0, "maximum": 2}),
        },
    },
    "Reply": {
        "type": "object",
        "required": ["id", "object", "choices"],
        "properties": {
            "id": TEXT,
            "object": {"type": "string", "enum": ["chat.completion"]},
            "choices": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["index", "message"],
                    "properties": {"index": {"type": "integer"}, "message": ref("ReplyMessage")},
                },
            },
        },
    },
    "ReplyMessage": {
        "type": "object",
        "required": ["role", "content", "tool_calls", "annotations"],
        "properties": {
            "role": {"type": "string", "enum": ["assistant"]},
            "content": or_null(TEXT),
            "tool_calls": {"type": "array", "minItems": 1, "items": ref("AnyCall")},
            "annotations": {
                "type": "array",
                "minItems": 1,
                "items": {"oneOf": [ref("Citation")], "discriminator": {"propertyName": "type"}},
            },
        },
    },
}

CHAT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "chat", "version": "1"},
    "paths": {
        "/chat/completions": {
            "post": {
                "operationId": "createChatCompletion",
                "requestBody": {"required": True, "content": {"application/json": {"schema": ref("Request")}}},
                "responses": {
                    "200": {"description": "fine", "content": {"application/json": {"schema": ref("Reply")}}}
                },
            }
        }
    },
    "components": {"schemas": SCHEMAS},
}
