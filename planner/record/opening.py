"""The index of a ledger, opened and up to date, and how the stores that it needs are reached."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from unknot.planner.record.looks import Look, last_look
from unknot.state.index import Index, Updated, index_path
from unknot.state.ledger import Ledger
from unknot.state.stores.base import Store


class Record(msgspec.Struct, frozen=True):
    """What every question of the record needs."""

    index: Index
    stores: Callable[[str], Store]
    """The store at a target's URL; raises StoreError."""
    stack: str
    environment: str
    updated: Updated
    """How the index was brought up to date, with what could not be read."""
    look: Look | None = None
    """When this machine compared the world with the record last, and what differed then."""


@contextlib.contextmanager
def open_record(ledger: Ledger, stores: Callable[[str], Store], cache: Path | None) -> Iterator[Record]:
    """The record of a ledger, its index being kept in `cache`, or in memory.

    `stores` opens the store at a target's URL, such as `open_store` under a project's folder does. Raises LedgerError,
    IndexUnusable.
    """
    reader = ledger.reader()
    snapshot = reader.snapshot()
    path = None if cache is None else index_path(cache, snapshot.stack, snapshot.environment)

    with Index.open(path) as index:
        updated = index.update(reader, stores)
        stack, environment = snapshot.stack, snapshot.environment
        look = None if cache is None else last_look(cache, stack, environment, snapshot.lineage)
        yield Record(index, stores, stack, environment, updated, look)
