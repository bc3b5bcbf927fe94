"""Late results: what a writer that was fenced or cut off learned from its last calls (rule A2).

They are left under `late/<lease>/<n>`, or in a folder of this machine if the store is out of reach, and the
next holder of the lease takes them in, as far as nobody settled the matter otherwise in the meantime.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import LedgerError
from unknot.state.events import Event, IntentClosed, ResourceRemoved, ResourceWritten
from unknot.state.ledger.edge import LedgerStore
from unknot.state.ledger.envelope import FORMAT, Header, Sealing, Unsound, new_nonce, pack, unpack
from unknot.state.ledger.fold import Folding
from unknot.state.ledger.layout import LATE, late_key, late_name
from unknot.state.ledger.segment import decode_events
from unknot.state.snapshot import Serial
from unknot.state.stores.base import PutResult
from unknot.state.stores.files import replacing, sync_folder

RESULTS: tuple[type, ...] = (IntentClosed, ResourceWritten, ResourceRemoved)
"""Events that say what a call did: worth keeping although the lease is lost."""


class LateResult(msgspec.Struct, frozen=True):
    """What one call did, told after its lease had ended."""

    lease: str
    n: int
    since: Serial
    """The last serial that its writer knew."""
    events: tuple[Event, ...]
    absorbed: bool = False
    """False: the matter was settled otherwise in the meantime, and nothing was changed by this."""


class Spool:
    """A folder of this machine for late results that the store could not take."""

    def __init__(self, cache_dir: Path, where: str) -> None:
        self.folder = cache_dir / "late" / hashlib.sha256(where.encode()).hexdigest()[:32]

    def keep(self, key: str, data: bytes) -> Path:
        """Write durably; `data` is the object as the store will hold it. Raises OSError."""
        path = self.folder / key
        with replacing(path) as file:
            file.write(data)
        sync_folder(str(path.parent))
        return path

    def upload(self, edge: LedgerStore) -> None:
        """Move everything to the store. Raises LedgerError."""
        for path in sorted(self.folder.glob("late/*/*")):
            key = path.relative_to(self.folder).as_posix()
            if late_name(key) is None:
                continue
            try:
                data = path.read_bytes()
                if edge.put(key, data) is PutResult.CREATED or edge.get(key) == data:
                    path.unlink()
                    with contextlib.suppress(OSError):
                        path.parent.rmdir()
            except OSError as error:
                raise LedgerError(
                    f"the late result `{path}` cannot be moved to the store: {error.strerror or error}",
                    detail="It says what an earlier apply did after it had lost the ledger.",
                ) from error


def leave_late(
    edge: LedgerStore,
    spool: Spool | None,
    sealing: Sealing | None,
    header: Header,
    lines: Sequence[bytes],
) -> str:
    """Write one late result, and give the place where it lies. Raises LedgerError if there is none for it."""
    key = late_key(header.lease, header.n)
    data, _ = pack(header, b"\n".join(lines), key, sealing)
    try:
        edge.put(key, data)
        if edge.get(key) == data:
            return edge.where(key)
    except LedgerError as error:
        unreachable = error
    else:
        unreachable = LedgerError(f"`{edge.where(key)}` is taken")
    if spool is None:
        raise unreachable
    try:
        return str(spool.keep(key, data))
    except OSError as error:
        raise LedgerError(
            f"a late result could be left neither in the store nor under `{spool.folder}`",
            detail=f"{unreachable.summary}; {error.strerror or error}. What was made is still named by its "
            "open intent: the next apply looks for it.",
        ) from error


def late_header(folding: Folding, lease: str, epoch: int, n: int) -> Header:
    return Header(
        unknot="late",
        format=FORMAT,
        lineage=folding.lineage,
        serial=folding.serial,
        previous=folding.hash,
        nonce=new_nonce(),
        lease=lease,
        epoch=epoch,
        key=folding.key,
        n=n,
    )


def late_results(
    edge: LedgerStore, sealing: Sealing | None, lineage: str
) -> Iterator[tuple[str, LateResult | Diagnostic]]:
    """Every late result in the store with its key; a diagnostic for one that cannot be used."""
    for key in edge.list(LATE):
        data = edge.get(key)
        if data is None:
            continue
        try:
            yield key, _read(data, key, sealing, lineage)
        except Unsound as error:
            yield (
                key,
                Diagnostic.warning(
                    "a late result cannot be used; its object is found by its open intent instead",
                    detail=f"`{edge.where(key)}` {error.reason}.",
                ),
            )


def is_unsettled(folding: Folding, late: LateResult) -> bool:
    """Whether the matter is still as the late result's writer left it, so that the result may be recorded.

    One that was recorded before, by its writer or by a holder that died before it deleted the object, has
    settled the matter itself.
    """
    intents = [event.intent for event in late.events if isinstance(event, IntentClosed)]
    if intents:
        return all(intent in folding.intents for intent in intents)
    return all(_unchanged(folding, event, late.since) for event in late.events)


def _unchanged(folding: Folding, event: Event, since: Serial) -> bool:
    if isinstance(event, ResourceWritten):
        address, uid = event.resource.address, event.resource.uid
    elif isinstance(event, ResourceRemoved):
        address, uid = event.address, event.uid
    else:
        return False
    recorded = folding.resources.get(address)
    if recorded is None:
        buried = folding.tombstones.get(address)
        return buried is None or buried.serial <= since
    return recorded.uid == uid and recorded.serial <= since


def _read(data: bytes, key: str, sealing: Sealing | None, lineage: str) -> LateResult:
    opened = unpack(data, key, sealing)
    header = opened.header
    if header.unknot != "late" or (header.lease, header.n) != late_name(key):
        raise Unsound("is not the late result that its name says")
    if header.lineage != lineage:
        raise Unsound(f"belongs to another ledger (lineage `{header.lineage}`)")
    if header.format != FORMAT:
        raise Unsound(f"is in format {header.format}")
    try:
        events = decode_events(opened.body.split(b"\n"))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unsound(f"cannot be read: {error}") from error
    if not all(isinstance(event, RESULTS) for event in events):
        raise Unsound("holds events that are not results")
    return LateResult(header.lease, header.n, header.serial, events)
