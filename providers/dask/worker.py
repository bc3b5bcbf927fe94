"""What a Dask worker and the scheduler are asked besides attempts: to drive a run, and what they know of one."""

from typing import Any

from unknot.providers.engines.driver import drive
from unknot.stacks.address import Uid
from unknot.state.stores.opening import open_store


def drive_run(store: str, uid: str, run: str) -> str:
    """Drive a run to its end from within the cluster; its status. The thread of the worker is free for tasks meanwhile."""
    from distributed import secede

    secede()
    return drive(open_store(store), Uid(uid), run).status


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
