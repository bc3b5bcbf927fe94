"""Lists, tuples, mappings and bundles whose elements are artifacts: kept as a small file that names these.

An element is an artifact like any other, so that it can be read, reused and followed by itself. A list of plain
values is one JSON file, and none of this.
"""

import hashlib
from typing import Any, TypeAlias

import msgspec

from unknot.providers.runner import layout
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import GatheredKind
from unknot.stacks.run import ArtifactRef
from unknot.state.stores.base import Store

COLLECTION = "collection"
"""What stands for a serializer in the artifact."""

_TYPES: dict[GatheredKind, str] = {
    "list": "builtins:list",
    "tuple": "builtins:tuple",
    "dict": "builtins:dict",
}


class Plain(msgspec.Struct, frozen=True):
    """A plain value, in the form of `stacks.workflow.literal`."""

    value: Any
    origin: str = ""
    """Hash of the artifact that it is an element of, if it is one."""


class Time(msgspec.Struct, frozen=True):
    """The time that a run is for."""

    at: str
    """RFC 3339."""


class Several(msgspec.Struct, frozen=True):
    """Values that make up one."""

    items: tuple["Resolved", ...]
    kind: GatheredKind = "list"
    keys: tuple[str, ...] = ()
    """Of a dict and of a bundle."""
    type: str = ""
    """Of a bundle: `module:qualname` of its class."""


Resolved: TypeAlias = ArtifactRef | Plain | Time | Several
"""What a binding comes to when the workflow runs."""


class Collection(msgspec.Struct, frozen=True, omit_defaults=True):
    """The stored form: the elements by content, whoever wrote them."""

    items: tuple[ArtifactRef, ...]
    kind: GatheredKind = "list"
    keys: tuple[str, ...] = ()
    type: str = ""


def stored(store: Store, value: Resolved) -> ArtifactRef:
    """The artifact of a value, written if it is none yet."""
    match value:
        case ArtifactRef():
            return value
        case Plain():
            return _put_plain(store, value.value)
        case Time():
            return _put_plain(store, {"$datetime": value.at})
    plain = _plain(value)
    if plain is not None:
        return _put_plain(store, plain.value)
    items = tuple(stored(store, item) for item in value.items)
    return store_collection(store, items, value.kind, value.keys, value.type)


def store_collection(
    store: Store,
    items: tuple[ArtifactRef, ...],
    kind: GatheredKind,
    keys: tuple[str, ...] = (),
    type_: str = "",
) -> ArtifactRef:
    """The artifact that holds these."""
    data = msgspec.json.encode(
        Collection(tuple(_by_content(item) for item in items), kind, keys, type_), order="deterministic"
    )
    ref = _put(store, data, type_ or _TYPES[kind], COLLECTION)
    return msgspec.structs.replace(ref, items=items)


def read_collection(ref: ArtifactRef, store: Store) -> Collection:
    """What an artifact holds. Raises EngineError if it is gone or damaged."""
    data = read_bytes(ref, store)
    try:
        return msgspec.json.decode(data, type=Collection)
    except msgspec.DecodeError as error:
        raise EngineError(
            f"the artifact `{ref.location}` in `{store.url}` does not name its elements",
            detail=f"{error}. It was written by another version of unknot.",
        ) from error


def elements(ref: ArtifactRef, collection: Collection) -> tuple[ArtifactRef, ...]:
    """The elements of an artifact, to be found from where it was found."""
    known = ref.items or collection.items
    if not ref.store:
        return known
    return tuple(msgspec.structs.replace(item, store=item.store or ref.store) for item in known)


def read_bytes(ref: ArtifactRef, store: Store) -> bytes:
    """The bytes of a small artifact. Raises EngineError if they are gone or not the ones recorded."""
    from unknot.providers.runner.artifacts import damaged, gone, store_of

    source = store_of(ref, store)
    data = source.get(ref.location)
    if data is None:
        raise gone(ref, source)
    found = hashlib.sha256(data).hexdigest()
    if found != ref.hash:
        raise damaged(ref, source, found)
    return data


def assembled(kind: GatheredKind, values: list[Any], keys: tuple[str, ...], type_: str) -> Any:
    """The value in memory. Imports the class of a bundle."""
    match kind:
        case "list":
            return values
        case "tuple":
            return tuple(values)
        case "dict":
            return dict(zip(keys, values, strict=True))
        case "bundle":
            by_name = dict(zip(keys, values, strict=True))
            return shape_named(type_).make(lambda name, _: by_name[name])


def shape_named(type_: str) -> Any:
    """The shape of a bundle's class, `module:qualname`."""
    import importlib

    from unknot.stacks.workflow.shape import shape_of

    module, _, qualname = type_.partition(":")
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return shape_of(found)


def _plain(value: Resolved) -> Plain | None:
    """A value as one plain value, if all of it is plain."""
    if isinstance(value, Plain):
        return value
    if not isinstance(value, Several) or value.kind == "bundle":
        return None
    parts = [_plain(item) for item in value.items]
    plain = [part.value for part in parts if part is not None]
    if len(plain) < len(parts):
        return None
    if value.kind == "dict":
        if any(key.startswith("$") for key in value.keys):
            return Plain({"$dict": [[k, v] for k, v in zip(value.keys, plain, strict=True)]})
        return Plain(dict(zip(value.keys, plain, strict=True)))
    return Plain(plain if value.kind == "list" else {"$tuple": plain})


def _put_plain(store: Store, encoded: Any) -> ArtifactRef:
    """A plain value as the serializer `json` writes it."""
    import json

    text = json.dumps(encoded, separators=(",", ":"), ensure_ascii=False)
    kind = "builtins:dict" if isinstance(encoded, dict) else f"builtins:{type(encoded).__qualname__}"
    return _put(store, text.encode("utf-8", "surrogatepass"), kind, "json")


def _put(store: Store, data: bytes, kind: str, serializer: str) -> ArtifactRef:
    sha256 = hashlib.sha256(data).hexdigest()
    key = layout.artifact_key(sha256)
    if not layout.put_once(store, key, data):
        store.delete(key)  # cut short by something other than unknot: its name promises these bytes
        layout.put_once(store, key, data)
    return ArtifactRef(hash=sha256, type=kind, serializer=serializer, size_bytes=len(data), location=key)


def _by_content(ref: ArtifactRef) -> ArtifactRef:
    items = tuple(_by_content(item) for item in ref.items)
    return msgspec.structs.replace(ref, run="", task="", output="", items=items)
