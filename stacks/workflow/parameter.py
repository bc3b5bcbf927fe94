"""Parameters of a workflow: plain values that a run may set, checked by pydantic against their annotation.

What is not a plain value is an artifact: a table, a model, a path. pydantic is imported only when used.
"""

import datetime as dt
import enum
import types
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin, is_typeddict

from unknot.stacks.graph import ParameterSpec
from unknot.stacks.workflow.scheduled import ScheduledTime
from unknot.stacks.workflow.typenames import strip, type_name

_SCALARS = frozenset(
    {str, int, float, bool, types.NoneType, None, dt.date, dt.datetime, dt.time, dt.timedelta}
)
_CONTAINERS = frozenset({list, tuple, dict, set, frozenset, Sequence, Mapping})


class ParameterProblem(Exception):
    """A value that does not satisfy its parameter's annotation. `str()` says why, without the value."""


def is_parameter_type(annotation: Any) -> bool:
    """Whether a workflow's input with this annotation is a parameter, rather than an artifact."""
    annotation = strip(annotation)
    if annotation in _SCALARS or get_origin(annotation) is Literal or is_typeddict(annotation):
        return True
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return True
    origin, members = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return all(is_parameter_type(member) for member in members)
    if origin in _CONTAINERS:
        return all(member is ... or is_parameter_type(member) for member in members)
    return annotation in (list, tuple, dict)


def is_scheduled_time(annotation: Any) -> bool:
    return strip(annotation) is ScheduledTime


def coerce(annotation: Any, value: object) -> object:
    """`value` as the annotation wants it: `"0.2"` becomes 0.2 for a float. Raises ParameterProblem."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(annotation).validate_python(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        lines = [
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" if problem["loc"] else problem["msg"]
            for problem in problems
        ]
        raise ParameterProblem("; ".join(dict.fromkeys(lines))) from None


def parse(annotation: Any, text: str) -> object:
    """The value of `--param name=text`: JSON where the annotation wants more than text. Raises ParameterProblem."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return coerce(annotation, text)
    except ParameterProblem as problem:
        try:
            value: object = TypeAdapter(annotation).validate_json(text)
        except ValidationError:
            raise problem from None
        return value


def specify(name: str, annotation: Any, value: object) -> ParameterSpec:
    """The parameter as data: its value in JSON and the JSON Schema of its annotation."""
    from pydantic import TypeAdapter

    adapter: TypeAdapter[object] = TypeAdapter(annotation)
    return ParameterSpec(
        name=name,
        type=type_name(annotation),
        value=adapter.dump_python(value, mode="json"),
        schema=adapter.json_schema(),
    )
