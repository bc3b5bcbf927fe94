"""What exists in the fake's world: objects in memory, or in a file that outlives a killed process.

The file is a log, one JSON line for each change, appended under a lock and synced before the call returns,
so that a test can ask after `kill -9` what is there and how often each thing was made.
"""

import contextlib
import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from unknot.providers.base import Mark
from unknot.stacks.address import Address, name_of


class FakeObject(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object of the fake world, as it is now."""

    id: str
    type: str
    inputs: dict[str, Any] = {}
    """Without the write-only ones."""
    outputs: dict[str, Any] = {}
    address: Address = Address("")
    """Of the request that made it; empty for what a test put there."""
    token: str = ""
    mark: Mark | None = None


class _Change(msgspec.Struct, frozen=True):
    verb: Literal["create", "update", "delete"]
    object: FakeObject


class World:
    """Objects by id, and all that was ever done to them. Safe for threads, and with a file for processes too."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._objects: dict[str, FakeObject] = {}
        self._history: list[_Change] = []
        self._by_token: dict[str, str] = {}
        self._made = 0
        self._offset = 0

    def objects(self) -> tuple[FakeObject, ...]:
        """What is there, in the order in which it was made."""
        with self._current():
            return tuple(self._objects.values())

    def get(self, object_id: str) -> FakeObject | None:
        with self._current():
            return self._objects.get(object_id)

    def of(self, address: str) -> tuple[FakeObject, ...]:
        """What is there that was made for an address, or for a resource of that name."""
        return tuple(each for each in self.objects() if address in (each.address, name_of(each.address)))

    def count(self, verb: Literal["create", "update", "delete"], address: str = "") -> int:
        """How often something was done for an address or a name, in all processes; for all when left out."""
        with self._current():
            return sum(
                change.verb == verb
                and (not address or address in (change.object.address, name_of(change.object.address)))
                for change in self._history
            )

    def find(self, is_it: Callable[[FakeObject], bool]) -> FakeObject | None:
        """The first object that answers to a question."""
        return next((each for each in self.objects() if is_it(each)), None)

    def with_token(self, token: str) -> FakeObject | None:
        """What a create with that token made, if it is still there."""
        with self._current():
            return self._objects.get(self._by_token.get(token, ""))

    def create(
        self,
        made: Callable[[str], FakeObject],
        *,
        token: str = "",
        allowed: Callable[[FakeObject], None] | None = None,
    ) -> FakeObject:
        """What the token made before, or an object made now with the next id, as one step for threads and processes.

        `allowed` is asked about each object that is there, and raises to refuse.
        """
        with self._current():
            there = self._objects.get(self._by_token.get(token, "")) if token else None
            if there is not None:
                return there
            if allowed is not None:
                for each in self._objects.values():
                    allowed(each)
            created = made(str(self._made + 1))
            self._append(_Change("create", created))
            return created

    def put(self, type: str, id: str, *, mark: Mark | None = None, **inputs: Any) -> FakeObject:  # noqa: A002 - the fields' words
        """An object that somebody else made, for tests of import, adoption and drift."""
        placed = FakeObject(id, type, inputs, mark=mark)
        with self._current():
            self._append(_Change("create", placed))
        return placed

    def edit(self, object_id: str, *, outputs: dict[str, Any] | None = None, **inputs: Any) -> FakeObject:
        """Change inputs of an object behind unknot's back. Raises KeyError when there is none."""
        with self._current():
            there = self._objects[object_id]
            changed = msgspec.structs.replace(
                there, inputs={**there.inputs, **inputs}, outputs={**there.outputs, **(outputs or {})}
            )
            self._append(_Change("update", changed))
            return changed

    def replace(self, changed: FakeObject) -> None:
        """The object of that id is now this."""
        with self._current():
            self._append(_Change("update", changed))

    def remove(self, object_id: str) -> bool:
        """Take an object away; False when there is none."""
        with self._current():
            there = self._objects.get(object_id)
            if there is not None:
                self._append(_Change("delete", there))
            return there is not None

    @contextlib.contextmanager
    def _current(self) -> Iterator[None]:
        """Alone in the world, having read what other processes did."""
        with self._lock:
            if self._file is None:
                yield
                return
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with open(self._file, "a+b") as file:  # noqa: PTH123 - one handle for lock, tail and append
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(self._offset)
                tail = file.read()
                whole = tail.rfind(b"\n") + 1
                if whole < len(tail):  # a writer was killed in the middle of a line: it had not returned yet
                    file.truncate(self._offset + whole)
                for line in tail[:whole].splitlines():
                    self._fold(msgspec.json.decode(line, type=_Change))
                self._offset += whole
                yield

    def _append(self, change: _Change) -> None:
        if self._file is not None:
            line = msgspec.json.encode(change) + b"\n"
            with open(self._file, "ab") as file:  # noqa: PTH123 - the same file as above
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            self._offset += len(line)
        self._fold(change)

    def _fold(self, change: _Change) -> None:
        self._history.append(change)
        if change.verb == "delete":
            self._objects.pop(change.object.id, None)
        else:
            self._objects[change.object.id] = change.object
            self._made += change.verb == "create"
            if change.object.token:
                self._by_token[change.object.token] = change.object.id
