"""What the model sees must have been known when the prediction is made."""

import pandas as pd
import pytest

from delays.features import FEATURES, TARGET, build_features
from delays.tables import KEY, join_weather


@pytest.fixture
def features(flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    return build_features(join_weather(flights, weather, planes))


def test_every_flight_has_its_key_features_and_target(features: pd.DataFrame) -> None:
    assert len(features) == 4
    assert {*KEY, *FEATURES, TARGET} == set(features.columns)


def test_recent_delay_tells_only_of_departures_before_the_prediction(features: pd.DataFrame) -> None:
    by_flight = features.set_index(["time_hour", "flight"])["recent_delay"].droplevel("time_hour")
    # The first left at 11:10 and the second at 12:30. For the third, at 14:30, both are known by 13:30;
    # for the second, at 12:00, nothing is known by 11:00.
    assert pd.isna(by_flight.loc[2])
    assert by_flight.loc[3] == 20.0


def test_delay_of_a_later_flight_changes_no_features(
    flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame, features: pd.DataFrame
) -> None:
    later = flights.assign(dep_delay=[10.0, 30.0, 500.0, 500.0], arr_delay=[5.0, 40.0, 500.0, 500.0])
    again = build_features(join_weather(later, weather, planes))
    pd.testing.assert_frame_equal(again[FEATURES], features[FEATURES])


def test_age_and_weekday_are_of_the_flight(features: pd.DataFrame) -> None:
    first = features.sort_values("time_hour").iloc[0]
    assert (first["age"], first["weekday"]) == (10, 4)
