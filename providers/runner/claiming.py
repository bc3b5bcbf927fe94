"""Which run has a scheduled time, and which store answers for it (rule R2).

A time belongs to the run whose claim is first in the claim store. That is the workflow's own store, until a move cuts
over: then times before an instant belong to the store that is left and all others to the new one. Both sides keep
that instant, written before it comes, so that with two schedulers left on each asks the same store about one time:

    claims/<uid>/<scheduled time>   the run
    cutovers/<uid>/<n>              a Side of this store; the last counts
"""

import datetime as dt
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from unknot.providers.runner import clock, layout
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

SKEW_S = 10.0
"""Clocks of the two sides' hosts may differ by so much: an instant is durable at least so long before it comes."""


class _Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who runs a scheduled time."""

    run: str
    side: str = ""
    """URL of the store that the run is in, if it is another than the one that the claim is in: an engine's runs of one
    time have one id, on whichever side of a move."""


class Span(msgspec.Struct, frozen=True):
    """From when on a store answers; until the next span."""

    since: str
    """RFC 3339; empty: from the beginning."""
    store: str
    """Its URL."""


class Side(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a store knows of who answers for a workflow's times."""

    spans: tuple[Span, ...] = ()
    asks: str = ""
    """URL of the store that knows: the one that a move is leaving. Nothing is claimed here before it has cut over."""
    move: str = ""
    """The move that wrote it."""


Verdict: TypeAlias = Literal["ours", "theirs", "elsewhere"]
"""Of a scheduled time: the run has it; another run has it; its side is not (or not yet) the one that runs it."""


class Claimed(msgspec.Struct, frozen=True):
    """What came of a claim."""

    verdict: Verdict
    by: str = ""
    """The run that has it, or why this side does not run it."""


def claim(
    store: Store, uid: str, scheduled_time: str, run: str, open_: Callable[[str], Store] = open_store
) -> Claimed:
    """Take a scheduled time for `run`. Claiming again is a yes again. Raises EngineError, StoreError."""
    when = clock.parse(scheduled_time)
    answering = answering_store(store, uid, when, open_)
    if isinstance(answering, str):
        return Claimed("elsewhere", answering)
    key = layout.claim_key(uid, clock.stamp(when))
    if layout.put_struct_once(answering, key, _Claim(run, "" if answering is store else store.url)):
        return Claimed("ours", run)
    found = layout.read_struct(answering, key, _Claim)
    return Claimed("theirs", found.run if found is not None else "another run")


def claimed_by(store: Store, uid: str, scheduled_time: str) -> str | None:
    """The run that has a scheduled time, as far as this store knows."""
    time = clock.stamp(clock.parse(scheduled_time))
    found = layout.read_struct(store, layout.claim_key(uid, time), _Claim)
    return found.run if found is not None else None


def answering_store(
    store: Store, uid: str, when: dt.datetime, open_: Callable[[str], Store] = open_store
) -> Store | str:
    """The store in which a run at `store` claims a time; or why it is not this side that runs it."""
    side = last_side(store, uid)
    if side is not None and side.asks:
        side = last_side(open_(side.asks), uid)
        if side is None or side.spans[-1].store != store.url:
            return "the workflow is moving here and has not been cut over yet"
    if side is None:
        return store
    url = store.url
    for span in side.spans:
        if not span.since or clock.parse(span.since) <= when:
            url = span.store
    if url == store.url:
        return store
    if side.spans[-1].store == store.url:
        return open_(url)  # a time of before the cutover: whichever side is first in the store that was left
    return f"the workflow was moved to `{side.spans[-1].store}`"


def last_side(store: Store, uid: str) -> Side | None:
    """What the store knows; None for one that no move has touched: it answers for itself."""
    keys = list(store.list(layout.cutovers_prefix(uid)))
    return layout.read_struct(store, keys[-1], Side) if keys else None


def enter(source: Store, target: Store, uid: str, move: str) -> None:
    """Before the workflow is deployed at `target`: its schedule there runs nothing until the move has cut over."""
    if source.url == target.url:
        return
    side = last_side(target, uid)
    if side is None or side.move != move:
        _write(target, uid, Side(asks=source.url, move=move))


def cut_over(
    source: Store,
    target: Store,
    uid: str,
    move: str,
    *,
    lead_s: float = SKEW_S,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> dt.datetime:
    """Let all times from an instant on, a little ahead, belong to `target`; that instant. Done again it stays the same.

    Without a schedule nobody asks for times, and there is nothing to lead: `lead_s` is 0. Only the side that is left is written: the other asks it. Raises StoreError, EngineError.
    """
    side = last_side(source, uid)
    if source.url == target.url:
        return now()
    if side is not None and side.move == move and not side.asks:
        return clock.parse(side.spans[-1].since)
    before = side.spans if side is not None and side.spans else (Span("", source.url),)
    for _ in range(_TRIES):
        began = now()
        instant = began + dt.timedelta(seconds=2 * lead_s)
        _write(source, uid, Side((*before, Span(clock.stamp(instant), target.url)), move=move))
        if not lead_s or now() - began < dt.timedelta(seconds=lead_s):
            return instant
        # It may have come before everybody could see it: a later one takes its place.
    raise StoreError(f"`{source.url}` is too slow to cut over by", retryable=True)


def settle(source: Store, target: Store, uid: str, move: str) -> None:
    """After the cutover: the new side knows its times by itself, and needs the other only for earlier ones."""
    side = last_side(source, uid)
    if side is not None and side.move == move and source.url != target.url:
        _write(target, uid, side)


def part(store: Store, uid: str) -> None:
    """Before the store that was left is emptied: this one answers for all times. Its claims were copied here."""
    if last_side(store, uid) is not None:
        _write(store, uid, Side((Span("", store.url),)))


_TRIES = 5
"""Instants that a slow store may let pass before it is given up."""


def _write(store: Store, uid: str, side: Side) -> None:
    """Make `side` the last; nothing if it is."""
    while last_side(store, uid) != side:
        number = sum(1 for _ in store.list(layout.cutovers_prefix(uid))) + 1
        if layout.put_struct_once(store, f"{layout.cutovers_prefix(uid)}{number:06d}", side):
            return
