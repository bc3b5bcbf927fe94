"""What apply does for moves besides the plan's changes: finish what comes after a cutover, give up, clean up."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from unknot.planner.moving.progress import advanced, without_source
from unknot.planner.moving.requests import request_of_record
from unknot.planner.plan import Plan
from unknot.planner.services import Services
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import UnknotError
from unknot.state.events import Event, IntentClosed, IntentOpened, MoveWritten, ResourceWritten, event_id
from unknot.state.moves import MoveRecord
from unknot.state.snapshot import Intent, Snapshot

Deed = Literal["finish", "give-up", "clean-up"]


class Aftermath:
    """For one apply."""

    def __init__(
        self,
        plan: Plan,
        services: Services,
        append: Callable[[Iterable[Event]], int],
        check: Callable[[float], None],
        stopping: Callable[[], bool],
    ) -> None:
        self._plan = plan
        self._services = services
        self._append = append
        self._check = check
        self._stopping = stopping
        self.diagnostics: list[Diagnostic] = []

    def run(self, snapshot: Callable[[], Snapshot]) -> None:
        """All that the plan names. What fails is a warning, and stays for the next apply."""
        deeds: tuple[tuple[Deed, tuple[str, ...]], ...] = (
            ("finish", self._plan.unfinished),
            ("give-up", self._plan.given_up),
            ("clean-up", self._plan.cleaned_up),
        )
        for deed, ids in deeds:
            for id_ in ids:
                record = snapshot().moves.get(id_)
                if record is not None and not self._stopping():
                    self._one(deed, record, snapshot())

    def _one(self, deed: Deed, record: MoveRecord, snapshot: Snapshot) -> None:
        intent = Intent(
            id=event_id(),
            address=record.address,
            uid=record.uid,
            action=f"move-{deed}",
            provider=record.source_provider,
            target=record.source,
            type=record.type,
            token="",
            generation=record.generation,
            inputs_hash="",
            timeout_s=_TIMEOUT_S,
            resolve_by="mark",
            instance_id=record.source_id,
        )
        self._append([IntentOpened(intent=intent)])
        try:
            self._check(_TIMEOUT_S)
            after = self._do(deed, record, snapshot)
        except UnknotError as problem:
            self._append([IntentClosed(intent=intent.id, outcome="failed", error=problem.summary)])
            self.diagnostics.append(
                Diagnostic.warning(
                    f"`{record.id}` of `{record.address}`: {_WORDS[deed]} failed: {problem.summary}",
                    detail=f"{problem.detail} The next apply tries again.".strip(),
                    address=record.address,
                )
            )
            return
        events: list[Event] = [IntentClosed(intent=intent.id, outcome="done"), MoveWritten(move=after)]
        state = snapshot.resources.get(record.address)
        if deed == "clean-up" and state is not None and state.uid == record.uid:
            events.append(ResourceWritten(resource=without_source(state, record), by="clean-up"))
        self._append(events)

    def _do(self, deed: Deed, record: MoveRecord, snapshot: Snapshot) -> MoveRecord:
        mover = self._services.mover(record.type)
        assert mover is not None
        request = request_of_record(record, snapshot, self._plan.targets | snapshot.targets, self._services)
        if deed == "finish":
            for phase in unfinished_phases(record):
                found = mover.carry_out(phase, request)
                record = advanced(record, phase, found.found)
            return record
        if deed == "give-up":
            mover.give_up(request)
            return msgspec.structs.replace(record, state="given-up")
        mover.clean_up(request)
        return msgspec.structs.replace(record, state="cleaned-up")


def unfinished_phases(record: MoveRecord) -> tuple[str, ...]:
    """What comes after the cutover and was not done."""
    if record.state != "moved":
        return ()
    return tuple(name for name in record.planned if record.phase(name) is None)


_TIMEOUT_S = 300.0
_WORDS = {
    "finish": "what comes after the cutover",
    "give-up": "giving it up",
    "clean-up": "cleaning up its source",
}
