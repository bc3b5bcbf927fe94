"""Tell of a run's progress by looking at it: for engines whose runs are not carried on by this process."""

import threading
from collections.abc import Callable

from unknot.providers.engine import RunProgress, RunQuery
from unknot.providers.engines.stored import StoredEngine

FOLLOW_S = 1.0
"""Between two looks."""


def follow(engine: StoredEngine, query: RunQuery, tell: Callable[[RunProgress], None]) -> None:
    """Tell of each change of a task's status, from a thread, until the run is over."""

    def look() -> None:
        seen: object = None
        while True:
            progress = engine.wait(query, 0 if seen is None else FOLLOW_S)
            statuses = (progress.status, [(task.task, task.status) for task in progress.tasks])
            if statuses != seen:
                seen = statuses
                tell(progress)
            if progress.status != "running":
                return

    threading.Thread(target=look, name=f"follow {query.run}", daemon=True).start()
