"""A run with elements and branches in the record: the index, lineage, OpenLineage, logs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
import pytest

from unknot.planner.record.lineage import lineage
from unknot.planner.record.logs import logs
from unknot.planner.record.opening import Record, open_record
from unknot.planner.record.openlineage import export_openlineage
from unknot.planner.record.runs import run
from unknot.planner.record.text import detail_text
from unknot.stacks.run import NOT_TAKEN, ArtifactRef, RunManifest, TaskRecord

if TYPE_CHECKING:
    from tests.state.index.conftest import World

RUN = "20240301T100000-t"
BEGIN, END = "2024-03-01T10:00:01Z", "2024-03-01T10:04:00Z"


def artifact(n: int, items: tuple[ArtifactRef, ...] = ()) -> ArtifactRef:
    digest = f"{n:064x}"
    kind = "collection" if items else "parquet"
    return ArtifactRef(digest, "pandas:DataFrame", kind, 500, f"artifacts/{digest}", items=items)


PARTS = tuple(artifact(n) for n in (1, 2))
SCORES = tuple(artifact(n) for n in (11, 12))
LIST, GATHERED, PUBLISHED = artifact(10, PARTS), artifact(20, SCORES), artifact(30, (PARTS[0], SCORES[1]))


def record(task: str, op: str, inputs: dict[str, str], *outputs: ArtifactRef) -> TaskRecord:
    found = dict.fromkeys(("value",), outputs[0]) if outputs else {}
    return TaskRecord(task, op, "op", "succeeded", 1, BEGIN, END, found, inputs)


TASKS = (
    record("parts-aaaaaa", "parts", {}, LIST),
    record(
        "score-bbbbbb",
        "score",
        {"part": LIST.hash, "[0]": SCORES[0].hash, "[1]": SCORES[1].hash},
        GATHERED,
    ),
    record("score-bbbbbb[0]", "score", {"part": PARTS[0].hash}, SCORES[0]),
    record("score-bbbbbb[1]", "score", {"part": PARTS[1].hash}, SCORES[1]),
    TaskRecord("fit-cccccc", "fit", "op", "skipped", reason=NOT_TAKEN),
    record("worst-dddddd", "worst", {"scores": GATHERED.hash}, artifact(40)),
)


@pytest.fixture
def mapped(world: "World") -> Iterator[Record]:
    uid = world.deploy("audit")
    sealed = world.seal(uid, "20240301T090000-x", absorb=False)
    manifest: RunManifest = msgspec.structs.replace(
        sealed, run=RUN, tasks=TASKS, published={"both": PUBLISHED}
    )
    world.put("near", f"runs/{uid}/{RUN}/sealed", manifest)
    for n in (0, 1):
        world.attempt(uid, RUN, f"score-bbbbbb%5B{n}%5D", world.stream(text=f"scoring {n}\n"))
    world.absorb(manifest)
    with open_record(world.ledger, world.stores, None) as opened:
        yield opened


def test_element_is_followed_by_itself_and_told_by_its_op(mapped: Record) -> None:
    graph = lineage(mapped, SCORES[1].hash)

    labels = {node.label for node in graph.nodes if node.kind == "task"}
    assert labels == {
        "workflow.audit parts",
        "workflow.audit score[1]",
        "workflow.audit score",
        "workflow.audit worst",
        "workflow.audit publish both",
    }


def test_list_leads_to_all_its_elements(mapped: Record) -> None:
    graph = lineage(mapped, GATHERED.hash, "up")

    ids = {node.id for node in graph.nodes}
    assert {ref.hash for ref in (LIST, *PARTS, *SCORES, GATHERED)} <= ids


def test_list_put_together_for_publishing_has_what_it_is_made_of(mapped: Record) -> None:
    graph = lineage(mapped, "workflow.audit.both", "up")

    ids = {node.id for node in graph.nodes}
    assert {PUBLISHED.hash, PARTS[0].hash, SCORES[1].hash} <= ids
    assert SCORES[0].hash not in ids


@pytest.mark.parametrize("what", ["audit.score[1]", "workflow.audit.score-bbbbbb[1]"])
def test_start_may_be_an_element(mapped: Record, what: str) -> None:
    assert [node.id for node in lineage(mapped, what, "up").nodes if node.start] == [SCORES[1].hash]


def test_logs_of_a_mapped_task_are_those_of_its_elements(mapped: Record) -> None:
    assert [(line.label, line.text) for line in logs(mapped, RUN, "score")] == [
        ("score[0]", "scoring 0"),
        ("score[1]", "scoring 1"),
    ]
    assert [line.text for line in logs(mapped, RUN, "score[1]")] == ["scoring 1"]


def test_table_of_a_run_has_elements_below_their_task_and_branches_not_taken(mapped: Record) -> None:
    text = detail_text(run(mapped, RUN))

    rows = [line.split()[0] for line in text.splitlines() if " op " in line]
    assert rows == ["parts", "score", "score[0]", "score[1]", "fit", "worst"]
    assert "branch not taken" in text


def test_parent_of_an_element_is_the_run_of_its_task(mapped: Record) -> None:
    [found] = [entry for entry in mapped.index.runs() if entry.run == RUN]
    events = list(export_openlineage(mapped, [found]))

    runs = {event["job"]["name"]: event["run"] for event in events}
    element = runs["workflow.audit.score-bbbbbb[1]"]["facets"]["parent"]
    assert element["run"]["runId"] == runs["workflow.audit.score-bbbbbb"]["runId"]
    assert element["root"]["run"]["runId"] == runs["workflow.audit"]["runId"]
    assert "workflow.audit.fit-cccccc" not in runs
