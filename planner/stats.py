"""What planning cost: seconds of each phase, requests to providers by target, calls to the ledger's store.

For whoever asks (`plan --stats`): nothing is decided by it, and it is in no saved plan.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import Literal, TypeAlias

import msgspec

Phase: TypeAlias = Literal["load", "read", "refresh", "diff", "runs", "check"]
"""`load`: the user's stack. `read`: the ledger. `refresh`: live objects. `diff`: wanted against recorded, the
providers' opinions included. `runs`: which workflows run again. `check`: conditions and policies."""


class PhaseStats(msgspec.Struct, frozen=True):
    """One phase of planning."""

    phase: Phase
    elapsed_s: float


class ReadStats(msgspec.Struct, frozen=True):
    """What refreshing asked of one provider on one target."""

    provider: str
    target: str
    objects: int
    calls: int
    """Requests made to the API, as the provider counts them (D9)."""


class PlanStats(msgspec.Struct, frozen=True):
    """What one plan cost."""

    phases: tuple[PhaseStats, ...]
    refresh: tuple[ReadStats, ...] = ()
    store_calls: dict[str, int] = {}
    """Calls to the store of the ledgers, by kind: `list`, `get`, `put`."""


class Meter:
    """Measures one plan. Phases do not overlap; one that is entered again goes on."""

    def __init__(self) -> None:
        self._elapsed_s: dict[Phase, float] = {}
        self._reads: dict[tuple[str, str], ReadStats] = {}

    @contextlib.contextmanager
    def phase(self, name: Phase) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self._elapsed_s[name] = self._elapsed_s.get(name, 0.0) + time.perf_counter() - began

    def read(self, provider: str, target: str, objects: int, calls: int) -> None:
        """Count one request of refreshing."""
        so_far = self._reads.get((provider, target), ReadStats(provider, target, 0, 0))
        self._reads[provider, target] = ReadStats(
            provider, target, so_far.objects + objects, so_far.calls + calls
        )

    def stats(self, store_calls: dict[str, int] | None = None) -> PlanStats:
        phases = tuple(PhaseStats(name, round(seconds, 6)) for name, seconds in self._elapsed_s.items())
        reads = tuple(self._reads[key] for key in sorted(self._reads))
        return PlanStats(phases, reads, dict(sorted((store_calls or {}).items())))
