"""An index goes on where a pruned log goes on, whether or not it has read what was there before."""

from unknot.stacks.address import Address, Uid
from unknot.stacks.target import Target
from unknot.state.events import Event, ResourceWritten, TargetWritten, VolumeBegun
from unknot.state.index import Index
from unknot.state.index.recording import LedgerRows
from unknot.state.ledger import HistoryEntry
from unknot.state.snapshot import Instance, ResourceState, RunRecord, Snapshot

HERE = Target("here", engine="local", store="memory:here")


def workflow(name: str, serial: int) -> ResourceState:
    return ResourceState(
        address=Address(f"workflow.{name}"), uid=Uid(f"uid-{name}"), type="workflow", provider="engine:local",
        target="here", inputs={"fingerprint": "f"}, instances=(Instance("i", "here", "engine:local", 1),),
        serial=serial,
    )  # fmt: skip


RUN = RunRecord(
    "r", Uid("uid-kept"), Address("workflow.kept"), "succeeded", "h", "f", ended_at="2024-01-01T00:00:00Z"
)
BEGUN = VolumeBegun(
    volume=2,
    snapshot=Snapshot(
        "lineage", "s", "e", 3, {Address("workflow.kept"): workflow("kept", 2)}, targets={"here": HERE},
        runs={Uid("uid-kept"): (RUN,)},
    ),
    recent=(),
    hashes="",
)  # fmt: skip


def add(index: Index, serial: int, *events: Event) -> None:
    with index.database.writing():
        LedgerRows(index.database).add(HistoryEntry(serial, "", "", 0, "", events))


def test_volume_alone_tells_what_is_recorded() -> None:
    with Index.open(None) as index:
        add(index, 4, BEGUN)
        assert [entry.address for entry in index.resources()] == ["workflow.kept"]
        assert [run.run for run in index.runs()] == ["r"]
        assert index.targets()["here"].store == "memory:here"


def test_volume_changes_nothing_of_what_was_followed_all_along() -> None:
    with Index.open(None) as index:
        add(index, 2, TargetWritten(target=HERE), ResourceWritten(resource=workflow("kept", 2), by="create"))
        before = index.history(Uid("uid-kept"))
        add(index, 4, BEGUN)
        assert index.history(Uid("uid-kept")) == before


def test_what_went_while_the_index_did_not_look_is_gone() -> None:
    with Index.open(None) as index:
        add(index, 2, TargetWritten(target=HERE), ResourceWritten(resource=workflow("gone", 2), by="create"))
        add(index, 4, BEGUN)
        assert [entry.address for entry in index.resources()] == ["workflow.kept"]
        assert [e.removed for e in index.resources(removed=True)] == ["deleted", ""]
