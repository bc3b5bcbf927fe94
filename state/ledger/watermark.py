"""What this machine remembers of a ledger, to notice one that was cut short or replaced (rule L6).

One small file for each ledger in a folder of this machine's own, never in the ledger's store.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from unknot.stacks.errors import LedgerError, LedgerReplaced
from unknot.state.snapshot import Serial
from unknot.state.stores.files import replacing


class Watermark(msgspec.Struct, frozen=True):
    """The highest segment seen."""

    where: str
    lineage: str
    serial: Serial
    hash: str


class Watermarks:
    """The watermark of one ledger."""

    def __init__(self, cache_dir: Path, where: str) -> None:
        self._where = where
        self._path = cache_dir / "watermarks" / f"{hashlib.sha256(where.encode()).hexdigest()[:32]}.json"
        self._known: Watermark | None = None

    def load(self) -> Watermark | None:
        """What is remembered; None if this ledger was never seen here. Raises LedgerError."""
        if self._known is None:
            try:
                self._known = msgspec.json.decode(self._path.read_bytes(), type=Watermark)
            except FileNotFoundError:
                return None
            except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise LedgerError(
                    f"`{self._path}`, which remembers `{self._where}`, cannot be read",
                    detail=f"{error}. Delete that file to trust the ledger as it is now.",
                ) from error
        return self._known

    @property
    def seen_at(self) -> dt.datetime | None:
        """When this machine saw the ledger's head for the first time; None if it never saw any."""
        try:
            return dt.datetime.fromtimestamp(self._path.stat().st_mtime, dt.UTC)
        except OSError:
            return None

    def check(self, lineage: str, head: Serial, had: Callable[[Serial, str], bool]) -> None:
        """Raises LedgerReplaced if the ledger is not a continuation of what is remembered.

        `had` tells whether its segment of a serial has, or had, a hash.
        """
        known = self.load()
        if known is None:
            return
        if known.lineage != lineage:
            self._refuse(known, "is another ledger than the one seen here before", f"lineage `{lineage}`")
        if head < known.serial:
            self._refuse(known, "is shorter than it was", f"serial {head}")
        if not had(known.serial, known.hash):
            self._refuse(known, "has another history than it had", f"another segment {known.serial}")

    def check_absent(self) -> None:
        """Raises LedgerReplaced if there was a ledger once; to be asked when there is none."""
        known = self.load()
        if known is not None:
            self._refuse(known, "is gone", "no segment")

    def remember(self, lineage: str, serial: Serial, hash_: str) -> None:
        """Keep a head that was found sound; an older one than remembered is left out."""
        if self._covers(self._known, lineage, serial):
            return
        self._known = None  # another process may have seen more in the meantime
        if self._covers(self.load(), lineage, serial):
            return
        self._known = Watermark(self._where, lineage, serial, hash_)
        try:
            with replacing(self._path) as file:
                file.write(msgspec.json.encode(self._known))
        except OSError as error:
            raise LedgerError(
                f"`{self._path}` cannot be written: {error.strerror or error}",
                detail="unknot keeps there which state of the ledger it saw last.",
            ) from error

    def forget(self) -> None:
        """Trust the ledger as it is now."""
        self._known = None
        self._path.unlink(missing_ok=True)

    @staticmethod
    def _covers(known: Watermark | None, lineage: str, serial: Serial) -> bool:
        return known is not None and known.lineage == lineage and known.serial >= serial

    def _refuse(self, known: Watermark, what: str, found: str) -> None:
        raise LedgerReplaced(
            f"`{self._where}` {what}",
            detail=f"This machine saw lineage `{known.lineage}` at serial {known.serial}, and finds {found}. "
            "If the ledger was lost or overwritten, bring its objects back from the bucket's earlier versions "
            "or a backup. If it was put back to an older state on purpose, accept it as it is: delete "
            f"`{self._path}`. Objects made since then are no longer recorded; import them.",
        )
