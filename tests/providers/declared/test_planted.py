"""One wrong value of each kind in every service of AWS: found offline, with its place in the input.

What is wrong is found by walking botocore's own models here, not through the catalogue that is under test.
"""

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import regex
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from unknot import aws
from unknot.providers.declared.catalogue import catalogue, declaration, index
from unknot.providers.declared.formats import DOCUMENTS
from unknot.stacks.diagnostic import Diagnostic

KINDS = ("enum", "pattern", "length", "range", "required", "misspelt", "kind", "union")
SERVICES = sorted(set(index("aws").values()))
DEEPEST = 6
LONGEST = 100_000

NOTHING_MATCHES = ("\x01", "~~~~", "ü", "!", " ", "a b c", "*" * 12, "\x01" * 30)


class Planted(NamedTuple):
    """A wrong value of one input, and where in it the wrong is."""

    type: str
    input: str
    path: str
    value: Any
    said: str


@functools.cache
def model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def at(service: str, path: str) -> Shape | None:
    """The shape at `operation.Member.Member` in botocore's model; None for what only unknot knows."""
    operation, *steps = path.split(".")
    names = {xform_name(name): name for name in model(service).operation_names}
    if operation not in names or not steps:
        return None
    shape = model(service).operation_model(names[operation]).input_shape
    for step in steps:
        while shape is not None and shape.type_name in ("list", "map"):
            shape = shape.member if shape.type_name == "list" else shape.value
        if shape is None or step not in shape.members:
            return None
        shape = shape.members[step]
    return shape


def inputs(type_name: str) -> Iterator[tuple[str, Shape]]:
    """Inputs of a type that are members of the API, with botocore's shape of each."""
    declared = declaration(type_name)
    fields = {field.name: field for field in declared.fields}
    for name, given in catalogue("aws", declared.service).types[type_name].inputs.items():
        field = fields.get(name)
        if field is not None and (field.values or field.minimum is not None or field.maximum is not None):
            continue  # narrower than the model
        operation = declared.create.operation if declared.create else ""
        path = field.shape if field is not None and field.shape else f"{operation}.{given.member}"
        shape = at(declared.service, path)
        if shape is not None:
            yield name, shape


def wrongs(shape: Shape, depth: int = 0) -> Iterator[tuple[str, str, Any, str]]:
    """Kind, path, value and what must be said, of everything that can be wrong in a shape."""
    kind, facts = shape.type_name, shape.metadata
    if kind == "structure":
        if shape.is_document_type:
            return
        yield "kind", "", "text", "is not a mapping"
        if shape.members:
            wrong = f"{next(iter(shape.members))}x"
            yield "misspelt", "", {wrong: "1"}, f"has no `{wrong[:40]}`"
        if shape.required_members:
            yield "required", "", {}, f"lacks `{shape.required_members[0]}`"
        if shape.is_tagged_union and len(shape.members) > 1:
            first, second, *_ = shape.members
            yield "union", "", {first: {}, second: {}}, f"has `{first}`, `{second}`"
        elif shape.is_tagged_union:
            yield "union", "", {}, "has none of its members"
        if depth < DEEPEST:
            for name, member in shape.members.items():
                for what, path, value, said in wrongs(member, depth + 1):
                    yield what, f".{name}{path}", {name: value}, said
    elif kind == "list":
        yield "kind", "", "text", "is not a list"
        if (most := facts.get("max")) and most < 1000:
            yield "length", "", [None] * (most + 1), "entries"
        if depth < DEEPEST:
            for what, path, value, said in wrongs(shape.member, depth + 1):
                yield what, f"[0]{path}", [value], said
    elif kind == "map":
        yield "kind", "", "text", "is not a mapping"
        if depth < DEEPEST:
            for what, path, value, said in wrongs(shape.value, depth + 1):
                yield what, f".key{path}", {"key": value}, said
    elif kind in ("string", "character"):
        yield from wrong_texts(shape)
    elif kind in ("integer", "long", "float", "double"):
        yield "kind", "", "text", "number"
        if "max" in facts and facts["max"] < 2**53:
            yield "range", "", facts["max"] + 1, "cannot"
        elif "min" in facts and facts["min"] > -(2**53):
            yield "range", "", facts["min"] - 1, "cannot"
    elif kind == "boolean":
        yield "kind", "", "text", "is not true or false"


def wrong_texts(shape: Shape) -> Iterator[tuple[str, str, Any, str]]:
    facts = shape.metadata
    low, high = facts.get("min", 0), facts.get("max", LONGEST)
    if shape.enum:
        yield "enum", "", "BANANA", "cannot"
        return
    if high < LONGEST:
        yield "length", "", "x" * (high + 1), f"has {high + 1:,} characters"
    elif low > 0:
        yield "length", "", "x" * (low - 1), f"has {low - 1:,} characters"
    if pattern := facts.get("pattern"):
        try:
            compiled = regex.compile(pattern)
        except regex.error:
            return
        for text in (*NOTHING_MATCHES, *(text * low for text in NOTHING_MATCHES)):
            if low <= len(text) <= high and compiled.fullmatch(text) is None:
                yield "pattern", "", text, "cannot"
                return


@functools.cache
def planted(service: str) -> dict[str, list[Planted]]:
    """For each kind, one wrong value of every type of the service that has any."""
    found: dict[str, list[Planted]] = {}
    for type_name in (name for name, home in index("aws").items() if home == service):
        seen: set[str] = set()
        for name, shape in inputs(type_name):
            for kind, path, value, said in wrongs(shape):
                if kind not in seen:
                    seen.add(kind)
                    found.setdefault(kind, []).append(Planted(type_name, name, path, value, said))
    return found


def problems(type_name: str, **given: Any) -> tuple[Diagnostic, ...]:
    """What is said of a resource, with what is required beside left out."""
    shape = catalogue("aws", index("aws")[type_name]).types[type_name]
    resource = getattr(aws, shape.class_name)("planted", **given)
    return tuple(resource.problems)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("service", SERVICES)
def test_planted_violation_is_found_at_its_place(service: str, kind: str) -> None:
    if kind not in planted(service):
        assert not occurs(service, kind)
    for type_name, name, path, value, said in planted(service).get(kind, []):
        found = problems(type_name, **{name: value})

        place = f"`{type_name}.planted`: `{name}{path}` "
        assert any(each.summary.startswith(place) and said in each.summary for each in found), (
            place,
            said,
            [each.summary for each in found],
        )
        assert all(each.source is not None and each.source.file == __file__ for each in found)


def occurs(service: str, kind: str) -> bool:
    """Whether the catalogue has anything that could be wrong in this way, in what is not only unknot's."""
    shapes = [
        shape
        for name, shape in catalogue("aws", service).shapes.items()
        if not name.startswith(("aws.", "Tags of ")) and "!" not in name
    ]
    match kind:
        case "enum":
            return any(shape.enum for shape in shapes)
        case "range":
            return any(shape.kind in ("integer", "number") and shape.max is not None for shape in shapes)
        case "required":
            return any(shape.required for shape in shapes)
        case "union":
            return any(shape.one_of for shape in shapes)
        case "pattern" | "length":
            return False  # tags have them, and what unknot adds
        case _:
            return any(shape.kind == "structure" for shape in shapes)


def test_every_kind_of_violation_occurs() -> None:
    counts = {kind: sum(kind in planted(service) for service in SERVICES) for kind in KINDS}

    assert counts["misspelt"] == counts["kind"] == len(SERVICES) or min(counts.values()) > 0
    assert all(counts.values()), counts


EMBEDDED = [
    (type_name, name)
    for type_name, service in index("aws").items()
    for name, given in catalogue("aws", service).types[type_name].inputs.items()
    if catalogue("aws", service).shapes[given.shape].format in DOCUMENTS
]


@pytest.mark.parametrize(("type_name", "name"), EMBEDDED)
def test_planted_fault_of_embedded_json_is_found_with_line_and_column(type_name: str, name: str) -> None:
    found = problems(type_name, **{name: '{\n  "a": }'})

    said = next(each for each in found if each.summary == f"`{type_name}.planted`: `{name}` is not JSON")
    assert said.detail == "Line 2, column 8: expecting value."


def test_embedded_json_is_known_in_every_service_that_has_it() -> None:
    """Those of the issue's list whose APIs take JSON in text."""
    services = {index("aws")[type_name] for type_name, _ in EMBEDDED}

    assert services >= {"s3", "iam", "sqs", "sns", "kms", "ecr", "secretsmanager", "stepfunctions", "events"}
