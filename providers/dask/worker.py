"""What workers and the scheduler are asked to do: an attempt, driving a run, saying what they are or know.

Arguments and results are plain, so that nothing of unknot is pickled but the names of these functions.
"""

from typing import Any

import msgspec

from unknot.providers.engines.process import carried_out
from unknot.providers.runner import layout
from unknot.providers.runner.assignment import TaskAssignment
from unknot.providers.runner.environment import python_version
from unknot.stacks.address import Uid
from unknot.state.stores.opening import open_store


def carry_out(assignment: bytes) -> bytes:
    """Carry out an attempt in a process below this worker; its outcome, empty if the run was cancelled before."""
    decoded = msgspec.json.decode(assignment, type=TaskAssignment)
    store = open_store(decoded.store)
    if store.size(layout.cancel_key(decoded.uid, decoded.run)) is not None:
        return b""
    return msgspec.json.encode(carried_out(decoded))


def drive_run(store: str, uid: str, run: str) -> str:
    """Drive a run to its end from within the cluster; its status. The thread of the worker is free for tasks meanwhile."""
    from distributed import secede

    from unknot.providers.engines.driver import drive

    secede()
    return drive(open_store(store), Uid(uid), run).status


def about() -> dict[str, str]:
    """What a worker has, to be compared with what a deployment needs."""
    from unknot.version import VERSION

    return {"python": python_version(), "unknot": VERSION}


def state_of(key: str, dask_scheduler: Any) -> tuple[str, str]:
    """What the scheduler knows of the task that drives a run; asked on the scheduler."""
    task = dask_scheduler.tasks.get(key)
    if task is None:
        return "gone", "the scheduler does not know the task that drives the run"
    if task.state in ("waiting", "no-worker", "queued", "released"):
        return "waiting", f"{task.state}: no worker is free"
    if task.state == "processing":
        return "running", ""
    return "ended", str(task.exception_text or "") if task.state == "erred" else ""
