"""What a workflow needs of its engine, and what that lacks or cannot give as much of as is asked for."""

from collections.abc import Iterator

import msgspec

from unknot.planner.portability.workload import Workload
from unknot.providers.engine import Abilities, Capability
from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.graph import CommandCode, ContainerCode, NotebookCode, is_dynamic
from unknot.stacks.sizes import bytes_of

_CODE = {
    CommandCode: Capability.COMMANDS,
    ContainerCode: Capability.CONTAINERS,
    NotebookCode: Capability.NOTEBOOKS,
}
_LIMITS = {
    "gpu": Capability.GPU,
    "retries": Capability.RETRIES,
    "timeout_s": Capability.TIME_LIMIT,
    "memory": Capability.MEMORY_LIMIT,
}
"""What an op may ask for, by the name of the resource."""


def lacking(work: Workload, abilities: Abilities) -> Iterator[Diagnostic]:
    """An error for each thing that the workflow needs and its engine does not have."""
    for what, capability, source in _needs(work):
        if capability not in abilities.capabilities:
            how = abilities.notes.get(capability, "")
            yield Diagnostic.error(
                f"{what} needs `{capability.value}`, which the engine `{work.target.engine}` does not have",
                detail=f"`{work.address}` is on the target `{work.target.name}`. "
                f"{f'There: {how}. ' if how else ''}Choose another target, or do without.",
                address=work.address,
                source=source or work.source,
            )


def beyond(work: Workload, abilities: Abilities) -> Iterator[Diagnostic]:
    """An error for each op that asks for more than one task can have, and a note on a time limit that none names."""
    on = f"the engine `{work.target.engine}`"
    limit_s, unlimited = abilities.time_limit_s, []
    for op in work.graph.ops.values():
        asked = work.resources(op)
        most: list[tuple[str, str]] = []
        if limit_s is not None and asked.timeout_s is not None and asked.timeout_s > limit_s:
            most.append((f"`timeout_s={asked.timeout_s:g}`", f"{limit_s:g} s"))
        if abilities.cpu_limit is not None and asked.cpu is not None and asked.cpu > abilities.cpu_limit:
            most.append((f"`cpu={asked.cpu:g}`", f"{abilities.cpu_limit:g} cores"))
        if abilities.memory_limit and asked.memory and _exceeds(asked.memory, abilities.memory_limit):
            most.append((f"`memory={asked.memory}`", abilities.memory_limit))
        for what, limit in most:
            yield Diagnostic.error(
                f"op `{op.name}` asks for {what}, and {on} has at most {limit} for a task",
                detail="Ask for less, split the op, or choose another target.",
                address=work.address,
                source=op.source or work.source,
            )
        if limit_s is not None and asked.timeout_s is None:
            unlimited.append(op.name)
    if unlimited:
        yield Diagnostic.note(
            f"no task may take longer than {limit_s:g} s on {on}",
            detail=f"No `timeout_s` says how long these take: {', '.join(unlimited)}.",
            address=work.address,
            source=work.source,
        )
    if abilities.bundle_limit and len(work.bundle) > bytes_of(abilities.bundle_limit):
        yield Diagnostic.error(
            f"the packed code is larger than the {abilities.bundle_limit} that {on} takes",
            detail=f"It has {len(work.bundle):,} bytes. Take large files out, and read them as a `Dataset`.",
            address=work.address,
            source=work.source,
        )


def _exceeds(asked: str, limit: str) -> bool:
    try:
        return bytes_of(asked) > bytes_of(limit)
    except ValueError:
        return False  # what is no size is said where it is used


def _needs(work: Workload) -> Iterator[tuple[str, Capability, SourceLocation | None]]:
    graph = work.graph
    for op in graph.ops.values():
        label = f"op `{op.name}`"
        if (code := _CODE.get(type(op.code))) is not None:
            yield label, code, op.source
        asked = msgspec.to_builtins(work.resources(op))
        for field, capability in _LIMITS.items():
            if asked.get(field):
                yield f"{label} with `{field}={asked[field]}`", capability, op.source
    dynamic = next((task for task in graph.tasks if task.is_dynamic), None)
    if dynamic is not None:
        # One is enough: the engine runs all of the workflow or none.
        name = "each" if dynamic.is_mapped else "when"
        yield f"`{name}` over what is known when it runs", Capability.DYNAMIC, dynamic.source
    elif any(is_dynamic(binding) for binding in graph.published.values()):
        yield "`when` over what is known when it runs", Capability.DYNAMIC, graph.source
    if work.inputs.get("secrets"):
        yield f"workflow `{graph.name}`", Capability.SECRETS, None
