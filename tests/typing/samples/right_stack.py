"""A whole stack, written with the public names: mypy --strict has nothing to say."""

from typing import Literal, NamedTuple, assert_type

import pandas as pd

from unknot import (
    SCHEDULED,
    After,
    Cron,
    Dataset,
    Environment,
    Resources,
    ScheduledTime,
    Secret,
    Stack,
    check,
    metric,
    op,
    workflow,
)


class Forest: ...


class Split(NamedTuple):
    train: pd.DataFrame
    test: pd.DataFrame


class Trained(NamedTuple):
    model: Forest
    error: float


@op(cpu=1, memory="1GiB", retries=2)
def split(table: pd.DataFrame, frac: float) -> Split:
    return Split(table, table.head(int(len(table) * frac)))


@op
def fit(table: pd.DataFrame) -> Forest:
    return Forest()


@op
def predict(model: Forest, table: pd.DataFrame) -> pd.DataFrame:
    return table


@metric
def mean_error(model: Forest, table: pd.DataFrame) -> float:
    return 1.0


@check(severity="error")
def accurate_enough(error: float) -> bool:
    return error < 25


@workflow(name="train")
def train(flights: pd.DataFrame, at: ScheduledTime = SCHEDULED, frac: float = 0.2) -> Trained:
    parts = split(flights, frac)
    model = fit(parts.train)
    error = mean_error(model, parts.test)
    accurate_enough(error)
    return Trained(model, error)


@workflow(name="score")
def score(model: Forest, flights: pd.DataFrame) -> pd.DataFrame:
    return predict(model, flights)


class Env(Environment):
    size: Literal["small", "full"] = "small"
    schedule: str | None = None


def stack(env: Env) -> Stack:
    s = Stack("flights", owner="data-platform@airline.example")
    raw = s.add(Dataset("flights", pd.DataFrame, source="data/flights.csv"))
    assert_type(raw.value, pd.DataFrame)
    t = s.deploy(
        train.bind(flights=raw.value),
        owner="delays@airline.example",
        schedule=Cron(env.schedule, tz="UTC", catch_up=False, overlap="skip"),
        overrides={fit: Resources(memory="8GiB"), mean_error: Resources(cpu=2)},
        secrets={"DB": Secret.env("DB_URL")},
    )
    assert_type(t.published, Trained)
    s.deploy(score.bind(model=t.published.model, flights=raw.value), schedule=After(t))
    return s
