"""The items of listings as JSON text, checked against spec/admin.yaml."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Final, NamedTuple

from mockserver.contract import Contract
from mockserver.engine.journal import Entry
from mockserver.engine.mock_headers import summary
from mockserver.limits.slices import Sliced, in_thread
from mockserver.messages import ABSENT, Reply
from mockserver.parsing.json_writer import write_json, write_json_exactly
from mockserver.redaction.credential_names import CredentialNames
from mockserver.storage.made_once import made_once

MAX_BYTES: Final = 16 * 1024 * 1024
"""How many bytes of written entries are kept."""


LARGE: Final = 32 * 1024
"""The secrets in entries of more bytes than this are hidden in a thread."""


class _KeptText(NamedTuple):
    """The text of an entry, and what it depends on. The numbers of a store that is emptied begin again."""

    text: bytes
    names: CredentialNames
    id: str
    at: float


class CheckedWriter:
    """Writes items of listings. Each is checked as the only item of a reply: no rule is about several items."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def write(self, operation: str, member: str, item: Any) -> bytes:
        """The JSON text of an item of an operation's listing."""
        exact = write_json_exactly(item)
        text = write_json(item) if exact is None else exact
        reply = Reply(
            status=200,
            headers=(("content-type", "application/json"),),
            body=b'{"%b":[%b],"count":1}' % (member.encode(), text),
        )
        written = ABSENT if exact is None else {member: [item], "count": 1}
        if violations := self._contract.reply_violations(operation, reply, written=written):
            raise RuntimeError(f"an item of {operation} breaks spec/admin.yaml at: {summary(violations)}")
        return text


class EntryTexts:
    """Journal entries as JSON text, without secrets. An entry is written once, as long as its text is kept.

    Entries do not change, so all listings and event streams share their texts. At most MAX_BYTES are kept, those that
    were written last. After a reload, more names may be those of credentials: then entries are written again.
    Thread-safe.
    """

    def __init__(self, writer: CheckedWriter) -> None:
        self._writer = writer
        self._texts: OrderedDict[int, _KeptText] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def of(self, number: int, entry: Entry) -> Sliced[bytes]:
        """The text of the entry with this number in the journal."""
        kept = self._kept(number, entry)
        if kept is not None:
            return kept
        names = entry.redactor.names
        members = (yield from in_thread(self._thread, entry.as_json)) if entry.size > LARGE else entry.as_json()
        text = self._writer.write("get_journal", "entries", members)
        with self._lock:
            former = self._texts.pop(number, None)
            self._size += len(text) - (len(former.text) if former else 0)
            self._texts[number] = _KeptText(text, names, entry.id, entry.at)
            while self._size > MAX_BYTES:
                _, dropped = self._texts.popitem(last=False)
                self._size -= len(dropped.text)
        return text

    def _kept(self, number: int, entry: Entry) -> bytes | None:
        kept = self._texts.get(number)
        if kept is None or kept.names is not entry.redactor.names or (kept.id, kept.at) != (entry.id, entry.at):
            return None
        return kept.text

    @made_once
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, thread_name_prefix="large entries")
