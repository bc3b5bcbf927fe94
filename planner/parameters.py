"""A deployed workflow with other parameters: its code is traced again, from the bundle, in an interpreter of its own."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from unknot.stacks.bundle.archive import CODE, read_about, unpack
from unknot.stacks.deployment import workflow_fingerprint
from unknot.stacks.errors import DefinitionError, EngineError
from unknot.stacks.graph import OpSpec
from unknot.stacks.run import Deployment
from unknot.state.stores.base import Store

SEED = 0
"""Hash seed of the second interpreter."""


def with_parameters(deployment: Deployment, given: Mapping[str, object], store: Store) -> Deployment:
    """The deployment for one run with `given` parameters: texts are read as, and values checked against, their types.

    Raises DefinitionError for a wrong name or value, EngineError when the packed code is gone.
    """
    from unknot.stacks.workflow.retracing import retrace

    data = store.get(f"bundles/{deployment.bundle}")
    if data is None:
        raise EngineError(
            f"the packed code of `{deployment.address}` is not in `{store.url}`",
            detail="Apply again to put it there.",
        )
    graph = deployment.graph
    values: dict[str, object] = {p.name: p.value for p in graph.parameters}
    values.update(given)
    with tempfile.TemporaryDirectory(prefix="unknot-retrace-") as folder:
        bundle = Path(folder) / "bundle"  # a folder that is there already would be kept as it is
        unpack(data, bundle)
        traced = retrace(
            graph.module,
            graph.qualname,
            values,
            [i.name for i in graph.inputs],
            bundle / CODE,
            SEED,
            paths=read_about(bundle).paths,
        )
    if traced.graph is None:
        raise DefinitionError(traced.diagnostics)
    ops = {name: _with_fingerprint(op, graph.ops.get(name)) for name, op in traced.graph.ops.items()}
    changed = msgspec.structs.replace(traced.graph, ops=ops)
    return msgspec.structs.replace(
        deployment,
        graph=changed,
        fingerprint=workflow_fingerprint(
            changed, {**deployment.inputs, **{n: list(p) for n, p in deployment.published_inputs.items()}}
        ),
    )


def _with_fingerprint(op: OpSpec, deployed: OpSpec | None) -> OpSpec:
    """The same code has the same fingerprint. An op that only other parameters reach has none: it is not reused."""
    return op if deployed is None else msgspec.structs.replace(op, fingerprint=deployed.fingerprint)
