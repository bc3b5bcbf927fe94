"""Mistakes in a workflow, one a line: mypy --strict finds each at its line."""

from pathlib import Path

import pandas as pd
from right import (
    Dataset,
    Forest,
    Split,
    Trained,
    error_in,
    features,
    fit,
    is_better,
    joined,
    mean,
    mean_error,
    months,
    published,
    row_count,
    score,
    split,
    train,
)

from unknot.stacks.schedule import After, Cron
from unknot.stacks.workflow import SCHEDULED, ScheduledTime, check, command, each, metric, op, when, workflow

table = pd.DataFrame()


@metric  # E: "str"
def named(model: Forest) -> str:
    return ""


@metric(name="size")  # E: "str"
def sized(model: Forest) -> str:
    return ""


@check  # E: "Callable[[float], str]"; expected "Callable[[float], bool]"
def verdict(error: float) -> str:
    return "good"


@check(severity="error")  # E: "Callable[[float], int]"; expected "Callable[[float], bool]"
def counted(error: float) -> int:
    return 1


@check(severity="fatal")  # E: No overload variant of "check"
def severe(error: float) -> bool:
    return True


@op(cpu="two")  # E: No overload variant of "op"
def costly(table: pd.DataFrame) -> pd.DataFrame:
    return table


@op(memroy="1GiB")  # E: memroy
def large(table: pd.DataFrame) -> pd.DataFrame:
    return table


@workflow
def wrong(flights: pd.DataFrame, at: ScheduledTime = SCHEDULED, frac: float = 0.2) -> Trained:
    parts = split(features(flights), "much")  # E: expected "float"
    parts = split(flights, fraction=0.2)  # E: "fraction"
    parts = split(flights)  # E: Missing positional argument "frac"
    fit(parts)  # E: incompatible type "Split"; expected "DataFrame"
    fit(parts.training)  # E: "training"
    fit(parts.train, 20)  # E: Too many positional arguments
    model = fit(parts.train, tree=20)  # E: "tree"
    mean_error(parts.test, model)  # E: expected "Forest" # E: expected "DataFrame"
    error = mean_error(model, flights, parts.test)  # E: Too many arguments
    fit.named(3)(parts.train)  # E: expected "str"
    _ = error.model  # E: "float" has no attribute "model"
    features(at)  # E: incompatible type "ScheduledTime"
    if frac < 0.1:
        return model  # E: expected "Trained"
    return Trained(error, model)  # E: expected "Forest" # E: expected "float"


@workflow
def wrong_shape(flights: pd.DataFrame, before: Forest) -> Forest:
    parts = months(flights)
    each(error_in, over=parts, modle=before)  # E: "modle"
    each(error_in, over=parts)  # E: Missing positional argument "model"
    each(error_in, over=[1, 2], model=before)  # E: Cannot infer
    each(error_in, over=parts, model=flights)  # E: expected "Forest"
    _: list[str] = each(error_in, over=parts, model=before)  # E: expected "Callable[
    mean(each(split, parts, 0.2))  # E: expected "Callable[[DataFrame, float], float]"
    fit(parts)  # E: expected "DataFrame"
    joined([flights, before], {})  # E: List item 1
    joined([flights], {"a": flights})  # E: Dict entry 0
    when(before, lambda: fit(flights), lambda: before)  # E: No overload variant of "when"
    fit(when(is_better(1.0), lambda: before, lambda: before))  # E: "Forest"
    return when(is_better(1.0), lambda: fit(flights))  # E: "Forest | None"


value = Dataset().value
train.bind(flight=value)  # E: "flight"
train.bind(flights=value, fracs=0.2)  # E: "fracs"
train.bind()  # E: Missing positional argument "flights"
train.bind(flights=Split(value, value))  # E: expected "DataFrame"
train.bind(flights=value, frac="much")  # E: expected "float"
train.bind(flights=value, at="03:00")  # E: expected "ScheduledTime"
score.bind(model=published.modl, table=value)  # E: "modl"
score.bind(model=published, table=value)  # E: expected "Forest"
score.bind(model=published.error, table=value)  # E: expected "Forest"
rows: str = row_count(table)  # E: "int"
_ = command("x {a} {value}", outputs=Path)().columns  # E: "columns"
command("x {t} {value}", signature=features.function)(3)  # E: expected "DataFrame"
command("x {t} {value}", signature=features.function, output=Path)  # E: command
Cron("0 3 * * *", overlap="never")  # E: expected "Literal['skip', 'queue', 'allow']"
Cron("0 3 * * *", catchup=True)  # E: "catchup"
After(train)  # E: expected "Deployed"
