"""The Python of one service: a class for each type, and a TypedDict for each structure that its inputs are made of."""

import builtins
import keyword
from collections.abc import Iterable, Iterator
from typing import Final

from unknot.providers.declared.formats import DOCUMENTS
from unknot.providers.declared.generation.expressions import Found, ListOf, Named
from unknot.providers.declared.generation.lazy import import_line
from unknot.providers.declared.generation.naming import pascal
from unknot.providers.declared.generation.pieces import Service
from unknot.providers.declared.generation.types import GeneratedType
from unknot.providers.declared.shapes import Shape
from unknot.stacks.resource_type import FieldTraits

LONGEST_LITERAL: Final = 60
"""Values of an enumeration that editors still complete well; a longer one is `str`, and checked when planning."""

_OUTPUT_TYPES: Final = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "timestamp": "str",
    "blob": "str",
}

_TEXT_EXPRESSIONS: Final = ("join(", "key.", "place.")
"""What begins an expression that gives text, though the model does not tell."""

_IMPORTS: Final = {
    "Annotated": "typing",
    "Any": "typing",
    "ClassVar": "typing",
    "Literal": "typing",
    "Required": "typing",
    "TypeAlias": "typing",
    "TypedDict": "typing",
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "datetime": "datetime",
    "DeclaredResource": "unknot.providers.declared.resource",
    "Given": "unknot.providers.declared.resource",
    "Output": "unknot.stacks.output",
    "Input": "unknot.stacks.output",
    "Computed": "unknot.stacks.resource",
    "Immutable": "unknot.stacks.resource",
    "Sensitive": "unknot.stacks.resource",
    "WriteOnly": "unknot.stacks.resource",
    "computed": "unknot.stacks.resource",
    "Secret": "unknot.stacks.secret",
}


def module(service: Service) -> str:
    """The whole text, not yet in the house's formatting."""
    return _Module(service).text()


class _Module:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._shapes = service.catalogue.shapes
        self._used: set[str] = set()
        self._names = self._python_names()
        self._order: list[str] = []
        """Structures and enumerations, each after those that it is made of where that can be."""

    def text(self) -> str:
        bodies = [self._resource(each) for each in self._service.types.values()]
        written: set[str] = set()
        parts = []
        for name in self._in_order():
            parts.append(self._named_type(name, written))
            written.add(name)
        classes = sorted(each.shape.class_name for each in self._service.types.values())
        head = (
            f'"""{self._service.model.title}. Made by `make generate` from providers/{self._service.provider}/types; '
            f'not to be edited.\n\nSource: {self._service.catalogue.source}.\n"""\n\n'
        )
        exported = "\n".join(f'    "{name}",' for name in classes)
        return "\n\n".join([head + self._imports(), f"__all__ = [\n{exported}\n]", *parts, *bodies]) + "\n"

    def _use(self, name: str) -> str:
        self._used.add(name)
        return name

    def _imports(self) -> str:
        by_module: dict[str, list[str]] = {}
        for name in self._used:
            by_module.setdefault(_IMPORTS[name], []).append(name)
        lines = [import_line(home, _sorted(names)) for home, names in sorted(by_module.items())]
        standard = [line for line in lines if not line.startswith("from unknot")]
        own = [line for line in lines if line.startswith("from unknot")]
        return "\n".join(standard) + "\n\n" + "\n".join(own)

    # names

    def _python_names(self) -> dict[str, str]:
        """Shape to the name of its type in Python, each once in the module."""
        taken = {*_IMPORTS, *dir(builtins), *(each.shape.class_name for each in self._service.types.values())}
        names: dict[str, str] = {}
        for name, shape in self._shapes.items():
            if shape.kind != "structure" and not (
                shape.kind == "string" and 0 < len(shape.enum) <= LONGEST_LITERAL
            ):
                continue
            python = pascal(name)
            while python in taken:
                python += "Structure" if shape.kind == "structure" else "Value"
            taken.add(python)
            names[name] = python
        return names

    def _in_order(self) -> Iterable[str]:
        done: dict[str, None] = {}
        open_: set[str] = set()

        def visit(name: str) -> None:
            if not name or name in done or name in open_:
                return
            open_.add(name)
            shape = self._shapes[name]
            for each in (*shape.members.values(), shape.item):
                visit(each)
            if name in self._names:
                done[name] = None
            open_.discard(name)

        for generated in self._service.types.values():
            for each in generated.shape.inputs.values():
                visit(each.shape)
        return done

    # types of values

    def _type(self, name: str, written: set[str] | None, *, sensitive: bool = False) -> str:
        """What a user may give. `written` are the types that stand above; None: all of them do."""
        shape = self._shapes[name]
        plain = self._plain_type(name, shape, written)
        is_secret = sensitive or (shape.sensitive and shape.kind == "string")
        secret = f" | {self._use('Secret')}" if is_secret else ""
        if (
            shape.kind in ("list", "map", "structure", "any")
            or shape.format in DOCUMENTS
            or shape.kind == "blob"
        ):
            return f"{self._use('Given')}[{plain}]{secret}"
        if plain in ("str", "int", "float", "bool"):
            return f"{self._use('Input')}[{plain}]{secret}"
        return f"{plain} | {self._use('Output')}[str]{secret}"

    def _plain_type(self, name: str, shape: Shape, written: set[str] | None) -> str:
        if name in self._names:
            python = self._names[name]
            return python if written is None or name in written else f'"{python}"'
        if shape.format in DOCUMENTS:
            mapping = f"{self._use('Mapping')}[str, {self._use('Any')}]"
            return f"str | {mapping}"
        match shape.kind:
            case "list":
                return f"{self._use('Sequence')}[{self._item(shape, written)}]"
            case "map":
                return f"{self._use('Mapping')}[str, {self._item(shape, written)}]"
            case "integer":
                return "int"
            case "number":
                return "float"
            case "boolean":
                return "bool"
            case "timestamp":
                return f"str | {self._use('datetime')}"
            case "blob":
                return "str | bytes"
            case "any":
                return self._use("Any")
            case _:
                return "str"

    def _item(self, shape: Shape, written: set[str] | None) -> str:
        """Of what is sensitive as a whole, each text may be a secret."""
        sensitive = shape.sensitive and self._shapes[shape.item].kind == "string"
        return self._type(shape.item, written, sensitive=sensitive)

    # structures and enumerations

    def _named_type(self, name: str, written: set[str]) -> str:
        shape, python = self._shapes[name], self._names[name]
        if shape.kind == "string":
            values = ", ".join(repr(value) for value in shape.enum)
            return f"{python}: {self._use('TypeAlias')} = {self._use('Literal')}[{values}]"
        members = {
            member: self._member(shape, member, each, written) for member, each in shape.members.items()
        }
        base = self._use("TypedDict")
        if not all(member.isidentifier() and not keyword.iskeyword(member) for member in members):
            entries = ", ".join(f"{member!r}: {annotation}" for member, annotation in members.items())
            return f"{python} = {base}({python!r}, {{{entries}}}, total=False)"
        lines = [f"class {python}({base}, total=False):"]
        for member, annotation in members.items():
            lines.append(f"    {member}: {annotation}")
            lines += _docstring(self._service.member_doc(name, member))
        if not members:
            lines.append("    pass")
        return "\n".join(lines)

    def _member(self, shape: Shape, member: str, name: str, written: set[str]) -> str:
        annotation = self._type(name, written)
        return f"{self._use('Required')}[{annotation}]" if member in shape.required else annotation

    # resources

    def _resource(self, generated: GeneratedType) -> str:
        shape, declared = generated.shape, generated.declaration
        keywords = [
            f'type="{declared.type}"',
            f'provider="{shape.info.provider}"',
            f'resolve_by="{declared.resolve_by}"',
        ]
        keywords.append(f"timeout_s={declared.timeout_s}")
        base = self._use("DeclaredResource")
        lines = [f"class {shape.class_name}({base}, {', '.join(keywords)}):", f'    """{shape.doc}"""', ""]
        for name, each in shape.inputs.items():
            traits = shape.info.fields[name]
            annotation = self._type(each.shape, None, sensitive=traits.sensitive or traits.write_only)
            if not each.required:
                annotation += " | None"
            lines.append(
                f"    {name}: {self._annotated(annotation, traits)}{'' if each.required else ' = None'}"
            )
            lines += _docstring(_input_doc(each.doc, each.default))
        for name, doc in shape.outputs.items():
            sensitive = shape.info.computed[name].sensitive
            given = "sensitive=True" if sensitive else ""
            kind = self._output_type(generated.outputs[name], declared.outputs[name])
            computed = f"{self._use('ClassVar')}[{self._use('Computed')}[{kind}]]"
            lines.append(f"    {name}: {computed} = {self._use('computed')}({given})")
            lines += _docstring(doc)
        return "\n".join(lines)

    def _annotated(self, annotation: str, traits: FieldTraits) -> str:
        marks = [
            f"{self._use(mark)}()"
            for mark, is_set in (
                ("Immutable", traits.immutable),
                ("Sensitive", traits.sensitive),
                ("WriteOnly", traits.write_only),
            )
            if is_set
        ]
        return f"{self._use('Annotated')}[{', '.join([annotation, *marks])}]" if marks else annotation

    def _output_type(self, found: Found, expression: str = "") -> str:
        match found:
            case Named(name):
                shape = self._service.shape(name)
                if shape.kind in _OUTPUT_TYPES:
                    return _OUTPUT_TYPES[shape.kind]
                if shape.kind == "list":
                    return f"list[{self._output_type(Named(shape.item))}]"
                if shape.kind in ("map", "structure"):
                    return f"dict[str, {self._use('Any')}]"
                return self._use("Any")
            case ListOf(item):
                return f"list[{self._output_type(item)}]"
            case None:
                return "str" if expression.startswith(_TEXT_EXPRESSIONS) else self._use("Any")
            case _:
                return f"dict[str, {self._use('Any')}]"


def _input_doc(doc: str, default: object) -> str:
    if default is None:
        return doc
    return f"{doc} When it is not given: `{default}`.".strip()


def _docstring(text: str) -> Iterator[str]:
    if text:
        end = " " if text.endswith('"') else ""
        yield f'    """{text}{end}"""'


def _sorted(names: Iterable[str]) -> list[str]:
    """In the order of isort: constants, classes, the rest."""
    return sorted(names, key=lambda name: (0 if name.isupper() else 1 if name[0].isupper() else 2, name))
