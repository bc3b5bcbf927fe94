"""Scheduled times follow crontab(5), whatever the library behind counts weekdays from."""

import datetime as dt

import pytest

from unknot.planner.scheduling import NoSchedule, next_time, times

MONDAY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def days(expression: str) -> list[str]:
    """Names of the days on which a schedule falls in the week that begins on Monday, 2024-01-01."""
    end = MONDAY + dt.timedelta(days=6, hours=23)
    return [f"{time:%a}" for time in times({"cron": f"0 6 * * {expression}"}, MONDAY, end)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("*", ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
        ("0", ["Sun"]),
        ("7", ["Sun"]),
        ("1", ["Mon"]),
        ("1-5", ["Mon", "Tue", "Wed", "Thu", "Fri"]),
        ("0-2", ["Mon", "Tue", "Sun"]),
        ("5-7", ["Fri", "Sat", "Sun"]),
        ("mon,Wed", ["Mon", "Wed"]),
        ("sun", ["Sun"]),
    ],
)
def test_weekdays_count_from_sunday(expression: str, expected: list[str]) -> None:
    assert days(expression) == expected


def test_a_day_that_matches_either_field_counts_when_both_are_restricted() -> None:
    end = MONDAY + dt.timedelta(days=13, hours=23)
    found = [time.day for time in times({"cron": "0 6 13 * fri"}, MONDAY, end)]
    assert found == [5, 12, 13]


def test_both_ends_of_a_range_are_included() -> None:
    start = dt.datetime(2024, 1, 1, 6, tzinfo=dt.UTC)
    found = list(times({"cron": "0 6 * * *"}, start, start + dt.timedelta(days=2)))
    assert found == [start + dt.timedelta(days=n) for n in range(3)]


def test_next_time_is_later_than_the_time_given() -> None:
    now = dt.datetime(2024, 1, 1, 6, tzinfo=dt.UTC)
    assert next_time({"cron": "0 6 * * *"}, now) == now + dt.timedelta(days=1)


def test_times_are_in_the_schedules_own_time_zone() -> None:
    summer = dt.datetime(2024, 7, 1, tzinfo=dt.UTC)
    found = next_time({"cron": "0 6 * * *", "tz": "Europe/Zurich"}, summer)
    assert found == dt.datetime(2024, 7, 1, 4, tzinfo=dt.UTC)


def test_a_schedule_after_another_workflow_has_no_times() -> None:
    with pytest.raises(NoSchedule):
        next_time({"after": "workflow.train"}, MONDAY)
