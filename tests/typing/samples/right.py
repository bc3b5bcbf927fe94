"""A stack's workflow as users write it: mypy --strict has nothing to say."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, assert_type

import pandas as pd

from unknot.stacks.address import Address
from unknot.stacks.graph import Resources
from unknot.stacks.schedule import After, Cron
from unknot.stacks.workflow import (
    SCHEDULED,
    Bound,
    Op,
    ScheduledTime,
    check,
    command,
    container,
    each,
    metric,
    notebook,
    op,
    when,
    workflow,
)


class Forest: ...


class Split(NamedTuple):
    train: pd.DataFrame
    test: pd.DataFrame


class Trained(NamedTuple):
    model: Forest
    error: float


@op
def features(table: pd.DataFrame) -> pd.DataFrame:
    return table


@op(cpu=1, memory="1GiB", retries=2)
def split(table: pd.DataFrame, frac: float) -> Split:
    return Split(table, table.head(int(len(table) * frac)))


@op
def fit(table: pd.DataFrame, *, trees: int = 10) -> Forest:
    return Forest()


@metric
def mean_error(model: Forest, table: pd.DataFrame) -> float:
    return 1.0


@metric(name="rows")
def row_count(table: pd.DataFrame) -> int:
    return len(table)


@check(severity="error")
def accurate_enough(error: float) -> bool:
    return error < 25


@check
def enough_rows(rows: int) -> bool:
    return rows > 3


@op
def log_time(at: ScheduledTime) -> None: ...


@workflow(name="train")
def train(flights: pd.DataFrame, at: ScheduledTime = SCHEDULED, frac: float = 0.2) -> Trained:
    parts = split(features(flights), frac)
    model = fit.named("forest")(parts.train, trees=20)
    error = mean_error(model, parts.test)
    accurate_enough(error)
    enough_rows(row_count(parts.test))
    log_time(at)
    return Trained(model, error)


@workflow
def score(model: Forest, table: pd.DataFrame) -> float:
    return mean_error(model, table)


@op
def months(table: pd.DataFrame) -> list[pd.DataFrame]:
    return [table]


@op
def error_in(part: pd.DataFrame, model: Forest, trees: int = 10) -> float:
    return 1.0


@op
def mean(errors: list[float]) -> float:
    return errors[0]


@op
def joined(tables: Sequence[pd.DataFrame], by_name: Mapping[str, Forest]) -> pd.DataFrame:
    return tables[0]


@op
def is_better(error: float) -> bool:
    return error < 1


@workflow
def per_month(flights: pd.DataFrame, before: Forest) -> Forest:
    parts = months(flights)
    errors = each(error_in, over=parts, model=before)
    assert_type(errors, list[float])
    assert_type(each(split, parts, 0.2), list[Split])
    assert_type(each(lambda part: fit(part), over=parts), list[Forest])
    assert_type(each(score, over=[before], table=flights), list[float])
    joined([flights, flights], {"before": before})
    model = when(is_better(mean(errors)), lambda: fit(flights), lambda: before)
    assert_type(model, Forest)
    assert_type(when(is_better(1.0), lambda: fit(flights)), Forest | None)
    return model


class Dataset:
    value: pd.DataFrame


bound = train.bind(flights=Dataset().value)
assert_type(bound, Bound[Trained])
assert_type(train.bind(Dataset().value, frac=0.3), Bound[Trained])
published = train.published_by(Address("workflow.train"))
assert_type(published.model, Forest)
assert_type(score.bind(model=published.model, table=Dataset().value), Bound[float])
assert_type(mean_error(Forest(), pd.DataFrame()), float)
assert_type(accurate_enough(3), bool)
overrides: dict[Op[..., object], Resources] = {fit: Resources(memory="8GiB"), mean_error: Resources(cpu=2)}

assert_type(command("x {a} {model}", outputs={"model": Path})(a=1), Path)
assert_type(command("x {a} {train} {test}", outputs=Split)(a=1), Split)
assert_type(command("x {a}")(a=1), None)
assert_type(command("x {table} {value}", signature=features.function)(pd.DataFrame()), pd.DataFrame)
assert_type(notebook("x.ipynb", inputs={"table": pd.DataFrame}, outputs=Forest)(), Forest)
assert_type(container("image", "x {a} {value}", outputs=pd.DataFrame)(), pd.DataFrame)


class Deployed:
    address = Address("workflow.train")


schedules: list[Cron | After] = [Cron(None), Cron("0 3 * * *", tz="UTC", overlap="queue"), After(Deployed())]
