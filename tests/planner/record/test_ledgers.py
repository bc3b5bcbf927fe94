"""All ledgers of a backend are read with few calls; what cannot be read is unknown, since it was seen last."""

import base64
import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from unknot.planner.record.ledgers import PAGE, LedgerReading, discover, read_ledgers
from unknot.stacks.address import Address, Uid
from unknot.stacks.target import Target
from unknot.state.events import ResourceWritten, TargetWritten
from unknot.state.ledger import Ledger
from unknot.state.snapshot import Instance, ResourceState
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.counting import CountingStore
from unknot.state.stores.local import LocalStore
from unknot.state.stores.memory import MemoryStore

NOW = dt.datetime(2024, 3, 1, 12, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2024, 3, 2, 12, 0, tzinfo=dt.UTC)
KEY = base64.b64encode(bytes(range(32))).decode()


def workflow(stack: str, *, owner: str = "team@example.org") -> ResourceState:
    return ResourceState(
        address=Address("workflow.train"),
        uid=Uid(f"uid-{stack}"),
        type="workflow",
        provider="engine:local",
        target="here",
        inputs={"fingerprint": "f1"},
        instances=(Instance("i", "here", "engine:local", 1),),
        owner=owner,
    )


def make(
    store: Store, stack: str, environment: str = "prod", key: str | None = None, writes: int = 1
) -> None:
    ledger = Ledger.open(store, f"{stack}/{environment}", key=key)
    ledger.create(f"lineage-{stack}-{environment}", stack, environment)
    with ledger.take_lease(operation="test") as lease:
        lease.writer.append([TargetWritten(target=Target("here", engine="local", store="memory:here"))])
        for _ in range(writes):
            lease.writer.append([ResourceWritten(resource=workflow(stack))])


def segments(store: LocalStore, place: str) -> list[Path]:
    return [store.root / key for key in store.list(f"{place}/log/")]


def as_newer_format(file: Path) -> None:
    """What an unknot of the next format might have written."""
    content = file.read_bytes()[: -len(b"\nsha256:") - 65].replace(b'"format":1', b'"format":2', 1)
    file.chmod(0o644)
    file.write_bytes(content + b"\nsha256:" + hashlib.sha256(content).hexdigest().encode() + b"\n")


def flip_a_byte(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(bytes(data))


class Team:
    """Fifty ledgers in one folder: of one the key is not here, one is damaged, one is of a newer format."""

    def __init__(self, folder: Path) -> None:
        self.store = LocalStore(folder / "backend")
        self.memory = folder / "memory"

    def read(self, now: dt.datetime = NOW, store: Store | None = None) -> dict[str, LedgerReading]:
        found = read_ledgers(store or self.store, memory=self.memory, now=lambda: now)
        for file in self.memory.glob("watermarks/*"):
            if file.stat().st_mtime > LATER.timestamp():  # written just now, which is then
                os.utime(file, (now.timestamp(), now.timestamp()))
        return {reading.entry.name: reading for reading in found}

    def break_some(self) -> None:
        flip_a_byte(segments(self.store, "s11/prod")[1])
        as_newer_format(segments(self.store, "s23/prod")[-1])


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("team") / "backend"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEAM_KEY", KEY)
        for n in range(50):
            make(LocalStore(folder), f"s{n:02}", key="env:TEAM_KEY" if n == 7 else None)
    return folder


@pytest.fixture
def team(tmp_path: Path, backend: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    monkeypatch.setenv("TEAM_KEY", KEY)
    shutil.copytree(backend, tmp_path / "backend")
    return Team(tmp_path)


def test_fifty_ledgers_are_read_with_few_calls_and_the_unreadable_ones_are_unknown(team: Team) -> None:
    team.read()
    team.break_some()
    counted = CountingStore(team.store)
    found = team.read(LATER, counted)
    unknown = {name: r.entry for name, r in found.items() if r.entry.status == "unknown"}
    assert (len(found), sorted(unknown)) == (50, ["s07/prod", "s11/prod", "s23/prod"])
    assert "no key was given" in unknown["s07/prod"].why
    assert "log/00000/00000002" in unknown["s11/prod"].why
    assert "in format 2" in unknown["s23/prod"].why
    assert {name: entry.unknown_since for name, entry in unknown.items()} == {
        "s07/prod": "",  # its key was never here
        "s11/prod": "2024-03-01T12:00:00Z",
        "s23/prod": "2024-03-01T12:00:00Z",
    }
    assert [known.address for known in found["s11/prod"].known] == ["workflow.train"]
    assert all(found[name].snapshot is None and entry.serial == 0 for name, entry in unknown.items())
    # One listing of the backend; of each ledger its volumes, checkpoints and log, and the five segments that it has.
    assert counted.calls["list"] <= 1 + 3 * 50 + 3  # those that are broken are looked at twice
    assert counted.calls["get"] <= 5 * 50
    assert set(counted.calls) == {"list", "get"}  # nothing is written


def test_long_history_costs_one_checkpoint_and_a_tail(tmp_path: Path) -> None:
    store = MemoryStore()
    make(store, "long", writes=300)
    counted = CountingStore(store)
    (reading,) = read_ledgers(counted, memory=tmp_path)
    assert reading.entry.serial > 300
    assert (counted.calls["list"], counted.calls["get"]) <= (4, 12)


def test_key_opens_what_is_encrypted_and_hinders_nothing_else(team: Team) -> None:
    found = read_ledgers(team.store, keys=["env:TEAM_KEY", "env:NOT_SET_ANYWHERE"], memory=team.memory)
    assert {reading.entry.status for reading in found} == {"read"}


def test_readable_ledger_beside_a_broken_one_is_read_whole(team: Team) -> None:
    team.break_some()
    snapshot = team.read()["s10/prod"].snapshot
    assert snapshot is not None
    assert snapshot.resources[Address("workflow.train")].uid == "uid-s10"


def test_of_one_environment_only_its_ledgers_are_read() -> None:
    store = MemoryStore()
    for stack, environment in (("a", "prod"), ("a", "dev"), ("b", "prod")):
        make(store, stack, environment)
    found = read_ledgers(store, environment="prod")
    assert [reading.entry.name for reading in found] == ["a/prod", "b/prod"]


def test_ledger_that_is_gone_is_unknown_since_it_was_seen(team: Team) -> None:
    team.read()
    for file in segments(team.store, "s30/prod"):
        file.unlink()
    gone = team.read(LATER)["s30/prod"].entry
    assert (gone.status, gone.unknown_since) == ("unknown", "2024-03-01T12:00:00Z")
    assert "not in the backend any more" in gone.why


class Denied(CountingStore):
    """A store that says nothing of what is under a prefix."""

    def __init__(self, prefix: str, store: Store) -> None:
        super().__init__(store)
        self.prefix = prefix

    def get(self, key: str) -> bytes | None:
        self._check(key)
        return super().get(key)

    def list(self, prefix: str, start_after: str | None = None, limit: int | None = None) -> Iterator[str]:
        self._check(prefix)
        return super().list(prefix, start_after, limit)

    def _check(self, key: str) -> None:
        if key.startswith(self.prefix):
            raise StoreError("access denied")


def test_backend_that_does_not_answer_leaves_all_that_was_seen_unknown(team: Team) -> None:
    team.read()
    found = team.read(LATER, Denied("", team.store))
    assert len(found) == 49  # all but the one that was never read
    assert {(r.entry.status, r.entry.unknown_since, r.entry.why) for r in found.values()} == {
        ("unknown", "2024-03-01T12:00:00Z", "access denied")
    }


def test_backend_that_never_answered_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="access denied"):
        read_ledgers(Denied("", MemoryStore()), memory=tmp_path)


def test_ledger_without_permission_is_unknown_and_the_others_are_read(team: Team) -> None:
    found = team.read(NOW, Denied("s05/", team.store))
    assert found["s05/prod"].entry.why == "access denied"
    assert sum(reading.entry.status == "read" for reading in found.values()) == 48


@pytest.mark.rule("L6")
def test_ledger_that_was_cut_short_is_unknown(team: Team) -> None:
    team.read()
    segments(team.store, "s12/prod")[-1].unlink()
    cut = team.read(LATER)["s12/prod"].entry
    assert (cut.status, cut.unknown_since) == ("unknown", "2024-03-01T12:00:00Z")
    assert "shorter than it was" in cut.why


def test_damaged_memory_of_what_was_seen_is_as_if_nothing_had_been(team: Team) -> None:
    team.read()
    (file,) = (team.memory / "sightings").iterdir()
    file.write_bytes(b"{")
    assert len(team.read(LATER)) == 50


@pytest.mark.parametrize("history", [1, PAGE - 1, PAGE, 3 * PAGE])
def test_discovery_goes_on_behind_each_ledger_however_long_it_is(history: int) -> None:
    store = MemoryStore()

    def put(*keys: str) -> None:
        for key in keys:
            store.put_if_absent(key, b"")

    for place in ("a/prod", "b/dev", "b/prod"):
        put(*(f"{place}/log/{n // 1000:05}/{n:08}" for n in range(1, history + 1)))
    put("c/prod/keys/00000001", "c/prod/log-99999997-00000002/log/00000/00000301")
    # Runs of a target's store that is in the same place, and files that only look a little like a ledger's.
    put(*(f"runs/uid/20240101T0000{n:02}-000a/started" for n in range(60)))
    put(*(f"runs/uid/20240101T000000-000a/tasks/t/1/{n:06}" for n in range(history)))
    put("d/prod/log/notes.txt", "artifacts/0123", "z/prod/log/00000/00000001")
    counted = CountingStore(store)
    assert discover(counted) == ["a/prod", "b/dev", "b/prod", "c/prod", "z/prod"]
    assert counted.calls["list"] <= 6


def test_memory_file_holds_no_status(team: Team) -> None:
    team.read()
    (file,) = (team.memory / "sightings").iterdir()
    kept = msgspec.json.decode(file.read_bytes())
    assert kept["ledgers"]["s00/prod"]["resources"] == [
        {"address": "workflow.train", "type": "workflow", "target": "here", "owner": "team@example.org"}
    ]
