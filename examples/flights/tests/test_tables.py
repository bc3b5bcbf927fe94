"""Ops are functions: they are called with tables and looked at."""

import datetime as dt

import pandas as pd
import pytest
from unknot import ScheduledTime

from delays.tables import choose, join_weather, keys_are_sound, on_day, weather_is_known


def test_full_size_is_every_flight(flights: pd.DataFrame) -> None:
    assert len(choose(flights, "full")) == len(flights)


def test_small_size_has_whole_days(flights: pd.DataFrame) -> None:
    days = pd.date_range("2013-01-01 12:00", periods=16, tz="UTC")
    table = pd.DataFrame({"time_hour": days.repeat(2)})
    assert choose(table, "small")["time_hour"].dt.day.tolist() == [8, 8, 16, 16]


def test_weather_is_that_of_the_hour_before(
    flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame
) -> None:
    joined = join_weather(flights, weather, planes)
    assert joined["temp"].tolist()[:2] == [40.0, 50.0]
    assert joined["temp"].isna().tolist() == [False, False, True, True]


def test_flight_without_a_known_aircraft_is_kept(
    flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame
) -> None:
    joined = join_weather(flights, weather, planes)
    assert len(joined) == len(flights)
    assert joined["seats"].isna().tolist() == [False, False, True, False]


def test_weather_reported_twice_is_refused(
    flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame
) -> None:
    with pytest.raises(pd.errors.MergeError):
        join_weather(flights, pd.concat([weather, weather]), planes)


def test_keys_must_be_complete_and_unique(flights: pd.DataFrame) -> None:
    assert keys_are_sound(flights)
    assert not keys_are_sound(pd.concat([flights, flights]))
    assert not keys_are_sound(flights.assign(carrier=None))
    assert not keys_are_sound(flights.iloc[:0])


def test_weather_that_is_often_missing_is_noticed(
    flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame
) -> None:
    assert not weather_is_known(join_weather(flights, weather, planes))


@pytest.mark.parametrize(
    ("at", "days_before", "expected"),
    [
        ("2026-03-01T12:00", 0, 3),
        ("2026-03-02T12:00", 0, 1),
        ("2026-03-02T12:00", 1, 4),
        ("2026-03-02T04:59", 0, 3),  # still the first of March in New York
        ("2026-06-01T12:00", 0, 0),
    ],
)
def test_day_of_a_run_is_that_day_of_the_data(
    flights: pd.DataFrame, at: str, days_before: int, expected: int
) -> None:
    time = ScheduledTime.of(dt.datetime.fromisoformat(at))
    assert len(on_day(flights, time, days_before)) == expected


def test_leap_day_is_looked_up_as_the_last_of_february() -> None:
    table = pd.DataFrame({"time_hour": pd.to_datetime(["2013-02-28 12:00", "2013-03-01 12:00"], utc=True)})
    found = on_day(table, ScheduledTime(2024, 2, 29, 12, tzinfo=dt.UTC))
    assert found["time_hour"].dt.day.tolist() == [28]
