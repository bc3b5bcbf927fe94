"""What a pass of a copy came to: counted while it runs, and given as one value at its end."""

import threading
import time
from collections.abc import Sequence

import msgspec

from unknot.providers.copying.surveying import Problem
from unknot.providers.objects.attributes import Form, Loss

KEPT_MAX = 1000
"""Of failures, conflicts and problems so many are kept; all are counted."""

KINDS_MAX = 200
"""So many different losses are told apart."""


class LossCount(msgspec.Struct, frozen=True):
    """Something that the target does not keep as it was."""

    what: str
    form: Form
    detail: str
    objects: int
    example: str
    """The key of one of them."""


class PassReport(msgspec.Struct, frozen=True):
    """One pass over the source."""

    number: int
    objects: int
    """That were copied in this run of the pass."""
    bytes: int
    """Of those objects."""
    resumed_objects: int
    """Copied before this run of the pass, and taken over from its journal."""
    unchanged: int
    deleted: int
    rehashed_bytes: int
    """Read again, not copied again: parts that had arrived before a crash, for their hash."""
    failures: tuple[Problem, ...]
    """Objects that kept changing or cannot be read or written; the next pass tries them again."""
    failure_count: int
    conflicts: tuple[Problem, ...]
    """Objects that were not deleted from the target, since somebody else has written to them there."""
    losses: tuple[LossCount, ...]
    seconds: float
    digest: str
    """Of the manifest up to and with this pass."""

    @property
    def is_complete(self) -> bool:
        """Whether everything that was listed has been copied."""
        return not self.failure_count and not self.conflicts

    @property
    def is_quiet(self) -> bool:
        """Whether there was nothing to do: the target is as the source was when it was listed."""
        return self.is_complete and not (self.objects or self.resumed_objects or self.deleted)


class Outcome:
    """Counts. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self.objects = self.bytes = self.resumed = self.unchanged = self.deleted = self.rehashed = 0
        self.failure_count = 0
        self._failures: list[Problem] = []
        self._conflicts: list[Problem] = []
        self._losses: dict[tuple[str, Form, str], tuple[int, str]] = {}

    def copied(self, size: int) -> None:
        with self._lock:
            self.objects += 1
            self.bytes += size

    def drop(self) -> None:
        with self._lock:
            self.deleted += 1

    @property
    def is_complete(self) -> bool:
        return not self.failure_count and not self._conflicts

    def rehash(self, size: int) -> None:
        with self._lock:
            self.rehashed += size

    def fail(self, key: str, reason: str) -> None:
        with self._lock:
            self.failure_count += 1
            if len(self._failures) < KEPT_MAX:
                self._failures.append(Problem(key, reason))

    def conflict(self, key: str, reason: str) -> None:
        with self._lock:
            if len(self._conflicts) < KEPT_MAX:
                self._conflicts.append(Problem(key, reason))

    def lose(self, key: str, losses: Sequence[Loss]) -> None:
        """Count what one object loses."""
        if not losses:
            return
        with self._lock:
            for loss in dict.fromkeys(losses):
                kind = (loss.what, loss.form, loss.detail)
                if kind not in self._losses and len(self._losses) >= KINDS_MAX:
                    kind = (loss.what, loss.form, "in several ways")
                count, example = self._losses.get(kind, (0, key))
                self._losses[kind] = (count + 1, example)

    def report(self, number: int, digest: str) -> PassReport:
        with self._lock:
            return PassReport(
                number,
                self.objects,
                self.bytes,
                self.resumed,
                self.unchanged,
                self.deleted,
                self.rehashed,
                tuple(sorted(self._failures, key=lambda p: p.key)),
                self.failure_count,
                tuple(self._conflicts),
                tuple(LossCount(*kind, *found) for kind, found in sorted(self._losses.items())),
                time.monotonic() - self._started,
                digest,
            )
