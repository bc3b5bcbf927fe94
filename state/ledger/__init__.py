"""The ledger: an append-only log over a store's put-if-absent, with leases, checkpoints and encryption (D2).

`Ledger` is the way in. Reading needs no lease and cannot write; only a held lease gives out a writer.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unknot.state.events import Event, RunClosed
from unknot.state.ledger.clock import Clock, SystemClock
from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.reader import Head, HistoryEntry, LedgerReader
from unknot.state.snapshot import Serial
from unknot.state.stores.base import Store

if TYPE_CHECKING:
    from unknot.state.ledger.lease import HeldLease
    from unknot.state.ledger.pruning import Pruned
    from unknot.state.ledger.vault import Vault
    from unknot.state.ledger.writer import LedgerWriter

__all__ = ["Head", "HeldLease", "HistoryEntry", "Ledger", "LedgerReader", "LedgerWriter"]

TERM_S = 30.0
"""Seconds without a sign of life after which a rival may take over."""


class Ledger:
    """One stack's ledger in one environment. Safe for threads."""

    def __init__(
        self,
        store: Store,
        prefix: str,
        *,
        key: str | Iterable[str] | None = None,
        earlier_keys: Iterable[str] = (),
        cache_dir: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Touches nothing yet.

        `prefix` is the ledger's place in the store, such as `flights/production`. `key` refers to the keys of all
        recipients as `env:NAME` or `file:PATH`; `earlier_keys` only open what is not re-wrapped yet. `cache_dir` is a folder of this machine's own for what it remembers of the
        ledger and for late results that the store cannot take; without one, neither is done.
        """
        self._clock: Clock = clock or SystemClock()
        self._edge = LedgerStore(store, prefix, self._clock)
        keys = watermarks = self._spool = None
        if key is not None:
            from unknot.state.ledger.encryption import KeyRing

            keys = KeyRing.of(self._edge, key, earlier_keys)
        if cache_dir is not None:
            from unknot.state.ledger.late import Spool
            from unknot.state.ledger.watermark import Watermarks

            watermarks = Watermarks(cache_dir, self._edge.where())
            self._spool = Spool(cache_dir, self._edge.where())
        self._watermarks = watermarks
        self._reader = LedgerReader(self._edge, keys, watermarks)

    @classmethod
    def open(
        cls,
        store: Store,
        prefix: str,
        *,
        key: str | Iterable[str] | None = None,
        earlier_keys: Iterable[str] = (),
        cache_dir: Path | None = None,
        clock: Clock | None = None,
    ) -> "Ledger":
        """The ledger at `prefix`, which need not exist yet. Raises LedgerError if a key cannot be had."""
        return cls(store, prefix, key=key, earlier_keys=earlier_keys, cache_dir=cache_dir, clock=clock)

    @property
    def where(self) -> str:
        """The ledger's place, for messages."""
        return self._edge.where()

    @property
    def exists(self) -> bool:
        """Whether anything is recorded. Raises LedgerReplaced if something was, and is gone."""
        return self._reader.exists

    def reader(self) -> LedgerReader:
        """What plans are made from."""
        return self._reader

    def vault(self) -> "Vault | None":
        """What seals and opens single values with the ledger's key (rule S1); None without a key."""
        if self._reader.keys is None:
            return None
        from unknot.state.ledger.vault import Vault

        return Vault(self._reader)

    def allow_plain(self) -> None:
        """Read a ledger that is not encrypted although a key was given: to give it that key."""
        self._reader.may_be_plain = True

    def create(self, lineage: str, stack: str, environment: str) -> Serial:
        """Begin the ledger with a proposed lineage; doing it again with the same one is no error.

        Raises PlanRefused if there is a ledger of another lineage (rule P2).
        """
        from unknot.state.ledger.creation import create_ledger
        from unknot.version import VERSION

        return create_ledger(
            self._reader,
            self._reader.keys,
            lineage=lineage,
            stack=stack,
            environment=environment,
            version=VERSION,
        )

    def take_lease(
        self,
        *,
        operation: str,
        holder: str | None = None,
        term_s: float = TERM_S,
        wait_s: float = 0.0,
    ) -> "HeldLease":
        """The right to write, to be used as a context manager. Raises LeaseHeld, saying who holds it.

        An expired lease is taken over after its term was seen to pass without a sign of life, which takes
        `wait_s` of at least that.
        """
        from unknot.state.ledger.lease import default_holder, take_lease

        return take_lease(
            self._reader,
            self._clock,
            self._spool,
            operation=operation,
            holder=holder or default_holder(),
            term_s=term_s,
            wait_s=wait_s,
        )

    def break_lease(self, lease_id: str, by: str, reason: str = "") -> Serial:
        """End somebody's lease by force (`unknot unlock`). It does not stop calls in flight (rule L4)."""
        from unknot.state.ledger.lease import break_lease

        return break_lease(self._reader, lease_id, by, reason)

    def append_without_lease(self, events: Sequence[Event]) -> Serial:
        """Append runs that closed (rules L3, R1); gives the head's serial when there are none."""
        from unknot.state.ledger.append import append_without_lease

        if not all(isinstance(event, RunClosed) for event in events):
            # The others of the listed set have methods of their own, which decide by what is recorded.
            raise ValueError("these events need a lease, or are for the ledger itself to append")
        if not events:
            return self._reader.head().serial
        serial = append_without_lease(self._reader, lambda _: events)
        assert serial is not None
        return serial

    def prune(self, *, wait_s: float = 0.0) -> "Pruned | None":
        """Seal the log and begin another volume with the state as it is; None if nothing was recorded since the last.

        What was recorded before is kept, and can be read, until `delete_history`. Raises LeaseHeld, LedgerDamaged.
        """
        from unknot.state.ledger.pruning import prune

        return prune(self, self._reader, wait_s)

    def delete_history(self, *, waiting: Callable[[float], None] = lambda _seconds: None) -> int:
        """Delete what was recorded before the last prune; how many objects. It cannot be brought back.

        If a lease was ever ended by force, waits as long as it may seem to its holder to go on, and tells `waiting`.
        """
        from unknot.state.ledger.pruning import delete_history

        return delete_history(self._reader, self._clock, waiting)

    def accept(self) -> None:
        """Trust the ledger as it is now, although this machine saw another state of it before (rule L6)."""
        if self._watermarks is not None:
            self._watermarks.forget()


def __getattr__(name: str) -> object:
    """`HeldLease` and `LedgerWriter` by name, without loading what only writing needs."""
    if name == "HeldLease":
        from unknot.state.ledger.lease import HeldLease

        return HeldLease
    if name == "LedgerWriter":
        from unknot.state.ledger.writer import LedgerWriter

        return LedgerWriter
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
