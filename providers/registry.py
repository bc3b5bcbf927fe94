"""Find a provider, an engine or a cloud by its name, through entry points, importing only the one that is asked for."""

import contextlib
import functools
import threading
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, cast

from unknot.providers.base import Cloud, Provider, Trace
from unknot.providers.engine import Engine
from unknot.providers.mover import Mover
from unknot.stacks.address import Uid
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import UnknotError
from unknot.stacks.run import RunManifest
from unknot.state.stores.base import Store

PROVIDERS = "unknot.providers"
ENGINES = "unknot.engines"
CLOUDS = "unknot.clouds"
"""Groups of entry points; each names a class that is called without arguments."""

ENGINE_PREFIX = "engine:"


class NotRegistered(UnknotError):
    """No installed package offers a provider, engine or cloud of that name, or the one that does is broken."""


_lock = threading.RLock()
_made: dict[tuple[str, str], object] = {}


def provider(name: str) -> Provider:
    """The provider of that name, one per process. Raises NotRegistered with the nearest names.

    `engine:NAME` is the provider of workflow deployments on that engine.
    """
    if name.startswith(ENGINE_PREFIX):
        from unknot.providers.workflow import WorkflowProvider

        return WorkflowProvider(engine(name.removeprefix(ENGINE_PREFIX)))
    return cast(Provider, _one(PROVIDERS, name, "provider"))


def engine(name: str) -> Engine:
    """The engine of that name, one per process. Raises NotRegistered with the nearest names."""
    return cast(Engine, _one(ENGINES, name, "engine"))


def close_run(
    store: Store, uid: Uid, run: str, status: Literal["lost", "cancelled"], why: str
) -> RunManifest:
    """Close a run that nobody carries on, as the runner would, whatever the engine. The first seal counts.

    Raises EngineError, StoreError.
    """
    from unknot.providers.runner import closing

    return closing.seal_unended(store, uid, run, status, why)


def keep_alive(store: Store, uid: Uid, run: str) -> None:
    """Note that the engine knows of a run that gives no sign of life by itself. Raises EngineError, StoreError."""
    from unknot.providers.runner import closing

    closing.keep_alive(store, uid, run)


def traces() -> tuple[Trace, ...]:
    """How code names what is of one provider, for each that is known."""
    from unknot.providers.traces import TRACES

    return TRACES


def mover(type_: str) -> Mover | None:
    """Who moves resources of a type from one target to another; None for a type that cannot move (rule N1)."""
    if type_ == WORKFLOW_TYPE:
        from unknot.providers.moving.workflow import WorkflowMover

        return WorkflowMover()
    if type_ == "dataset":
        from unknot.providers.moving.dataset import DatasetMover

        return DatasetMover()
    if type_ == "bucket":
        from unknot.providers.moving.bucket import BucketMover

        return BucketMover()
    return None


def cloud(name: str) -> Cloud:
    """The cloud of that name, one per process. Raises NotRegistered with the nearest names."""
    return cast(Cloud, _one(CLOUDS, name, "cloud"))


@contextlib.contextmanager
def using(stand_in: Provider) -> Iterator[None]:
    """Give out `stand_in` for the provider of its name: for tests, with `FakeProvider("aws")`."""
    key = (PROVIDERS, stand_in.name)
    with _lock:
        usual = _made.get(key)
        _made[key] = stand_in
    try:
        yield
    finally:
        with _lock:
            if usual is None:
                _made.pop(key, None)
            else:
                _made[key] = usual


def names(group: str) -> tuple[str, ...]:
    """What is installed in a group, sorted."""
    return tuple(sorted(_found(group)))


@functools.cache
def _found(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}


def _one(group: str, name: str, kind: str) -> object:
    """Made by whichever thread asks first; the others wait for it."""
    found = _made.get((group, name))
    if found is None:
        with _lock:
            found = _made.get((group, name))
            if found is None:
                found = _made[group, name] = _load(group, name, kind)
    return found


def _load(group: str, name: str, kind: str) -> object:
    found = _found(group)
    if name not in found:
        raise NotRegistered(
            f"no {kind} is called `{name}`",
            detail=f"{nearest(name, found)}Installed: {', '.join(sorted(found)) or 'none'}. Another package can add one "
            f"through the entry point group `{group}`.",
        )
    try:
        return found[name].load()()
    except UnknotError:
        raise
    except Exception as problem:
        package = getattr(found[name].dist, "name", found[name].value)
        raise NotRegistered(
            f"the {kind} `{name}` of `{package}` cannot be loaded",
            detail=f"{type(problem).__name__}: {problem}. Repair or remove that package.",
        ) from problem
