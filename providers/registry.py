"""Find a provider or an engine by its name, through entry points, importing only the one that is asked for."""

import difflib
import functools
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from unknot.providers.base import Engine, Provider
from unknot.stacks.errors import UnknotError

PROVIDERS = "unknot.providers"
ENGINES = "unknot.engines"
"""Groups of entry points; each names a class that is called without arguments."""


class NotRegistered(UnknotError):
    """No installed package offers a provider or engine of that name."""


@functools.cache
def provider(name: str) -> Provider:
    """The provider of that name, one per process. Raises NotRegistered with the nearest names."""
    return cast(Provider, _load(PROVIDERS, name, "provider"))


@functools.cache
def engine(name: str) -> Engine:
    """The engine of that name, one per process. Raises NotRegistered with the nearest names."""
    return cast(Engine, _load(ENGINES, name, "engine"))


def names(group: str) -> tuple[str, ...]:
    """What is installed in a group, sorted."""
    return tuple(sorted(_found(group)))


@functools.cache
def _found(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}


def _load(group: str, name: str, kind: str) -> object:
    found = _found(group)
    if name not in found:
        near = difflib.get_close_matches(name, found, n=1)
        hint = f"Did you mean `{near[0]}`? " if near else ""
        raise NotRegistered(
            f"no {kind} is called `{name}`",
            detail=f"{hint}Installed: {', '.join(sorted(found)) or 'none'}. Another package can add one "
            f"through the entry point group `{group}`.",
        )
    return found[name].load()()
