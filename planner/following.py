"""Whether a workflow that runs after another one still has to: for the time in which nobody kept its schedule."""

import datetime as dt
from collections.abc import Iterable

import msgspec

from unknot.planner.absorbing import run_ids
from unknot.stacks.address import Uid
from unknot.stacks.run import RunStarted
from unknot.state.snapshot import RunRecord
from unknot.state.stores.base import Store


def is_behind(uid: Uid, known: Iterable[RunRecord], upstream: RunRecord, store: Store) -> bool:
    """Whether the latest run of the follower `uid`, in `store`, began without the upstream's latest good run.

    Told by why it was started, by what it read, and only where it reads nothing of the upstream by the clock. One
    that has never run is not behind: its first run is apply's to start. Raises StoreError.
    """
    started = _latest(uid, known, store)
    if started is None or started.request.triggered_by == f"after:{upstream.run}":
        return False
    request = started.request
    reads = {
        name: output
        for name, (uid, output) in request.deployment.published_inputs.items()
        if uid == upstream.uid and name in request.inputs
    }
    if reads:
        return any(
            request.inputs[name].hash != upstream.published.get(output, {}).get("hash")
            for name, output in reads.items()
        )
    return dt.datetime.fromisoformat(started.at) < dt.datetime.fromisoformat(upstream.ended_at)


def _latest(uid: Uid, known: Iterable[RunRecord], store: Store) -> RunStarted | None:
    """The latest run, one that goes on included, that was no experiment."""
    absorbed = max((record.run for record in known if record.counts), default=None)
    runs = [*([] if absorbed is None else [absorbed]), *run_ids(store, uid, absorbed)]
    for run in reversed(runs):
        data = store.get(f"runs/{uid}/{run}/started")
        if data is None:
            continue
        try:
            started = msgspec.json.decode(data, type=RunStarted)
        except msgspec.DecodeError:
            continue
        if not started.request.withheld:
            return started
    return None
