"""Features: what the model sees of a flight. Training and scoring share this code, so they cannot differ."""

import pandas as pd
from unknot import op

from delays.tables import KEY, NOTICE, WEATHER

TARGET = "arr_delay"
"""Minutes late at the destination; negative if early; missing if the flight never arrived."""

CATEGORIES = ["carrier", "origin", "dest"]
NUMBERS = ["hour", "weekday", "distance", "seats", "age", "recent_delay", "recent_departures", *WEATHER]
FEATURES = [*CATEGORIES, *NUMBERS]

WINDOW = pd.Timedelta(hours=2)
"""How far `recent_delay` looks back."""


@op(cpu=1, memory="2GiB")
def build_features(flights: pd.DataFrame) -> pd.DataFrame:
    """One row for each flight: its key, its features, and the delay if it is known."""
    scheduled = flights["time_hour"] + pd.to_timedelta(flights["minute"], unit="min")
    table = flights.assign(
        scheduled=scheduled,
        weekday=scheduled.dt.tz_convert("America/New_York").dt.day_of_week,
        age=flights["year"] - flights["built"],
    )
    columns = [*KEY, *(name for name in FEATURES if name not in KEY), TARGET]
    return with_recent_delays(table)[columns]


def with_recent_delays(flights: pd.DataFrame) -> pd.DataFrame:
    """Add how many flights left the same airport of late, and how late they were.

    Of late means in the two hours before the prediction is made: later departures are not known yet.
    """
    left = flights.dropna(subset=["dep_delay"])
    departures = left.assign(
        departed=left["scheduled"] + pd.to_timedelta(left["dep_delay"], unit="min")
    ).sort_values("departed")
    recent = (
        departures.set_index("departed")
        .groupby("origin")["dep_delay"]
        .rolling(WINDOW)
        .agg(["mean", "count"])
        .rename(columns={"mean": "recent_delay", "count": "recent_departures"})
        .reset_index()
        .drop_duplicates(["origin", "departed"], keep="last")
        .sort_values("departed")
    )
    return pd.merge_asof(
        flights.assign(predicted_at=flights["scheduled"] - NOTICE).sort_values(["predicted_at", *KEY]),
        recent,
        left_on="predicted_at",
        right_on="departed",
        by="origin",
        tolerance=WINDOW,
    )
