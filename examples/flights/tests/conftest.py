"""Small tables, made by hand, in the shape of the real ones."""

import pandas as pd
import pytest


@pytest.fixture
def flights() -> pd.DataFrame:
    """Three departures from one airport in one morning, and one the day after."""
    return pd.DataFrame(
        {
            "time_hour": pd.to_datetime(
                ["2013-03-01 11:00", "2013-03-01 12:00", "2013-03-01 14:00", "2013-03-02 11:00"], utc=True
            ),
            "year": 2013,
            "hour": [6, 7, 9, 6],
            "minute": [0, 0, 30, 0],
            "carrier": "UA",
            "flight": [1, 2, 3, 1],
            "origin": "EWR",
            "dest": "IAH",
            "tailnum": ["N1", "N2", None, "N1"],
            "distance": 1400,
            "dep_delay": [10.0, 30.0, None, 0.0],
            "arr_delay": [5.0, 40.0, None, -10.0],
        }
    )


@pytest.fixture
def weather() -> pd.DataFrame:
    """The weather of 10:00 and 11:00 on the first day."""
    return pd.DataFrame(
        {
            "origin": "EWR",
            "time_hour": pd.to_datetime(["2013-03-01 10:00", "2013-03-01 11:00"], utc=True),
            "temp": [40.0, 50.0],
            "humid": 60.0,
            "wind_speed": 5.0,
            "precip": 0.0,
            "pressure": 1000.0,
            "visib": 10.0,
        }
    )


@pytest.fixture
def planes() -> pd.DataFrame:
    return pd.DataFrame({"tailnum": ["N1", "N2"], "year": [2003, None], "seats": [100, 200]})
