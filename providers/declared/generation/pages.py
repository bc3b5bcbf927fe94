"""Reference pages: one for each service, with everything that a type takes and gives."""

from collections.abc import Iterable, Iterator
from typing import Final

from unknot.providers.declared.catalogue import module_name
from unknot.providers.declared.formats import FORMATS
from unknot.providers.declared.generation.pieces import Service
from unknot.providers.declared.generation.types import GeneratedType
from unknot.providers.declared.shapes import InputShape, Shape

LONGEST_PATTERN: Final = 40
"""Longer ones tell a reader nothing."""

_RESOLVED = {
    "token": "by the token that it was made with",
    "mark": "by our mark on it",
    "unique-name-with-proof": "by its name, and our mark on it",
    "none": "not by itself: you are asked",
}


def index(provider: str, title: str, services: Iterable[Service]) -> str:
    """The page that lists every type of a cloud."""
    lines = [
        f"# Resource types of {title}",
        "",
        f"Made by `make generate` from the declarations in `providers/{provider}/types`. How they work: [add a resource type](../../../guides/add-a-resource-type.md).",
        "",
        "| type | class | |",
        "| --- | --- | --- |",
    ]
    for service in services:
        page = f"{module_name(service.service).rstrip('_')}.md"
        for name, each in service.types.items():
            anchor = name.replace(".", "")
            lines.append(
                f"| [`{name}`]({page}#{anchor}) | `{provider}.{each.shape.class_name}` | {_cell(each.shape.doc)} |"
            )
    return "\n".join(lines) + "\n"


def page(service: Service) -> str:
    """The page of one service."""
    parts = [f"# {service.model.title}", "", f"Checked against {service.catalogue.source}.", ""]
    for name, each in service.types.items():
        parts += _type(service, name, each)
    return "\n".join(parts).rstrip() + "\n"


def _type(service: Service, name: str, each: GeneratedType) -> Iterator[str]:
    shape, declared = each.shape, each.declaration
    yield from (f"## {name}", "", shape.doc, "", "```python", *_example(service, each), "```", "")
    if shape.inputs:
        yield from ("| input | takes | |", "| --- | --- | --- |")
        for input_name, given in shape.inputs.items():
            traits = shape.info.fields[input_name]
            notes = [
                word
                for word, holds in (
                    ("required", given.required),
                    ("a change replaces it", traits.immutable),
                    ("sensitive", traits.sensitive),
                    ("write-only", traits.write_only),
                )
                if holds
            ]
            default = f" When it is not given: `{given.default}`." if given.default is not None else ""
            marks = f"**{', '.join(notes)}**. " if notes else ""
            yield f"| `{input_name}` | {_takes(service, given)} | {_cell(marks + given.doc + default)} |"
        yield ""
    if shape.outputs:
        yield from ("| output | |", "| --- | --- |")
        for output, doc in shape.outputs.items():
            sensitive = "**sensitive**. " if shape.info.computed[output].sensitive else ""
            yield f"| `{output}` | {_cell(sensitive + doc)} |"
        yield ""
    yield f"Import: `unknot import {name}.NAME {_import_id(declared.identity.id)}`. An interrupted create is settled {_RESOLVED[declared.resolve_by]}."
    yield ""
    if shape.permissions:
        yield from ("| to | permissions |", "| --- | --- |")
        for verb, permissions in shape.permissions.items():
            yield f"| {verb} | {', '.join(f'`{permission}`' for permission in permissions)} |"
        yield ""
    yield from _structures(service, each)


def _structures(service: Service, each: GeneratedType) -> Iterator[str]:
    """Every structure that the inputs are made of, members with what they take."""
    seen: dict[str, None] = {}

    def visit(name: str) -> None:
        if not name or name in seen:
            return
        shape = service.shape(name)
        if shape.kind == "structure":
            seen[name] = None
        for inner in (*shape.members.values(), shape.item):
            visit(inner)

    for given in each.shape.inputs.values():
        visit(given.shape)
    if not seen:
        return
    yield from ("<details><summary>Structures</summary>", "")
    for name in seen:
        shape = service.shape(name)
        only = " Exactly one of:" if shape.one_of else ""
        yield from (f"**{name}**{only}", "")
        for member, inner in shape.members.items():
            required = " (required)" if member in shape.required else ""
            yield f"- `{member}`{required}: {_shape_text(service, inner)}"
        yield ""
    yield from ("</details>", "")


def _takes(service: Service, given: InputShape) -> str:
    return _cell(_shape_text(service, given.shape))


def _shape_text(service: Service, name: str, depth: int = 0) -> str:
    shape = service.shape(name)
    match shape.kind:
        case "string":
            return _string_text(shape)
        case "list":
            return f"list of {_shape_text(service, shape.item, depth + 1)}{_bounds(shape, 'entries')}"
        case "map":
            return f"mapping to {_shape_text(service, shape.item, depth + 1)}{_bounds(shape, 'entries')}"
        case "structure":
            return f"**{name}**"
        case "integer" | "number":
            return f"{'whole number' if shape.kind == 'integer' else 'number'}{_bounds(shape)}"
        case "boolean":
            return "true or false"
        case "blob":
            return f"bytes{_bounds(shape, 'bytes')}"
        case "timestamp":
            return "time"
        case _:
            return "anything"


def _string_text(shape: Shape) -> str:
    if shape.enum:
        shown = [f"`{value}`" for value in shape.enum[:20]]
        more = f" and {len(shape.enum) - 20} others" if len(shape.enum) > 20 else ""
        return f"{', '.join(shown)}{more}"
    if shape.format:
        return FORMATS[shape.format].doc
    pattern = f" that matches `{shape.pattern}`" if 0 < len(shape.pattern) <= LONGEST_PATTERN else ""
    return f"text{pattern}{_bounds(shape, 'characters')}"


def _bounds(shape: Shape, of: str = "") -> str:
    low, high = (None if bound is None else f"{bound:,.0f}" for bound in (shape.min, shape.max))
    unit = f" {of}" if of else ""
    if high is None:
        return "" if low is None or (of and shape.min in (0, 1)) else f", at least {low}{unit}"
    return f", up to {high}{unit}" if low is None or shape.min == 0 else f", {low} to {high}{unit}"


def _example(service: Service, each: GeneratedType) -> list[str]:
    """The least that makes one."""
    shape = each.shape
    required = [(name, given) for name, given in shape.inputs.items() if given.required]
    arguments = "".join(f", {name}={_sample(service, given.shape)}" for name, given in required)
    return [
        f"from unknot import {service.provider}",
        "",
        f'stack.add({service.provider}.{shape.class_name}("example"{arguments}))',
    ]


def _sample(service: Service, name: str) -> str:
    shape = service.shape(name)
    if shape.enum:
        return f'"{shape.enum[0]}"'
    if shape.kind in ("integer", "number"):
        return f"{shape.min or 1:.0f}"
    return {"boolean": "True", "list": "[...]", "map": "{...}", "structure": "{...}"}.get(shape.kind, '"..."')


def _import_id(template: str) -> str:
    return template.replace("{", "").replace("}", "")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
