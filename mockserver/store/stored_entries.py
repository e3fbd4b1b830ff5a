"""Journal entries as text. Credentials are replaced by masks: a store never has them in clear text."""

import json
from operator import attrgetter
from typing import Any, Final, NamedTuple

from mockserver.engine.journal import Entry
from mockserver.limits.memo import remembered
from mockserver.messages import Request
from mockserver.redaction.redactor import Redactor
from mockserver.store import codec
from mockserver.store.codec import KIND
from mockserver.store.masking import RequestSecrets

_MEMBERS: Final = (
    *("id", "at", "namespace", "operation", "path", "sent", "scenario", "stub", "off_contract", "refused"),
    *("nearest", "misses", "violations", "warnings", "outcome", "duration"),
)
_values_of: Final = attrgetter(*_MEMBERS)
# The mock made these members up or took them from the contract or a scenario, so they have no copies of credentials.
_OWN_MEMBERS: Final = frozenset(
    {"id", "at", "namespace", "operation", "scenario", "stub", "off_contract", "refused", "duration"}
)
_MOST_SHARED: Final = 64


class _StoredRequest(NamedTuple):
    """A request as text, and its secrets."""

    text: str
    secrets: RequestSecrets


class StoredEntries:
    """Writes and reads the entries of one server."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._shared: dict[int, tuple[Request, _StoredRequest]] = {}

    def write(self, entry: Entry) -> str:
        """The entry as text, without the credentials of its request. Their copies anywhere in it are replaced, too."""
        request = self._stored_request(entry.request)
        plain = codec.plain(_values_of(entry))
        text = codec.written(plain)
        if request.secrets.may_be_in(text):
            plain = [_masked_member(each, request.secrets) for each in zip(_MEMBERS, plain, strict=True)]
            text = codec.written(plain)
        return f"{_quoted(entry.owner)}\n{request.text}\n{text}"

    def read(self, text: str) -> Entry:
        """The entry that `write` has written."""
        owner, request, members = text.split("\n")
        values: dict[str, Any] = dict(zip(_MEMBERS, codec.read(members), strict=True))
        return Entry(owner=json.loads(owner), request=_request(request), redactor=self._redactor, **values)

    def _stored_request(self, request: Request) -> _StoredRequest:
        """The request as text. Requests that clients repeat are the same object, and are written once."""
        known, stored = self._shared.get(id(request), (None, None))
        if known is request and stored is not None:
            return stored
        stored = self._written(request)
        if request.is_shared:
            if len(self._shared) >= _MOST_SHARED:
                self._shared.clear()
            self._shared[id(request)] = request, stored
        return stored

    def _written(self, request: Request) -> _StoredRequest:
        secrets = RequestSecrets(request, self._redactor.names)
        return _StoredRequest(codec.write(secrets.request), secrets)


@remembered(entries=256, longest=4000)
def _request(text: str) -> Request:
    """The request that was written as a text. Clients repeat requests, and none of them changes."""
    request: Request = codec.read(text)
    return request


@remembered(entries=8192, longest=300)
def _quoted(owner: str) -> str:
    return json.dumps(owner)


def _masked_member(member: tuple[str, Any], secrets: RequestSecrets) -> Any:
    """The value of a member of an entry, as JSON of the codec, with masks."""
    name, value = member
    if name in _OWN_MEMBERS:
        return value
    if name == "path" and KIND not in value:
        # The contract has chosen the names.
        return secrets.masked_values(value)
    return secrets.masked(value)
