"""Saved plans: whole or refused, bound by one hash, applied once, gated (rules P1, P2)."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from unknot.planner.archive import bind, read, require_reviewed, write
from unknot.planner.planning import definition_hash
from unknot.providers.fake import Bucket, Thing
from unknot.stacks.errors import PlanRefused, PlanUnreadable


@pytest.fixture
def file(site: Any, tmp_path: Path) -> Path:
    path = tmp_path / "plan.unknot"
    write(site.plan(Thing("a", value=1), Bucket("b", labels={"größe": "3"})), path)
    return path


@pytest.mark.rule("P1")
def test_every_flipped_byte_is_noticed_or_changes_nothing(site: Any, file: Path) -> None:
    whole, saved = file.read_bytes(), read(file)
    unnoticed = 0
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 0x41
        file.write_bytes(changed)
        try:
            loaded = read(file)
        except PlanUnreadable:
            continue
        unnoticed += 1  # in what the zip says of itself besides names, sizes and contents
        assert loaded.hash == saved.hash
        assert loaded.plan == saved.plan
    assert unnoticed < len(whole) / 4


@pytest.mark.rule("P1")
def test_truncated_plan_says_so_at_any_length(file: Path) -> None:
    whole = file.read_bytes()
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        with pytest.raises(PlanUnreadable):
            read(file)


def test_file_that_is_none_or_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanUnreadable, match="there is no plan file"):
        read(tmp_path / "none")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme", "hello")
    with pytest.raises(PlanUnreadable, match="not a plan file"):
        read(tmp_path / "other.zip")


@pytest.mark.rule("P1")
def test_plan_of_another_version_names_both(site: Any, tmp_path: Path) -> None:
    saved = site.plan(Thing("a"))
    about = msgspec.structs.replace(saved.about, unknot="9.9.9")
    write(msgspec.structs.replace(saved, about=about), tmp_path / "p")
    with pytest.raises(PlanUnreadable, match=r"9\.9\.9"):
        read(tmp_path / "p")


@pytest.mark.rule("P1")
def test_hash_covers_the_plan_the_code_and_the_versions(site: Any) -> None:
    plan = msgspec.structs.replace(site.plan(Thing("a")).plan, bundles=("c0de",))
    one = bind(plan, {"c0de": b"one"})
    assert bind(plan, {"c0de": b"two"}).hash != one.hash
    assert bind(plan, {"c0de": b"one"}, expires_at="2030-01-01T00:00:00+00:00").hash != one.hash
    assert bind(msgspec.structs.replace(plan, nonce="other"), {"c0de": b"one"}).hash != one.hash
    assert bind(plan, {"c0de": b"one"}).hash == one.hash


@pytest.mark.rule("P1")
def test_code_that_is_missing_or_changed_is_noticed(site: Any, tmp_path: Path) -> None:
    plan = msgspec.structs.replace(site.plan(Thing("a")).plan, bundles=("c0de",))
    saved = bind(plan, {"c0de": b"one"})
    write(saved, tmp_path / "changed")
    with pytest.raises(PlanUnreadable, match="was changed"):
        read(tmp_path / "changed")
    write(msgspec.structs.replace(saved, bundles={}), tmp_path / "missing")
    with pytest.raises(PlanUnreadable, match="lacks the packed code"):
        read(tmp_path / "missing")


@pytest.mark.rule("P1")
def test_nothing_in_a_plan_is_pickled(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        assert set(archive.namelist()) == {"plan.json", "about.json"}
        assert all(msgspec.json.decode(archive.read(name)) for name in archive.namelist())


@pytest.mark.stake(3)
@pytest.mark.rule("P2")
def test_plan_is_applied_once(site: Any) -> None:
    saved = site.plan(Thing("a"))
    site.apply(saved)
    with pytest.raises(PlanRefused, match="applied before"):
        site.apply(saved)
    assert site.world.count("create") == 1


@pytest.mark.rule("P2")
def test_two_first_plans_make_one_ledger(site: Any) -> None:
    one, other = site.plan(Thing("a")), site.plan(Thing("a"))
    assert one.plan.first
    assert one.plan.lineage != other.plan.lineage
    site.apply(one)
    with pytest.raises(PlanRefused):
        site.apply(other, ledger=site.somebody_else())
    assert site.world.count("create") == 1


@pytest.mark.rule("P2")
def test_apply_destroy_apply_of_the_same_plan_is_refused(site: Any) -> None:
    site.up(Bucket("zero"))
    saved = site.plan(Bucket("zero"), Thing("a"))
    same = saved.of(msgspec.structs.replace(saved.plan, nonce="again"))
    site.apply(saved)
    site.up(Bucket("zero"))
    report = site.apply(same)
    assert [s.outcome for s in report.steps] == ["refused"]
    assert site.world.count("create", "a") == 1


@pytest.mark.rule("P2")
def test_plan_of_another_ledger_is_refused(site: Any, make_site: Any) -> None:
    site.up(Thing("a"))
    saved = site.plan(Thing("a"), Thing("b"))
    elsewhere = make_site()
    elsewhere.up(Thing("a"))
    with pytest.raises(PlanRefused, match="another ledger"):
        elsewhere.apply(saved)


@pytest.mark.stake(25)
def test_three_gates_say_which_one_is_shut(site: Any) -> None:
    definition = site.stack(Thing("a")).definition()
    plan = msgspec.structs.replace(site.plan(Thing("a")).plan, definition_hash=definition_hash(definition))
    saved = bind(plan, {}, expires_at=(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat())
    require_reviewed(saved, expected_hash=saved.hash, definition_hash=definition_hash(definition))
    require_reviewed(saved, expected_hash=saved.hash[:16], definition_hash=None)
    for wrong in (saved.hash[:15], "0" * 64, ""):
        with pytest.raises(PlanRefused, match="not the one that was reviewed"):
            require_reviewed(saved, expected_hash=wrong, definition_hash=None)
    merged = definition_hash(site.stack(Thing("a", value=2)).definition())
    with pytest.raises(PlanRefused, match="not the one that the plan was made from"):
        require_reviewed(saved, expected_hash=None, definition_hash=merged)
    late = bind(plan, {}, expires_at="2020-01-01T00:00:00+00:00")
    with pytest.raises(PlanRefused, match="expired"):
        require_reviewed(late, expected_hash=None, definition_hash=None)


def test_hash_of_a_definition_knows_no_order_and_no_lines(site: Any) -> None:
    def stack(*names: str) -> Any:
        made = site.stack(*(Thing(name) for name in names))
        for name in names:
            made.removed(f"fake.thing.gone_{name}")
        return definition_hash(made.definition())

    assert stack("a", "b") == stack("b", "a")
    assert stack("a", "b") != stack("a", "c")
