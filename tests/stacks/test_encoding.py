"""Inputs as JSON: the same data comes back, references are collected, and what has no form is refused."""

import dataclasses
import datetime
import enum
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from unknot.providers.null import Node
from unknot.stacks.address import Address
from unknot.stacks.definition import JOIN, REF
from unknot.stacks.encoding import NotEncodable, encode
from unknot.stacks.output import Output, format  # noqa: A004 - the public name

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", max_size=3), inner),
    max_leaves=20,
)


@given(JSON)
def test_plain_data_stays_as_it_is(value: Any) -> None:
    assert encode(value, []) == value
    assert msgspec.json.decode(msgspec.json.encode(encode(value, []))) == value


class Colour(enum.Enum):
    RED = "red"


class Options(BaseModel):
    size: int
    where: Path | None = None


@dataclasses.dataclass
class Point:
    x: int


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (Colour.RED, "red"),
        (Options(size=1), {"size": 1}),
        (Point(2), {"x": 2}),
        (Path("a/b"), "a/b"),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (datetime.timedelta(minutes=2), 120.0),
        ((1, 2), [1, 2]),
        ({3, 1, 2}, [1, 2, 3]),
        ({1: "a"}, {"1": "a"}),
    ],
)
def test_common_values_have_a_form(value: Any, encoded: Any) -> None:
    assert encode(value, []) == encoded


def test_numbers_of_numpy_are_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    assert json.dumps(encode([numpy.int64(3), numpy.float64(0.5), numpy.str_("x")], [])) == '[3, 0.5, "x"]'


def test_references_are_collected_wherever_they_are() -> None:
    one: Output[str] = Output(Address("a.one"), ("url",))
    two: Output[str] = Output(Address("a.two"), ("x", 0))
    other: Output[str] = Output(Address(""), ("url",), "infra/prod")
    references: list[Address] = []
    encoded = encode({"a": [one, {"b": format("{x}!", x=two)}], "c": other}, references)
    assert references == ["a.one", "a.two"]
    assert encoded == {
        "a": [{REF: ["a.one", "url"]}, {"b": {JOIN: [{REF: ["a.two", "x", 0]}, "!"]}}],
        "c": {REF: ["", "url"], "stack": "infra/prod"},
    }


def circle() -> list[Any]:
    around: list[Any] = []
    around.append(around)
    return around


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (object(), "type `object`"),
        (b"x", "type `bytes`"),
        (float("nan"), "nan"),
        (2**64, "64 bits"),
        ("\ud800", "surrogates"),
        ({"$ref": "#/x"}, "json.dumps"),
        ({1: "a", "1": "b"}, "same"),
        (circle(), "contains itself"),
        (Node("a"), "`.output`"),
    ],
)
def test_what_has_no_form_is_refused_with_a_way_out(value: Any, says: str) -> None:
    with pytest.raises(NotEncodable, match=says.replace("$", r"\$").replace(".", r"\.")):
        encode(value, [])
