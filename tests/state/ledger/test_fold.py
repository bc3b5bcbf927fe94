"""What events make of a snapshot."""

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unknot.planner.renames import apply_renames
from unknot.stacks.address import Address, Uid
from unknot.stacks.target import Target
from unknot.state import events as ev
from unknot.state.ledger.envelope import NOTHING_BEFORE, Unsound
from unknot.state.ledger.fold import REMEMBERED_IDS, Folding, fold
from unknot.state.ledger.segment import Segment, encode_events, pack_segment
from unknot.state.snapshot import Lease, RunRecord, Snapshot

if TYPE_CHECKING:
    from tests.state.ledger.conftest import IntentMaker, ResourceMaker, RunMaker

LEASE = Lease(id="lease", epoch=1, holder="ann", host="h", pid=1, operation="apply", term_s=30, taken_at="")
A, B, C = Address("bucket.a"), Address("bucket.b"), Address("bucket.c")


class Log:
    """Segments one after the other, folded as they come."""

    def __init__(self) -> None:
        self.folding = Folding()
        self.segments: list[Segment] = []
        self.add(ev.LedgerCreated(lineage="l", stack="s", environment="e", unknot="1"), lease="")
        self.add(ev.LeaseTaken(lease=LEASE), lease="")

    def add(self, *events: ev.Event, lease: str = "lease", **changed: Any) -> Snapshot:
        fields: dict[str, Any] = {
            "lineage": "l",
            "serial": self.folding.serial + 1,
            "previous": self.folding.hash,
            "epoch": self.folding.epoch,
        }
        _, segment = pack_segment(lease=lease, lines=encode_events(events), **{**fields, **changed})
        self.folding.add(segment)
        self.segments.append(segment)
        return self.folding.snapshot()


@pytest.fixture
def log() -> Log:
    return Log()


def test_written_resource_has_the_serial_of_its_segment(log: Log, bucket: "ResourceMaker") -> None:
    log.add(ev.ResourceWritten(resource=bucket("a", serial=99)))
    snapshot = log.add(ev.ResourceWritten(resource=bucket("b")))
    assert snapshot.resources[A].serial == 3
    assert snapshot.resources[B].serial == 4
    assert snapshot.resources[A].inputs == bucket("a").inputs
    assert snapshot.serial == 4


def test_removed_resource_leaves_a_tombstone_that_a_write_clears(log: Log, bucket: "ResourceMaker") -> None:
    log.add(ev.ResourceWritten(resource=bucket("a")))
    removed = log.add(ev.ResourceRemoved(address=A, uid=Uid("uid-a"), how="deleted"))
    assert A not in removed.resources
    assert removed.tombstones[A].serial == 4
    assert removed.tombstones[A].uid == "uid-a"
    written = log.add(ev.ResourceWritten(resource=bucket("a", uid=Uid("other"))))
    assert A not in written.tombstones
    assert removed.tombstones[A].serial == 4  # the snapshot that was given out stays as it was


def test_removal_of_another_uid_removes_nothing(log: Log, bucket: "ResourceMaker") -> None:
    log.add(ev.ResourceWritten(resource=bucket("a")))
    snapshot = log.add(ev.ResourceRemoved(address=A, uid=Uid("someone"), how="deleted"))
    assert snapshot.resources[A].uid == "uid-a"
    assert not snapshot.tombstones


def test_intents_are_open_until_closed(log: Log, intent: "IntentMaker") -> None:
    log.add(ev.IntentOpened(intent=intent("one")), ev.IntentOpened(intent=intent("two")))
    snapshot = log.add(
        ev.IntentClosed(intent="one", outcome="done"), ev.IntentClosed(intent="none", outcome="done")
    )
    assert list(snapshot.intents) == ["two"]


@pytest.mark.rule("P2")
def test_plan_stays_finished(log: Log) -> None:
    started = log.add(ev.PlanStarted(plan="p", operation="apply"))
    assert started.plans["p"].started == 3
    assert started.plans["p"].finished is None
    log.add(ev.PlanStarted(plan="p", operation="apply"))
    finished = log.add(ev.PlanFinished(plan="p", outcome="succeeded"))
    assert (finished.plans["p"].started, finished.plans["p"].finished) == (3, 5)
    again = log.add(ev.PlanStarted(plan="p", operation="apply"))
    assert again.plans["p"].finished == 5


def test_targets_claims_and_outputs(log: Log) -> None:
    log.add(ev.TargetWritten(target=Target("laptop")), ev.ClaimStoreSet(uid=Uid("u"), store="file:x"))
    snapshot = log.add(
        ev.TargetWritten(target=Target("laptop", engine="dask")), ev.OutputsWritten(outputs={"a": 1})
    )
    assert snapshot.targets["laptop"].engine == "dask"
    assert snapshot.claims == {"u": "file:x"}
    assert snapshot.outputs == {"a": 1}


class TestRenames:
    @pytest.mark.rule("A5")
    def test_swap_and_chain_happen_at_once(self, log: Log, bucket: "ResourceMaker") -> None:
        log.add(*(ev.ResourceWritten(resource=bucket(name)) for name in "abc"))
        swapped = log.add(ev.ResourcesRenamed(renames={A: B, B: A}))
        assert (swapped.resources[A].uid, swapped.resources[B].uid) == ("uid-b", "uid-a")
        assert swapped.resources[A].address == A
        assert not swapped.tombstones
        d = Address("bucket.d")
        chained = log.add(ev.ResourcesRenamed(renames={A: B, B: C, C: d}))
        assert {a: r.uid for a, r in chained.resources.items()} == {B: "uid-b", C: "uid-a", d: "uid-c"}
        assert chained.tombstones[A].how == "renamed"

    def test_references_follow(self, log: Log, bucket: "ResourceMaker") -> None:
        inputs = {
            "name": "b",
            "source": {"$ref": [A, "url"]},
            "more": [{"deep": {"$ref": [A, "x", 0]}}, {"$ref": "text"}],
        }
        log.add(
            ev.ResourceWritten(resource=bucket("a")),
            ev.ResourceWritten(resource=bucket("b", inputs=inputs, dependencies=(A,))),
        )
        renamed = log.add(ev.ResourcesRenamed(renames={A: C})).resources[B]
        assert renamed.dependencies == (C,)
        assert renamed.inputs == {
            "name": "b",
            "source": {"$ref": [C, "url"]},
            "more": [{"deep": {"$ref": [C, "x", 0]}}, {"$ref": "text"}],
        }

    def test_references_to_what_is_published_follow(self, log: Log, bucket: "ResourceMaker") -> None:
        published = {"$published": [A, "model"], "uid": {"$ref": [A, "uid"]}}
        inputs = {
            "bindings": {"m": published, "theirs": {"$published": [A, "model"], "stack": "other/default"}},
            "schedule": {"after": A, "uid": {"$ref": [A, "uid"]}},
        }
        resolved = {
            "bindings": {"m": {"$published": [A, "model"], "uid": "u"}},
            "schedule": {"after": A, "uid": "u"},
        }
        log.add(
            ev.ResourceWritten(resource=bucket("a")),
            ev.ResourceWritten(resource=bucket("b", inputs=inputs, resolved=resolved, dependencies=(A,))),
        )
        renamed = log.add(ev.ResourcesRenamed(renames={A: C})).resources[B]
        assert renamed.inputs == {
            "bindings": {
                "m": {"$published": [C, "model"], "uid": {"$ref": [C, "uid"]}},
                "theirs": {"$published": [A, "model"], "stack": "other/default"},
            },
            "schedule": {"after": C, "uid": {"$ref": [C, "uid"]}},
        }
        assert renamed.resolved == {
            "bindings": {"m": {"$published": [C, "model"], "uid": "u"}},
            "schedule": {"after": A, "uid": "u"},  # as its engine was given it
        }
        assert apply_renames(
            {A: bucket("a"), B: bucket("b", inputs=inputs, resolved=resolved, dependencies=(A,))}, {A: C}
        )[B] == (msgspec.structs.replace(renamed, serial=0))

    def test_versions_stay(self, log: Log, bucket: "ResourceMaker") -> None:
        """A version is the serial of the last write, and a plan's claim is (uid, serial): a name is no content."""
        log.add(ev.ResourceWritten(resource=bucket("a")))
        assert log.add(ev.ResourcesRenamed(renames={A: B})).resources[B].serial == 3

    @pytest.mark.rule("P2")
    def test_absence_after_a_rename_is_not_the_absence_before(
        self, log: Log, bucket: "ResourceMaker"
    ) -> None:
        log.add(ev.ResourceWritten(resource=bucket("a")))
        renamed = log.add(ev.ResourcesRenamed(renames={A: B}))
        assert renamed.tombstones[A].serial == 4
        back = log.add(ev.ResourcesRenamed(renames={B: A}))
        assert A not in back.tombstones

    def test_open_intent_follows(self, log: Log, bucket: "ResourceMaker", intent: "IntentMaker") -> None:
        log.add(
            ev.ResourceWritten(resource=bucket("a")),
            ev.IntentOpened(intent=intent("a", planned={"address": A, "owner": "x"})),
        )
        renamed = log.add(ev.ResourcesRenamed(renames={A: B})).intents["a"]
        assert (renamed.address, renamed.planned) == (B, {"address": B, "owner": "x"})

    @pytest.mark.parametrize(
        ("renames", "said"),
        [({C: B}, "not recorded"), ({A: B}, "another one has"), ({A: C, B: C}, "to one address")],
    )
    def test_rename_that_would_lose_a_resource_does_not_fit(
        self, log: Log, bucket: "ResourceMaker", renames: dict[Address, Address], said: str
    ) -> None:
        log.add(ev.ResourceWritten(resource=bucket("a")), ev.ResourceWritten(resource=bucket("b")))
        with pytest.raises(Unsound, match=said):
            log.add(ev.ResourcesRenamed(renames=renames))


class TestRuns:
    def test_last_succeeded_and_last_of_any_status_are_kept(self, log: Log, run: "RunMaker") -> None:
        kept: list[tuple[str, ...]] = []
        for record in (
            run("run-01"),
            run("run-02", status="failed"),
            run("run-03", status="lost"),
            run("run-04"),
            run("run-05", status="failed"),
        ):
            snapshot = log.add(ev.RunClosed(run=record), lease="")
            kept.append(tuple(r.run for r in snapshot.runs[Uid("uid-train")]))
        assert kept == [
            ("run-01",),
            ("run-01", "run-02"),
            ("run-01", "run-03"),
            ("run-04",),
            ("run-04", "run-05"),
        ]

    def test_run_that_was_withheld_does_not_take_the_place_of_one_that_counts(
        self, log: Log, run: "RunMaker"
    ) -> None:
        for record in (
            run("run-01"),
            run("run-02", status="failed"),
            msgspec.structs.replace(run("run-03"), withheld="parameters given by hand"),
            msgspec.structs.replace(run("run-04", status="failed"), withheld="parameters given by hand"),
        ):
            snapshot = log.add(ev.RunClosed(run=record), lease="")
        (kept,) = snapshot.runs.values()
        assert [r.run for r in kept] == ["run-01", "run-02", "run-04"]

    @pytest.mark.rule("L1")
    @given(order=st.permutations(range(6)), repeated=st.lists(st.integers(0, 5), max_size=4))
    @settings(deadline=None)
    def test_order_and_repeats_of_absorption_do_not_matter(
        self, order: list[int], repeated: list[int]
    ) -> None:
        statuses = ("succeeded", "failed", "succeeded", "lost", "failed", "cancelled")
        log = Log()
        for n in (*order, *repeated):
            record = RunRecord(
                run=f"r{n}",
                uid=Uid("u"),
                address=Address("workflow.w"),
                status=statuses[n],  # type: ignore[arg-type]
                manifest_hash="",
                fingerprint="",
                ended_at=f"2026-01-0{n + 1}",
            )
            snapshot = log.add(ev.RunClosed(run=record), lease="")
        assert [r.run for r in snapshot.runs[Uid("u")]] == ["r2", "r5"]


class TestIdempotence:
    @pytest.mark.rule("L1")
    def test_segment_folded_twice_changes_nothing(self, log: Log, bucket: "ResourceMaker") -> None:
        snapshot = log.add(ev.ResourceWritten(resource=bucket("a")))
        assert fold(snapshot, log.segments[-1]) is snapshot
        log.folding.add(log.segments[0])
        assert log.folding.snapshot() is snapshot

    @pytest.mark.rule("L1")
    def test_event_folded_twice_changes_nothing(self, log: Log, bucket: "ResourceMaker") -> None:
        event = ev.ResourceWritten(resource=bucket("a"))
        log.add(event)
        log.add(ev.ResourceRemoved(address=A, uid=Uid("uid-a"), how="deleted"))
        assert A not in log.add(event).resources

    def test_memory_for_ids_is_bounded(self, log: Log) -> None:
        for _ in range(3):
            log.add(*(ev.OutputsWritten(outputs={}) for _ in range(REMEMBERED_IDS // 2)))
        assert len(log.folding.recent) == REMEMBERED_IDS


class TestChain:
    @pytest.mark.rule("L6")
    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"serial": 9}, "segment 9, where 3"),
            ({"previous": NOTHING_BEFORE}, "does not continue"),
            ({"lineage": "other"}, "another ledger"),
        ],
    )
    def test_segment_that_does_not_come_next_is_unsound(
        self, log: Log, changed: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(Unsound, match=said):
            log.add(ev.OutputsWritten(outputs={}), **changed)

    @pytest.mark.rule("L3")
    @pytest.mark.parametrize("changed", [{"lease": "ended"}, {"epoch": 7}])
    def test_segment_of_an_ended_lease_is_unsound(self, log: Log, changed: dict[str, Any]) -> None:
        with pytest.raises(Unsound, match="which had ended"):
            log.add(ev.OutputsWritten(outputs={}), **changed)

    @pytest.mark.rule("L3")
    def test_events_outside_the_listed_set_need_a_lease(
        self, log: Log, run: "RunMaker", bucket: "ResourceMaker"
    ) -> None:
        log.add(ev.RunClosed(run=run("run-01")), lease="")
        with pytest.raises(Unsound, match="need a lease"):
            log.add(ev.ResourceWritten(resource=bucket("a")), lease="")

    @pytest.mark.rule("L3")
    def test_lease_is_taken_only_when_free_or_ended(self, log: Log) -> None:
        rival = msgspec.structs.replace(LEASE, id="rival", epoch=2)
        with pytest.raises(Unsound, match="although `lease` held it"):
            log.add(ev.LeaseTaken(lease=rival), lease="")
        with pytest.raises(Unsound, match="epoch 7"):
            log.add(ev.LeaseTaken(lease=msgspec.structs.replace(rival, epoch=7), ends="lease"), lease="")
        snapshot = log.add(ev.LeaseTaken(lease=rival, ends="lease"), lease="")
        assert snapshot.lease is not None
        assert (snapshot.lease.id, snapshot.epoch) == ("rival", 2)

    def test_first_segment_must_create_the_ledger(self) -> None:
        log = Log()
        log.folding = Folding()
        with pytest.raises(Unsound, match="does not begin a ledger"):
            log.add(ev.LeaseTaken(lease=LEASE), lease="")
        with pytest.raises(Unsound, match="a second time"):
            Log().add(ev.LedgerCreated(lineage="l", stack="s", environment="e", unknot="1"), lease="")

    @pytest.mark.rule("L4")
    def test_every_segment_of_the_holder_counts_as_a_renewal(self, log: Log) -> None:
        first = log.add(ev.OutputsWritten(outputs={})).lease
        second = log.add(ev.LeaseRenewed(lease="lease", renewals=1, term_s=90)).lease
        assert first is not None
        assert second is not None
        assert (first.renewals, second.renewals) == (1, 2)
        assert (first.term_s, second.term_s) == (30, 90)


NAMES = "abcd"


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(["write", "remove", "rename", "open", "close"]),
                st.sampled_from(NAMES),
                st.sampled_from(NAMES),
            ),
            max_size=25,
        )
    )


@given(history=histories(), cut=st.integers(0, 25))
@settings(deadline=None)
def test_folding_in_two_parts_equals_folding_at_once(
    history: list[tuple[str, str, str]], cut: int, bucket: "ResourceMaker", intent: "IntentMaker"
) -> None:
    log = Log()
    middle = log.folding.snapshot()
    for n, (what, name, other) in enumerate(history):
        address, to = Address(f"bucket.{name}"), Address(f"bucket.{other}")
        match what:
            case "write":
                log.add(ev.ResourceWritten(resource=bucket(name, dependencies=(to,))))
            case "remove":
                log.add(ev.ResourceRemoved(address=address, uid=Uid(f"uid-{other}"), how="deleted"))
            case "rename" if address in log.folding.resources and to not in log.folding.resources:
                log.add(ev.ResourcesRenamed(renames={address: to}))
            case "open":
                log.add(ev.IntentOpened(intent=intent(name)))
            case _:
                log.add(ev.IntentClosed(intent=name, outcome="done"))
        if n == cut:
            middle = log.folding.snapshot()
    rest = middle
    for segment in log.segments:
        rest = fold(rest, segment)
    assert rest == log.folding.snapshot()
    addresses = list(rest.resources)
    assert [r.address for r in rest.resources.values()] == addresses
    assert not set(addresses) & set(rest.tombstones)
