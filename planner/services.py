"""What planning and applying reach the world through: providers by name, the project's folder, other ledgers."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from unknot.planner.diff import OtherStack
from unknot.providers import registry
from unknot.providers.base import Cloud, Context, Provider
from unknot.providers.engine import Engine
from unknot.providers.mover import Mover
from unknot.stacks.address import Uid
from unknot.stacks.run import RunManifest
from unknot.stacks.target import LAPTOP, Target
from unknot.state.stores.base import Store


def no_other_stack(_name: str) -> OtherStack | None:
    """Where no other ledger can be read."""
    return None


class Services(msgspec.Struct, frozen=True):
    """Handed down explicitly; there is no global context."""

    project: Path
    provider: Callable[[str], Provider] = registry.provider
    engine: Callable[[str], Engine] = registry.engine
    cloud: Callable[[str], Cloud] = registry.cloud
    mover: Callable[[str], Mover | None] = registry.mover
    """Who moves a type from one target to another; None if it cannot move."""
    close_run: Callable[[Store, Uid, str, Literal["lost", "cancelled"], str], RunManifest] = (
        registry.close_run
    )
    """Closes a run that nobody carries on, and says why."""
    keep_alive: Callable[[Store, Uid, str], None] = registry.keep_alive
    """Notes that the engine knows of a run that is silent."""
    other_stack: Callable[[str], OtherStack | None] = no_other_stack
    """Outputs of `name/environment`; None when that ledger is not there."""

    def context(self, lineage: str, targets: Mapping[str, Target], target: str) -> Context:
        """What every provider call needs."""
        return Context(
            self.project, lineage, targets.get(target) or msgspec.structs.replace(LAPTOP, name=target)
        )
