"""The model: which flights teach it and which examine it, how it is fitted, and what it predicts."""

from typing import NamedTuple

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from unknot import op

from delays.features import CATEGORIES, FEATURES, TARGET
from delays.tables import KEY


class Split(NamedTuple):
    """Flights to learn from, and later ones to be examined on."""

    train: pd.DataFrame
    test: pd.DataFrame


@op(cpu=1, memory="2GiB")
def split(table: pd.DataFrame, test_share: float) -> Split:
    """Hold out the latest flights that arrived. At random, both parts would share their days."""
    arrived = table.dropna(subset=[TARGET]).sort_values("time_hour", kind="stable")
    cut = arrived["time_hour"].quantile(1 - test_share)
    is_early = arrived["time_hour"] <= cut
    return Split(arrived[is_early].reset_index(drop=True), arrived[~is_early].reset_index(drop=True))


@op(cpu=1, memory="4GiB", timeout_s=600, retries=1)
def fit(train: pd.DataFrame) -> Pipeline:
    """Boosted trees, which take missing weather and aircraft as they are."""
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    model = make_pipeline(
        make_column_transformer((encode, CATEGORIES), remainder="passthrough"),
        HistGradientBoostingRegressor(random_state=0),
    )
    return model.fit(train[FEATURES], train[TARGET])


@op(cpu=1, memory="2GiB")
def predict(model: Pipeline, table: pd.DataFrame) -> pd.DataFrame:
    """The key of each flight, the delay that the model expects, and the one it had where that is known."""
    return table[[*KEY, TARGET]].assign(predicted=model.predict(table[FEATURES]))
