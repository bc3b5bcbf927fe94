"""The stream of one task attempt: batches of events under numbered keys, written by one writer (rule R1).

Also reads streams back. What the events add up to is in `record.py`.
"""

from collections.abc import Iterator

import msgspec

from unknot.providers.runner import layout
from unknot.providers.runner.secrets import Redactor
from unknot.stacks.errors import EngineError
from unknot.stacks.run import AttemptEnded, LogWritten, TaskEvent
from unknot.state.stores.base import Store, StoreError

PENDING_CHARACTERS_MAX = 4 * 1024 * 1024
"""Log text kept while the store gives no answer; what comes after it is dropped, and the log says so."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[TaskEvent])


class StreamTaken(EngineError):
    """Another process writes the same attempt: this one must stop."""


class AttemptStream:
    """Writes the events of one attempt, secrets redacted. One thread at a time."""

    def __init__(
        self, store: Store, uid: str, run: str, task: str, attempt: int, redactor: Redactor | None = None
    ) -> None:
        self._store = store
        self._prefix = layout.attempt_prefix(uid, run, task, attempt)
        self._redactor = redactor if redactor is not None else Redactor()
        self._pending: list[TaskEvent] = []
        self._characters = 0
        self._n = 1

    def add(self, event: TaskEvent) -> None:
        """Keep an event for the next flush."""
        if isinstance(event, LogWritten):
            if self._characters > PENDING_CHARACTERS_MAX:
                return
            self._characters += len(event.text)
            if self._characters > PENDING_CHARACTERS_MAX:
                event = msgspec.structs.replace(
                    event, text=f"{event.text}\n(log cut here: the store took no more)\n"
                )
        elif isinstance(event, AttemptEnded):
            event = msgspec.structs.replace(
                event,
                error=self._redactor.text(event.error),
                traceback=self._redactor.text(event.traceback),
            )
        self._pending.append(event)

    def flush(self) -> None:
        """Write what is pending as one object. On StoreError it stays pending; raises StreamTaken."""
        if not self._pending:
            return
        data = _encoder.encode(self._pending)
        if not layout.put_once(self._store, f"{self._prefix}{self._n:06d}", data):
            raise StreamTaken(
                f"another process writes `{self._prefix}`",
                detail="Two runners were given the same attempt of a task. This one stops.",
            )
        self._n += 1
        self._pending = []
        self._characters = 0

    def try_flush(self) -> bool:
        """`flush`, but a store that fails now is tried again with the next events."""
        try:
            self.flush()
        except StoreError:
            return False
        return True


def read_attempt(store: Store, uid: str, run: str, task: str, attempt: int) -> Iterator[TaskEvent]:
    """The events of one attempt in order. Raises EngineError for bytes that are not events."""
    for key in store.list(layout.attempt_prefix(uid, run, task, attempt)):
        data = store.get(key)
        if data is None:
            continue
        try:
            yield from _decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise EngineError(
                f"`{key}` in the store `{store.url}` does not hold events of a task",
                detail=f"{error}. It was damaged, or written by another version of unknot.",
            ) from error


def attempts(store: Store, uid: str, run: str) -> dict[str, list[int]]:
    """Task to the numbers of its attempts that wrote something, in order."""
    prefix = layout.tasks_prefix(uid, run)
    found: dict[str, list[int]] = {}
    for part in layout.folders(store, prefix):
        numbers = [int(n) for n in layout.folders(store, f"{prefix}{part}/") if n.isdecimal()]
        found[layout.name_of(part)] = sorted(numbers)
    return found
