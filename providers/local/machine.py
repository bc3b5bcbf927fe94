"""The cores and memory of this machine, shared by all runs of this process: who may start a task now."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from unknot.providers.engines.assigning import DEFAULT_CPU
from unknot.providers.engines.executor import Cancellation
from unknot.providers.runner.limits import memory_bytes
from unknot.stacks.graph import Resources


class Machine:
    """A budget. A task that asks for more than there is gets the whole machine, and runs alone."""

    def __init__(self, cpu: float, memory: int) -> None:
        self._cpu, self._memory = cpu, memory
        self._free_cpu, self._free_memory = cpu, memory
        self._changed = threading.Condition()

    @classmethod
    def here(cls) -> "Machine":
        """This machine, as far as this process may use it."""
        import psutil

        cpu = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return cls(float(cpu), psutil.virtual_memory().total)

    @contextmanager
    def share(self, resources: Resources, stopped: Cancellation) -> Iterator[bool]:
        """Wait for a task's share and hold it; yields False, holding nothing, if `stopped` was set meanwhile."""
        cpu = min(resources.cpu or DEFAULT_CPU, self._cpu)
        memory = min(memory_bytes(resources) or 0, self._memory)
        with self._changed:
            self._changed.wait_for(
                lambda: stopped.is_set() or (self._free_cpu >= cpu and self._free_memory >= memory)
            )
            if stopped.is_set():
                has_share = False
            else:
                self._free_cpu -= cpu
                self._free_memory -= memory
                has_share = True
        if not has_share:
            yield False
            return
        try:
            yield True
        finally:
            with self._changed:
                self._free_cpu += cpu
                self._free_memory += memory
                self._changed.notify_all()

    def wake(self) -> None:
        """Let those that wait look at their `stopped`."""
        with self._changed:
            self._changed.notify_all()
