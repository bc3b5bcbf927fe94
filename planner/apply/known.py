"""What an apply knows of values as they are now: recorded outputs, those of other stacks, and what is sealed in them."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

from unknot.planner.conditions import ConditionFailed, require
from unknot.planner.diff import OtherStack
from unknot.planner.plan import Change
from unknot.planner.secrecy import Vaults, redact
from unknot.planner.services import Services
from unknot.planner.values import holds_sealed
from unknot.stacks.address import Address
from unknot.stacks.definition import ConditionRule


class Known:
    """Values for one apply. Other stacks are read once: all of it is validated against one state of each."""

    def __init__(self, services: Services, vaults: Vaults) -> None:
        self.vaults = vaults
        self.outputs: dict[Address, dict[str, Any]] = {}
        """Of this stack's resources, sealed where they are sensitive."""
        self._services = services
        self.other_stack = functools.cache(self._other_stack)

    def lookup(self, address: Address, stack: str | None) -> Any:
        """Outputs as they are now, for `resolve`."""
        if stack is not None:
            other = self.other_stack(stack)
            return None if other is None else other.outputs
        return self.outputs.get(address)

    def ours(self, change: Change, generation: int, resolved: dict[str, Any]) -> dict[str, Any]:
        """Inputs with what other stacks' ledgers sealed under our own key, as they are recorded. Raises LedgerError."""
        if not change.reads.stacks or not holds_sealed(resolved):
            return resolved
        seal = self.vaults.sealing(change.uid, generation, {})
        return {name: self.vaults.adopted(value, seal, name) for name, value in resolved.items()}

    def require(
        self,
        rules: Iterable[ConditionRule],
        inputs: dict[str, Any],
        outputs: dict[str, Any],
        load: Callable[[str, str], Callable[..., object]],
    ) -> None:
        """Hold conditions to values in clear. Raises ConditionFailed, which shows none of them."""
        for rule in rules:
            secrets: list[str] = []
            clear = self.vaults.clear(inputs, secrets), self.vaults.clear(outputs, secrets)
            try:
                require(rule, *clear, load)
            except ConditionFailed as failed:
                raise ConditionFailed(failed.summary, detail=redact(failed.detail, secrets)) from None

    def _other_stack(self, name: str) -> OtherStack | None:
        other = self._services.other_stack(name)
        if other is not None:
            self.vaults.know(other.vault)
        return other
