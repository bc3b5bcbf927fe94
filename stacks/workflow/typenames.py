"""Types of artifacts: their stable names, and whether one may stand for another.

A check of names and subclasses, to give a diagnostic with a line; mypy does the full check.
"""

import enum
import sys
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

_NUMBERS: tuple[tuple[type, type], ...] = ((int, float), (int, complex), (float, complex))
"""The promotions of PEP 484."""


class UnstableName(Exception):
    """A type or function that cannot be found again by module and name. `str()` says why."""


def importable_module(module: str) -> str:
    """The name by which another process can import `module`; raises UnstableName for a notebook or a shell."""
    if module != "__main__":
        return module
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        name: str = spec.name
        return name.removesuffix(".__main__") if name.endswith(".__main__") else name
    file = getattr(main, "__file__", None)
    if file is None or not Path(file).stem.isidentifier():
        raise UnstableName("it is defined in a notebook or an interactive session")
    return Path(file).stem


def strip(annotation: Any) -> Any:
    """`annotation` without `Annotated` and `NewType`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        else:
            return annotation


def is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def type_name(annotation: Any) -> str:
    """`module:qualname`; members of a union joined by ` | `; the origin of a generic.

    Raises UnstableName for a class that another process cannot find.
    """
    annotation = strip(annotation)
    if annotation is None or annotation is types.NoneType:
        return "builtins:None"
    if is_union(annotation):
        return " | ".join(type_name(member) for member in get_args(annotation))
    if get_origin(annotation) is Literal:
        return " | ".join(dict.fromkeys(type_name(type(value)) for value in get_args(annotation)))
    origin = get_origin(annotation) or annotation
    if isinstance(origin, TypeVar) or origin is Any or not isinstance(origin, type):
        return "typing:Any"
    if "<locals>" in origin.__qualname__:
        raise UnstableName(f"`{origin.__name__}` is defined inside a function")
    return f"{importable_module(origin.__module__)}:{origin.__qualname__}"


def shown_type(annotation: Any) -> str:
    """`annotation` as a reader knows it: `DataFrame`, `list[int]`, `str | None`."""
    annotation = strip(annotation)
    if annotation is types.NoneType or annotation is None:
        return "None"
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation.__name__
    return str(annotation).replace("typing.", "")


def compatible(given: Any, wanted: Any) -> bool:
    """Whether a value annotated `given` may go where `wanted` is annotated. True when in doubt."""
    given, wanted = strip(given), strip(wanted)
    if given is wanted or wanted is object or Any in (given, wanted):
        return True
    if isinstance(given, TypeVar) or isinstance(wanted, TypeVar):
        return True
    if is_union(given):
        return all(compatible(member, wanted) for member in get_args(given))
    if is_union(wanted):
        return any(compatible(given, member) for member in get_args(wanted))
    given, wanted = _class_of_literal(given), _class_of_literal(wanted)
    return _class_compatible(given, wanted)


def _class_of_literal(annotation: Any) -> Any:
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0])
    return types.NoneType if annotation is None else annotation


def _class_compatible(given: Any, wanted: Any) -> bool:
    given_class, wanted_class = get_origin(given) or given, get_origin(wanted) or wanted
    if not isinstance(given_class, type) or not isinstance(wanted_class, type):
        return True
    if getattr(wanted_class, "_is_protocol", False) and not wanted_class.__module__.startswith("collections"):
        return True
    if (given_class, wanted_class) in _NUMBERS:
        return True
    if not issubclass(given_class, wanted_class):
        return False
    if given_class is wanted_class:
        pairs = zip(get_args(given), get_args(wanted), strict=False)
        return all(g is ... or w is ... or compatible(g, w) for g, w in pairs)
    return True


def value_fits(value: object, wanted: Any) -> bool:
    """Whether the plain `value` may go where `wanted` is annotated. Looks one level into containers at most."""
    wanted = strip(wanted)
    if is_union(wanted):
        return any(value_fits(value, member) for member in get_args(wanted))
    if get_origin(wanted) is Literal:
        return any(type(value) is type(member) and value == member for member in get_args(wanted))
    if isinstance(value, type):
        return True
    return compatible(type(value), wanted)


def element_type(annotation: Any) -> Any:
    """The annotation of the elements of a list or the like, of the values of a mapping; Any if it does not say one."""
    annotation = strip(annotation)
    if is_union(annotation):
        found = [element_type(member) for member in get_args(annotation) if is_collection(member)]
        return found[0] if found else Any
    members = get_args(annotation)
    origin = get_origin(annotation)
    if not is_collection(annotation) or not members:
        return Any
    if issubclass(origin, Mapping):
        return members[-1]
    kinds = [member for member in members if member is not ...]
    return kinds[0] if all(kind == kinds[0] for kind in kinds) else Any


def is_collection(annotation: Any) -> bool:
    """Whether it is a list, a tuple, a mapping or something that one of these is, such as `Sequence[int]`; no text."""
    annotation = strip(annotation)
    if is_union(annotation):
        return any(is_collection(member) for member in get_args(annotation))
    kind = get_origin(annotation) or annotation
    if not isinstance(kind, type) or kind is object or is_namedtuple(kind):
        return False
    return any(issubclass(plain, kind) for plain in (list, tuple, dict)) or issubclass(
        kind, (list, tuple, dict)
    )


def is_namedtuple(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields")


def is_enum(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, enum.Enum)


def find_by_name(module: str, qualname: str) -> object:
    """The object `qualname` of an imported module; raises UnstableName."""
    found: object = sys.modules.get(module)
    if found is None:
        raise UnstableName(f"its module `{module}` is not imported")
    for part in qualname.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise UnstableName(f"`{module}` has no `{qualname}`") from None
    return found


def unwrap(value: object) -> object:
    """The function under decorators that kept `__wrapped__`."""
    while hasattr(value, "__wrapped__"):
        value = value.__wrapped__
    return value


PlainFunction = Callable[..., Any]
