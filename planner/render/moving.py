"""A move for its reader: what is carried, how it is proven, in which phases, what it costs, and the way back."""

from collections.abc import Iterable, Sequence

from unknot.planner.plan import Change, Plan, PlannedMove

_UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "KB"))


def move_rows(change: Change) -> list[tuple[str, str]]:
    """Label and text, a row for each thing to know."""
    move = change.move
    if move is None:
        return []
    rows = [("data", data_text(move)), ("verification", _verification(move)), ("phases", _phases(move))]
    if move.takes_back:
        rows.append(("takes back", f"{move.takes_back}, which moved it from {change.target}"))
    rows.append(
        ("way back", f"`unknot plan --rollback {move.id}`, for {move.retain_days} days after the cutover")
    )
    rows += [("note", note) for note in move.notes]
    return [(label, text) for label, text in rows if text]


def data_text(move: PlannedMove) -> str:
    """`14,201 objects, 31.4 GB, about 9 min; about $2.83 (prices of 2026-10)`."""
    if "copy" not in move.phases:
        return "none: both targets keep it in the same store"
    time = "time unknown" if move.seconds is None else f"about {_duration(move.seconds)}"
    money = "price unknown" if move.usd is None else _money(move.usd)
    dated = f" (prices of {move.prices})" if move.prices and move.usd is not None else ""
    return f"{carried_text(move.objects, move.bytes)}, {time}; {money}{dated}"


def copies_text(moves: Sequence[PlannedMove]) -> str:
    """What the copies of all moves cost together: `Copying 31.4 GB: about $2.83 (prices of 2026-10).`"""
    size = size_text(sum(move.bytes for move in moves))
    known = [move.usd for move in moves if move.usd is not None]
    if len(known) < len(moves):
        return f"Copying {size}: price unknown."
    dates = ", ".join(sorted({move.prices for move in moves if move.prices}))
    return f"Copying {size}: {_money(sum(known))}{f' (prices of {dates})' if dates else ''}."


def carried_text(objects: int, size: int) -> str:
    """`14,201 objects, 31.4 GB`."""
    return f"{objects:,} {'object' if objects == 1 else 'objects'}, {size_text(size)}"


def leftover_rows(plan: Plan) -> Iterable[tuple[tuple[str, ...], str]]:
    """Moves that apply goes on with besides the changes, and what it does with them."""
    yield plan.unfinished, "Moved; apply does what is left to do after the cutover"
    yield (
        plan.given_up,
        "Moves that were begun and are no longer wanted; apply removes what they put at their target",
    )
    yield plan.cleaned_up, "Moves whose source apply deletes for good; there is no way back then"


def size_text(size: int) -> str:
    """In decimal units."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"


def _money(usd: float) -> str:
    return f"about ${usd:,.2f}" if usd >= 0.005 else "less than $0.01"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _verification(move: PlannedMove) -> str:
    if "verify" not in move.phases:
        return ""
    return "every object is read at the target and compared by SHA-256; the manifest is kept"


def _phases(move: PlannedMove) -> str:
    names = []
    for phase in move.phases:
        name = (
            f"shadow ({move.shadow_runs} run{'s' if move.shadow_runs != 1 else ''})"
            if phase == "shadow"
            else phase
        )
        names.append(f"{name} (done)" if phase in move.done else name)
    return ", ".join(names)
