"""The moves of one apply: what each phase is asked, and what is recorded when it has ended."""

from collections.abc import Callable, Mapping
from typing import Any

from unknot.planner.moving.progress import advanced, arrived, begun, cutover_events, left_behind
from unknot.planner.moving.requests import request_of
from unknot.planner.order import CUTOVER, Step
from unknot.planner.plan import Change, Plan, PlannedMove
from unknot.planner.services import Services
from unknot.providers.base import BundleSource
from unknot.providers.mover import MoveRequest
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.state.events import Event, MoveWritten
from unknot.state.moves import MoveRecord
from unknot.state.snapshot import ResourceState


class Phases:
    """Knows how far each move has come."""

    def __init__(
        self,
        plan: Plan,
        recorded: Mapping[str, MoveRecord],
        services: Services,
        bundles: BundleSource | None,
        stopping: Callable[[], bool],
    ) -> None:
        self._plan = plan
        self._moves = dict(recorded)
        self._services = services
        self._bundles = bundles
        self._stopping = stopping
        self._done: set[Step] = set()

    def is_done(self, step: Step, move: PlannedMove) -> bool:
        """Whether the phase need not be carried out: an interrupted apply did it."""
        record = self._moves.get(move.id)
        done = record is not None and record.phase(step.part) is not None
        if done:
            self._done.add(step)
        return done

    def is_over(self, change: Change) -> bool:
        """Whether the last phase has ended."""
        return change.move is not None and Step(change.address, change.move.phases[-1]) in self._done

    def begin(self, change: Change, move: PlannedMove) -> list[Event]:
        """Record that the move begins, before anything is done for it; nothing if it has."""
        if move.id in self._moves:
            return []
        record = self._moves[move.id] = begun(change)
        return [MoveWritten(move=record)]

    def request(
        self, step: Step, change: Change, inputs: Mapping[str, Any], token: str, tell: Callable[[str], None]
    ) -> MoveRequest:
        """What the mover is asked for a phase."""
        assert change.move is not None
        return request_of(
            change,
            self._plan.lineage,
            self._plan.targets,
            self._services,
            inputs=inputs,
            token=token,
            bundles=self._bundles,
            record=self._moves[change.move.id],
            progress=lambda text: tell(f"{step.part}: {text}"),
            stopping=self._stopping,
        )

    def end(
        self, step: Step, change: Change, move: PlannedMove, found: Mapping[str, Any], state: ResourceState
    ) -> tuple[ResourceState | None, list[Event]]:
        """What is recorded of a phase that ended well. With the cutover, a state in which what arrives is wanted."""
        record = advanced(self._moves[move.id], step.part, found)
        left, events = None, list[Event]()
        if step.part == CUTOVER:
            record = arrived(record, move.retain_days)
            left = left_behind(state, record)
            events = cutover_events(
                record,
                self._moves.get(move.takes_back),
                self._plan.targets.get(change.target),
                has_claims=change.type == WORKFLOW_TYPE,
            )
        self._moves[move.id] = record
        self._done.add(step)
        return left, [*events, MoveWritten(move=record)]
