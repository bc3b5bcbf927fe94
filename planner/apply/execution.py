"""One call of a provider for one step of a change: runs in a worker thread, records nothing.

Secrets are resolved and sealed values opened here, just before the call, and redacted from every error. What comes
back is sealed again before anybody else sees it.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from unknot.planner.order import Step
from unknot.planner.plan import Action, Change
from unknot.planner.refresh import as_given, digest
from unknot.planner.secrecy import Vaults, kept, redact
from unknot.planner.services import Services
from unknot.providers.base import (
    BundleSource,
    Context,
    CreateRequest,
    DeleteRequest,
    FindRequest,
    ImportRequest,
    LiveObject,
    Mark,
    ReadItem,
    ReadRequest,
    UpdateRequest,
)
from unknot.providers.mover import MoveRequest
from unknot.stacks.errors import LeaseLost, ProviderError, UnknotError
from unknot.stacks.resource_type import ResolveBy
from unknot.state.snapshot import Instance


class Call(msgspec.Struct, frozen=True):
    """Everything a worker needs to carry out one step."""

    step: Step
    change: Change
    intent: str
    """Id of the open intent; empty when nothing in the world is touched."""
    context: Context
    inputs: dict[str, Any]
    """Resolved, secrets still by reference or sealed."""
    token: str
    mark: Mark
    generation: int
    instance: Instance | None
    """The object to update or delete."""
    vaults: Vaults
    macs: dict[str, str] = {}
    """Of the secrets among the inputs, to be recorded."""
    prior_outputs: dict[str, Any] = {}
    """As recorded when the call began: what is sealed there and is the same stays as it is."""
    bundles: BundleSource | None = None
    progress: Callable[[str], None] | None = None
    move: MoveRequest | None = None
    """Of a phase of a move."""
    expected_live: str = ""
    """Digest that the object must still have just before an update or delete (rule A4)."""


class Answer(msgspec.Struct, frozen=True):
    """What a call gave. Exactly one of the outcomes holds."""

    call: Call
    outcome: str
    """`done`, `failed`, `refused`, or `not-started`."""
    id: str = ""
    outputs: dict[str, Any] = {}
    """As they may be recorded."""
    error: str = ""
    surely_absent: bool = False
    """Of a failed create: that nothing was made has been verified, or follows from its type."""
    adopted: bool = False
    elapsed_s: float = 0.0
    found: Mapping[str, Any] = {}
    """What a phase of a move came to."""


def execute(
    call: Call, services: Services, may_start: Callable[[float], None], stopping: Callable[[], bool]
) -> Answer:
    """Make the call. Never raises: whatever a provider does becomes an answer.

    `may_start` raises LeaseLost when the lease does not outlast the call (rule A1).
    """
    started = time.monotonic()
    secrets: list[str] = []
    try:
        if stopping():
            return Answer(call, "not-started", error="interrupted before it began")
        may_start(call.change.timeout_s)
        answer = _call(call, services, secrets)
    except LeaseLost as lost:
        return Answer(call, "not-started", error=lost.summary)
    except Exception as problem:  # noqa: BLE001 - a provider may raise anything; apply must go on and record it
        answer = _failed(call, services, redact(_text(problem), secrets), problem, secrets)
    return msgspec.structs.replace(answer, elapsed_s=time.monotonic() - started)


def _kept(call: Call, outputs: dict[str, Any], secrets: list[str]) -> dict[str, Any]:
    """What a provider returned, as it may be recorded (rule S1)."""
    change = call.change
    seal = call.vaults.sealing(change.uid, call.generation, call.prior_outputs)
    return kept(outputs, change.sensitive_outputs, secrets, seal)


def _text(problem: Exception) -> str:
    if isinstance(problem, UnknotError):
        return f"{problem.summary}{'. ' + problem.detail if problem.detail else ''}"
    return f"{type(problem).__name__}: {problem}"


def _call(call: Call, services: Services, secrets: list[str]) -> Answer:
    change = call.change
    if call.move is not None:
        return _move(call, call.move, services, secrets)
    if call.step.part == "delete":
        assert call.instance is not None
        # The object's own provider and target, which a replacement may leave.
        provider = services.provider(call.instance.provider)
        refused, _ = _live(call, services)
        if refused:
            return Answer(call, "refused", error=refused)
        outputs = change.prior.outputs if change.prior is not None else {}
        provider.delete(
            DeleteRequest(
                call.context,
                change.address,
                change.type,
                call.instance.id,
                call.vaults.clear(_before(change), secrets),
                call.vaults.clear(outputs, secrets),
                call.mark,
                change.timeout_s,
                call.progress,
            )
        )
        return Answer(call, "done")
    provider = services.provider(change.provider)
    if change.action is Action.IMPORT:
        return _import(call, services, secrets)
    inputs = call.vaults.revealed(call.inputs, secrets)
    if change.action is Action.UPDATE:
        assert call.instance is not None
        refused, live = _live(call, services)
        if refused:
            return Answer(call, "refused", error=refused)
        updated = provider.update(
            UpdateRequest(
                call.context,
                change.address,
                change.type,
                call.instance.id,
                # What it is now and not only what was recorded: what somebody changed by hand is changed back.
                call.vaults.clear({**_before(change), **live}, secrets),
                inputs,
                call.token,
                call.mark,
                call.generation,
                change.timeout_s,
                change.owner,
                call.bundles,
                tuple(field.path for field in change.fields),
            )
        )
        return Answer(call, "done", call.instance.id, _kept(call, updated.outputs, secrets))
    made = provider.create(
        CreateRequest(
            call.context,
            change.address,
            change.type,
            inputs,
            call.token,
            call.mark,
            call.generation,
            change.timeout_s,
            change.owner,
            call.bundles,
        )
    )
    return Answer(call, "done", made.id, _kept(call, made.outputs, secrets))


def _move(call: Call, request: MoveRequest, services: Services, secrets: list[str]) -> Answer:
    """One phase of a move."""
    mover = services.mover(call.change.type)
    if mover is None:
        return Answer(call, "refused", error=f"what is of the type `{call.change.type}` cannot move")
    inputs = call.vaults.revealed(call.inputs, secrets)
    result = mover.carry_out(call.step.part, msgspec.structs.replace(request, inputs=inputs))
    outputs = call.prior_outputs if result.outputs is None else _kept(call, dict(result.outputs), secrets)
    return Answer(call, "done", result.id, outputs, found=result.found)


def _import(call: Call, services: Services, secrets: list[str]) -> Answer:
    change, provider = call.change, services.provider(call.change.provider)
    inputs = call.vaults.revealed(call.inputs, secrets)
    response = provider.import_(
        ImportRequest(
            call.context,
            change.address,
            change.type,
            change.import_id,
            call.mark,
            adopt=True,
            inputs=dict(inputs),
        )
    )
    if response.object is None:
        return Answer(
            call, "failed", error=f"`{change.import_id}` does not exist any more", surely_absent=True
        )
    if not change.fields:
        return Answer(call, "done", response.object.id, _kept(call, response.object.outputs, secrets))
    updated = provider.update(
        UpdateRequest(
            call.context,
            change.address,
            change.type,
            response.object.id,
            # What the stack does not set is left as it is: the plan does not show it either.
            {name: value for name, value in response.object.inputs.items() if name in inputs},
            inputs,
            call.token,
            call.mark,
            call.generation,
            change.timeout_s,
            change.owner,
            call.bundles,
            tuple(field.path for field in change.fields),
        )
    )
    outputs = {**response.object.outputs, **updated.outputs}
    return Answer(call, "done", response.object.id, _kept(call, outputs, secrets))


def _live(call: Call, services: Services) -> tuple[str, dict[str, Any]]:
    """Why the object is not the one that was planned for, empty when it is; and its inputs as they are.

    Nothing of both for what was not read when planning.
    """
    if not call.expected_live or call.instance is None:
        return "", {}
    change = call.change
    recorded = as_given(change.type, _before(change), call.vaults)
    response = services.provider(call.instance.provider).read_many(
        ReadRequest(call.context, (ReadItem(change.address, change.type, call.instance.id, recorded),))
    )
    if change.address not in response.objects:
        return "", {}
    found = response.objects[change.address]
    if digest(found, _before(change), change.type) != call.expected_live:
        return "the object was changed in the world after this plan was made; plan again", {}
    return "", {} if found is None else found.inputs


def _failed(call: Call, services: Services, error: str, problem: Exception, secrets: list[str]) -> Answer:
    """After a failure, look whether a create made its object all the same (rule A3)."""
    change = call.change
    if call.step.part == "delete" or not change.action.creates:
        return Answer(call, "failed", error=error)
    if change.resolve_by == "none":
        return Answer(
            call,
            "failed",
            error=error,
            surely_absent=isinstance(problem, ProviderError) and not problem.retryable,
        )
    try:
        inputs = call.vaults.opened(call.inputs)
        found = (
            services.provider(change.provider)
            .find(FindRequest(call.context, change.address, change.type, inputs, call.token, call.mark))
            .object
        )
    except Exception:  # noqa: BLE001 - then it stays unknown, and the next apply settles it
        return Answer(call, "failed", error=error)
    if found is None:
        return Answer(call, "failed", error=error, surely_absent=True)
    if not is_ours(found, call.mark, change.resolve_by):
        return Answer(call, "failed", error=error, surely_absent=True)
    return Answer(call, "failed", found.id, _kept(call, found.outputs, secrets), error=error, adopted=True)


def is_ours(found: LiveObject, mark: Mark, resolve_by: ResolveBy) -> bool:
    """Whether what was found is what we made (rule A3): it bears our mark, or was found by our own token."""
    return found.mark == mark or (found.mark is None and resolve_by == "token")


def _before(change: Change) -> dict[str, Any]:
    if change.prior is None:
        return {}
    return change.prior.resolved_inputs
