"""What the server prints at its start: what is served, where, from which files, and what to try first."""

from __future__ import annotations

from itertools import islice

from mockserver.engine.engine import Engine
from mockserver.redaction.printable import plain
from mockserver.settings import Settings
from mockserver.version import __version__

__all__ = ["greeting"]

SHOWN_OPERATIONS = 5
CREATE = "/v1/c/customer/{customer_id}/payment/session"
# The contract's own example of an id.
CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
BODY = '{"operation":"add_method","address":true}'


def greeting(settings: Settings, engine: Engine, url: str) -> str:
    """The lines for a server that listens at a URL."""
    document = engine.contract.document
    count = len(engine.contract.operations)
    served = f"{plain(document.title)} {plain(document.version)}, {count} operation{'' if count == 1 else 's'},"
    lines = [
        f"mockserver {__version__} serves {served} at {url}",
        f"  spec       {plain(str(settings.spec_file.resolve()))}{_origin(settings)}",
        f"  scenarios  {_scenarios(settings, engine)}",
        f"  seed       {engine.seed}, repeat this run with --seed {engine.seed}",
        f"  console    {url}/__mock/",
        *_uncompiled(engine),
        "",
        *_first_steps(settings, engine, url),
    ]
    return "\n".join(lines)


def _origin(settings: Settings) -> str:
    return "" if settings.spec else " (bundled)"


def _scenarios(settings: Settings, engine: Engine) -> str:
    folder = settings.scenarios_folder
    if folder is None or engine.scenarios is None:
        return "none: every operation answers from its schema"
    bundled = "" if settings.scenarios else " (bundled)"
    return f"{plain(str(folder.resolve()))}{bundled}: {len(engine.scenarios)}"


def _uncompiled(engine: Engine) -> list[str]:
    """What keeps openapi-core for every message, and so is slow; nothing, where all that scenarios name is compiled."""
    return [
        f"  slow       {plain(operation)}: only openapi-core can judge {plain(', '.join(parts))}"
        for operation, parts in engine.contract.uncompiled().items()
    ]


def _first_steps(settings: Settings, engine: Engine, url: str) -> list[str]:
    """The curl of the README where it works, else the first few operations."""
    operations = engine.contract.operations.values()
    for operation in operations:
        if operation.template == CREATE and operation.method == "POST":
            path = CREATE.replace("{customer_id}", CUSTOMER)
            key = "<one that --api-key names>" if settings.api_keys else "api_key_demo"
            return [
                f"Try it, or open {url}/__mock/demo:",
                f"curl -s {url}{operation.bases[0]}{path} \\",
                f"  -H 'wb-key: {key}' -H 'Content-Type: application/json' -d '{BODY}'",
                "",
            ]
    shown = [
        f"  {each.method} {url}{each.bases[0]}{plain(each.template)}" for each in islice(operations, SHOWN_OPERATIONS)
    ]
    more = len(operations) - len(shown)
    return [*shown, *([f"  and {more} more"] if more > 0 else []), ""]
