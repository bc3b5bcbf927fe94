"""The protocol of a mover: one for each type of resource that can move, found by `registry.mover`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from unknot.providers.base import BundleSource, Context
from unknot.stacks.address import Address, Uid
from unknot.stacks.errors import UnknotError


class MoveError(UnknotError):
    """A phase of a move could not be carried out. What it did is kept: the next try goes on from there."""


class MoveRequest(msgspec.Struct, frozen=True):
    """One resource on its way. The same for every phase."""

    move: str
    """Id of the move; unique within the lineage."""
    address: Address
    type: str
    uid: Uid
    source: Context
    """Where it is."""
    target: Context
    """Where it goes."""
    source_provider: str
    source_id: str
    target_provider: str
    generation: int
    """Of the object at the target: higher than that at the source."""
    token: str
    inputs: Mapping[str, Any] = {}
    """Wanted at the target, resolved."""
    outputs: Mapping[str, Any] = {}
    """As recorded at the source."""
    owner: str = ""
    shadow: "ShadowWish | None" = None
    takes_back: str = ""
    """The move that this one undoes: what is at the target is what that one left there."""
    done: Mapping[str, Mapping[str, Any]] = {}
    """What earlier phases of this move found."""
    bundles: BundleSource | None = None
    progress: Callable[[str], None] | None = None
    """Told in a few words how far a long phase has come."""
    stopping: Callable[[], bool] = lambda: False
    """Whether the user wants it to end soon: it then raises MoveError, and goes on another time."""


class ShadowWish(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a shadow run is compared with, and how."""

    runs: int = 1
    tolerances: Mapping[str, float] = {}
    """Metric to the relative difference that is no difference; metrics that are not named must be equal."""
    ignored: tuple[str, ...] = ()
    """Published outputs that may differ."""


class Load(msgspec.Struct, frozen=True, omit_defaults=True):
    """What there is to carry over, before anything is carried."""

    objects: int = 0
    bytes: int = 0
    seconds: float | None = None
    """None: not known."""
    usd: float | None = None
    prices: str = ""
    """Date of the price table."""
    notes: tuple[str, ...] = ()
    """For the reader of the plan: what is not known, what the target does not keep."""
    problems: tuple[str, ...] = ()
    """What stands in the way: the move cannot be applied."""


class PhaseResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a phase came to."""

    found: Mapping[str, Any] = {}
    """To be recorded with the phase: JSON."""
    id: str = ""
    """Of the object at the target, once there is one."""
    outputs: Mapping[str, Any] | None = None
    """Of the object at the target; None: as at the source."""


class Mover(Protocol):
    """Moves resources of one type. Every phase may be carried out again after a crash, and then goes on."""

    def phases(self, request: MoveRequest) -> tuple[str, ...]:
        """The phases that this move needs, in order; `cutover` is among them."""
        ...

    def survey(self, request: MoveRequest) -> Load:
        """What there is to move. Reads only. Raises UnknotError."""
        ...

    def carry_out(self, phase: str, request: MoveRequest) -> PhaseResult:
        """One phase. Raises UnknotError when it fails."""
        ...

    def clean_up(self, request: MoveRequest) -> None:
        """Remove what was left at the source, after the retention. Removing what is gone is no error."""
        ...

    def give_up(self, request: MoveRequest) -> None:
        """Remove from the target what a move that has not cut over put there."""
        ...

    def verify(self, request: MoveRequest) -> Mapping[str, Any]:
        """Compare the target with the manifest of the copy, byte by byte; `faults` is empty if all is well."""
        ...
