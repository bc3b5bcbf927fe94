"""Runs as OpenLineage events: what they say, and that they follow the published schema.

The schema is not part of this repository. Set UNKNOT_OPENLINEAGE_SPEC to the `spec` folder of a checkout of
OpenLineage (Apache-2.0) to have events validated against it; without, that one test is skipped and says so.
"""

import json
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from unknot.planner.record.facets import VERSIONS
from unknot.planner.record.opening import open_record
from unknot.planner.record.openlineage import export_openlineage

if TYPE_CHECKING:
    from tests.state.index.conftest import World

SPEC = os.environ.get("UNKNOT_OPENLINEAGE_SPEC", "")


def exported(world: "World") -> list[dict[str, Any]]:
    with open_record(world.ledger, world.stores, None) as record:
        return list(export_openlineage(record, reversed(record.index.runs())))


@pytest.fixture
def events(world: "World") -> list[dict[str, Any]]:
    """Runs that succeeded, failed, are lost, failed a check, reused a task, and one on another target."""
    flights = world.dataset("flights", "v1")
    train, score = world.deploy("train"), world.deploy("score", target="far")
    world.start(train, "20240301T090000-a", raw=flights, scheduled_time="2024-03-01T09:00:00Z")
    model = world.seal(train, "20240301T090000-a", raw=flights).published["model"]
    world.start(train, "20240301T100000-b", raw=flights)
    world.attempt(train, "20240301T100000-b", "fit", world.stream("failed", error="ValueError: no data"))
    world.seal(train, "20240301T100000-b", raw=flights, status="failed")
    world.start(train, "20240301T110000-c", raw=flights)
    world.attempt(train, "20240301T110000-c", "load", world.stream()[:2])
    world.seal(train, "20240301T120000-d", raw=flights, passed=False, reuse_load=True)
    world.seal(score, "20240301T130000-e", target="far", raw=model)
    return exported(world)


def of(events: list[dict[str, Any]], job: str, kind: str) -> list[dict[str, Any]]:
    return [e for e in events if e["job"]["name"] == job and e["eventType"] == kind]


def test_each_run_begins_once_and_ends_once(events: list[dict[str, Any]]) -> None:
    seen: dict[str, list[str]] = {}
    for event in events:
        seen.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert all(kinds[0] == "START" and len(kinds) == 2 for kinds in seen.values())
    ends = [kinds[1] for kinds in seen.values()]
    assert {"COMPLETE", "FAIL", "ABORT"} == set(ends)
    assert all(uuid.UUID(run) for run in seen)


def test_tasks_are_children_of_their_run(events: list[dict[str, Any]]) -> None:
    runs = {e["run"]["runId"]: e["job"]["name"] for e in events}
    children = [e for e in events if "parent" in e["run"]["facets"]]
    assert children
    for event in children:
        parent = event["run"]["facets"]["parent"]
        assert runs[parent["run"]["runId"]] == parent["job"]["name"]
        assert event["job"]["name"].startswith(parent["job"]["name"] + ".")


def test_datasets_join_workflows_by_name(events: list[dict[str, Any]]) -> None:
    (fit, *_) = of(events, "workflow.train.fit", "COMPLETE")
    (load,) = of(events, "workflow.score.load", "COMPLETE")
    written, read = fit["outputs"][0], load["inputs"][0]
    assert (written["namespace"], written["name"]) == (read["namespace"], read["name"])
    assert written["facets"]["version"]["datasetVersion"] == read["facets"]["version"]["datasetVersion"]
    (first, *_) = of(events, "workflow.train.load", "COMPLETE")
    assert first["inputs"][0]["name"] == "dataset.flights"
    assert first["inputs"][0]["facets"]["schema"]["fields"] == [{"name": "delay", "type": "double"}]
    assert first["inputs"][0]["inputFacets"]["dataQualityMetrics"]["rowCount"] == 100


def test_checks_and_metrics_and_owners_are_told(events: list[dict[str, Any]]) -> None:
    good = of(events, "workflow.train.good", "COMPLETE")
    (assertion,) = good[-1]["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert (assertion["assertion"], assertion["success"], assertion["severity"]) == ("good", False, "error")
    (measured, *_) = of(events, "workflow.train.error", "COMPLETE")
    assert measured["run"]["facets"]["unknot_metrics"]["metrics"][0]["value"] == 20.0
    assert measured["job"]["facets"]["ownership"]["owners"][0]["name"] == "team@example.org"


def test_failure_carries_its_message(events: list[dict[str, Any]]) -> None:
    (failed,) = of(events, "workflow.train.fit", "FAIL")
    assert failed["run"]["facets"]["errorMessage"]["message"] == "ValueError: no data"
    assert failed["run"]["facets"]["errorMessage"]["stackTrace"] == "ops.py:3"


def test_reused_task_did_not_run(events: list[dict[str, Any]]) -> None:
    # Five runs, of which one reused `load`.
    assert len([e for e in events if e["job"]["name"].endswith(".load") and e["eventType"] == "START"]) == 4


def test_export_is_the_same_each_time(world: "World", events: list[dict[str, Any]]) -> None:
    assert exported(world) == events


@pytest.mark.skipif(not SPEC, reason="UNKNOT_OPENLINEAGE_SPEC names no checkout of OpenLineage's spec")
def test_events_are_valid_against_the_published_schema(events: list[dict[str, Any]]) -> None:
    import jsonschema
    import referencing
    from referencing.jsonschema import DRAFT202012

    files = [Path(SPEC) / "OpenLineage.json", *(Path(SPEC) / "facets" / f"{kind}.json" for kind in VERSIONS)]
    schemas = [json.loads(file.read_text()) for file in files]
    registry = referencing.Registry().with_resources(
        [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in schemas]
    )

    def validator(reference: str) -> jsonschema.Draft202012Validator:
        return jsonschema.Draft202012Validator(
            {"$ref": reference}, registry=registry, format_checker=jsonschema.FormatChecker()
        )

    by_version: dict[str, jsonschema.Draft202012Validator] = {}
    facets = 0
    for event in events:
        validator(event["schemaURL"]).validate(event)
        groups = [event["run"]["facets"], event["job"]["facets"]]
        for dataset in (*event["inputs"], *event["outputs"]):
            groups += [dataset["facets"], dataset.get("inputFacets", {}), dataset.get("outputFacets", {})]
        for name, facet in (item for group in groups for item in group.items()):
            url = facet["_schemaURL"]
            if url.startswith("https://openlineage.io/"):
                by_version.setdefault(url, validator(url)).validate(facet)
                # The key under which a facet stands is the schema's own.
                validator(url.partition("#")[0]).validate({name: facet})
                known = next(s for s in schemas if s["$id"] == url.partition("#")[0])
                assert name in known["properties"]
                facets += 1
    assert facets > 100


def test_events_fit_the_types_of_the_official_client(events: list[dict[str, Any]]) -> None:
    """OpenLineage's own client is generated from the schema: its types refuse what the schema does not know."""
    from openlineage.client import event_v2, facet_v2

    facets = {
        "parent": facet_v2.parent_run.ParentRunFacet,
        "processing_engine": facet_v2.processing_engine_run.ProcessingEngineRunFacet,
        "nominalTime": facet_v2.nominal_time_run.NominalTimeRunFacet,
        "errorMessage": facet_v2.error_message_run.ErrorMessageRunFacet,
        "ownership": facet_v2.ownership_job.OwnershipJobFacet,
        "jobType": facet_v2.job_type_job.JobTypeJobFacet,
        "schema": facet_v2.schema_dataset.SchemaDatasetFacet,
        "version": facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet,
        "dataQualityMetrics": facet_v2.data_quality_metrics_input_dataset.DataQualityMetricsInputDatasetFacet,
        "outputStatistics": facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
    }
    built = 0
    for event in events:
        event_v2.RunEvent(
            eventTime=event["eventTime"],
            producer=event["producer"],
            run=event_v2.Run(event["run"]["runId"]),
            job=event_v2.Job(event["job"]["namespace"], event["job"]["name"]),
            eventType=event_v2.RunState[event["eventType"]],
            inputs=[event_v2.InputDataset(d["namespace"], d["name"]) for d in event["inputs"]],
            outputs=[event_v2.OutputDataset(d["namespace"], d["name"]) for d in event["outputs"]],
        )
        groups = [event["run"]["facets"], event["job"]["facets"]]
        for dataset in (*event["inputs"], *event["outputs"]):
            groups += [dataset["facets"], dataset.get("inputFacets", {}), dataset.get("outputFacets", {})]
        for name, facet in (item for group in groups for item in group.items()):
            if name in facets:
                facets[name](**{k: v for k, v in facet.items() if not k.startswith("_")})
                built += 1
    assert built > 50
