"""Rule R2 across a cutover: with two schedulers left on, each scheduled time is run by exactly one side."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.providers.runner import clock
from unknot.providers.runner.claiming import SKEW_S, claim, cut_over, enter, last_side, part, settle
from unknot.state.stores.base import Store
from unknot.state.stores.opening import open_store

pytestmark = pytest.mark.rule("R2")

NOW = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Store, Store]:
    return two(tmp_path)


def two(folder: Path) -> tuple[Store, Store]:
    return open_store(f"file:{folder}/left"), open_store(f"file:{folder}/entered")


def verdicts(sides: tuple[Store, Store], time: dt.datetime) -> list[str]:
    """What each side is told, the one that is left first."""
    return [
        claim(side, "u", clock.stamp(time), f"run-of-{time}").verdict  # engines call a time's run the same
        for side in sides
    ]


def test_side_that_is_being_entered_runs_nothing_yet(sides: tuple[Store, Store]) -> None:
    enter(*sides, "u", "move-1")
    enter(*sides, "u", "move-1")
    assert verdicts(sides, NOW) == ["ours", "elsewhere"]


def test_times_from_the_instant_on_belong_to_the_new_side_and_earlier_ones_to_whoever_is_first(
    sides: tuple[Store, Store],
) -> None:
    enter(*sides, "u", "move-1")
    instant = cut_over(*sides, "u", "move-1", now=lambda: NOW)
    assert instant >= NOW + dt.timedelta(seconds=SKEW_S)
    before = instant - dt.timedelta(seconds=1)
    for settled in (False, True):
        if settled:
            settle(*sides, "u", "move-1")
        assert verdicts(sides, instant + dt.timedelta(days=settled)) == ["elsewhere", "ours"]
    assert verdicts(sides, before) == ["ours", "theirs"]
    assert verdicts(sides[::-1], before - dt.timedelta(minutes=1)) == ["ours", "theirs"]


def test_cutover_done_again_keeps_its_instant(sides: tuple[Store, Store]) -> None:
    """As after a kill between the claim store's step and the ledger's."""
    enter(*sides, "u", "move-1")
    first = cut_over(*sides, "u", "move-1", now=lambda: NOW)
    assert cut_over(*sides, "u", "move-1", now=lambda: NOW + dt.timedelta(hours=1)) == first


def test_instant_that_a_slow_store_let_pass_is_replaced_by_a_later_one(sides: tuple[Store, Store]) -> None:
    enter(*sides, "u", "move-1")
    seconds = iter((0, 60, 61, 62))
    instant = cut_over(*sides, "u", "move-1", now=lambda: NOW + dt.timedelta(seconds=next(seconds)))
    assert instant == NOW + dt.timedelta(seconds=61 + 2 * SKEW_S)
    side = last_side(sides[0], "u")
    assert side is not None
    assert [span.store for span in side.spans] == [sides[0].url, sides[1].url]


def test_way_back_is_a_cutover_like_the_way_there(sides: tuple[Store, Store]) -> None:
    left, entered = sides
    enter(left, entered, "u", "move-1")
    there = cut_over(left, entered, "u", "move-1", now=lambda: NOW)
    settle(left, entered, "u", "move-1")
    enter(entered, left, "u", "move-2")
    assert verdicts(sides, there + dt.timedelta(hours=1)) == ["elsewhere", "ours"]
    back = cut_over(entered, left, "u", "move-2", now=lambda: there + dt.timedelta(hours=2))
    settle(entered, left, "u", "move-2")
    assert verdicts(sides, back) == ["ours", "elsewhere"]
    assert verdicts(sides, there + dt.timedelta(minutes=1)) == ["ours", "theirs"]


def test_side_that_parted_answers_for_all_times_by_itself(sides: tuple[Store, Store]) -> None:
    left, entered = sides
    enter(left, entered, "u", "move-1")
    cut_over(left, entered, "u", "move-1", now=lambda: NOW)
    settle(left, entered, "u", "move-1")
    part(entered, "u")
    assert claim(entered, "u", clock.stamp(NOW), "run", lambda url: pytest.fail(url)).verdict == "ours"


STEPS = ("enter", "cut over", "settle")


@given(
    minutes=st.lists(st.integers(-5, 5), min_size=1, max_size=6, unique=True),
    steps=st.integers(1, len(STEPS)),
    entered_first=st.booleans(),
    late=st.integers(0, 3),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_time_is_run_by_both_sides_or_by_neither(
    tmp_path_factory: pytest.TempPathFactory,
    minutes: list[int],
    steps: int,
    entered_first: bool,
    late: int,
) -> None:
    """Schedulers of both sides ask for each time, wherever the cutover was killed, and again after it went on."""
    sides = two(tmp_path_factory.mktemp("claims"))
    enter(*sides, "u", "move-1")  # comes before the deployment, and so before the new side has a scheduler
    if steps > 1:
        cut_over(*sides, "u", "move-1", now=lambda: NOW)
    if steps > 2:
        settle(*sides, "u", "move-1")
    won: dict[int, int] = {}
    times = sorted(minutes)
    for position, minute in enumerate(times):
        if position == len(times) - late:
            cut_over(*sides, "u", "move-1", now=lambda: NOW)
            settle(*sides, "u", "move-1")
        asked = sides[::-1] if entered_first else sides
        won[minute] = verdicts(asked, NOW + dt.timedelta(minutes=minute)).count("ours")
    assert set(won.values()) == {1}
