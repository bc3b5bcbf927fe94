import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, TypedDict

import pytest
from pydantic import Field

from unknot.stacks.workflow import ScheduledTime
from unknot.stacks.workflow.parameter import (
    ParameterProblem,
    coerce,
    is_parameter_type,
    is_scheduled_time,
    parse,
    specify,
)


class Size(enum.Enum):
    SMALL = "small"


class Options(TypedDict):
    depth: int


Depth = NewType("Depth", int)


@pytest.mark.parametrize(
    "annotation",
    [
        str,
        float | None,
        bool,
        dt.date,
        dt.datetime,
        Size,
        Options,
        Depth,
        Literal["a", "b"],
        list[int],
        tuple[int, ...],
        tuple[str, dt.date],
        dict[str, list[float]],
        Sequence[str],
        Mapping[str, int],
        Annotated[int, Field(gt=0)],
    ],
)
def test_plain_values_are_parameters(annotation: Any) -> None:
    assert is_parameter_type(annotation)


@pytest.mark.parametrize("annotation", [Path, object, Any, list[Path], Path | None, ScheduledTime, bytes])
def test_everything_else_is_an_artifact(annotation: Any) -> None:
    assert not is_parameter_type(annotation)


def test_time_of_the_run_is_neither() -> None:
    assert is_scheduled_time(ScheduledTime)
    assert not is_scheduled_time(dt.datetime)


@pytest.mark.parametrize(
    ("annotation", "text", "value"),
    [
        (float, "0.3", 0.3),
        (int, "3", 3),
        (bool, "false", False),
        (str, "3", "3"),
        (dt.date, "2013-01-31", dt.date(2013, 1, 31)),
        (Size, "small", Size.SMALL),
        (list[int], "[1, 2]", [1, 2]),
        (tuple[int, ...], "[1, 2]", (1, 2)),
        (int | None, "null", None),
        (dict[str, float], '{"a": 1}', {"a": 1.0}),
        (Literal["small", "full"], "full", "full"),
    ],
)
def test_text_of_the_command_line_becomes_the_value(annotation: Any, text: str, value: object) -> None:
    parsed = parse(annotation, text)

    assert parsed == value
    assert type(parsed) is type(value)


def test_wrong_value_is_told_without_the_value() -> None:
    with pytest.raises(ParameterProblem) as caught:
        parse(list[int], '["canary"]')

    assert "valid list" in str(caught.value)
    with pytest.raises(ParameterProblem, match="0: Input should be a valid integer") as caught:
        coerce(list[int], ["canary"])
    assert "canary" not in str(caught.value)


def test_constraint_of_the_annotation_holds() -> None:
    positive = Annotated[int, Field(gt=0)]

    assert coerce(positive, "3") == 3
    with pytest.raises(ParameterProblem, match="greater than 0"):
        coerce(positive, 0)


def test_parameter_is_recorded_with_its_schema() -> None:
    spec = specify("size", Size, Size.SMALL)

    assert (spec.name, spec.value) == ("size", "small")
    assert spec.schema["enum"] == ["small"]
    assert spec.type.endswith(":Size")
