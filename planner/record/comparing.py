"""Two runs side by side: what differs in code, data, parameters, versions, and what came of it in metrics."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.planner.record.opening import Record
from unknot.planner.record.runs import find_run
from unknot.planner.record.times import seconds_between
from unknot.state.index import RunEntry


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not the same in both runs; None where a run has it not."""

    name: str
    a: Any
    b: Any


class CodeDifference(msgspec.Struct, frozen=True):
    """An op whose code is not the same."""

    op: str
    a: str
    """Fingerprint; empty where a run has no such op."""
    b: str
    changed: tuple[str, ...]
    """Functions, classes and constants that differ, `module:qualname`."""
    added: tuple[str, ...]
    """Reached in the second run only."""
    removed: tuple[str, ...]


class MetricDifference(msgspec.Struct, frozen=True):
    """A metric in both runs, equal or not."""

    name: str
    a: float | None
    b: float | None
    delta: float | None
    """Second less first."""


class RunComparison(msgspec.Struct, frozen=True):
    """What differs between two runs. Metrics are all given; of the rest only what is not the same."""

    a: RunEntry
    b: RunEntry
    same_workflow: bool
    code: tuple[CodeDifference, ...]
    inputs: tuple[Difference, ...]
    """Hashes of what the workflows read."""
    parameters: tuple[Difference, ...]
    versions: tuple[Difference, ...]
    metrics: tuple[MetricDifference, ...]
    checks: tuple[Difference, ...]
    circumstances: tuple[Difference, ...]
    """Target, engine, host, status, seconds that it took."""

    @property
    def explains_itself(self) -> bool:
        """Whether anything that decides a result differs."""
        return bool(self.code or self.inputs or self.parameters or self.versions)


def compare(record: Record, run_a: str, run_b: str) -> RunComparison:
    """Two runs; each is named as for `find_run`. Raises NoSuchRecord."""
    index = record.index
    a, b = find_run(record, run_a), find_run(record, run_b)
    facts_a, facts_b = _circumstances(a), _circumstances(b)
    return RunComparison(
        a,
        b,
        a.uid == b.uid,
        _code(record, a, b),
        _differences(*({i.parameter: i.hash for i in index.inputs(r) if not i.task} for r in (a, b))),
        _differences(index.parameters(a), index.parameters(b)),
        _differences(index.versions(a), index.versions(b)),
        _metrics(record, a, b),
        _differences(*(_named([(c.name, c.task, c.passed) for c in index.checks(r)]) for r in (a, b))),
        _differences(facts_a, facts_b),
    )


def _circumstances(run: RunEntry) -> dict[str, Any]:
    took = seconds_between(run.started_at, run.ended_at)
    return {
        "target": run.target,
        "engine": run.engine,
        "host": run.host,
        "owner": run.owner,
        "status": run.status,
        "generation": run.generation,
        "seconds": None if took is None else round(took, 1),
    }


def _differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Difference, ...]:
    return tuple(
        Difference(name, a.get(name), b.get(name))
        for name in sorted({*a, *b})
        if name not in a or name not in b or a[name] != b[name]
    )


def _code(record: Record, a: RunEntry, b: RunEntry) -> tuple[CodeDifference, ...]:
    ops_a, ops_b = ({t.op: t.fingerprint for t in record.index.tasks(run)} for run in (a, b))
    found = []
    for op in sorted({*ops_a, *ops_b}):
        before, after = ops_a.get(op, ""), ops_b.get(op, "")
        if before != after:
            parts_a, parts_b = _parts(record, before), _parts(record, after)
            found.append(
                CodeDifference(
                    op,
                    before,
                    after,
                    tuple(n for n in sorted(parts_a.keys() & parts_b.keys()) if parts_a[n] != parts_b[n]),
                    tuple(sorted(parts_b.keys() - parts_a.keys())),
                    tuple(sorted(parts_a.keys() - parts_b.keys())),
                )
            )
    return tuple(found)


def _parts(record: Record, fingerprint: str) -> dict[str, str]:
    entry = record.index.code(fingerprint) if fingerprint else None
    return {} if entry is None else entry.parts


def _metrics(record: Record, a: RunEntry, b: RunEntry) -> tuple[MetricDifference, ...]:
    first, second = (_named([(m.name, m.task, m.value) for m in record.index.metrics(run)]) for run in (a, b))
    found = []
    for name in sorted({*first, *second}):
        before, after = first.get(name), second.get(name)
        delta = None if before is None or after is None else after - before
        found.append(MetricDifference(name, before, after, delta))
    return tuple(found)


def _named(values: list[tuple[str, str, Any]]) -> dict[str, Any]:
    """Values by the name of their op, or by their task where an op was called more than once."""
    often = Counter(name for name, _, _ in values)
    return {task if often[name] > 1 else name: value for name, task, value in values}
