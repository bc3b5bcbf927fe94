"""The model, its numbers and its checks, on tables small enough to reckon by hand."""

import pandas as pd
import pytest

from delays.features import CATEGORIES, FEATURES, TARGET
from delays.model import fit, predict, split
from delays.quality import (
    baseline_rms_error,
    beats_baseline,
    delays_are_plausible,
    every_flight_is_scored,
    flights_scored,
    mean_absolute_error,
    rms_error,
)
from delays.tables import KEY

PREDICTIONS = pd.DataFrame({TARGET: [0.0, 10.0], "predicted": [3.0, 6.0]})


@pytest.fixture
def table() -> pd.DataFrame:
    """A hundred flights whose delay is their distance."""
    rows = 100
    columns: dict[str, object] = dict.fromkeys({*KEY, *FEATURES} - set(CATEGORIES), 1.0)
    columns |= dict.fromkeys(CATEGORIES, "A")
    columns["time_hour"] = pd.date_range("2013-01-01", periods=rows, freq="h", tz="UTC")
    columns["distance"] = columns[TARGET] = [float(n % 2) for n in range(rows)]
    return pd.DataFrame(columns)


def test_test_flights_are_the_latest(table: pd.DataFrame) -> None:
    train, test = split(table, 0.2)
    assert (len(train), len(test)) == (80, 20)
    assert train["time_hour"].max() < test["time_hour"].min()


def test_flights_that_never_arrived_teach_nothing(table: pd.DataFrame) -> None:
    table.loc[:9, TARGET] = None
    train, test = split(table, 0.2)
    assert len(train) + len(test) == 90


def test_model_learns_and_takes_airports_it_has_not_seen(table: pd.DataFrame) -> None:
    model = fit(table)
    found = predict(model, table.assign(dest="elsewhere"))
    assert mean_absolute_error(found) < 0.1
    assert list(found.columns) == [*KEY, TARGET, "predicted"]


def test_errors_are_in_minutes() -> None:
    assert mean_absolute_error(PREDICTIONS) == 3.5
    assert rms_error(PREDICTIONS) == pytest.approx(12.5**0.5)


def test_baseline_says_the_average_of_the_training_flights() -> None:
    train, test = pd.DataFrame({TARGET: [0.0, 20.0]}), pd.DataFrame({TARGET: [13.0, 7.0]})
    assert baseline_rms_error(train, test) == 3.0


def test_checks_can_fail() -> None:
    assert beats_baseline(30.0, 38.0)
    assert not beats_baseline(38.0, 38.0)
    assert not delays_are_plausible(200.0)
    assert flights_scored(PREDICTIONS) == 2
    assert every_flight_is_scored(PREDICTIONS, PREDICTIONS)
    assert not every_flight_is_scored(PREDICTIONS, PREDICTIONS.iloc[:1])
    assert not every_flight_is_scored(PREDICTIONS, PREDICTIONS.assign(predicted=None))
    assert not every_flight_is_scored(PREDICTIONS.iloc[:0], PREDICTIONS.iloc[:0])
