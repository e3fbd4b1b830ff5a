"""The text that the server prints when it has started: what it serves, from which files, and a first request."""

import shlex
from collections.abc import Sequence

from mockserver.cli.json_lines import json_line
from mockserver.contract.document.slips import grouped
from mockserver.engine.engine import Engine
from mockserver.redaction.terminal import printable
from mockserver.server import ServerAddress
from mockserver.settings import Settings
from mockserver.version import __version__

MAX_OPERATIONS = 5
MAX_NOTES = 10
CREATE = "/v1/c/customer/{customer_id}/payment/session"
# The id that the contract uses in its example.
CUSTOMER = "Cust_c40bea18-c0c9-44b1-bd0c-43f5283e1670"
BODY = '{"operation":"add_method","address":true}'


def greeting(settings: Settings, engine: Engine, address: ServerAddress, *, notes: Sequence[str] = ()) -> str:
    """The text for a server that listens. `notes` are about its environment."""
    bundled = "" if settings.spec else " (bundled)"
    lines = [
        _first_line(engine, address),
        f"  spec       {printable(str(settings.spec_file.resolve()))}{bundled}",
        f"  scenarios  {_scenarios(settings, engine)}",
        f"  seed       {engine.seed}, repeat this run with --seed {engine.seed}",
        *([f"  store      {printable(settings.shown_store)}"] if settings.has_shared_store else []),
        *([f"  workers    {settings.workers} processes"] if settings.workers > 1 else []),
        *([] if address.uds else [f"  console    {address.url}/__mock/"]),
        *(
            [f"  trust      {printable(str(address.ca))}, the authority of this run's certificate"]
            if address.ca
            else []
        ),
        # openapi-core checks every message of these operations, which is slow.
        *(
            f"  slow       {printable(operation)}: only openapi-core can validate {printable(', '.join(parts))}"
            for operation, parts in engine.contract.uncompiled().items()
        ),
        *(f"  note       {printable(note)}" for note in (*notes, *_notes(engine))),
        "",
        *_first_requests(settings, engine, address),
        "",
    ]
    return "\n".join(lines)


def json_greeting(settings: Settings, engine: Engine, address: ServerAddress, *, notes: Sequence[str] = ()) -> str:
    """The same facts as one line of JSON, for `--log-format json`."""
    folder = settings.scenarios_folder
    return json_line(
        _first_line(engine, address),
        url=address.url,
        uds=None if address.uds is None else str(address.uds),
        ca=None if address.ca is None else str(address.ca),
        version=__version__,
        spec=str(settings.spec_file.resolve()),
        scenarios=None if folder is None else str(folder.resolve()),
        seed=engine.seed,
        workers=settings.workers,
        store=settings.shown_store if settings.has_shared_store else "memory",
        slow=sorted(engine.contract.uncompiled()),
        notes=[*notes, *_notes(engine)],
    )


def _first_line(engine: Engine, address: ServerAddress) -> str:
    document = engine.contract.document
    count = len(engine.contract.operations)
    api = f"{printable(document.title)} {printable(document.version)}, {count} operation{'' if count == 1 else 's'},"
    return f"mockserver {__version__} serves {api} at {printable(str(address))}"


def _notes(engine: Engine) -> list[str]:
    """The slips in the contract that are ignored."""
    notes = grouped(engine.contract.document.notes)
    more = [f"and {len(notes) - MAX_NOTES} more: mockserver check lists them"] if len(notes) > MAX_NOTES else []
    return notes[:MAX_NOTES] + more


def _scenarios(settings: Settings, engine: Engine) -> str:
    folder = settings.scenarios_folder
    if folder is None or engine.scenarios is None:
        return "none: every operation answers from its schema"
    bundled = "" if settings.scenarios else " (bundled)"
    return f"{printable(str(folder.resolve()))}{bundled}: {len(engine.scenarios)}"


def _curl_options(address: ServerAddress) -> str:
    socket = [] if address.uds is None else ["--unix-socket", str(address.uds)]
    ca = [] if address.ca is None else ["--cacert", str(address.ca)]
    return "".join(f" {shlex.quote(printable(word))}" for word in (*socket, *ca))


def _first_requests(settings: Settings, engine: Engine, address: ServerAddress) -> list[str]:
    """The README's curl command if the contract has its operation, else the first operations."""
    operations, url = engine.contract.operations.values(), address.url
    for operation in operations:
        if (operation.method, operation.template) == ("POST", CREATE):
            path = CREATE.replace("{customer_id}", CUSTOMER)
            key = "<one of the keys given with --api-key>" if settings.api_keys else "api_key_demo"
            return [
                "Try it:" if address.uds else f"Try it, or open {url}/__mock/demo:",
                f"curl{_curl_options(address)} -s {url}{operation.bases[0]}{path} \\",
                f"  -H 'wb-key: {key}' -H 'Content-Type: application/json' -d '{BODY}'",
            ]
    shown = [f"  {each.method} {url}{each.bases[0]}{printable(each.template)}" for each in operations][:MAX_OPERATIONS]
    return [*shown, f"  and {len(operations) - len(shown)} more"] if len(operations) > len(shown) else shown
