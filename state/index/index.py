"""The index of what ran: a cache of the ledger and the run streams that can be asked (rule R1).

`Index.open(path)`, `update(...)`, then questions. It may be deleted at any time.
"""

import datetime as dt
import socket
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from unknot.stacks.diagnostic import Diagnostic
from unknot.state.index.database import Database, IndexDamaged, IndexUnusable
from unknot.state.index.entries import Updated
from unknot.state.index.queries import Queries
from unknot.state.index.update import RunFollower, follow_ledger
from unknot.state.ledger import LedgerReader
from unknot.state.stores.base import Store


def index_path(cache: Path, stack: str, environment: str) -> Path:
    """Where the index of a stack in an environment is, in a project's folder for caches."""
    safe = ["".join(c if c.isalnum() or c in "_.-" else "_" for c in name) for name in (stack, environment)]
    return cache / f"index-{safe[0]}-{safe[1]}.sqlite"


class Index(Queries):
    """One index. Not safe for threads; safe with other processes on the same file."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._sources: tuple[LedgerReader, Callable[[str], Store]] | None = None

    @classmethod
    def open(cls, path: Path | None) -> "Index":
        """The index in a file, made if there is none; `None`: in memory. Raises IndexUnusable."""
        return cls(Database(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.database.close()

    def update(
        self,
        reader: LedgerReader,
        stores: Callable[[str], Store],
        *,
        now: dt.datetime | None = None,
        host: str | None = None,
    ) -> Updated:
        """Catch up with a ledger and the runs in its targets' stores.

        `stores` opens the store at the URL of a target, and raises StoreError if it cannot. A damaged index is
        made anew. Raises LedgerError, IndexUnusable.
        """
        moment = now or dt.datetime.now(dt.UTC)
        here = host or socket.gethostname()
        self._sources = (reader, stores)
        try:
            return self._update(reader, stores, moment, here)
        except IndexDamaged as damage:
            return self._anew(reader, stores, moment, here, f"the file was damaged ({damage})")

    def _update(
        self, reader: LedgerReader, stores: Callable[[str], Store], now: dt.datetime, host: str, why: str = ""
    ) -> Updated:
        why = why or self.database.emptied
        self.database.emptied = ""
        replaced = follow_ledger(self.database, reader)
        follower = RunFollower(self.database, stores, now, host)
        follower.follow()
        why = why or replaced
        notes = list(follower.notes)
        if why:
            notes.insert(
                0, Diagnostic.note("the index of runs was made anew", detail=f"{why}. Nothing is lost.")
            )
        return Updated(self.serial, follower.read, why, tuple(notes))

    def _anew(
        self, reader: LedgerReader, stores: Callable[[str], Store], now: dt.datetime, host: str, why: str
    ) -> Updated:
        self.database.replace_file()
        try:
            return self._update(reader, stores, now, host, why)
        except IndexDamaged as damage:
            raise IndexUnusable(
                f"the index `{self.database.path}` cannot be made",
                detail=f"{damage}. Is the disk sound? It may be deleted at any time.",
            ) from damage

    def _mend(self, damage: IndexDamaged) -> None:
        """A question met damage: make the file anew from what it was made from last."""
        if self._sources is None:
            raise IndexUnusable(
                f"the index `{self.database.path}` is damaged", detail="Delete it; it will be made anew."
            ) from damage
        now = dt.datetime.now(dt.UTC)
        self._anew(*self._sources, now, socket.gethostname(), f"the file was damaged ({damage})")
