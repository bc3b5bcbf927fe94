"""The two workflows: their bodies say which op gets what. Called directly, they just run."""

from typing import NamedTuple

import pandas as pd
from sklearn.pipeline import Pipeline
from unknot import SCHEDULED, ScheduledTime, workflow

from delays.features import build_features
from delays.model import fit, predict, split
from delays.quality import (
    baseline_rms_error,
    beats_baseline,
    delays_are_plausible,
    error_is_usual,
    every_flight_is_scored,
    flights_scored,
    mean_absolute_error,
    mean_predicted_delay,
    rms_error,
)
from delays.tables import Size, choose, join_weather, keys_are_sound, on_day, weather_is_known


class Trained(NamedTuple):
    """What training publishes, if its checks pass."""

    model: Pipeline
    error: float


class Scored(NamedTuple):
    """What scoring publishes, if its checks pass."""

    predictions: pd.DataFrame


@workflow(name="train")
def train(
    flights: pd.DataFrame,
    weather: pd.DataFrame,
    planes: pd.DataFrame,
    size: Size = "full",
    test_share: float = 0.2,
) -> Trained:
    """Teach a model on the earlier flights and examine it on the later ones."""
    chosen = choose(flights, size)
    keys_are_sound(chosen)
    joined = join_weather(chosen, weather, planes)
    weather_is_known(joined)
    parts = split(build_features(joined), test_share)
    model = fit(parts.train)

    examined = predict(model, parts.test)
    error = rms_error(examined)
    mean_absolute_error(examined)
    beats_baseline(error, baseline_rms_error(parts.train, parts.test))
    error_is_usual(error)
    return Trained(model, error)


@workflow(name="score")
def score(
    flights: pd.DataFrame,
    weather: pd.DataFrame,
    planes: pd.DataFrame,
    model: Pipeline,
    at: ScheduledTime = SCHEDULED,
) -> Scored:
    """Predict the delays of the flights of one day: the day that the run is for."""
    # The day before tells how late the first flights of the day are.
    around = on_day.named("around_day")(flights, at, days_before=1)
    wanted = on_day.named("day")(build_features(join_weather(around, weather, planes)), at)
    predictions = predict(model, wanted)

    flights_scored(predictions)
    every_flight_is_scored(wanted, predictions)
    delays_are_plausible(mean_predicted_delay(predictions))
    return Scored(predictions)
