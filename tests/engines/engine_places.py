"""Where tests run each engine: how its server is started, and what its targets say to find it.

A place of its own module is imported only when a test asks for it, since it imports the engine's package.
"""

import contextlib
import importlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from servers import Server

from unknot.providers.engine import Engine
from unknot.providers.registry import engine


@dataclass(frozen=True)
class Place:
    """An engine that can be used now."""

    engine: Engine
    options: dict[str, Any]
    """Of the targets of tests."""
    is_worker: Callable[[int, str], bool]
    """Whether a process, by its id and command line, is one of the engine's own workers: every op must run below one."""
    server: Server | None = None
    """What was started for it, where that is one server."""


ENVIRONMENTS = {
    "main": {"local": "", "dask": "dask_place"},
    "airflow": {"airflow": "airflow_place"},
    "ray": {"ray": "ray_place"},
    "spark": {"spark": "spark_place"},
}
"""By the environment that a test session runs in: engine to the module whose `place()` starts it; none: nothing to start.

Heavy engines have environments of their own, made by `make .venvs/NAME`; `pytest --environment NAME` runs there.
"""


def engines_here(environment: str) -> tuple[str, ...]:
    """The engines whose tests run in an environment."""
    return tuple(ENVIRONMENTS[environment])


class Places:
    """Engines that are started when they are first asked for, and end together."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._started: dict[str, Place] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def of(self, name: str) -> Place:
        """Raises PartMissing where what it needs is not installed."""
        if name not in self._started:
            self._started[name] = self._stack.enter_context(_place_of(name))
        return self._started[name]

    def discard(self, name: str) -> None:
        """Forget one that a test has ended: the next that asks is given a new one."""
        del self._started[name]


@contextlib.contextmanager
def _place_of(name: str) -> Iterator[Place]:
    module = next(engines[name] for engines in ENVIRONMENTS.values() if name in engines)
    if not module:
        yield Place(engine(name), {}, lambda pid, _command: pid == os.getpid())
        return
    with importlib.import_module(module).place() as started:
        yield started
