"""Read live objects and say where they differ from what is recorded: drift, apart from what the stack changed.

Asks in bulk, a few calls for each provider and target, in parallel (D9). Writes nothing.
"""

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from unknot.planner.diff import Seen
from unknot.planner.fields import field_change, is_secret
from unknot.planner.plan import Drift, Version
from unknot.planner.sealing import guarded, masker, sealer
from unknot.planner.secrecy import Vaults, is_given
from unknot.planner.services import Services
from unknot.planner.stats import Meter
from unknot.providers.base import LiveObject, ReadItem, ReadRequest, ReadResponse
from unknot.providers.classes import holding_sensitive
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic, Severity
from unknot.stacks.errors import UnknotError
from unknot.stacks.resource_type import FieldTraits, TypeInfo
from unknot.stacks.target import Target
from unknot.state.snapshot import ResourceState

BATCH = 1000
"""Objects asked for in one request to a provider."""

_canonical = msgspec.json.Encoder(order="sorted")


class Refreshed(msgspec.Struct, frozen=True):
    """What reading gave."""

    seen: dict[Address, Seen]
    """Every object that could be read."""
    prior: dict[Address, ResourceState]
    """Recorded states whose outputs are not what is recorded, as they are now."""
    drift: tuple[Drift, ...]
    diagnostics: tuple[Diagnostic, ...]
    calls: int


def refresh(
    recorded: Iterable[ResourceState],
    types: Mapping[str, TypeInfo],
    targets: Mapping[str, Target],
    lineage: str,
    services: Services,
    *,
    parallelism: int = 10,
    meter: Meter | None = None,
    vaults: Vaults | None = None,
) -> Refreshed:
    """Read every recorded object. An object that cannot be read is a warning, and counts as not looked at."""
    vaults = vaults or Vaults()
    states: dict[Address, ResourceState] = {}
    requests: list[tuple[str, ReadRequest]] = []
    for (provider, target), group in _grouped(recorded).items():
        for start in range(0, len(group), BATCH):
            batch = group[start : start + BATCH]
            states.update((state.address, state) for state in batch)
            items = tuple(
                ReadItem(s.address, s.type, _id(s), as_given(s.type, s.resolved_inputs, vaults))
                for s in batch
            )
            requests.append((provider, ReadRequest(services.context(lineage, targets, target), items)))
    with ThreadPoolExecutor(max_workers=max(1, parallelism)) as pool:
        responses = list(pool.map(lambda r: _read(services, *r), requests))
    found = Refreshed({}, {}, (), (), 0)
    drift: list[Drift] = []
    diagnostics: list[Diagnostic] = []
    calls = 0
    for (provider, request), response in zip(requests, responses, strict=True):
        calls += response.calls
        if meter is not None:
            meter.read(provider, request.context.target.name, len(request.items), response.calls)
        diagnostics.extend(_as_warning(d) for d in response.diagnostics)
        for address, live in response.objects.items():
            state = states[address]
            info = types.get(state.type)
            read, live, looked = live, *_sealed(state, live, vaults)
            shown = without_secrets(state, live, info, looked)
            difference = compare(state, live, info, looked)
            found.seen[address] = Seen(
                live is None, _differing(state, shown), digest(read, state.resolved_inputs, state.type)
            )
            if difference is not None:
                drift.append(difference)
                if difference.refreshed is not None and difference.refreshed.outputs != state.outputs:
                    found.prior[address] = msgspec.structs.replace(
                        state, outputs=difference.refreshed.outputs
                    )
    return Refreshed(found.seen, found.prior, tuple(drift), tuple(diagnostics), calls)


def digest(live: LiveObject | None, recorded: Mapping[str, Any], type_name: str) -> str:
    """Of an object as it was read: what a saved plan is bound to (rule A4). `gone` when there is none.

    Only what is recorded in clear counts: a digest of a secret would give it away to whoever can guess.
    """
    if live is None:
        return "gone"
    counted = {
        name: value
        for name, value in guarded(type_name, live.inputs, {}, masker).items()
        if name in recorded and (not is_secret(recorded[name]) or is_given(recorded[name]))
    }
    return hashlib.sha256(_canonical.encode((live.id, counted))).hexdigest()


def without_secrets(
    state: ResourceState,
    live: LiveObject | None,
    info: TypeInfo | None,
    looked: frozenset[str] = frozenset(),
) -> LiveObject | None:
    """`live` without what must not be shown, compared or recorded (rule S1).

    Told by its type, and, where the type is not at hand, by what is recorded of it. Of the inputs `looked`, what may be
    secret in them is sealed.
    """
    if live is None:
        return None
    before = state.resolved_inputs
    return msgspec.structs.replace(
        live,
        inputs={
            **_clear(live.inputs, before, {} if info is None else info.fields),
            **{name: value for name, value in live.inputs.items() if name in looked},
        },
        outputs=_clear(live.outputs, state.outputs, {} if info is None else info.computed),
    )


def as_given(type_name: str, recorded: dict[str, Any], vaults: Vaults) -> dict[str, Any]:
    """What a provider compares an object with: what a stack gave in clear it sees so again."""
    names = holding_sensitive(type_name) & recorded.keys()
    given = {name: recorded[name] for name in names if is_given(recorded[name])}
    return {**recorded, **vaults.clear(given, [])} if given else recorded


def _sealed(
    state: ResourceState, live: LiveObject | None, vaults: Vaults
) -> tuple[LiveObject | None, frozenset[str]]:
    """`live` with what may be secret sealed, as it is recorded where it is the same; and the inputs that may hold such.

    An input with a secret by reference, or with another's sensitive output, is none of these: it is not looked at.
    """
    if live is None or not (holding := holding_sensitive(state.type)):
        return live, frozenset()
    before = state.resolved_inputs
    looked = frozenset(
        name
        for name in holding & live.inputs.keys()
        if not is_secret(before.get(name)) or is_given(before[name])
    )
    inputs = guarded(state.type, live.inputs, before, sealer(vaults, state.uid, live=True), looked)
    return msgspec.structs.replace(live, inputs=inputs), looked


def _clear(
    values: Mapping[str, Any], recorded: Mapping[str, Any], traits: Mapping[str, FieldTraits]
) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if not is_secret(recorded.get(name))
        and not (name in traits and (traits[name].sensitive or traits[name].write_only))
    }


def compare(
    state: ResourceState,
    live: LiveObject | None,
    info: TypeInfo | None,
    looked: frozenset[str] = frozenset(),
) -> Drift | None:
    """The drift of one object; None when it is as recorded. Secrets are not looked at, but for what is sealed in `looked`."""
    live = without_secrets(state, live, info, looked)
    version = Version(state.uid, state.serial)
    if live is None:
        return Drift(state.address, gone=True, owner=state.owner, owned_by=state.owned_by, version=version)
    differing = _differing(state, live)
    outputs = {**state.outputs, **live.outputs}
    if not differing and outputs == state.outputs:
        return None
    before = state.resolved_inputs
    fields = [field_change(name, before.get(name), value, None) for name, value in differing.items()]
    fields += [
        field_change(name, state.outputs.get(name), value, None)
        for name, value in live.outputs.items()
        if state.outputs.get(name) != value
    ]
    refreshed = msgspec.structs.replace(
        state,
        inputs={**state.inputs, **differing},
        resolved=None if state.resolved is None else {**state.resolved, **differing},
        outputs=outputs,
    )
    return Drift(
        state.address,
        fields=tuple(fields),
        owner=state.owner,
        owned_by=state.owned_by,
        refreshed=refreshed,
        version=version,
    )


def _differing(state: ResourceState, live: LiveObject | None) -> dict[str, Any]:
    if live is None:
        return {}
    before = state.resolved_inputs
    return {name: value for name, value in live.inputs.items() if before.get(name) != value}


def _id(state: ResourceState) -> str:
    current = state.current
    return "" if current is None else current.id


def _grouped(recorded: Iterable[ResourceState]) -> dict[tuple[str, str], list[ResourceState]]:
    groups: dict[tuple[str, str], list[ResourceState]] = {}
    for state in recorded:
        if state.current is not None:
            groups.setdefault((state.provider, state.target), []).append(state)
    return groups


def _as_warning(problem: Diagnostic) -> Diagnostic:
    """What cannot be read is planned as last recorded, so it does not stand in the way."""
    return msgspec.structs.replace(problem, severity=Severity.WARNING) if problem.is_error else problem


def _read(services: Services, provider: str, request: ReadRequest) -> ReadResponse:
    try:
        return services.provider(provider).read_many(request)
    except UnknotError as problem:
        return ReadResponse(
            {},
            (
                Diagnostic.warning(
                    f"{len(request.items)} objects of `{provider}` could not be read: {problem.summary}",
                    detail=problem.detail or "They are planned as last recorded.",
                ),
            ),
        )
