"""A target: a place to run, as a value. An engine, a store for data, and optionally a cloud and region."""

from typing import Any

import msgspec


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place to run. Two targets of one stack have different names."""

    name: str
    engine: str = "local"
    """Name of an engine in the registry."""
    store: str = "file:.unknot/store"
    """URL of the store for bundles, artifacts and run streams. A relative path is under the project's folder."""
    cloud: str | None = None
    region: str | None = None
    options: dict[str, Any] = {}
    """What the engine or cloud needs besides: an address, a queue, a profile. Never a secret: use a reference."""


LAPTOP = Target("laptop")
"""The default: the local engine and a store in the project's `.unknot` folder."""
