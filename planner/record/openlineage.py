"""Runs as OpenLineage events (spec 2-0-2), for catalogues that read them.

Plain dicts: the official client brings HTTP clients and transports along for what is a page of JSON. Nothing is sent.
A workflow's run is the parent of its tasks' runs. A dataset is named by who makes it and never by its content; the
content's hash is its version.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from unknot.planner.record.facets import SPEC, code_facet, facet, own_facet, producer
from unknot.planner.record.opening import Record
from unknot.stacks.graph import element_of
from unknot.stacks.run import ArtifactRef
from unknot.state.index import CheckEntry, Consumed, Produced, RunEntry, TaskEntry

_IDS: Final = uuid.UUID("5f0c0bd5-7d7c-5b53-9d0b-6a2f7a0c5f6e")
"""Space of the run ids: the same run always has the same id."""

_ENDINGS: Final = {
    "succeeded": "COMPLETE",
    "failed": "FAIL",
    "cancelled": "ABORT",
    "lost": "ABORT",
    "superseded": "ABORT",
}
_NOT_EXECUTED: Final = frozenset({"reused", "skipped", "waiting"})

Event = dict[str, Any]


def export_openlineage(record: Record, runs: Iterable[RunEntry]) -> Iterator[Event]:
    """START and COMPLETE, FAIL or ABORT of each run and of each task that was executed in it.

    A run that goes on has START alone. Events of one run are in an order in which its parent comes first.
    """
    for run in runs:
        yield from _Exported(record, run).events()


class _Exported:
    """One run with all its parts."""

    def __init__(self, record: Record, run: RunEntry) -> None:
        index = record.index
        self._record = record
        self._run = run
        self._namespace = f"unknot:{record.stack}/{record.environment}"
        self._tasks = index.tasks(run)
        self._outputs = index.outputs(run)
        self._inputs = index.inputs(run)
        self._checks = index.checks(run)
        self._metrics = index.metrics(run)
        self._errors = {a.task: (a.error, a.traceback) for a in index.attempts(run) if a.error}
        self._makers = self._find_makers()

    def events(self) -> Iterator[Event]:
        run = self._run
        if not run.started_at:
            return
        yield self._of_run("START", run.started_at)
        for task in self._tasks:
            if task.status not in _NOT_EXECUTED and task.started_at:
                yield self._of_task(task, "START", task.started_at)
                if task.status in _ENDINGS:
                    ended = task.ended_at or run.ended_at or run.last_sign or task.started_at
                    yield self._of_task(task, _ENDINGS[task.status], ended)
        if run.status in _ENDINGS:
            yield self._of_run(_ENDINGS[run.status], run.ended_at or run.last_sign or run.started_at)

    def _of_run(self, kind: str, at: str) -> Event:
        run = self._run
        facets = self._run_facets(kind, run.failure)
        parameters = self._record.index.parameters(run)
        if parameters:
            facets["executionParameters"] = facet(
                "ExecutionParametersRunFacet",
                parameters=[{"key": k, "value": _text(v)} for k, v in parameters.items()],
            )
        versions = self._record.index.versions(run)
        if versions:
            facets["unknot_versions"] = own_facet("versions", versions=versions)
        over = kind != "START"
        if over and self._metrics:
            facets["unknot_metrics"] = own_facet(
                "metrics", metrics=[{"task": m.task, "name": m.name, "value": m.value} for m in self._metrics]
            )
        if over and self._checks:
            facets["test"] = _tests(self._checks)
        inputs = {use.hash: use for use in self._inputs if not use.task}
        published = set(run.published.values())
        made = {p.artifact.hash: p for p in self._outputs if p.artifact.hash in published}
        return self._event(
            kind,
            at,
            _run_id(run),
            facets,
            run.address,
            self._job_facets("WORKFLOW", ""),
            [self._input(use, ()) for use in inputs.values()],
            [self._output(p) for p in made.values()] if over else [],
        )

    def _of_task(self, task: TaskEntry, kind: str, at: str) -> Event:
        error, trace = self._errors.get(task.task, (task.error, ""))
        facets = self._run_facets(kind, error or task.error, trace)
        parent = {
            "run": {"runId": _run_id(self._run)},
            "job": {"namespace": self._namespace, "name": self._run.address},
        }
        element = element_of(task.task)
        above = parent
        if element is not None:  # the mapped task, whose run is in the workflow's
            above = {
                "run": {"runId": _run_id(self._run, element[0])},
                "job": {"namespace": self._namespace, "name": f"{self._run.address}.{element[0]}"},
            }
        facets["parent"] = facet("ParentRunFacet", **above, root=parent)
        over = kind != "START"
        checks = [check for check in self._checks if check.task == task.task]
        metrics = [m for m in self._metrics if m.task == task.task]
        if over and checks:
            facets["test"] = _tests(checks)
        if over and metrics:
            facets["unknot_metrics"] = own_facet(
                "metrics", metrics=[{"task": m.task, "name": m.name, "value": m.value} for m in metrics]
            )
        inputs = {use.hash: use for use in self._inputs if use.task == task.task}
        made = [p for p in self._outputs if p.task == task.task]
        return self._event(
            kind,
            at,
            _run_id(self._run, task.task),
            facets,
            f"{self._run.address}.{task.task}",
            self._job_facets(task.kind.upper(), task.fingerprint),
            [self._input(use, checks if over else ()) for use in inputs.values()],
            [self._output(p) for p in made] if over else [],
        )

    def _event(
        self,
        kind: str,
        at: str,
        run_id: str,
        run_facets: Mapping[str, Any],
        job: str,
        job_facets: Mapping[str, Any],
        inputs: list[Event],
        outputs: list[Event],
    ) -> Event:
        return {
            "eventType": kind,
            "eventTime": at,
            "producer": producer(),
            "schemaURL": f"{SPEC}#/$defs/RunEvent",
            "run": {"runId": run_id, "facets": dict(run_facets)},
            "job": {"namespace": self._namespace, "name": job, "facets": dict(job_facets)},
            "inputs": inputs,
            "outputs": outputs,
        }

    def _run_facets(self, kind: str, error: str, trace: str = "") -> dict[str, Any]:
        run = self._run
        versions = self._record.index.versions(run)
        facets: dict[str, Any] = {
            "processing_engine": facet(
                "ProcessingEngineRunFacet",
                name=run.engine or "unknot",
                version=versions.get(run.engine, versions.get("unknot", "unknown")),
            ),
            "unknot_run": own_facet(
                "run", run=run.run, uid=run.uid, target=run.target, generation=run.generation,
                triggeredBy=run.triggered_by, host=run.host,
            ),
        }  # fmt: skip
        if run.scheduled_time:
            facets["nominalTime"] = facet("NominalTimeRunFacet", nominalStartTime=run.scheduled_time)
        if error and kind in ("FAIL", "ABORT"):
            more = {"stackTrace": trace} if trace else {}
            facets["errorMessage"] = facet(
                "ErrorMessageRunFacet", message=error, programmingLanguage="PYTHON", **more
            )
        return facets

    def _job_facets(self, kind: str, fingerprint: str) -> dict[str, Any]:
        facets: dict[str, Any] = {
            "jobType": facet("JobTypeJobFacet", processingType="BATCH", integration="UNKNOT", jobType=kind)
        }
        if self._run.owner:
            facets["ownership"] = facet(
                "OwnershipJobFacet", owners=[{"name": self._run.owner, "type": "OWNER"}]
            )
        code = self._record.index.code(fingerprint) if fingerprint else None
        facets["unknot_code"] = code_facet(fingerprint or self._run.fingerprint, self._run.bundle, code)
        return facets

    def _input(self, use: Consumed, checks: Iterable[CheckEntry]) -> Event:
        maker = self._makers.get(use.hash)
        ref = maker.artifact if maker is not None else self._record.index.artifact(use.hash)
        dataset = self._dataset(ref, self._name(use, maker))
        found: dict[str, Any] = {}
        assertions = [
            {
                "assertion": check.name,
                "name": check.name,
                "success": check.passed,
                "severity": "warn" if check.severity == "warning" else "error",
            }
            for check in checks
        ]
        if assertions:
            found["dataQualityAssertions"] = facet("DataQualityAssertionsDatasetFacet", assertions=assertions)
        if ref is not None and ref.rows is not None:
            found["dataQualityMetrics"] = facet(
                "DataQualityMetricsInputDatasetFacet",
                rowCount=ref.rows,
                bytes=ref.size_bytes,
                columnMetrics={},
            )
        return {**dataset, "inputFacets": found}

    def _output(self, made: Produced) -> Event:
        ref = made.artifact
        rows = {} if ref.rows is None else {"rowCount": ref.rows}
        statistics = facet("OutputStatisticsOutputDatasetFacet", size=ref.size_bytes, **rows)
        return {**self._dataset(ref, _made_by(made)), "outputFacets": {"outputStatistics": statistics}}

    def _dataset(self, ref: ArtifactRef | None, name: str) -> Event:
        facets: dict[str, Any] = {}
        if ref is not None:
            facets["version"] = facet("DatasetVersionDatasetFacet", datasetVersion=ref.hash)
            if ref.store:
                facets["dataSource"] = facet("DatasourceDatasetFacet", name=ref.store, uri=ref.store)
            if ref.schema:
                facets["schema"] = facet(
                    "SchemaDatasetFacet", fields=[{"name": n, "type": t} for n, t in ref.schema.items()]
                )
        return {"namespace": self._namespace, "name": name, "facets": facets}

    def _name(self, use: Consumed, maker: Produced | None) -> str:
        return _made_by(maker) if maker is not None else f"{use.address}.{use.parameter}"

    def _find_makers(self) -> dict[str, Produced]:
        """Who made what this run read: a task of its own, or else the first that wrote that content."""
        makers: dict[str, Produced] = {}
        hashes = list(dict.fromkeys(use.hash for use in self._inputs))
        for made in self._record.index.producers(hashes):
            known = makers.get(made.artifact.hash)
            if known is None or (made.run == self._run.run and known.run not in ("", made.run)):
                makers[made.artifact.hash] = made
        return makers


def _run_id(run: RunEntry, task: str = "") -> str:
    return str(uuid.uuid5(_IDS, f"{run.uid}/{run.run}/{task}"))


def _made_by(made: Produced) -> str:
    """The name of a dataset: `dataset.flights`, `workflow.train.split.test`."""
    parts = [str(made.address)]
    if made.run:
        parts += [made.task] if made.output == "value" else [made.task, made.output]
    return ".".join(parts)


def _tests(checks: Iterable[CheckEntry]) -> Event:
    return facet(
        "TestRunFacet",
        tests=[
            {
                "name": check.name,
                "type": "unknot.check",
                "status": "pass" if check.passed else "fail",
                "severity": "warn" if check.severity == "warning" else "error",
            }
            for check in checks
        ],
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
