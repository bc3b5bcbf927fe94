"""What many stacks have in common: where their workflows run, who owns them, and how artifacts cross from one to another."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from unknot.planner.record.across import owners_all, ps_all
from unknot.planner.record.crossing import lineage_all
from unknot.planner.record.documents import PsDocument
from unknot.planner.record.estate import Estate, open_estate
from unknot.planner.record.ledgers import LedgerEntry, LedgerReading, read_ledgers
from unknot.planner.record.lineage import LineageGraph
from unknot.planner.record.running import PsRow
from unknot.planner.record.runs import NoSuchRecord
from unknot.planner.record.sightings import Known
from unknot.planner.record.text import owners_text, ps_text
from unknot.stacks.address import Address, Uid
from unknot.stacks.graph import OpSpec, OutputSpec, PythonCode, TaskSpec, WorkflowGraph, WorkflowInput
from unknot.stacks.run import (
    ArtifactRef,
    Deployment,
    RunManifest,
    RunRequest,
    RunStarted,
    RunStatus,
    TaskRecord,
)
from unknot.stacks.target import Target
from unknot.state.events import OutputsWritten, ResourceWritten, RunClosed, TargetWritten
from unknot.state.ledger import Ledger
from unknot.state.snapshot import Instance, ResourceState, RunRecord
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.counting import CountingStore
from unknot.state.stores.memory import MemoryStore

NOW = dt.datetime(2024, 3, 1, 12, 0, tzinfo=dt.UTC)


def artifact(letter: str) -> ArtifactRef:
    return ArtifactRef(letter * 64, "sklearn:Model", "skops", 5000, f"artifacts/{letter * 64}")


RAW, MODEL, SCORES, OTHER = artifact("a"), artifact("b"), artifact("c"), artifact("d")


class Team:
    """Two stacks: `flights` trains a model from a dataset, `shop` reads that model; each with a store of its own."""

    def __init__(self) -> None:
        self.backend = CountingStore(MemoryStore())
        self.stores = {name: CountingStore(MemoryStore()) for name in ("memory:flights", "memory:shop")}
        self.down: set[str] = set()
        self.unread: list[LedgerReading] = []
        for stack in ("flights", "shop"):
            ledger = self.ledger(stack)
            ledger.create(f"lineage-{stack}", stack, "prod")
            self.append(stack, TargetWritten(target=Target("cluster", engine="ray", store=f"memory:{stack}")))

    def ledger(self, stack: str) -> Ledger:
        return Ledger.open(self.backend, f"{stack}/prod")

    def append(self, stack: str, *events: Any) -> None:
        with self.ledger(stack).take_lease(operation="test") as lease:
            lease.writer.append(events)

    def deploy(self, stack: str, name: str, owner: str, **inputs: Any) -> None:
        state = ResourceState(
            address=Address(name), uid=Uid(f"{stack}-{name}"), type=name.partition(".")[0],
            provider="engine:ray", target="cluster", inputs={"fingerprint": "f1", **inputs},
            instances=(Instance("i", "cluster", "engine:ray", 1),), owner=owner,
            outputs={"artifact": msgspec.to_builtins(RAW)} if name.startswith("dataset") else {},
        )  # fmt: skip
        self.append(stack, ResourceWritten(resource=state, by="create"))

    def run(
        self,
        stack: str,
        name: str,
        run: str,
        reads: Mapping[str, ArtifactRef],
        makes: ArtifactRef,
        *,
        status: RunStatus = "succeeded",
        absorb: bool = True,
    ) -> None:
        """A run that was sealed, and absorbed by its ledger unless nobody looked since."""
        uid = Uid(f"{stack}-{name}")
        good = status == "succeeded"
        task = TaskRecord(
            "fit", "fit", "op", "succeeded" if good else "failed", 1, "2024-03-01T10:00:00Z",
            "2024-03-01T10:01:00Z", outputs={"value": makes} if good else {},
            inputs={key: ref.hash for key, ref in reads.items()}, error="" if good else "no data",
        )  # fmt: skip
        manifest = RunManifest(
            run=run, uid=uid, address=Address(name), stack=stack, environment="prod", owner="o", target="cluster",
            engine="ray", status=status, started_at="2024-03-01T10:00:00Z", ended_at="2024-03-01T10:01:00Z",
            fingerprint="f1", bundle="b", inputs=dict(reads), tasks=(task,),
            published={"model": makes} if good else {},
        )  # fmt: skip
        self.stores[f"memory:{stack}"].put_if_absent(
            f"runs/{uid}/{run}/sealed", msgspec.json.encode(manifest)
        )
        if absorb and status != "running":
            record = RunRecord(
                run, uid, Address(name), status, "h", "f1", {}, manifest.started_at, manifest.ended_at, "cluster",
                {key: msgspec.to_builtins(ref) for key, ref in manifest.published.items()},
            )  # fmt: skip
            self.ledger(stack).append_without_lease([RunClosed(run=record)])

    def begin(self, stack: str, name: str, run: str, at: str) -> None:
        graph = WorkflowGraph(
            name, "m", "m",
            {"fit": OpSpec("fit", "op", PythonCode("m", "fit"), (OutputSpec("value", "builtins:int"),))},
            (TaskSpec("fit", "fit", {"raw": WorkflowInput("raw")}),),
        )  # fmt: skip
        uid = Uid(f"{stack}-{name}")
        deployment = Deployment(
            address=Address(name), uid=uid, generation=1, stack=stack, environment="prod", lineage="l", owner="o",
            target=Target("cluster", engine="ray"), graph=graph, bundle="b", fingerprint="f1",
        )  # fmt: skip
        started = RunStarted(RunRequest(run, deployment), at, "elsewhere", 0)
        self.stores[f"memory:{stack}"].put_if_absent(
            f"runs/{uid}/{run}/started", msgspec.json.encode(started)
        )

    def open_store(self, url: str) -> Store:
        if url in self.down:
            raise StoreError(f"`{url}` does not answer")
        return self.stores[url]

    def ask(self, question: Callable[[Estate], Any], *, every_run: bool = True) -> Any:
        readings = (*read_ledgers(self.backend), *self.unread)
        with open_estate(readings, self.open_store, now=NOW, every_run=every_run) as estate:
            return question(estate)

    def ps(self, **options: Any) -> dict[str, PsRow]:
        rows: list[PsRow] = self.ask(lambda estate: ps_all(estate, now=NOW, **options), every_run=False)
        return {f"{row.stack}:{row.address}": row for row in rows}

    def lineage(self, what: str, direction: Any = "both") -> LineageGraph:
        graph: LineageGraph = self.ask(lambda estate: lineage_all(estate, what, direction))
        return graph


@pytest.fixture
def team() -> Team:
    made = Team()
    made.deploy("flights", "dataset.raw", "data@example.org")
    made.deploy("flights", "workflow.train", "ml@example.org")
    made.deploy("shop", "workflow.score", "shop@example.org")
    made.run("flights", "workflow.train", "20240301T100000-a", {"raw": RAW}, MODEL)
    made.run("shop", "workflow.score", "20240301T110000-b", {"model": MODEL}, SCORES)
    return made


def test_each_stack_has_its_rows_with_address_and_target_of_its_own(team: Team) -> None:
    rows = team.ps()
    assert sorted(rows) == ["flights:workflow.train", "shop:workflow.score"]
    row = rows["flights:workflow.train"]
    assert (row.environment, row.target, row.engine, row.status, row.should) == (
        "prod",
        "cluster",
        "ray",
        "succeeded",
        ("as-wanted",),
    )
    assert "flights:dataset.raw" in team.ps(everything=True)


def test_run_that_ended_with_no_unknot_alive_is_seen_and_nothing_is_written(team: Team) -> None:
    team.run("shop", "workflow.score", "20240301T113000-c", {}, OTHER, status="failed", absorb=False)
    written = team.backend.calls["put"]
    row = team.ps()["shop:workflow.score"]
    assert (row.status, row.failed, row.should) == ("failed", "fit", ("failing",))
    assert team.backend.calls["put"] == written
    assert "20240301T113000-c" not in str(team.ledger("shop").reader().snapshot().runs)


def test_run_that_goes_on_is_running_and_a_silent_one_is_lost(team: Team) -> None:
    team.begin("flights", "workflow.train", "20240301T115930-r", "2024-03-01T11:59:30Z")
    team.begin("shop", "workflow.score", "20240301T113000-l", "2024-03-01T11:30:00Z")
    rows = team.ps()
    assert (rows["flights:workflow.train"].status, rows["flights:workflow.train"].running) == (
        "running",
        ("20240301T115930-r",),
    )
    assert rows["shop:workflow.score"].status == "lost"


def test_one_listing_and_one_seal_are_read_of_a_workflow(team: Team) -> None:
    before = {url: store.total for url, store in team.stores.items()}
    team.ps()
    assert {url: store.total - before[url] for url, store in team.stores.items()} == dict.fromkeys(before, 2)


def test_workflow_whose_store_does_not_answer_is_unknown_since_its_last_run(team: Team) -> None:
    team.down.add("memory:shop")
    rows = team.ps()
    row = rows["shop:workflow.score"]
    assert (row.status, row.unknown_since, row.should) == ("unknown", "2024-03-01T10:01:00Z", ("unknown",))
    assert (row.run, row.ended_at, row.failed) == ("", "", "")
    assert "does not answer" in row.why[0]
    assert rows["flights:workflow.train"].status == "succeeded"
    assert not team.ask(lambda estate: estate.is_complete)
    text = ps_text(list(rows.values()), now=NOW, ledgers=())
    assert "unknown since 2024-03-01 10:01 UTC" in text
    (line,) = [line for line in text.splitlines() if line.startswith("shop/prod:workflow.score  ")]
    assert "succeeded" not in line


def test_ledger_that_cannot_be_read_has_rows_of_what_was_there_without_a_status(team: Team) -> None:
    seen = LedgerEntry(
        "bank", "prod", "unknown", unknown_since="2024-02-01T00:00:00Z", why="no key was given"
    )
    never = LedgerEntry("club", "prod", "unknown", why="it is damaged")
    known = Known(Address("workflow.fraud"), "workflow", "cluster", "bank@example.org")
    team.unread = [LedgerReading(seen, known=(known,)), LedgerReading(never)]
    rows = team.ps()
    assert [(n, r.status, r.unknown_since) for n, r in rows.items() if r.status == "unknown"] == [
        ("bank:workflow.fraud", "unknown", "2024-02-01T00:00:00Z"),
        ("club:", "unknown", ""),
    ]
    text = ps_text(list(rows.values()), now=NOW, ledgers=(seen, never))
    assert "bank/prod: unknown since 2024-02-01 00:00 UTC: no key was given" in text
    assert "club/prod: unknown, never seen: it is damaged" in text


def test_owners_of_all_stacks_are_merged_and_what_is_unknown_is_said(team: Team) -> None:
    team.deploy("shop", "workflow.price", "ml@example.org")
    team.run("shop", "workflow.price", "20240301T110000-c", {}, OTHER, status="failed")
    entry = LedgerEntry("bank", "prod", "unknown", why="no key was given")
    known = Known(Address("workflow.fraud"), "workflow", "cluster", "ml@example.org")
    team.unread = [LedgerReading(entry, known=(known,))]
    owners = {row.owner: row for row in team.ask(owners_all)}
    assert sorted(owners) == ["data@example.org", "ml@example.org", "shop@example.org"]
    row = owners["ml@example.org"]
    assert row.owns == (
        "bank/prod:workflow.fraud",
        "flights/prod:workflow.train",
        "shop/prod:workflow.price",
    )
    assert (row.failing, row.unknown) == (("shop/prod:workflow.price",), ("bank/prod:workflow.fraud",))
    assert row.last_failure_of == "shop/prod:workflow.price: task fit"
    team.down.add("memory:shop")
    hidden = {row.owner: row for row in team.ask(owners_all)}["ml@example.org"]
    assert (hidden.failing, hidden.unknown) == (
        (),
        ("bank/prod:workflow.fraud", "shop/prod:workflow.price"),
    )
    assert "bank/prod: unknown, never seen" in owners_text(list(owners.values()), now=NOW, ledgers=(entry,))


def chain(graph: LineageGraph) -> list[str]:
    """Edges by the labels of their ends."""
    labels = {node.id: node.label.split(" ")[0] for node in graph.nodes}
    return sorted(f"{labels[edge.tail]} -> {labels[edge.head]}" for edge in graph.edges)


CROSSING = [
    "aaaaaaaaaaaa -> flights/prod:workflow.train",
    "bbbbbbbbbbbb -> shop/prod:workflow.score",
    "flights/prod:dataset.raw -> aaaaaaaaaaaa",
    "flights/prod:workflow.train -> bbbbbbbbbbbb",
    "shop/prod:workflow.score -> cccccccccccc",
]


@pytest.mark.parametrize(
    "what", ["c" * 8, "shop/prod:workflow.score", "shop/prod:score", "score", "score.model"]
)
def test_lineage_crosses_from_the_stack_that_reads_a_model_to_the_one_that_made_it(
    team: Team, what: str
) -> None:
    assert chain(team.lineage(what, "up")) == CROSSING


def test_lineage_crosses_down_to_the_stack_that_reads(team: Team) -> None:
    assert chain(team.lineage("flights/prod:train", "down")) == CROSSING[1:2] + CROSSING[4:]
    assert chain(team.lineage("dataset.raw")) == CROSSING


def test_output_of_one_stack_leads_to_what_uses_it_in_another(team: Team) -> None:
    team.append("flights", OutputsWritten(outputs={"bucket": "b-1", "model": msgspec.to_builtins(MODEL)}))
    reference = {"$ref": ["", "bucket"], "stack": "flights/prod"}
    team.deploy("shop", "file.policy", "shop@example.org", text={"$join": ["arn:", reference]})
    team.deploy(
        "shop", "file.copy", "shop@example.org", source={"$ref": ["", "model"], "stack": "flights/prod"}
    )
    crossing = ["flights/prod:output.bucket -> shop/prod:file.policy"]
    assert chain(team.lineage("flights/prod:output.bucket")) == crossing
    assert chain(team.lineage("shop/prod:file.policy")) == crossing
    assert chain(team.lineage("shop/prod:file.policy", "down")) == []
    found = chain(team.lineage("flights/prod:train", "down"))
    assert "bbbbbbbbbbbb -> flights/prod:output.model" in found
    assert "flights/prod:output.model -> shop/prod:file.copy" in found


def test_address_that_several_stacks_have_must_be_written_with_its_ledger(team: Team) -> None:
    team.deploy("shop", "workflow.train", "shop@example.org")
    with pytest.raises(NoSuchRecord, match="several things") as problem:
        team.lineage("train")
    assert "flights/prod:workflow.train" in problem.value.detail
    assert chain(team.lineage("flights/prod:train", "up"))
    with pytest.raises(NoSuchRecord, match="nothing is known"):
        team.lineage("nosuch")


def test_every_part_of_the_answer_survives_json(team: Team) -> None:
    rows = tuple(team.ps().values())
    document = PsDocument(rows, ledgers=(LedgerEntry("a", "b", "unknown", why="w"),), complete=False, calls=3)
    assert msgspec.json.decode(msgspec.json.encode(document), type=PsDocument) == document
