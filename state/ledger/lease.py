"""The lease: who may write. Taking, holding, losing and breaking it (rules L3, L4).

No decision here compares two machines' clocks: a rival waits on its own until a whole term has passed
without a sign of life, and the holder stops on its own a little before that.
"""

import getpass
import os
import secrets
import socket
import threading
from collections.abc import Iterable, Sequence
from functools import partial
from types import TracebackType
from typing import Self

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import LeaseHeld, LeaseLost, LedgerError
from unknot.state.events import Event, LateResultAbsorbed, LeaseBroken, LeaseTaken, timestamp
from unknot.state.ledger.append import append_without_lease
from unknot.state.ledger.clock import Clock
from unknot.state.ledger.encryption import KeyRing
from unknot.state.ledger.fold import Folding
from unknot.state.ledger.late import LateResult, Spool, is_unsettled, late_results
from unknot.state.ledger.reader import LedgerReader
from unknot.state.ledger.writer import MARGIN, LedgerWriter
from unknot.state.snapshot import Lease, Serial

POLL_S = 1.0
"""Seconds between two looks at a lease that somebody else holds; a tenth of its term if that is shorter."""


RENEWAL_S = 5.0
"""Seconds that a renewal itself may take when it is made to outlast a call."""


class HeldLease:
    """The right to write, until it is released or lost. A context manager that releases it."""

    def __init__(self, lease: Lease, reader: LedgerReader, writer: LedgerWriter) -> None:
        self.lease = lease
        self.writer = writer
        self.absorbed: tuple[LateResult, ...] = ()
        """Late results of earlier holders that were found when the lease was taken (rule A2)."""
        self.diagnostics: tuple[Diagnostic, ...] = ()
        """Late results that could not be used."""
        self._reader = reader
        self._checking = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.release()
        except LedgerError:
            # Every append was answered before; a lease that could not be released ends by itself.
            if kind is None and not self.lost.is_set():
                raise

    @property
    def id(self) -> str:
        return self.lease.id

    @property
    def lost(self) -> threading.Event:
        """Set when the lease is lost: start nothing more."""
        return self.writer.lost

    def deadline_s(self) -> float:
        """The instant, on the ledger's clock, at which this holder must stop unless it renews."""
        return self.writer.deadline_s()

    def remaining_s(self) -> float:
        """Seconds until then; 0 when the lease is lost."""
        return self.writer.remaining_s()

    def check(self, timeout_s: float = 0.0) -> None:
        """Make sure that the lease outlasts a call that is about to start (rule A1); raises LeaseLost if not.

        Renews if it must, and for a longer term if the call may take longer than the term: rivals then wait
        that long after a crash.
        """
        # One at a time: or the renewal for a short call would undo one for a long call that was made a moment before.
        with self._checking:
            if self.remaining_s() > timeout_s:
                return
            enough = (timeout_s + RENEWAL_S) / (1 - MARGIN)
            self.writer.renew(enough if enough > self.writer.term_s else None)
            if self.remaining_s() <= timeout_s:
                raise LeaseLost(
                    f"the lease `{self.id}` could not be renewed for the {timeout_s:g} s that a call may take",
                    detail="The store answers too slowly.",
                )

    def release(self) -> None:
        """Commit what is waiting and let others write. Raises LeaseLost if the lease was lost before."""
        self.writer.close()

    def rotate_key(self, references: str | Iterable[str]) -> int:
        """Seal everything from here on with a new data key for these recipients; gives its number (rule L7).

        Older data keys are re-wrapped for them too, as new objects; what was sealed stays as it is. On a
        ledger that is not encrypted, this begins it.
        """
        ring = KeyRing.of(self._reader.root, references)
        lineage = self._lineage
        held = self._reader.keys
        if held is not None and self.is_encrypted:
            held.rewrap(lineage, ring)
        number = ring.mint(lineage)
        self._reader.keys = ring
        self.writer.rotate_key(number)
        return number

    @property
    def is_encrypted(self) -> bool:
        """Whether what is recorded now is sealed."""
        return self._reader.look(lambda folding: folding.key) != 0

    @property
    def _lineage(self) -> str:
        return self._reader.look(lambda folding: folding.lineage)

    def absorb_late(self, spool: Spool | None) -> None:
        """Take in what fenced writers left behind, as far as it is still news (rule A2)."""
        edge = self._reader.root
        if spool is not None:
            spool.upload(edge)
        absorbed: list[LateResult] = []
        diagnostics: list[Diagnostic] = []
        for key, late in late_results(edge, self._reader.keys, self._lineage):
            if isinstance(late, Diagnostic):
                diagnostics.append(late)
                continue
            news = self._reader.look(partial(is_unsettled, late=late))
            events: Sequence[Event] = late.events if news else ()
            self.writer.append([*events, LateResultAbsorbed(lease=late.lease, n=late.n)])
            edge.delete(key)
            absorbed.append(LateResult(late.lease, late.n, late.since, late.events, absorbed=news))
        self.absorbed = tuple(absorbed)
        self.diagnostics = tuple(diagnostics)


def take_lease(
    reader: LedgerReader,
    clock: Clock,
    spool: Spool | None,
    *,
    operation: str,
    holder: str,
    term_s: float,
    wait_s: float,
) -> HeldLease:
    """Take the lease when it is free or its holder has shown no life for a whole term.

    Raises LeaseHeld when it is neither within `wait_s` seconds.
    """
    # A long log in a slow store may take longer to read than the term that begins when the lease is asked for.
    reader.refresh()
    give_up_at = clock.now() + wait_s
    observed: tuple[str, int, float] | None = None
    observed_at = 0.0
    while True:
        asked_at = clock.now()
        lease = _try_take(reader, None, operation=operation, holder=holder, term_s=term_s)
        if lease is not None:
            break
        # From after the look, not before it: the holder may have renewed up to that instant.
        now = clock.now()
        rival = reader.look(lambda folding: folding.lease)
        if rival is None:
            continue
        seen = (rival.id, rival.renewals, rival.term_s)
        if seen != observed:
            observed, observed_at = seen, now
        if now - observed_at >= rival.term_s:
            asked_at = clock.now()
            lease = _try_take(reader, seen, operation=operation, holder=holder, term_s=term_s)
            if lease is not None:
                break
            continue
        if now >= give_up_at:
            raise lease_held(rival)
        left = min(give_up_at - now, observed_at + rival.term_s - now)
        clock.wait(threading.Event(), min(left, POLL_S, rival.term_s / 10))
    held = HeldLease(lease, reader, LedgerWriter(reader, lease, asked_at, clock, spool))
    try:
        held.absorb_late(spool)
    except BaseException:
        held.__exit__(LedgerError, None, None)
        raise
    return held


def _try_take(
    reader: LedgerReader,
    expired: tuple[str, int, float] | None,
    *,
    operation: str,
    holder: str,
    term_s: float,
) -> Lease | None:
    """The lease, if it is free, or is the one that was seen to have `expired` and still shows no life."""
    taken: list[Lease] = []

    def decide(folding: Folding) -> list[Event] | None:
        rival = folding.lease
        if rival is not None and (rival.id, rival.renewals, rival.term_s) != expired:
            return None
        lease = Lease(
            id=secrets.token_hex(8),
            epoch=folding.epoch + 1,
            holder=holder,
            host=socket.gethostname(),
            pid=os.getpid(),
            operation=operation,
            term_s=term_s,
            taken_at=timestamp(),
        )
        taken[:] = [lease]
        return [LeaseTaken(lease=lease, ends=None if rival is None else rival.id)]

    return taken[0] if append_without_lease(reader, decide) is not None else None


def break_lease(reader: LedgerReader, lease_id: str, by: str, reason: str) -> Serial:
    """End a lease by force. It does not stop calls in flight. Raises LedgerError if that lease is not held."""

    def decide(folding: Folding) -> list[Event]:
        held = folding.lease
        if held is None or held.id != lease_id:
            raise LedgerError(
                f"no lease `{lease_id}` is held",
                detail="Nobody holds the lease; there is nothing to unlock."
                if held is None
                else f"The lease that is held is `{held.id}`, taken by {held.holder} on {held.host} for "
                f"`{held.operation}`.",
            )
        return [LeaseBroken(lease=lease_id, by=by, reason=reason)]

    serial = append_without_lease(reader, decide)
    assert serial is not None
    return serial


def default_holder() -> str:
    """Who runs this process, for display."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def lease_held(lease: Lease) -> LeaseHeld:
    """What to raise when somebody else holds the lease: who, where, since when, and what can be done."""
    here = lease.host == socket.gethostname()
    dead = here and not _is_running(lease.pid)
    state = (
        f"No process {lease.pid} runs on this host any more: it seems to have died. "
        f"Wait {lease.term_s:g} s and the lease ends by itself"
        if dead
        else f"It ends by itself {lease.term_s:g} s after its holder's last sign of life"
    )
    return LeaseHeld(
        f"`{lease.operation}` by {lease.holder} on {lease.host} holds the lease",
        detail=f"Process {lease.pid}, since {lease.taken_at}, lease `{lease.id}`. {state}. If you know that its "
        f"calls have stopped, end it now with `unknot unlock {lease.id}`: that does not stop calls in flight.",
    )


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
