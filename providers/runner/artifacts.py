"""Values into artifacts and back: serializer, hash, upload once by content, download with a check.

An artifact is never changed: its key is the hash of its bytes.
"""

import hashlib
from pathlib import Path
from typing import Any

from unknot.providers.runner import layout
from unknot.providers.runner.gathering import (
    COLLECTION,
    assembled,
    read_collection,
    shape_named,
    store_collection,
)
from unknot.providers.runner.serializers import (
    Serializer,
    UnserialisableArtifact,
    Written,
    serializer_for,
    serializer_named,
    type_of,
)
from unknot.stacks.errors import EngineError
from unknot.stacks.run import ArtifactRef
from unknot.state.stores.base import KeyMissing, PutResult, Store, StoreError

_TRIES = 5
_DEPTH_MAX = 10
"""Of lists in lists whose elements are artifacts."""


def write_artifact(store: Store, value: object, folder: Path, *, name: str = "value") -> ArtifactRef:
    """Serialise `value` in `folder` and upload it. Raises UnserialisableArtifact with what to do.

    Of a list, tuple, mapping or bundle that is no plain value, each element becomes an artifact.
    """
    return _written(store, value, folder, name, "")


def _written(store: Store, value: object, folder: Path, name: str, where: str) -> ArtifactRef:
    """`where` is the place in the value that is written: `[0]`."""
    serializer = serializer_for(value)
    if serializer is None:
        collected = _write_elements(store, value, folder, name, where)
        if collected is not None:
            return collected
        place = f"It is at `{where}`. " if where else ""
        raise UnserialisableArtifact(
            f"a `{type_of(value)}` has no serializer", detail=f"{place}{_advice(value)}"
        )
    path = folder / f"{layout.segment(f'{name}{where}')}{serializer.suffix}"
    written = serializer.write(value, path)
    return _stored(store, path, type_of(value), serializer, written)


def store_file(store: Store, path: Path, type_name: str, serializer: Serializer) -> ArtifactRef:
    """Upload a file that a command or another program wrote in the serializer's format."""
    return _stored(store, path, type_name, serializer, serializer.inspect(path))


def fetch_artifact(ref: ArtifactRef, store: Store, folder: Path, *, name: str = "value") -> Path:
    """Download an artifact's bytes into `folder`; raises EngineError if they are gone or not the ones recorded."""
    source = store_of(ref, store)
    suffix = Path(ref.file_name).suffix if ref.file_name else ""
    serializer = serializer_named(ref.serializer)
    if serializer is not None and serializer.suffix:
        suffix = serializer.suffix
    path = folder / f"{layout.segment(name)}{suffix}"
    try:
        source.download(ref.location, path)
    except KeyMissing as error:
        raise gone(ref, source) from error
    found = file_hash(path)
    if found != ref.hash:
        raise damaged(ref, source, found)
    return path


def gone(ref: ArtifactRef, store: Store) -> EngineError:
    """What to raise for an artifact that is not there."""
    return EngineError(
        f"the artifact `{ref.location}` is no longer in `{store.url}`",
        detail=f"{_origin(ref)} It was deleted since. Run again with `--no-cache` to make it anew.",
    )


def damaged(ref: ArtifactRef, store: Store, found: str) -> EngineError:
    """What to raise for bytes whose hash is `found` instead of the one recorded."""
    return EngineError(
        f"the artifact `{ref.location}` in `{store.url}` is damaged",
        detail=f"{_origin(ref)} Its SHA-256 is `{found}`, and `{ref.hash}` was recorded. "
        "Delete the object and run again with `--no-cache`.",
    )


def read_artifact(
    ref: ArtifactRef,
    store: Store,
    folder: Path,
    *,
    wanted: str = "",
    name: str = "value",
    element: str = "",
) -> Any:
    """The value of an artifact, as the type `wanted` (`module:qualname`) where its format holds several.

    `element` is wanted of what a list or the like holds. A lazy table reads from the file in `folder`, which must
    outlive it.
    """
    if ref.serializer == COLLECTION:
        return _read_elements(ref, store, folder, name, element)
    serializer = serializer_named(ref.serializer)
    if serializer is None:
        raise UnserialisableArtifact(
            f"no serializer is called `{ref.serializer}`, which wrote the artifact `{ref.hash[:12]}`",
            detail=f"{_origin(ref)} Register it with `register_serializer` (or `allow_pickle`) in a module that "
            "the workflow imports.",
        )
    path = fetch_artifact(ref, store, folder, name=name)
    return serializer.read(path, ref.type if wanted in ("", "typing:Any", "builtins:object") else wanted)


def exists(ref: ArtifactRef, store: Store) -> bool:
    """Whether the artifact's bytes, and those of its elements, are still there."""
    source = store_of(ref, store)
    return source.size(ref.location) == ref.size_bytes and all(exists(item, source) for item in ref.items)


def store_of(ref: ArtifactRef, store: Store) -> Store:
    """The store that holds an artifact: `store` unless the reference names another."""
    if not ref.store or ref.store == store.url:
        return store
    from unknot.state.stores.opening import open_store

    return open_store(ref.store)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_elements(store: Store, value: object, folder: Path, name: str, where: str) -> ArtifactRef | None:
    """A list, tuple, mapping or bundle as artifacts of its own; None if it is none of these."""
    from unknot.stacks.workflow.binding import parts_of

    parts = parts_of(value)
    if parts is None or (parts.kind != "bundle" and type(value) not in (list, tuple, dict)):
        return None
    if where.count("[") > _DEPTH_MAX:
        raise UnserialisableArtifact("it contains itself, or is nested too deeply")
    items = tuple(
        _written(store, item, folder, name, f"{where}{label.strip('`')}")
        for label, item in zip(parts.names, parts.items, strict=True)
    )
    kind = type_of(value) if parts.kind == "bundle" else ""
    return store_collection(store, items, parts.kind, parts.keys, kind)


def _read_elements(ref: ArtifactRef, store: Store, folder: Path, name: str, element: str) -> Any:
    source = store_of(ref, store)
    collection = read_collection(ref, store)
    wanted = [element] * len(collection.items)
    if collection.kind == "bundle":
        wanted = field_types(collection.type, collection.keys)
    values = [
        read_artifact(item, source, folder, wanted=kind, name=f"{name}[{n}]")
        for n, (item, kind) in enumerate(zip(collection.items, wanted, strict=True))
    ]
    return assembled(collection.kind, values, collection.keys, collection.type)


def field_types(bundle: str, names: tuple[str, ...]) -> list[str]:
    """The annotated type of each field of a bundle's class, `module:qualname`; empty where it has no name."""
    from unknot.stacks.workflow.typenames import UnstableName, type_name

    fields = shape_named(bundle).fields
    found = []
    for name in names:
        try:
            found.append(type_name(fields[name]))
        except UnstableName:
            found.append("")
    return found


def _stored(store: Store, path: Path, kind: str, serializer: Serializer, written: Written) -> ArtifactRef:
    sha256 = file_hash(path)
    key = layout.artifact_key(sha256)
    _upload(store, key, path)
    return ArtifactRef(
        hash=sha256,
        type=kind,
        serializer=serializer.name,
        size_bytes=path.stat().st_size,
        location=key,
        rows=written.rows,
        schema=written.schema,
        file_name=written.file_name,
    )


def _upload(store: Store, key: str, path: Path) -> None:
    """Upload by content: a key that exists holds these bytes, if it has their length."""
    for _ in range(_TRIES):
        result = store.upload(key, path)
        if result is PutResult.CREATED:
            return
        if result is PutResult.EXISTS:
            if store.size(key) == path.stat().st_size:
                return
            store.delete(key)  # cut short by something other than unknot: its name promises other bytes
    raise StoreError(f"the store gives no answer on `{key}`", retryable=True)


def _origin(ref: ArtifactRef) -> str:
    return f"Written by `{ref.task}` of run `{ref.run}`." if ref.run else ""


def _advice(value: object) -> str:
    from unknot.providers.runner.serializers.plain import why_not_plain

    kind = type(value).__qualname__
    inside = why_not_plain(value) if isinstance(value, (list, tuple, dict, set, frozenset)) else ""
    found = f"It holds {inside}. " if inside else ""
    return (
        f"{found}Return a table, an array, a scikit-learn model, plain values or a path; or register a serializer "
        f"in a module that the workflow imports: `register_serializer({kind}, name=..., write=..., read=...)`. "
        f"Pickle is used only where you ask for it: `allow_pickle({kind})`."
    )
