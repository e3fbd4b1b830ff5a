"""Makes scenario files: texts with one stub, and folders of them."""

from __future__ import annotations

from pathlib import Path

__all__ = ["HAPPY", "HEAD", "OPERATION", "PATH", "example", "more", "reply", "stub", "write"]

OPERATION = "c_create_payment_session"
PATH = "/v1/c/customer/Cust_1/payment/session"
HEAD = f"about: One.\nstubs:\n  - name: a\n    operation: {OPERATION}\n"


def stub(text: str) -> str:
    """A file with one stub, `a`, that holds, from line 5 and column 5 on, these lines."""
    return HEAD + "".join(f"    {line}\n" for line in text.splitlines())


def reply(text: str) -> str:
    """A file with one reply that holds, from line 6 and column 7 on, these lines."""
    return stub("reply:\n" + "".join(f"  {line}\n" for line in text.splitlines()))


HAPPY = reply("payment_session: {}")


def more(name: str, text: str) -> str:
    """One more stub for a file, in one line."""
    return f"  - {{name: {name}, operation: {OPERATION}, {text}}}\n"


def example(
    *endings: str, path: str = PATH, sent: str = "", body: str = "{operation: add_method, address: true}"
) -> str:
    """Examples for a file: the same request again and again, each with its ending; `sent` is more of the request."""
    request = f"{{method: POST, path: {path}, body: {body}{sent}}}"
    return "example:\n" + "".join(f"  - request: {request}\n    {ending}\n" for ending in endings)


def write(folder: Path, **files: str) -> Path:
    """A folder with these files, by the names of their scenarios."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder
