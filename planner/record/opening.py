"""The index of a ledger, opened and up to date, and how the stores that it needs are reached."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from unknot.planner.running import store_of
from unknot.planner.services import Services
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


@contextlib.contextmanager
def open_record(ledger: Ledger, services: Services, cache: Path | None) -> Iterator[Record]:
    """The record of a ledger, its index being kept in `cache`, or in memory. Raises LedgerError, IndexUnusable."""
    reader = ledger.reader()
    snapshot = reader.snapshot()
    path = None if cache is None else index_path(cache, snapshot.stack, snapshot.environment)

    def stores(url: str) -> Store:
        return store_of(url, services.project)

    with Index.open(path) as index:
        updated = index.update(reader, stores)
        yield Record(index, stores, snapshot.stack, snapshot.environment, updated)
