"""Shadow runs: run at the target what was run at the source, with the same inputs, and compare what came out.

Nothing is published and nothing is reused: what the source computed must be computed again.
"""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.providers import registry
from unknot.providers.engine import RunQuery, TriggerRequest
from unknot.providers.mover import MoveError, MoveRequest, ShadowWish
from unknot.providers.moving import carrying
from unknot.providers.runner import layout
from unknot.providers.runner.record import read_manifest, read_started
from unknot.stacks.run import Deployment, RunManifest, RunRequest
from unknot.state.stores.base import Store

WITHHELD = "shadow run of a move"


def shadowed(request: MoveRequest, deployment: Deployment) -> Mapping[str, Any]:
    """Run what is deployed at the target and compare; what was compared. Raises MoveError if anything differs or a run fails."""
    wish = request.shadow or ShadowWish()
    source = carrying.store_of(request.source)
    references = reference_runs(source, request.uid, wish.runs, str(request.inputs["fingerprint"]))
    compared = []
    for reference in references:
        if request.stopping():
            raise MoveError(f"the shadow runs of `{request.address}` were interrupted", detail="Apply again.")
        if request.progress is not None:
            request.progress(f"shadow of the run `{reference.run}`")
        shadow = _run(request, deployment, reference)
        if shadow.status != "succeeded":
            raise MoveError(
                f"the shadow run `{shadow.run}` of `{request.address}` {shadow.status} on `{request.target.target.name}`",
                detail=f"The run `{reference.run}` succeeded at `{request.source.target.name}` with the same inputs. See "
                f"`unknot logs {shadow.run}`.",
            )
        found = differences(reference, shadow, wish)
        if found:
            raise MoveError(
                f"`{request.address}` gives other results on `{request.target.target.name}`",
                detail=f"Shadow run `{shadow.run}` against `{reference.run}`: {'; '.join(found)}. Allow for it where the "
                "workflow is deployed (`move=Move(tolerances=..., ignored=...)`), or mend it, and apply again.",
            )
        compared.append(
            {"run": shadow.run, "reference": reference.run, "outputs": sorted(outputs_of(reference))}
        )
    return {"runs": compared}


def reference_runs(store: Store, uid: str, count: int, fingerprint: str) -> tuple[RunManifest, ...]:
    """The latest runs of the very same workflow that succeeded, newest first."""
    found: list[RunManifest] = []
    for folder in reversed(list(layout.folders(store, layout.runs_prefix(uid)))):
        manifest = read_manifest(store, uid, layout.name_of(folder))
        if manifest is None or manifest.status != "succeeded" or manifest.withheld:
            continue
        if manifest.fingerprint == fingerprint:
            found.append(manifest)
        if len(found) == count:
            break
    return tuple(found)


def differences(reference: RunManifest, shadow: RunManifest, wish: ShadowWish) -> list[str]:
    """In words, what the shadow run gave that the reference did not."""
    found = []
    theirs = outputs_of(shadow)
    for name, content in outputs_of(reference).items():
        if name not in wish.ignored and theirs.get(name) != content:
            found.append(f"the output `{name}` has other content")
    metrics = {task.op: task.metric for task in shadow.tasks if task.metric is not None}
    for task in reference.tasks:
        if task.metric is None or task.op in wish.ignored:
            continue
        metric = metrics.get(task.op)
        tolerance = wish.tolerances.get(task.op, 0.0)
        if metric is None or not math.isclose(task.metric, metric, rel_tol=tolerance, abs_tol=0.0):
            found.append(f"the metric `{task.op}` is {metric}, and was {task.metric}")
    checks = {task.task: task.passed for task in shadow.tasks if task.passed is not None}
    found.extend(
        f"the check `{task.op}` {'fails' if task.passed else 'passes'}"
        for task in reference.tasks
        if task.passed is not None and checks.get(task.task) != task.passed
    )
    return found


def outputs_of(manifest: RunManifest) -> dict[str, str]:
    """Content of every op's outputs, by `task.output`. Metrics and checks are compared by what they mean."""
    return {
        f"{task.task}.{name}": ref.hash
        for task in manifest.tasks
        if task.kind == "op"
        for name, ref in task.outputs.items()
    }


def _run(request: MoveRequest, deployment: Deployment, reference: RunManifest) -> RunManifest:
    """One run at the target as the reference was asked for. Done again, it is the same run."""
    store = carrying.store_of(request.target)
    asked = read_started(carrying.store_of(request.source), request.uid, reference.run).request
    run = f"{reference.run}-{request.move}"
    found = read_manifest(store, request.uid, run)
    if found is not None and found.status == "succeeded":
        return found
    if found is not None:  # it failed, and the user tries once more
        tries = sum(
            1 for folder in layout.folders(store, layout.runs_prefix(request.uid)) if folder.startswith(run)
        )
        run = f"{run}-{tries + 1}"
    wanted = RunRequest(
        run,
        deployment,
        scheduled_time=None,
        inputs=asked.inputs,
        use_cache=False,
        triggered_by=f"shadow:{request.move}",
        withheld=WITHHELD,
    )
    engine = registry.engine(request.target.target.engine)
    engine.trigger(TriggerRequest(request.target, wanted))
    query = RunQuery(request.target, request.uid, run)
    while engine.wait(query, 1.0).status == "running":
        if request.stopping():
            engine.cancel(query)
    manifest = read_manifest(store, request.uid, run)
    if manifest is None:
        progress = msgspec.to_builtins(engine.status(query))
        raise MoveError(
            f"the shadow run `{run}` ended without a record", detail=str(progress.get("problem", ""))
        )
    return manifest
