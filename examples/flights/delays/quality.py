"""Quality: the numbers by which a model and its predictions are judged, and what they must be.

Apart from the modules that need scikit-learn, so that these small tasks start quickly.
"""

import pandas as pd
from unknot import check, metric

from delays.features import TARGET


@metric
def mean_absolute_error(predictions: pd.DataFrame) -> float:
    """Minutes by which a prediction is wrong, on average."""
    return float((predictions[TARGET] - predictions["predicted"]).abs().mean())


@metric
def rms_error(predictions: pd.DataFrame) -> float:
    """Root of the mean squared error, in minutes: large errors weigh more. It is what `fit` minimises."""
    return _rms(predictions[TARGET] - predictions["predicted"])


@metric
def baseline_rms_error(train: pd.DataFrame, test: pd.DataFrame) -> float:
    """The same for a model that always says the average of what it was taught."""
    return _rms(test[TARGET] - train[TARGET].mean())


def _rms(errors: "pd.Series[float]") -> float:
    return float((errors**2).mean() ** 0.5)


@check
def beats_baseline(error: float, baseline: float) -> bool:
    """A model that is no better than the average is not published."""
    return error < baseline


@check(severity="warning")
def error_is_usual(error: float) -> bool:
    """Worth a look when it fails, but no reason to keep the prior model."""
    return error < 45


@metric
def flights_scored(predictions: pd.DataFrame) -> int:
    return len(predictions)


@metric
def mean_predicted_delay(predictions: pd.DataFrame) -> float:
    """Minutes."""
    return float(predictions["predicted"].mean())


@check
def every_flight_is_scored(flights: pd.DataFrame, predictions: pd.DataFrame) -> bool:
    """One prediction for each flight, and none is missing."""
    return len(predictions) == len(flights) > 0 and bool(predictions["predicted"].notna().all())


@check(severity="warning")
def delays_are_plausible(mean_delay: float) -> bool:
    """On no day of the year were flights early by half an hour, or late by two, on average."""
    return -30 < mean_delay < 120
