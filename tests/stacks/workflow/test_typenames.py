import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, Protocol, TypeVar

import pytest

from unknot.stacks.workflow.shape import ResultMismatch, shape_of
from unknot.stacks.workflow.typenames import UnstableName, compatible, shown_type, type_name, value_fits

T = TypeVar("T")
Depth = NewType("Depth", int)


class Readable(Protocol):
    def read(self) -> bytes: ...


class Box(NamedTuple, Generic[T]):
    item: T


@dataclasses.dataclass(frozen=True, slots=True)
class Slotted:
    low: int
    high: int = dataclasses.field(default=3)


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        (int, int, True),
        (bool, int, True),
        (int, float, True),
        (float, int, False),
        (int, str, False),
        (Any, str, True),
        (str, Any, True),
        (str, object, True),
        (Path, PurePath, True),
        (PurePath, Path, False),
        (int, int | None, True),
        (int | None, int, False),
        (int | None, float | None, True),
        (type(None), int | None, True),
        (list[int], list[int], True),
        (list[int], list[str], False),
        (list[int], list, True),
        (list, list[int], True),
        (list[int], Sequence[int], True),
        (dict[str, int], Mapping[str, int], True),
        (list[int], Mapping[str, int], False),
        (str, Annotated[str, "text"], True),
        (Depth, int, True),
        (int, Depth, True),
        (Literal["a"], str, True),
        (T, int, True),
        (int, Readable, True),
        (dt.datetime, dt.date, True),
    ],
)
def test_types_fit(given: Any, wanted: Any, fits: bool) -> None:
    assert compatible(given, wanted) is fits


@pytest.mark.parametrize(
    ("value", "wanted", "fits"),
    [
        ("a", Literal["a", "b"], True),
        ("c", Literal["a", "b"], False),
        (True, Literal[1], False),
        (None, int | None, True),
        (None, int, False),
        (3, float, True),
        ([1], list[int], True),
        ((1, 2), tuple[int, ...], True),
    ],
)
def test_plain_values_fit(value: object, wanted: Any, fits: bool) -> None:
    assert value_fits(value, wanted) is fits


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (int, "builtins:int"),
        (None, "builtins:None"),
        (list[int], "builtins:list"),
        (int | None, "builtins:int | builtins:None"),
        (Annotated[int, 3], "builtins:int"),
        (Depth, "builtins:int"),
        (Literal["a", 1], "builtins:str | builtins:int"),
        (Any, "typing:Any"),
        (Path, "pathlib:Path"),
    ],
)
def test_type_has_a_stable_name(annotation: Any, name: str) -> None:
    assert type_name(annotation) == name


def test_local_class_has_no_stable_name() -> None:
    class Local: ...

    with pytest.raises(UnstableName, match="inside a function"):
        type_name(list[Local] | Local)
    assert shown_type(Local) == "Local"


def test_bundle_is_made_and_taken_apart() -> None:
    shape = shape_of(Slotted)
    made = shape.make(lambda name, annotation: f"{name}: {annotation.__name__}")

    assert (made.low, made.high) == ("low: int", "high: int")
    assert shape.take(Slotted(1, 2)) == {"low": 1, "high": 2}
    assert shape_of(Box[int]).take(Box(3)) == {"item": 3}
    assert shape_of(tuple[int, str]).take((1, "a")) == {"0": 1, "1": "a"}
    assert shape_of(tuple[int, ...]).take((1, 2)) == {"value": (1, 2)}
    assert shape_of(None).take(None) == {}


@pytest.mark.parametrize(
    ("annotation", "result"),
    [(None, 3), (tuple[int, str], (1,)), (tuple[int, str], [1, "a"]), (Slotted, (1, 2))],
)
def test_result_of_another_shape_is_refused(annotation: Any, result: object) -> None:
    with pytest.raises(ResultMismatch):
        shape_of(annotation).take(result)
