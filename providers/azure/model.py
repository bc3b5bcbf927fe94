"""A service as the Azure SDK's own classes model it, for the generator: what planning needs of it is in the catalogue.

Of the management plane, the methods that build requests say what names may look like, and what is to be permitted.
"""

import ast
import functools
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable
from importlib import metadata
from typing import Any, Final

import msgspec

from unknot.providers.azure import operations
from unknot.providers.azure.structures import Member, Typed, camel, members, subtypes
from unknot.providers.declared.model import ModelError, Operation
from unknot.providers.declared.prose import sentence
from unknot.providers.declared.shapes import Shape

OPEN_ENUM: Final = 60
"""Enumerations longer than this are ones that Azure adds to all the time."""

_ANSWER: Final = ".answer"
"""Ends the name of a shape that holds what only answers tell."""

_SENSITIVE: Final = {
    ("EndpointAuthKeys", "primaryKey"),
    ("EndpointAuthKeys", "secondaryKey"),
}
"""Members that are secrets (`x-ms-secret` in the REST API's specification, which the SDK's classes do not keep)."""

_APART: Final = {("Secret", "value")}
"""Members that types have as inputs of their own, since what is secret is given by reference, as a whole."""

_LABELS: Final = {
    # https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations, less our mark's two
    "tags": (
        Shape("map", max=48),
        Shape("string", min=1, max=512, pattern=r"[^<>%&\\?/]+"),
        Shape("string", max=256),
    ),
    # https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata
    "metadata": (
        Shape("map"),
        Shape("string", pattern=r"[A-Za-z_][A-Za-z0-9_]*"),
        Shape("string", pattern=r"(?! )[\x20-\x7e]*(?<! )"),
    ),
}
"""Labels by the member that takes them, with their names and values: what documentation tells and no class."""

_ACTIONS: Final = {"PUT": "write", "PATCH": "write", "GET": "read", "DELETE": "delete"}


@functools.cache
def model(service: str) -> "AzureModel":
    """The model of a service: a name in `operations.MANAGEMENT`. Raises KeyError."""
    return AzureModel(service)


class AzureModel:
    """One service."""

    def __init__(self, service: str) -> None:
        where = operations.MANAGEMENT[service]
        self.service = service
        self.title = where.title
        packages = {where.module, *(data.module for data in operations.DATA.get(service, {}).values())}
        self.source = ", ".join(sorted(_distribution(module) for module in packages))
        self._classes: dict[str, Any] = {}
        """Of shapes that were named, the class of each."""
        self._values: dict[str, Shape] = {}
        self._docs: dict[tuple[str, str], str] = {}

    def operations(self) -> Iterable[str]:
        return operations.names(self.service)

    def operation(self, name: str) -> Operation:
        wanted = operations.operation(self.service, name)
        answer = "" if wanted.answer is None else self._structure(wanted.answer, wanted.variant + _ANSWER)
        if wanted.is_paged and answer:
            answer = self._page(answer)
        return Operation(
            name=name,
            input=f"{name} parameters",
            output=answer,
            permission="" if wanted.data is not None else _request(wanted).permission,
        )

    def shape(self, name: str) -> Shape:
        found = self._values.get(name)
        if found is not None:
            return found
        if name.endswith(" parameters"):
            made = self._parameters(name.removesuffix(" parameters"))
        elif name.partition("!")[0] in self._classes:
            made = self._members(name)
        else:
            raise KeyError(name)
        self._values[name] = made
        return made

    def member_doc(self, shape: str, member: str) -> str:
        self.shape(shape)
        return self._docs.get((shape, member), "")

    # structures

    def _parameters(self, operation: str) -> Shape:
        wanted = operations.operation(self.service, operation)
        name = f"{operation} parameters"
        found = list(wanted.members.values())
        if wanted.data is None:
            rules = _request(wanted).rules
            found = [msgspec.structs.replace(each, **rules.get(each.name, {})) for each in found]
        return self._of_members(name, found, "")

    def _members(self, name: str) -> Shape:
        cls, suffix = self._classes[name]
        told = suffix.endswith(_ANSWER)
        if told:
            found = list(operations.flattened(cls, suffix.removesuffix(_ANSWER)).values())
        else:
            found = [
                each
                for each in members(cls)
                if each.visible - {"read"} and (cls.__name__, each.name) not in _APART
            ]
        for value, sub in subtypes(cls).items() if not told or not suffix.removesuffix(_ANSWER) else ():
            del value
            have = {each.name for each in found}
            found += [
                msgspec.structs.replace(each, required=False)
                for each in members(sub)
                if each.name not in have and (told or each.visible - {"read"})
            ]
        return self._of_members(name, found, _ANSWER if told else "")

    def _of_members(self, name: str, found: Iterable[Member], suffix: str) -> Shape:
        shapes: dict[str, str] = {}
        required = []
        for member in found:
            if len(member.path) > 1 and not (suffix or name.endswith(" parameters")):
                raise ModelError(f"`{name}.{member.name}` lies deeper than its structure")
            self._docs[name, member.name] = sentence(
                re.sub(r"^(Required|Optional|\[Required\])\.?\s+", "", member.doc)
            )
            shapes[member.name] = self._value(name, member, suffix)
            if member.required:
                required.append(member.name)
        return Shape("structure", members=shapes, required=tuple(required))

    def _value(self, structure: str, member: Member, suffix: str) -> str:
        """The name of the shape of a member."""
        if member.name in _LABELS and structure.endswith(" parameters") and member.typed.kind == "map":
            whole, name, value = _LABELS[member.name]
            key = self._named(f"name of {member.name}", name)
            item = self._named(f"value of {member.name}", value)
            return self._named(member.name, msgspec.structs.replace(whole, key=key, item=item))
        owner = structure.removesuffix(" parameters").removesuffix(_ANSWER)
        sensitive = (owner, member.name) in _SENSITIVE
        bounds = (member.min, member.max, member.pattern)
        return self._typed(member.typed, f"{owner}.{member.name}", suffix, bounds, sensitive)

    def _typed(
        self,
        typed: Typed,
        name: str,
        suffix: str,
        bounds: tuple[float | None, float | None, str] = (None, None, ""),
        sensitive: bool = False,
    ) -> str:
        least, most, pattern = bounds
        match typed.kind:
            case "structure":
                return self._structure(typed.cls, suffix)
            case "list" | "map":
                item = self._typed(typed.item or Typed("any"), f"{name}.item", suffix)
                shape = Shape(typed.kind, item=item, min=_number(least), max=_number(most))
                if typed.kind == "map":
                    shape = msgspec.structs.replace(shape, key=self._named("Text", Shape("string")))
                plain = f"{'ListOf' if typed.kind == 'list' else 'MapOf'} {item}"
                return self._named(plain if least is most is None else name, shape)
            case "string" if typed.enum:
                shape = Shape(
                    "string", enum=typed.enum, open=len(typed.enum) > OPEN_ENUM, sensitive=sensitive
                )
                return self._named(name if typed.cls is None else self._class_name(typed.cls), shape)
            case kind:
                shape = Shape(
                    kind,
                    pattern=_pattern(pattern),
                    min=_number(least),
                    max=_number(most),
                    sensitive=sensitive,
                )
                is_plain = shape == Shape(kind)
                return self._named(_PLAIN.get(kind, kind.capitalize()) if is_plain else name, shape)

    def _named(self, name: str, shape: Shape) -> str:
        if self._values.setdefault(name, shape) != shape:
            raise ModelError(f"two shapes would be called `{name}`")
        return name

    def _structure(self, cls: Any, suffix: str) -> str:
        name = self._class_name(cls) + suffix
        self._classes[name] = (cls, suffix)
        return name

    def _class_name(self, cls: Any) -> str:
        """Its own name; before that of one of the data plane, what tells it from the management plane's."""
        own = operations.MANAGEMENT[self.service].module
        prefix = "" if cls.__module__.startswith(own) else _of_package(cls.__module__)
        name: str = cls.__name__
        return name if name.startswith(prefix) else prefix + name

    def _page(self, entry: str) -> str:
        entries = self._named(f"ListOf {entry}", Shape("list", item=entry))
        return self._named(f"{entry} page", Shape("structure", members={"value": entries}))


_PLAIN: Final = {"string": "Text", "any": "Anything"}


def _of_package(module: str) -> str:
    """`azure.storage.blob._models` as `Blob`, `azure.data.tables` as `Table`."""
    public = [part for part in module.split(".") if not part.startswith("_")]
    return public[-1].capitalize().removesuffix("s")


def _distribution(module: str) -> str:
    name = module.replace(".", "-")
    for each in (name, "azure-mgmt-resource"):
        try:
            return f"{each} {metadata.version(each)}"
        except metadata.PackageNotFoundError:
            continue
    raise ModelError(f"no installed package gives `{module}`")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _pattern(pattern: str) -> str:
    """The pattern so that it matches the whole text, in the dialect of the `regex` library; empty where it says nothing.

    Where it is not anchored, the API looks for it anywhere.
    """
    import regex

    if pattern in ("", "^.*$", ".*"):
        return ""
    try:
        regex.compile(pattern)
    except regex.error:
        return ""
    begins, ends = pattern.startswith("^"), pattern.endswith("$")
    inner = pattern[int(begins) : len(pattern) - int(ends)]
    if begins and ends:
        return inner
    anything = r"[\s\S]*"
    return f"{'' if begins else anything}(?:{inner}){'' if ends else anything}"


# requests


class _Request(msgspec.Struct, frozen=True):
    """What the function that builds an operation's request says of it."""

    method: str
    path: str
    rules: dict[str, dict[str, Any]]
    """Parameter of the URL to the rules for it."""

    @property
    def permission(self) -> str:
        """The action of role definitions that it is: `Microsoft.Storage/storageAccounts/write`."""
        plain = (
            self.path.split("/providers/")[-1]
            if "/providers/" in self.path
            else "Microsoft.Resources" + self.path
        )
        provider, *rest = [part for part in plain.split("/") if part]
        types = [part for part in rest if not part.startswith("{") and part != "default"]
        if "/providers/" not in self.path:
            types = ["subscriptions", *(each for each in types if each != "subscriptions")]
        return "/".join([provider, *types, _ACTIONS.get(self.method, "action")])


def _request(wanted: operations.Operation) -> _Request:
    return _built(wanted.service, wanted.group, wanted.method)


@functools.cache
def _built(service: str, group: str, method: str) -> _Request:
    cls = operations.group_class(service, group)
    function = getattr(cls, f"_{method.removeprefix('begin_')}_initial", None) or getattr(cls, method)
    names = re.findall(r"\b(build_\w+_request)\(", inspect.getsource(function))
    if not names:
        raise ModelError(f"`{group}:{method}`: the SDK builds its request in another way than it used to")
    builder = getattr(sys.modules[cls.__module__], names[0])
    tree = ast.parse(textwrap.dedent(inspect.getsource(builder)))
    path, http = "", ""
    rules: dict[str, dict[str, Any]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("/"):
            path = path or node.value
        if isinstance(node, ast.keyword) and node.arg == "method" and isinstance(node.value, ast.Constant):
            http = str(node.value.value)
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Call):
                    rules |= _rules(str(key.value), value)
    return _Request(http, path, rules)


def _rules(rest: str, call: ast.Call) -> dict[str, dict[str, Any]]:
    first = call.args[0] if call.args else None
    python = str(first.value) if isinstance(first, ast.Constant) else ""
    if rest not in (camel(python), python):
        raise ModelError(f"`{python}` is `{rest}` in the URL, and not `{camel(python)}`")
    found: dict[str, Any] = {}
    for each in call.keywords:
        name = {"min_length": "min", "max_length": "max", "pattern": "pattern"}.get(each.arg or "")
        if name and isinstance(each.value, ast.Constant):
            found[name] = each.value.value
    return {camel(python): found}
