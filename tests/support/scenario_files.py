"""Writes scenario files for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["HAPPY", "HEAD", "OPERATION", "PATH", "example", "more", "reply", "stub", "write", "write_replies"]

OPERATION = "c_create_payment_session"
PATH = "/v1/c/customer/Cust_1/payment/session"
HEAD = f"about: One.\nstubs:\n  - name: a\n    operation: {OPERATION}\n"


def stub(text: str) -> str:
    """A file with one stub, `a`, and these lines in it, from line 5 and column 5."""
    return HEAD + "".join(f"    {line}\n" for line in text.splitlines())


def reply(text: str) -> str:
    """A file with one reply, and these lines in it, from line 6 and column 7."""
    return stub("reply:\n" + "".join(f"  {line}\n" for line in text.splitlines()))


HAPPY = reply("payment_session: {}")


def more(name: str, text: str) -> str:
    """Another stub for a file, on one line."""
    return f"  - {{name: {name}, operation: {OPERATION}, {text}}}\n"


def example(
    *endings: str, path: str = PATH, sent: str = "", body: str = "{operation: add_method, address: true}"
) -> str:
    """Examples for a file: the same request with each of these endings. `sent` adds members to the request."""
    request = f"{{method: POST, path: {path}, body: {body}{sent}}}"
    return "example:\n" + "".join(f"  - request: {request}\n    {ending}\n" for ending in endings)


def write(folder: Path, **files: str) -> Path:
    """Write these files, by the names of their scenarios, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def write_replies(folder: Path, replies: Mapping[str, Any]) -> Path:
    """Write a file with one stub for each of these replies, by the names of their scenarios, into a folder."""
    files = {
        name: json.dumps(
            {"about": "A test's own.", "stubs": [{"name": "created", "operation": OPERATION, "reply": reply}]}
        )
        for name, reply in replies.items()
    }
    return write(folder, **files)
