"""Moves of resources from one target to another, as the ledger records them: how far each has come (D6).

A move is begun by a plan's change, goes through phases, and stays here with its proof and its way back.
"""

from typing import Any, Literal, TypeAlias

import msgspec

from unknot.stacks.address import Address, Uid

MoveState: TypeAlias = Literal["moving", "moved", "taken-back", "given-up", "cleaned-up"]
"""`moved`: what was left at the source is kept until `retain_until`; `cleaned-up`: it is gone; `taken-back`: a later
move brought the resource back; `given-up`: it never left."""


class PhaseDone(msgspec.Struct, frozen=True, omit_defaults=True):
    """A phase that has ended well."""

    name: str
    at: str
    """Wall clock, RFC 3339, UTC: for display."""
    found: dict[str, Any] = {}
    """What it came to: objects, bytes, digest of the manifest, comparison of runs."""


class MoveRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One resource on its way from a target to another, or arrived there."""

    id: str
    """`move-7`: counts within the ledger."""
    address: Address
    uid: Uid
    source: str
    """Target that it leaves."""
    target: str
    """Target that it goes to."""
    source_provider: str
    source_id: str
    """The provider's identity of the object that is left."""
    state: MoveState
    type: str = ""
    generation: int = 1
    """Of the object at the target."""
    planned: tuple[str, ...] = ()
    """Names of its phases, in order."""
    phases: tuple[PhaseDone, ...] = ()
    retain_until: str | None = None
    """RFC 3339: until then nothing offers to delete what is at the source."""
    takes_back: str = ""
    """The move that this one undoes."""

    def phase(self, name: str) -> PhaseDone | None:
        """The last that is recorded of a phase."""
        return next((phase for phase in reversed(self.phases) if phase.name == name), None)
