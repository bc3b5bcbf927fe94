"""Where tests run each engine: how its server is started, and what its targets say to find it.

A place of its own module is imported only when a test asks for it, since it imports the engine's package.
"""

import contextlib
import importlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from unknot.providers.engine import Engine
from unknot.providers.registry import engine


@dataclass(frozen=True)
class Place:
    """An engine that can be used now."""

    engine: Engine
    options: dict[str, Any] = field(default_factory=dict)
    """Of the targets of tests."""
    workers: Callable[[], set[int]] = set
    """Process ids of the engine's own workers: every op must run in one of them or below."""


ENVIRONMENTS = {
    "main": {"local": "", "dask": "dask_place"},
    "ray": {"ray": "ray_place"},
}
"""By the environment that a test session runs in: engine to the module whose `place()` starts it; none: nothing to start.

Heavy engines have environments of their own, made by `make .venvs/NAME`; `pytest --environment NAME` runs there.
"""


def engines_here(environment: str) -> tuple[str, ...]:
    """The engines whose tests run in an environment."""
    return tuple(ENVIRONMENTS[environment])


@contextlib.contextmanager
def place_of(name: str) -> Iterator[Place]:
    """Start what an engine needs, for as long as the block runs. Raises PartMissing where it is not installed."""
    module = next(engines[name] for engines in ENVIRONMENTS.values() if name in engines)
    if not module:
        yield Place(engine(name), workers=lambda: {os.getpid()})
        return
    with importlib.import_module(module).place() as started:
        yield started
