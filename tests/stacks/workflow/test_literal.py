import datetime as dt
import enum
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unknot.stacks.secret import Secret
from unknot.stacks.workflow.literal import Unserialisable, canonical, decode, encode


class Size(enum.Enum):
    SMALL = "small"


class Level(enum.IntEnum):
    HIGH = 3


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(max_size=20)
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas(min_value=dt.timedelta(days=-999), max_value=dt.timedelta(days=999))
    | st.sampled_from([Size.SMALL, Level.HIGH, Path("a/b"), Path("/tmp/ü"), Secret.env("X")])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers() | st.just("$date"), inner, max_size=4)
        | st.frozensets(st.integers() | st.text(), max_size=4)
        | st.sets(st.integers(), max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_value_is_read_back_equal_through_json(value: Any) -> None:
    read = decode(json.loads(json.dumps(encode(value))))

    assert read == value
    assert type(read) is type(value)


@given(st.sets(st.text()))
def test_set_has_one_form_whatever_its_order(values: set[str]) -> None:
    again: set[str] = set()
    again.update(sorted(values, reverse=True))

    assert canonical(encode(values)) == canonical(encode(again))


def test_numbers_that_json_lacks() -> None:
    assert encode(math.inf) == {"$float": "inf"}
    assert math.isnan(decode(encode(math.nan)))  # type: ignore[arg-type]
    assert decode(json.loads(json.dumps(encode(2**80)))) == 2**80
    assert encode(True) is True


def test_secret_is_encoded_by_reference() -> None:
    assert encode({"url": Secret.env("DB_URL")}) == {"url": {"$secret": "env:DB_URL"}}


@pytest.mark.parametrize(
    ("value", "where"),
    [(object(), ""), ([1, object()], "[1]"), ({"a": {"b": (len,)}}, "['a']['b'][0]"), ({object()}, "{}")],
)
def test_unserialisable_value_is_named_by_its_place(value: object, where: str) -> None:
    with pytest.raises(Unserialisable) as caught:
        encode(value)

    assert caught.value.where == where


def test_local_enum_has_no_name() -> None:
    class Local(enum.Enum):
        A = 1

    with pytest.raises(Unserialisable, match="inside a function"):
        encode(Local.A)


def test_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`\$complex`"):
        decode({"$complex": [1, 2]})
