"""What workflows need of their engines, and what these lack: said when planning, before anything is touched (D8).

By what engines declare; an engine may refuse more when it is asked to deploy.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from unknot.planner.runs import graph_of
from unknot.providers.engine import Capability, Engine
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE, Desired
from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.errors import UnknotError
from unknot.stacks.graph import CommandCode, ContainerCode, NotebookCode, is_dynamic

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


def lacking(desired: Mapping[Address, Desired], engine: Callable[[str], Engine]) -> Iterator[Diagnostic]:
    """A diagnostic for each thing that a wanted workflow needs and its engine does not have."""
    for wanted in desired.values():
        if wanted.info.type != WORKFLOW_TYPE:
            continue
        name = wanted.provider.removeprefix("engine:")
        try:
            capabilities = engine(name).capabilities
        except UnknotError:  # asking it for its opinion says so
            continue
        for what, capability, source in _needs(wanted.inputs):
            if capability not in capabilities:
                yield Diagnostic.error(
                    f"{what} needs `{capability.value}`, which the engine `{name}` does not have",
                    detail=f"`{wanted.address}` is on the target `{wanted.target}`. Choose another target, or do "
                    "without.",
                    address=wanted.address,
                    source=source or wanted.source,
                )


def _needs(inputs: Mapping[str, Any]) -> Iterator[tuple[str, Capability, SourceLocation | None]]:
    overrides = inputs.get("overrides", {})
    graph = graph_of(inputs)
    for op in graph.ops.values():
        label = f"op `{op.name}`"
        if (code := _CODE.get(type(op.code))) is not None:
            yield label, code, op.source
        asked = {**msgspec.to_builtins(op.resources), **overrides.get(op.name, {})}
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
    if inputs.get("secrets"):
        yield f"workflow `{graph.name}`", Capability.SECRETS, None
