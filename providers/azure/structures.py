"""What the classes of Azure's SDKs say of their members, in one form for the generations of SDKs that are in use.

`_attribute_map` and `_validation` (msrest), `rest_field`, and constructors of the data plane. Names are the REST
API's; of the data plane, whose public classes hide those, the SDK's.
"""

import datetime
import enum
import functools
import inspect
import io
import re
import sys
import types
import typing
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module
from typing import Any, Final

import msgspec

from unknot.providers.declared.shapes import Kind


class Typed(msgspec.Struct, frozen=True):
    """The type of one value."""

    kind: Kind
    cls: Any = None
    """Of a structure, its class; of an enumeration too."""
    item: "Typed | None" = None
    """Of a list's entries, or a map's values."""
    enum: tuple[str, ...] = ()


_MANAGEMENT: Final = "azure.mgmt."

ANY: Final = Typed("any")
TEXT: Final = Typed("string")


class Member(msgspec.Struct, frozen=True):
    """One member of a structure, or one parameter of a method."""

    name: str
    attribute: str
    """As the SDK's method or constructor calls it."""
    typed: Typed
    path: tuple[str, ...] = ()
    """Where it is in the JSON of the structure."""
    required: bool = False
    visible: frozenset[str] = frozenset({"read", "create", "update"})
    """When it may be given, and whether it is told."""
    min: float | None = None
    max: float | None = None
    pattern: str = ""
    doc: str = ""


def camel(name: str) -> str:
    """The REST API's name of a parameter: `resource_group_name` is `resourceGroupName`."""
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


@functools.cache
def members(cls: Any) -> tuple[Member, ...]:
    """Members of a class of the SDK, those of its parents included."""
    if not cls.__module__.startswith(_MANAGEMENT):
        return tuple(_of_constructor(cls))
    if hasattr(cls, "_attribute_map"):
        return tuple(_of_attribute_map(cls))
    if (fields := _rest_fields(cls)) is not None:
        return tuple(_of_rest_fields(cls, fields))
    return tuple(_of_constructor(cls))


@functools.cache
def subtypes(cls: Any) -> Mapping[str, Any]:
    """Of a class whose objects are told apart by one of their members: value of that to the class, at any depth."""
    found: dict[str, Any] = {}
    mapping: Mapping[str, Any] = cls.__dict__.get("__mapping__") or {}
    for value, sub in mapping.items():
        if sub is not cls:
            found |= {value: sub, **subtypes(sub)}
    for by_value in (cls.__dict__.get("_subtype_map") or {}).values():
        for value, name in by_value.items():
            sub = getattr(sys.modules[cls.__module__], name)
            found |= {value: sub, **subtypes(sub)}
    return found


def is_structure(cls: Any) -> bool:
    """Whether it is a class of the SDK whose members go into JSON."""
    if not isinstance(cls, type) or not cls.__module__.startswith(_MANAGEMENT):
        return False
    return hasattr(cls, "_attribute_map") or _rest_fields(cls) is not None


# msrest

_PLAIN: Final[dict[str, Typed]] = {
    "str": TEXT,
    "bool": Typed("boolean"),
    "int": Typed("integer"),
    "long": Typed("integer"),
    "float": Typed("number"),
    "iso-8601": Typed("timestamp"),
    "rfc-1123": Typed("timestamp"),
    "date": TEXT,
    "unix-time": Typed("integer"),
    "duration": TEXT,
    "bytearray": Typed("blob"),
    "base64": Typed("blob"),
    "object": ANY,
}


def _of_attribute_map(cls: Any) -> Iterator[Member]:
    rules: Mapping[str, Mapping[str, Any]] = getattr(cls, "_validation", {})
    hints = _hints(cls.__init__, cls)
    docs = documented(cls)
    for attribute, where in cls._attribute_map.items():
        rule = rules.get(attribute, {})
        path = tuple(re.sub(r"\\\.", ".", part) for part in re.split(r"(?<!\\)\.", where["key"]))
        typed = _of_msrest(where["type"], cls)
        if attribute in (cls.__dict__.get("_subtype_map") or {}):
            typed = Typed("string", enum=tuple(sorted(subtypes(cls))))
        elif typed == TEXT and attribute in hints:
            typed = typed_of(hints[attribute])
        yield Member(
            path[-1],
            attribute,
            typed,
            path,
            required=bool(rule.get("required")),
            visible=frozenset({"read"}) if rule.get("readonly") else frozenset({"read", "create", "update"}),
            min=rule.get("min_length", rule.get("minimum", rule.get("min_items"))),
            max=rule.get("max_length", rule.get("maximum", rule.get("max_items"))),
            pattern=rule.get("pattern", ""),
            doc=docs.get(attribute, ("", ""))[1],
        )


def _of_msrest(name: str, cls: Any) -> Typed:
    if name.startswith("["):
        return Typed("list", item=_of_msrest(name[1:-1], cls))
    if name.startswith("{"):
        return Typed("map", item=_of_msrest(name[1:-1], cls))
    if name in _PLAIN:
        return _PLAIN[name]
    return Typed("structure", getattr(sys.modules[cls.__module__], name))


# rest_field


def _rest_fields(cls: type[Any]) -> dict[str, Any] | None:
    """Attribute to its field; None for a class of another generation."""
    if not any(base.__name__ == "Model" and hasattr(base, "_calculated") for base in cls.__mro__):
        return None
    return {
        name: value
        for base in reversed(cls.__mro__)
        for name, value in vars(base).items()
        if type(value).__name__ == "_RestField"
    }


def _of_rest_fields(cls: Any, fields: Mapping[str, Any]) -> Iterator[Member]:
    hints = _hints(cls, cls)
    docs = documented(cls)
    for attribute, field in fields.items():
        name = field._rest_name_input or attribute
        hint = hints.get(attribute, Any)
        visible = field._visibility
        told_apart = field._is_discriminator and subtypes(cls)
        yield Member(
            name,
            attribute,
            Typed("string", enum=tuple(sorted(subtypes(cls)))) if told_apart else typed_of(hint),
            (name,),
            required=type(None) not in typing.get_args(hint),
            visible=frozenset(visible or ("read", "create", "update")),
            doc=docs.get(attribute, ("", ""))[1],
        )


# the data plane


def _of_constructor(cls: Any) -> Iterator[Member]:
    yield from parameters(cls.__init__, cls)


def parameters(function: Any, cls: Any) -> Iterator[Member]:
    """Parameters of a method or constructor, those that only its documentation tells included."""
    hints = _hints(function, cls)
    docs = documented(function) or documented(cls)
    seen = {"self", "kwargs", "args"}
    for name, parameter in inspect.signature(function).parameters.items():
        if name in seen:
            continue
        seen.add(name)
        hint = hints.get(name, Any)
        yield Member(
            name,
            name,
            typed_of(hint),
            required=parameter.default is inspect.Parameter.empty,
            doc=docs.get(name, ("", ""))[1],
        )
    for name, (text, doc) in docs.items():
        if name not in seen:
            yield Member(name, name, typed_of(_hint_of(text)), doc=doc)


_FIELD: Final = re.compile(
    r"^\s*:(?P<role>param|keyword|ivar|type|paramtype|vartype)(?P<type>\s+[^:]*?)?\s+(?P<name>\w+):\s*(?P<text>.*)$"
)


@functools.cache
def documented(what: Any) -> dict[str, tuple[str, str]]:
    """Name of a parameter or attribute to its type and its description, as a docstring has them."""
    found: dict[str, list[str]] = {}
    current: tuple[str, int] | None = None
    for line in (inspect.getdoc(what) or "").splitlines():
        if match := _FIELD.match(line):
            name, role = match["name"], match["role"]
            entry = found.setdefault(name, ["", ""])
            if role.endswith("type"):
                entry[0], current = match["text"], (name, 0)
            else:
                entry[0] = entry[0] or (match["type"] or "").strip()
                entry[1], current = match["text"], (name, 1)
        elif current is not None and line.startswith((" ", "\t")) and line.strip():
            name, index = current
            found[name][index] = f"{found[name][index]} {line.strip()}".strip()
        else:
            current = None
    return {name: (text, doc) for name, (text, doc) in found.items()}


# types


def typed_of(hint: Any) -> Typed:
    """A hint of Python in the terms of shapes."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _of_union([each for each in arguments if each is not type(None)])
    if origin is typing.Literal:
        values = tuple(str(each.value if isinstance(each, enum.Enum) else each) for each in arguments)
        return Typed("string", enum=values)
    if isinstance(origin, type):
        if issubclass(origin, Mapping):
            item = typed_of(arguments[1]) if len(arguments) > 1 else ANY
            return ANY if origin is MutableMapping and item == ANY else Typed("map", item=item)
        if issubclass(origin, Sequence):
            return Typed("list", item=typed_of(arguments[0]) if arguments else ANY)
        if origin is io.IOBase or "IO" in origin.__name__:
            return Typed("blob")
        return ANY
    return _of_class(hint)


_PYTHON: Final[dict[Any, Typed]] = {
    str: TEXT,
    bool: Typed("boolean"),
    int: Typed("integer"),
    float: Typed("number"),
    bytes: Typed("blob"),
    datetime.datetime: Typed("timestamp"),
    datetime.timedelta: TEXT,
    dict: Typed("map", item=TEXT),
}


def _of_class(hint: Any) -> Typed:
    if hint in _PYTHON:
        return _PYTHON[hint]
    if not isinstance(hint, type):
        return ANY
    if issubclass(hint, enum.Enum):
        values = [each.value for each in hint]
        by_name = not all(isinstance(value, str) for value in values)
        return Typed("string", hint, enum=tuple(hint.__members__) if by_name else tuple(values))
    if issubclass(hint, dict) or hint.__module__.split(".")[0] != "azure":
        return ANY
    return Typed("structure", hint)


def _of_union(hints: list[Any]) -> Typed:
    found = [typed_of(each) for each in hints]
    if any(each.kind == "blob" for each in found) and any(each == TEXT for each in found):
        return Typed("blob")
    if TEXT in found and any(each.kind == "structure" and not is_structure(each.cls) for each in found):
        return TEXT  # permissions, which are written `rwd`
    for wanted in (
        lambda each: bool(each.enum),
        lambda each: each.kind == "structure",
        lambda each: each.kind in ("timestamp", "map", "list"),
        lambda each: each.kind != "any",
    ):
        for each in found:
            if wanted(each):
                return each
    return ANY


def _hints(what: Any, cls: Any) -> dict[str, Any]:
    names = {**vars(typing), "datetime": datetime.datetime, **_names_near(cls)}
    try:
        return typing.get_type_hints(what, localns=names)
    except (NameError, TypeError, AttributeError):
        return {}


def _names_near(cls: Any) -> dict[str, Any]:
    """What annotations of a class may name, type checkers' imports included."""
    parts = cls.__module__.split(".")
    package = import_module(".".join(part for part in _until_private(parts)))
    names = {name: value for name, value in vars(package).items() if not name.startswith("__")}
    models = sys.modules.get(f"{package.__name__}.models")
    if package.__name__.endswith(".models"):
        models = package
    return {**names, **({"_models": models} if models is not None else {})}


def _until_private(parts: Sequence[str]) -> Iterator[str]:
    for part in parts:
        if part.startswith("_"):
            return
        yield part


_DOTTED: Final = re.compile(r"~?\b(azure(?:\.\w+)+|datetime\.datetime)\b")


def _hint_of(text: str) -> Any:
    """The type that documentation names: `dict(str, str)`, `~azure.storage.blob.PublicAccess or str`."""
    names: dict[str, Any] = dict(vars(typing))

    def known(found: re.Match[str]) -> str:
        module, _, name = found[1].rpartition(".")
        try:
            names[name] = getattr(import_module(module), name)
        except (ImportError, AttributeError):
            names[name] = Any
        return name

    text = re.sub(r"\bdict\((\w+),\s*(\w+)\)", r"dict[\1, \2]", _DOTTED.sub(known, text))
    holder = types.SimpleNamespace(__annotations__={"it": text.replace(" or ", " | ") or "Any"})
    try:
        return typing.get_type_hints(holder, localns=names)["it"]
    except (NameError, TypeError, SyntaxError, AttributeError):
        return Any
