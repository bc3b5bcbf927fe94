"""Carry selected objects from one target's store to another's: with a journal and a manifest in the new one, proven.

moves/<lineage>/<move>/...   journal and manifest of the copy (see `providers.copying.manifest`)
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from unknot.providers.base import Context
from unknot.providers.copying import (
    Copy,
    CopyError,
    Manifest,
    Options,
    Prices,
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
from unknot.providers.runner.layout import segment
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

PASSES = 5
"""Passes over the source until one finds nothing new: what still changes then is somebody's who does not stop."""


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


def name_of(request: MoveRequest) -> str:
    """Of the copy, in the target's store."""
    return f"moves/{segment(request.source.lineage)}/{segment(request.move)}"


def loaded(request: MoveRequest, selection: Selection, prices: Path | None = None) -> Load:
    """What there is to carry, and what it takes. Reads listings only."""
    if shares_store(request):
        return Load()
    source, target = _places(request, selection)
    found = survey(source, target, part_bytes=Options().part_bytes)
    table: Prices = load_prices(prices)
    sample = measure(source, target) if found.objects else None
    guess = estimate(found, source, target, table, sample)
    problems = tuple(f"`{problem.key}`: {problem.reason}" for problem in found.problems)
    return Load(found.objects, found.bytes, guess.seconds, guess.usd, guess.prices, guess.unknown, problems)


def carry(request: MoveRequest, select: Callable[[], Selection]) -> Mapping[str, Any]:
    """Copy until nothing is new; objects, bytes and the manifest's digest. Raises UnknotError, MoveError.

    `select` is asked before each pass, since what belongs to the resource may have grown.
    """
    if shares_store(request):
        return {"objects": 0, "bytes": 0, "digest": ""}
    for _ in range(PASSES):
        if request.stopping():
            raise MoveError(
                f"the copy of `{request.address}` was interrupted", detail="Apply again to go on."
            )
        source, target = _places(request, select())
        # What is under a key is under it for ever, and may be another's in the target too: nothing is deleted there.
        options = Options(replace=True, deletions=False)
        copy = Copy(source, target, store_of(request.target), name_of(request), options, _listener(request))
        report = copy.run()
        if report.failure_count or report.conflicts:
            first = (*report.failures, *report.conflicts)[0]
            raise MoveError(
                f"{report.failure_count + len(report.conflicts)} objects of `{request.address}` were not copied",
                detail=f"`{first.key}`: {first.reason}. Apply again to try them once more.",
            )
        if report.is_quiet:
            break
    manifest = Manifest(store_of(request.target), name_of(request))
    objects, size = manifest.totals()
    return {"objects": objects, "bytes": size, "digest": manifest.digest}


def proven(request: MoveRequest, select: Callable[[], Selection]) -> Mapping[str, Any]:
    """Read everything at the target and compare it with the manifest. Raises MoveError for the first that differs."""
    found = faults(request, select)
    if found["faults"]:
        first = cast("list[str]", found["faults"])[0]
        raise MoveError(
            f"{found['fault_count']} objects of `{request.address}` did not arrive as they were sent",
            detail=f"{first}. Apply again: what is wrong is copied once more.",
        )
    return found


def faults(request: MoveRequest, select: Callable[[], Selection]) -> Mapping[str, Any]:
    """What differs between the target and the manifest, in words."""
    if shares_store(request):
        return {"objects": 0, "bytes": 0, "digest": "", "fault_count": 0, "faults": []}
    source, target = _places(request, select())
    manifest = Manifest(store_of(request.target), name_of(request))
    if not manifest.seals:
        raise MoveError(
            f"`{request.address}` has no manifest of `{request.move}`", detail="It was never copied."
        )
    wanted = frozenset(entry.key for entry in manifest.entries())
    # What came into being at the target after the copy is nobody's fault.
    within = Selected(target.place, Selection(keys=wanted))
    found = verify(manifest, within, None if manifest.is_complete else source)
    return {
        "objects": found.objects,
        "bytes": found.bytes,
        "digest": found.digest,
        "fault_count": found.fault_count,
        "faults": [f"`{fault.key}`: {fault.kind}" for fault in found.faults[:20]],
    }


def dropped(context: Context, selection: Selection) -> None:
    """Remove what is selected from a target's store."""
    place = Selected(open_place(url_of(context)), selection)
    for info in place.list():
        place.delete(info.key)


def _places(request: MoveRequest, selection: Selection) -> tuple[Selected, Selected]:
    source: Place = open_place(url_of(request.source))
    target: Place = open_place(url_of(request.target))
    return Selected(source, selection), Selected(target, selection)


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


__all__ = [
    "CopyError",
    "carry",
    "dropped",
    "faults",
    "loaded",
    "name_of",
    "proven",
    "shares_store",
    "store_of",
    "url_of",
]
