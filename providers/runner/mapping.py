"""The record of a mapped task: what the tasks of its elements come to, and the lists that they make together."""

from collections.abc import Mapping, Sequence

import msgspec

from unknot.providers.runner import clock
from unknot.providers.runner.gathering import Plain, Resolved, Several, stored
from unknot.stacks.graph import Fingerprint, label_of
from unknot.stacks.run import NOT_TAKEN, RunStarted, TaskRecord, TaskStatus
from unknot.state.stores.base import Store


def begun(waiting: TaskRecord, fingerprint: Fingerprint | None, lists: Mapping[str, str]) -> TaskRecord:
    """The record of a mapped task whose elements are about to be done; `lists`: hashes of what it goes over."""
    return msgspec.structs.replace(
        waiting,
        status="running",
        started_at=clock.now(),
        inputs=dict(lists),
        fingerprint=fingerprint.digest if fingerprint is not None else "",
    )


def gathered(
    store: Store, started: RunStarted, mapped: TaskRecord, elements: Sequence[TaskRecord]
) -> TaskRecord:
    """The mapped task's record from `mapped`, once the tasks of all its elements have ended.

    One element that failed fails it. Each output is a list, unless some elements were in a branch not taken: their
    values are then read one by one.
    """
    graph = started.request.deployment.graph
    ended = msgspec.structs.replace(mapped, ended_at=clock.now())
    bad = [record for record in elements if record.ended_badly]
    if bad:
        return msgspec.structs.replace(
            ended, status=_status(bad), error=_failure(graph.labels(), bad, len(elements))
        )
    op = graph.ops[mapped.op]
    done = [record for record in elements if record.reason != NOT_TAKEN]
    reused = sum(record.status == "reused" for record in done)
    outputs = {}
    if len(done) == len(elements):
        for output in op.outputs:
            values: list[Resolved] = [record.outputs[output.name] for record in elements]
            made = stored(store, Several(tuple(values)) if values else Plain([]))
            outputs[output.name] = msgspec.structs.replace(
                made, run=started.request.run, task=mapped.task, output=output.name
            )
    inputs = dict(mapped.inputs)
    for n, record in enumerate(elements):
        for name, ref in record.outputs.items():
            inputs[f"[{n}]" if name == "value" else f"[{n}].{name}"] = ref.hash
    return msgspec.structs.replace(
        ended,
        status="reused" if elements and reused == len(elements) else "succeeded",
        outputs=outputs,
        inputs=inputs,
        reason=_counts(len(elements), reused, len(elements) - len(done)),
    )


def _status(bad: Sequence[TaskRecord]) -> TaskStatus:
    return "cancelled" if all(record.status == "cancelled" for record in bad) else "failed"


def _failure(labels: Mapping[str, str], bad: Sequence[TaskRecord], number: int) -> str:
    if _status(bad) == "cancelled":
        return ""
    first = next(record for record in bad if record.status != "cancelled")
    name = label_of(labels, first.task)
    why = first.error or first.reason or first.status
    return f"{len(bad)} of {number} elements failed; `{name}`: {why}"


def _counts(number: int, reused: int, not_taken: int) -> str:
    found = [f"{number} element{'s' if number != 1 else ''}"]
    if reused:
        found.append(f"{reused} reused")
    if not_taken:
        found.append(f"{not_taken} in a branch not taken")
    return ", ".join(found)
