"""Mistakes in a stack, one a line: mypy --strict finds each at its line."""

import pandas as pd
from right_stack import Env, Forest, fit, score, train

from unknot import After, Cron, Dataset, Resources, Secret, Stack

s = Stack("flights", owner="data-platform@airline.example")
raw = s.add(Dataset("flights", pd.DataFrame, source="data/flights.csv"))
model = s.add(Dataset("model", Forest, source="model.skops"))
t = s.deploy(train.bind(flights=raw.value))

train.bind(flights=raw)  # E: expected "DataFrame"
train.bind(flights=model.value)  # E: incompatible type "Forest"; expected "DataFrame"
train.bind(flights=raw.vlue)  # E: "vlue"
train.bind(flight=raw.value)  # E: "flight"
score.bind(model=t.published.modle, flights=raw.value)  # E: "modle"
score.bind(model=t.published, flights=raw.value)  # E: incompatible type "Trained"; expected "Forest"
score.bind(model=t.published.error, flights=raw.value)  # E: incompatible type "float"; expected "Forest"
s.deploy(train)  # E: expected "Bound[Never]"
s.deploy(t)  # E: expected "Bound[Never]"
s.deploy(train.bind(raw.value), shedule=Cron("0 3 * * *"))  # E: "shedule"
s.deploy(train.bind(raw.value), schedule="0 3 * * *")  # E: expected "Cron | After | None"
s.deploy(train.bind(raw.value), schedule=After(train.bind(raw.value)))  # E: expected "Deployed"
s.deploy(train.bind(raw.value), overrides={fit.function: Resources(cpu=1)})  # E: expected "Op[
s.deploy(train.bind(raw.value), overrides={fit: Resources(memory=8)})  # E: expected "str | None"
s.deploy(train.bind(raw.value), secrets={"DB": "hunter2"})  # E: expected "str": "Secret"
Secret.env()  # E: Missing positional argument
Env(size="large")  # E: expected "Literal['small', 'full']"
