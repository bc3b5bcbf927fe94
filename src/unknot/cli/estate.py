"""What `ps`, `owners` and `lineage` share with `--all`: every ledger of a backend, without a stack file or a project."""

import contextlib
import datetime as dt
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from unknot.planner.record.estate import Estate, open_estate
from unknot.planner.record.ledgers import LedgerEntry, read_ledgers
from unknot.stacks.errors import DefinitionError
from unknot.stacks.project import Project, find_project
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.counting import CountingStore
from unknot.state.stores.opening import open_store

INCOMPLETE = 3
"""Exit code: what is shown is true, and something could not be read."""


class Opened:
    """An estate, and what reading it has cost so far."""

    def __init__(self, estate: Estate, counted: "_Stores") -> None:
        self.estate = estate
        self._counted = counted

    @property
    def ledgers(self) -> tuple[LedgerEntry, ...]:
        return tuple(reading.entry for reading in self.estate.ledgers)

    @property
    def calls(self) -> int:
        """Made to stores of ledgers and targets."""
        return self._counted.total

    @property
    def exit_code(self) -> int:
        return 0 if self.estate.is_complete else INCOMPLETE


@contextlib.contextmanager
def opened_estate(
    backend: str | None,
    keys: tuple[str, ...],
    environment: str | None,
    *,
    now: dt.datetime,
    every_run: bool = False,
) -> Iterator[Opened]:
    """Every ledger of the backend that is given, or of the project's. Raises StoreError, DefinitionError."""
    project = _project(needed=backend is None)
    keys = keys or (project.keys if project is not None else ())
    counted = _Stores()
    if backend is None:
        assert project is not None
        store = counted.add(open_store(project.config.backend, project.root))
        # Stores of stacks that keep their ledgers in the project's own folder are in that folder too.
        root = project.root if _is_relative(project.config.backend) else None
    else:
        store, root = counted.add(open_store(backend)), None
    memory = project.memory if project is not None else _memory()
    ledgers = read_ledgers(store, keys=keys, memory=memory, environment=environment)
    with open_estate(ledgers, counted.opener(root), now=now, every_run=every_run) as estate:
        yield Opened(estate, counted)


def _project(*, needed: bool) -> Project | None:
    try:
        return find_project(Path.cwd())
    except DefinitionError:
        if needed:
            raise
        return None


def _is_relative(url: str) -> bool:
    """Whether it is a folder that is found only from a project's own."""
    scheme, colon, path = url.partition(":")
    if colon and scheme != "file":
        return False
    return not Path(path if colon else url).expanduser().is_absolute()


def _memory() -> Path:
    """Where this user's machine remembers ledgers outside of a project (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_STATE_HOME") or ""
    base = Path(home) if Path(home).is_absolute() else Path.home() / ".local" / "state"
    return base / "unknot"


class _Stores:
    """Stores that are opened once, and the calls made to them."""

    def __init__(self) -> None:
        self._counting: list[CountingStore] = []
        self._opened: dict[str, CountingStore] = {}
        self._lock = threading.Lock()

    @property
    def total(self) -> int:
        return sum(store.total for store in self._counting)

    def add(self, store: Store) -> CountingStore:
        counting = CountingStore(store)
        self._counting.append(counting)
        return counting

    def opener(self, root: Path | None) -> Callable[[str], Store]:
        """Opens targets' stores; relative ones only under `root`."""

        def open_target(url: str) -> Store:
            if root is None and _is_relative(url):
                raise StoreError(f"its store `{url}` is a folder of the project's own machine")
            with self._lock:
                if url not in self._opened:
                    self._opened[url] = self.add(open_store(url, root))
                return self._opened[url]

        return open_target
