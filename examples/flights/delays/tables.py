"""Raw tables: which flights are used, what must hold for them, and what was known before they left."""

import calendar
import datetime as dt
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import pandas as pd
from unknot import ScheduledTime, check, op

Size: TypeAlias = Literal["small", "full"]

KEY = ["time_hour", "carrier", "flight", "origin"]
"""One flight. `time_hour` is the hour of its scheduled departure, in UTC."""

WEATHER = ["temp", "humid", "wind_speed", "precip", "pressure", "visib"]

NOTICE = pd.Timedelta(hours=1)
"""How long before departure a prediction is made: whatever became known later must not be used."""

NEW_YORK = ZoneInfo("America/New_York")
EVERY_NTH_DAY = 8


@op(cpu=1, memory="2GiB")
def choose(flights: pd.DataFrame, size: Size) -> pd.DataFrame:
    """All flights, or those of every eighth day: whole days, since delays spread within a day."""
    if size == "full":
        return flights
    day = flights["time_hour"].dt.tz_convert(NEW_YORK).dt.day_of_year
    is_chosen: pd.Series[bool] = day % EVERY_NTH_DAY == 0
    return flights[is_chosen].reset_index(drop=True)


@op(cpu=1, memory="2GiB")
def on_day(flights: pd.DataFrame, at: ScheduledTime, days_before: int = 0) -> pd.DataFrame:
    """Flights of the day of `at` in New York, and of so many days before it.

    The data ends with one year, so a run at any later time looks at the same day of that year.
    """
    wanted = at.astimezone(NEW_YORK).date()
    year = int(flights["time_hour"].dt.tz_convert(NEW_YORK).dt.year.max())
    last_of_month = calendar.monthrange(year, wanted.month)[1]
    day = dt.date(year, wanted.month, min(wanted.day, last_of_month))  # 29 February
    first = pd.Timestamp(day - dt.timedelta(days=days_before), tz=NEW_YORK)
    end = pd.Timestamp(day + dt.timedelta(days=1), tz=NEW_YORK)
    return flights[flights["time_hour"].between(first, end, inclusive="left")].reset_index(drop=True)


@op(cpu=1, memory="2GiB")
def join_weather(flights: pd.DataFrame, weather: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """Each flight with its aircraft and the weather at its airport when the prediction is made."""
    known = weather[["origin", "time_hour", *WEATHER]].assign(time_hour=weather["time_hour"] + NOTICE)
    aircraft = planes[["tailnum", "year", "seats"]].rename(columns={"year": "built"})
    with_weather = flights.merge(known, on=["origin", "time_hour"], how="left", validate="many_to_one")
    return with_weather.merge(aircraft, on="tailnum", how="left", validate="many_to_one")


@check
def keys_are_sound(flights: pd.DataFrame) -> bool:
    """There are flights, every one can be told from every other, and no part of a key is missing."""
    complete = not flights[KEY].isna().to_numpy().any()
    unique = not flights.duplicated(KEY).to_numpy().any()
    return len(flights) > 0 and complete and unique


@check(severity="warning")
def weather_is_known(joined: pd.DataFrame) -> bool:
    """Fewer than one flight in a hundred lacks its weather. The model copes with some that do."""
    return bool(joined["temp"].isna().mean() < 0.01)
