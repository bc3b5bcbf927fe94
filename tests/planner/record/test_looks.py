"""What a refresh found is remembered on this machine, for its own ledger only."""

from pathlib import Path

import msgspec

from unknot.planner.plan import Drift, Plan, Version
from unknot.planner.record.looks import Look, last_look, remember_look
from unknot.stacks.address import Address, Uid

DRIFT = Drift(Address("bucket.raw"), version=Version(Uid("u"), 7))
PLAN = Plan("flights", "prod", "lineage", False, 9, "n", "2024-03-01T10:00:00+00:00", drift=(DRIFT,))


def test_look_is_kept_until_the_next_one(tmp_path: Path) -> None:
    assert last_look(tmp_path, "flights", "prod", "lineage") is None
    remember_look(tmp_path, PLAN)
    found = last_look(tmp_path, "flights", "prod", "lineage")
    assert found == Look("lineage", "2024-03-01T10:00:00+00:00", {Address("bucket.raw"): 7})
    remember_look(tmp_path, msgspec.structs.replace(PLAN, drift=(), created_at="2024-03-02T10:00:00+00:00"))
    assert last_look(tmp_path, "flights", "prod", "lineage") == Look("lineage", "2024-03-02T10:00:00+00:00")


def test_look_at_another_ledger_says_nothing(tmp_path: Path) -> None:
    remember_look(tmp_path, PLAN)
    assert last_look(tmp_path, "flights", "prod", "another") is None
    assert last_look(tmp_path, "flights", "dev", "lineage") is None


def test_damaged_file_and_folder_that_cannot_be_written_are_as_if_nothing_was_seen(tmp_path: Path) -> None:
    remember_look(tmp_path, PLAN)
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"{")
    assert last_look(tmp_path, "flights", "prod", "lineage") is None
    remember_look(file, PLAN)  # a file where a folder must be
