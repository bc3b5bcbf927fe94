"""A change in the making: what the comparison found of one address, before its provider was asked."""

from typing import Any

import msgspec

from unknot.planner.plan import Action
from unknot.planner.secrecy import hidden
from unknot.providers.base import PlanItem, PlanOpinion
from unknot.stacks.definition import Desired
from unknot.state.snapshot import ResourceState


class Draft(msgspec.Struct, frozen=True):
    """A change before its provider was asked."""

    desired: Desired
    prior: ResourceState | None
    resolved: dict[str, Any]
    referring: bool
    action: Action
    changed: tuple[str, ...]
    before: dict[str, Any] = {}
    forcing: frozenset[str] = frozenset()
    because: str = ""
    """Of a replacement."""
    secrets: tuple[str, ...] = ()
    """Inputs whose reference is as it was, and whose secret is another one."""

    def item(self) -> PlanItem:
        """What the provider is asked; what is sealed it sees as unknown."""
        prior = self.prior
        return PlanItem(
            address=self.desired.address,
            type=self.desired.info.type,
            action=self.action.value,
            prior_inputs=None if prior is None else hidden(self.before),
            prior_outputs=None if prior is None else prior.outputs,
            inputs=hidden(self.resolved),
            changed=self.changed,
        )


NO_OPINION = PlanOpinion()
"""Of a provider that agrees with the planner."""


def replacement(desired: Desired) -> Action:
    """The verb by which an object is replaced."""
    first = desired.lifecycle.create_before_destroy
    return Action.CREATE_THEN_DELETE if first else Action.DELETE_THEN_CREATE
