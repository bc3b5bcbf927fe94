"""The Python class of a resource type, by the type's name: what a user would import to write one down.

Imports only what that type needs. What an object of the type is like is not told here.
"""

import contextlib
import functools
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module, resources
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, TypeAlias

import unknot.stacks.portable
from unknot.providers import registry
from unknot.stacks.definition import JOIN, REF, SEALED, SECRET
from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import UnknotError
from unknot.stacks.resource import Resource

if TYPE_CHECKING:
    from unknot.providers.declared.shapes import Catalogue

Path: TypeAlias = tuple[str | int, ...]
"""Keys and numbers that lead to a value inside of an input."""


class NoClass(UnknotError):
    """No installed package has a resource type of that name."""


def class_of(type_name: str) -> type[Resource]:
    """The class of `file.document` or `bucket`. Raises NoClass, and NotRegistered for a provider that is missing."""
    provider = type_name.partition(".")[0] if "." in type_name else ""
    if not provider:
        for module in iter_modules(unknot.stacks.portable.__path__):
            import_module(f"unknot.stacks.portable.{module.name}")
    elif _is_declared(provider):
        return _declared(provider, type_name)
    else:
        offered = type(registry.provider(provider))
        package = sys.modules[offered.__module__].__package__ or offered.__module__
        with contextlib.suppress(ModuleNotFoundError):
            import_module(f"{package}.resources")
    wanted = provider or "portable"
    found: dict[str, type[Resource]] = {}
    for each in _subclasses(Resource):  # a user's own defaults for a type come after the type itself
        if each.type_info.provider == wanted:
            found.setdefault(each.type_info.type, each)
    if type_name not in found:
        raise NoClass(
            f"there is no resource type `{type_name}`",
            detail=f"{nearest(type_name, found)}The types are listed in the reference.",
        )
    return found[type_name]


def sensitive_places(type_name: str, name: str, value: Any) -> Iterator[tuple[Path, bool]]:
    """Where in the value of an input the service's model has something sensitive, and whether that is a text.

    The traits of a type tell of whole inputs only. A type that is not declared has nothing to tell here.
    """
    provider = type_name.partition(".")[0]
    if "." not in type_name or not _is_declared(provider):
        return
    from unknot.providers.declared.catalogue import catalogue_of

    catalogue = catalogue_of(type_name)
    shape = catalogue.types[type_name].inputs.get(name)
    if shape is not None:
        yield from _sensitive(value, shape.shape, catalogue, ())


@functools.cache
def holding_sensitive(type_name: str) -> frozenset[str]:
    """Inputs of a type inside of which the service's model has something sensitive; not those that are so as a whole."""
    provider = type_name.partition(".")[0]
    if "." not in type_name or not _is_declared(provider):
        return frozenset()
    from unknot.providers.declared.catalogue import catalogue_of

    catalogue = catalogue_of(type_name)
    found = catalogue.types[type_name]
    return frozenset(
        name
        for name, shape in found.inputs.items()
        if not (found.info.fields[name].sensitive or found.info.fields[name].write_only)
        and _may_hold(shape.shape, catalogue)
    )


def _may_hold(name: str, catalogue: "Catalogue") -> bool:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        shape = catalogue.shapes.get(each := waiting.pop())
        if shape is None or each in seen:
            continue
        if shape.sensitive:
            return True
        seen.add(each)
        waiting += [*shape.members.values(), shape.item]
    return False


def _sensitive(value: Any, name: str, catalogue: "Catalogue", path: Path) -> Iterator[tuple[Path, bool]]:
    shape = catalogue.shapes.get(name)
    if shape is None or value is None:
        return
    if shape.sensitive:
        yield path, isinstance(value, str)
    elif isinstance(value, Mapping):
        if _OPAQUE & value.keys():
            return
        for key, item in value.items():
            yield from _sensitive(item, shape.members.get(key, shape.item), catalogue, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _sensitive(item, shape.item, catalogue, (*path, number))


_OPAQUE = frozenset({REF, JOIN, SECRET, SEALED})
"""What stands for a value, in place of a mapping of the API."""


def _is_declared(provider: str) -> bool:
    return (resources.files("unknot.providers") / provider / "catalogue").is_dir()


def _declared(provider: str, type_name: str) -> type[Resource]:
    from unknot.providers.declared.catalogue import module_name, service_of, type_shape

    name = module_name(service_of(type_name))
    module = import_module(f"unknot.providers.{provider}.resources.{name}")
    found: type[Resource] = getattr(module, type_shape(type_name).class_name)
    return found


def _subclasses(of: type[Resource]) -> Iterator[type[Resource]]:
    for each in of.__subclasses__():
        if "type_info" in each.__dict__:
            yield each
        yield from _subclasses(each)
