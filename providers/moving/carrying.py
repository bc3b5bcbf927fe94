"""Carry objects from one side of a move to the other: with a journal and a manifest at the target, and proven.

moves/<lineage>/<move>/<n>/...        journal and manifest of the n-th copy (see `providers.copying.manifest`)
moves/<lineage>/<move>-damaged/<n>    written when the n-th copy was not what had been sent: the next is a new one
"""

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias, cast

from unknot.providers.base import Context
from unknot.providers.copying import (
    Copy,
    Entry,
    Manifest,
    Options,
    Progress,
    estimate,
    load_prices,
    measure,
    survey,
    verify,
)
from unknot.providers.engines.stored import store_url
from unknot.providers.mover import Load, MoveError, MoveRequest
from unknot.providers.moving.selection import Selected, Selection
from unknot.providers.objects import Place, open_place
from unknot.providers.objects.failures import PlaceMissing
from unknot.providers.runner.layout import put_once, segment
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

PASSES = 5
"""Passes over the source until one finds nothing new: what still changes then is somebody's who does not stop."""

SHOWN = 20
"""Faults that are named; all are counted."""

CLEARING = 16
"""Threads that delete."""

Ends: TypeAlias = Callable[[], tuple[Place, Place]]
"""Source and target, asked anew for each pass: what belongs to the resource may have grown."""

NOTHING: Mapping[str, Any] = {"objects": 0, "bytes": 0, "digest": "", "fault_count": 0, "faults": []}
"""What a carriage comes to where both sides are one place."""


class Carriage:
    """The objects of one move."""

    def __init__(
        self, request: MoveRequest, ends: Ends, target: Callable[[], Place], *, written_once: bool
    ) -> None:
        """`target` is the whole of it, for proofs, which need no source. `written_once`: what is under a key is under it for ever, and may be another's in the target too. Then nothing
        is deleted there, and what is there already may be written over by the same."""
        self._request = request
        self._ends = ends
        self._target = target
        self._options = Options(replace=written_once or bool(request.takes_back), deletions=not written_once)

    def loaded(self, prices: Path | None = None, *, target_is_new: bool = False) -> Load:
        """What there is to carry, and what it takes. Reads listings and a sample.

        `target_is_new`: it is made before anything is copied, and is not there to be looked at.
        """
        source, target = self._ends()
        if target_is_new:
            target = Selected(target, Selection())
        found = survey(source, target, part_bytes=self._options.part_bytes)
        sample = measure(source, target) if found.objects and not target_is_new else None
        guess = estimate(found, source, target, load_prices(prices), sample)
        problems = tuple(f"`{problem.key}`: {problem.reason}" for problem in found.problems)
        return Load(
            found.objects, found.bytes, guess.seconds, guess.usd, guess.prices, guess.unknown, problems
        )

    def carry(self) -> Mapping[str, Any]:
        """Copy until nothing is new; objects, bytes and the manifest's digest. Raises UnknotError, MoveError."""
        request, (store, name) = self._request, self._kept()
        for _ in range(PASSES):
            if request.stopping():
                raise MoveError(
                    f"the copy of `{request.address}` was interrupted", detail="Apply again to go on."
                )
            source, target = self._ends()
            report = Copy(source, target, store, name, self._options, _listener(request)).run()
            if report.failure_count or report.conflicts:
                first = (*report.failures, *report.conflicts)[0]
                raise MoveError(
                    f"{report.failure_count + len(report.conflicts)} objects of `{request.address}` were not copied",
                    detail=f"`{first.key}`: {first.reason}. Apply again to try them once more.",
                )
            if report.is_quiet:
                break
        manifest = Manifest(store, name)
        if request.takes_back and self._options.deletions:
            self._forget_deleted(manifest)
        objects, size = manifest.totals()
        return {"objects": objects, "bytes": size, "digest": manifest.digest}

    def proven(self) -> Mapping[str, Any]:
        """Read everything at the target and compare it with the manifest. Raises MoveError for the first that differs."""
        found = self.faults()
        if found["faults"]:
            first = cast("list[str]", found["faults"])[0]
            self._condemn()
            raise MoveError(
                f"{found['fault_count']} objects of `{self._request.address}` did not arrive as they were sent",
                detail=f"{first}. Apply again: all of it is copied once more.",
            )
        return found

    def faults(self) -> Mapping[str, Any]:
        """What differs between the target and the manifest, in words."""
        store, name = self._kept()
        manifest = Manifest(store, name)
        if not manifest.seals:
            raise MoveError(
                f"`{self._request.address}` has no manifest of `{self._request.move}`",
                detail="It was never copied.",
            )
        # What came into being at the target after the copy is nobody's fault.
        wanted = frozenset(entry.key for entry in manifest.entries())
        within = Selected(self._target(), Selection(keys=wanted))
        found = verify(manifest, within, None if manifest.is_complete else self._ends()[0])
        return {
            "objects": found.objects,
            "bytes": found.bytes,
            "digest": found.digest,
            "fault_count": found.fault_count,
            "faults": [f"`{fault.key}`: {fault.kind}" for fault in found.faults[:SHOWN]],
        }

    def _forget_deleted(self, manifest: Manifest) -> None:
        """Delete from the target what the move that is undone had found there and nobody has touched since, as far as it
        is not in the source any more: it was deleted there meanwhile."""
        store = store_of(self._request.source)
        earlier = Manifest(store, _latest(store, _base(self._request, self._request.takes_back)))
        _, target = self._ends()
        kept = manifest.entries()
        now = next(kept, None)
        for entry in earlier.entries(with_gone=True):
            while now is not None and now.key < entry.key:
                now = next(kept, None)
            if now is not None and now.key == entry.key:
                continue
            there = target.describe(entry.key)
            if there is not None and there[0].etag == entry.source.etag:
                target.delete(entry.key)

    def clear_source(self) -> None:
        """Delete from the source what was copied and is as it was then."""
        source, _ = self._ends()
        manifest = Manifest(*self._kept())

        def clear(entry: Entry) -> None:
            there = source.describe(entry.key)
            if there is not None and there[0].etag == entry.source.etag:
                source.delete(entry.key)

        with ThreadPoolExecutor(CLEARING) as pool:
            for _ in pool.map(clear, manifest.entries()):
                pass

    def clear_target(self) -> None:
        """Delete all that is at the target."""
        target = self._target()
        with contextlib.suppress(PlaceMissing), ThreadPoolExecutor(CLEARING) as pool:
            for _ in pool.map(lambda info: target.delete(info.key), target.list()):
                pass

    def _kept(self) -> tuple[Store, str]:
        """The store of journal and manifest, and the name of the copy in it."""
        store = store_of(self._request.target)
        return store, _latest(store, _base(self._request, self._request.move))

    def _condemn(self) -> None:
        store, name = self._kept()
        put_once(store, f"{_base(self._request, self._request.move)}-damaged/{name.rpartition('/')[2]}", b"")


def url_of(context: Context) -> str:
    return store_url(context.target.store, context.project)


def store_of(context: Context) -> Store:
    """Raises MoveError."""
    try:
        return open_store(url_of(context))
    except StoreError as error:
        raise MoveError(error.summary, detail=error.detail) from error


def shares_store(request: MoveRequest) -> bool:
    """Whether both targets keep their objects in one store: then there is nothing to carry."""
    return url_of(request.source) == url_of(request.target)


def between_stores(request: MoveRequest, select: Callable[[], Selection]) -> Carriage:
    """What is selected in the source's store, out of what others keep there too."""

    def ends() -> tuple[Place, Place]:
        selection = select()
        source, target = (open_place(url_of(side)) for side in (request.source, request.target))
        return Selected(source, selection), Selected(target, selection)

    return Carriage(request, ends, lambda: open_place(url_of(request.target)), written_once=True)


def dropped(context: Context, selection: Selection) -> None:
    """Remove what is selected from a target's store."""
    place = Selected(open_place(url_of(context)), selection)
    for info in place.list():
        place.delete(info.key)


def _base(request: MoveRequest, move: str) -> str:
    return f"moves/{segment(request.source.lineage)}/{segment(move)}"


def _latest(store: Store, base: str) -> str:
    """The name of the copy that counts: the one after those that turned out to be damaged."""
    return f"{base}/{1 + sum(1 for _ in store.list(f'{base}-damaged/'))}"


def _listener(request: MoveRequest) -> Callable[[Progress], None] | None:
    tell = request.progress
    if tell is None:
        return None

    def told(progress: Progress) -> None:
        if not progress.objects:
            return  # a pass that finds nothing new
        total = f" of {progress.objects_total:,}" if progress.objects_total is not None else ""
        left = f", {progress.remaining_s:.0f} s left" if progress.remaining_s is not None else ""
        tell(f"{progress.objects:,}{total} objects, {progress.bytes_per_s / 1e6:.1f} MB/s{left}")

    return told
