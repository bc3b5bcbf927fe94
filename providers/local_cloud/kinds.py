"""What differs between the kinds of objects of this machine: how each is made, read and taken away.

Whose an object is, and what else it was asked to be, is in its record: `provider.py` sees to that.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec

from unknot.providers.local_cloud.place import Place, write_whole
from unknot.providers.local_cloud.queue import URL, MessageQueue
from unknot.providers.local_cloud.schema import FILE, read_schema, write_schema
from unknot.stacks.errors import ProviderError
from unknot.state.stores.files import sync_folder

_FILE_URL = "file:"


class Kind(Protocol):
    """One kind of object. Called with the lock of its kind held, but for `read`, `exists` and `outputs`."""

    folder: ClassVar[str]
    suffix: ClassVar[str] = ""
    hidden: ClassVar[frozenset[str]] = frozenset()
    """Inputs that the record must not hold."""
    told: ClassVar[frozenset[str]] = frozenset()
    """Inputs that the object itself tells: what its record says of them does not count."""

    def exists(self, place: Place, inputs: Mapping[str, Any]) -> bool: ...

    def make(self, place: Place, inputs: Mapping[str, Any]) -> None:
        """Bring it about, or bring what is there to what is wanted."""
        ...

    def read(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs that the object itself tells, apart from its record."""
        ...

    def remove(self, place: Place, inputs: Mapping[str, Any]) -> None: ...

    def outputs(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]: ...


class BucketKind(Kind):
    folder = "buckets"

    def exists(self, place: Place, inputs: Mapping[str, Any]) -> bool:
        return place.own.is_dir()

    def make(self, place: Place, inputs: Mapping[str, Any]) -> None:
        place.own.mkdir(exist_ok=True)
        sync_folder(place.folder)

    def read(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def remove(self, place: Place, inputs: Mapping[str, Any]) -> None:
        if inputs.get("force_destroy") is True:
            shutil.rmtree(place.own)
            return
        if any(place.own.iterdir()):
            raise ProviderError(
                f"the bucket `{place.name}` holds files, and is not deleted with them",
                detail=f"Take them away first; they are in `{place.own}`. Or set `force_destroy=True` on it and apply that "
                "first.",
            )
        place.own.rmdir()

    def outputs(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return _file_outputs(place.own)


class SecretKind(Kind):
    folder = "secrets"
    hidden = frozenset({"value"})

    def exists(self, place: Place, inputs: Mapping[str, Any]) -> bool:
        return place.own.is_file()

    def make(self, place: Place, inputs: Mapping[str, Any]) -> None:
        value = inputs.get("value")
        if value is not None:
            # `Secret.file` takes one line break away.
            write_whole(place.own, f"{value}\n".encode(), 0o600)
        elif not place.own.exists():
            write_whole(place.own, b"", 0o600)

    def read(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def remove(self, place: Place, inputs: Mapping[str, Any]) -> None:
        place.own.unlink()

    def outputs(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return _file_outputs(place.own)


class TableKind(Kind):
    folder = "tables"
    told = frozenset({"columns", "partition_by", "key", "description"})

    def exists(self, place: Place, inputs: Mapping[str, Any]) -> bool:
        return self._at(place, inputs).is_dir()

    def make(self, place: Place, inputs: Mapping[str, Any]) -> None:
        folder = self._at(place, inputs)
        folder.mkdir(parents=True, exist_ok=True)
        write_schema(folder, inputs)
        sync_folder(folder.parent)

    def read(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return read_schema(self._at(place, inputs))

    def remove(self, place: Place, inputs: Mapping[str, Any]) -> None:
        folder = self._at(place, inputs)
        if not inputs.get("location"):
            shutil.rmtree(folder)
            return
        (folder / FILE).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
            above = folder.parent  # `tables` in the bucket, which would keep that from being deleted
            if above.name == self.folder and not any(above.iterdir()):
                above.rmdir()

    def outputs(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return _file_outputs(self._at(place, inputs))

    def _at(self, place: Place, inputs: Mapping[str, Any]) -> Path:
        location = inputs.get("location")
        return Path(str(location).removeprefix(_FILE_URL)) if location else place.own


class QueueKind(Kind):
    folder = "queues"
    suffix = ".sqlite"
    told = frozenset({"visibility_timeout_s", "retention_s", "dead_letter", "max_receives"})

    def exists(self, place: Place, inputs: Mapping[str, Any]) -> bool:
        return place.own.is_file()

    def make(self, place: Place, inputs: Mapping[str, Any]) -> None:
        wanted = {name: inputs[name] for name in sorted(self.told) if inputs.get(name) is not None}
        MessageQueue(place.own).configure(wanted)
        sync_folder(place.folder)

    def read(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return MessageQueue(place.own).settings()

    def remove(self, place: Place, inputs: Mapping[str, Any]) -> None:
        MessageQueue(place.own).remove()

    def outputs(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return {"path": str(place.own), "url": f"{URL}{place.own}"}


class IdentityKind(Kind):
    folder = "identities"
    suffix = ".json"
    told = frozenset({"may", "engine"})

    def exists(self, place: Place, inputs: Mapping[str, Any]) -> bool:
        return place.own.is_file()

    def make(self, place: Place, inputs: Mapping[str, Any]) -> None:
        said = {name: inputs[name] for name in ("may", "engine") if inputs.get(name)}
        write_whole(place.own, msgspec.json.format(msgspec.json.encode(said)), 0o644)

    def read(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return msgspec.json.decode(place.own.read_bytes(), type=dict[str, Any])
        except msgspec.DecodeError as problem:
            raise ProviderError(
                f"`{place.own}` cannot be read", detail=f"{problem}. Delete it to have it written anew."
            ) from problem

    def remove(self, place: Place, inputs: Mapping[str, Any]) -> None:
        place.own.unlink()

    def outputs(self, place: Place, inputs: Mapping[str, Any]) -> dict[str, Any]:
        return _file_outputs(place.own)


def _file_outputs(path: Path) -> dict[str, Any]:
    return {"path": str(path), "url": f"{_FILE_URL}{path}"}


KINDS: dict[str, Kind] = {
    "local.bucket": BucketKind(),
    "local.secret": SecretKind(),
    "local.table": TableKind(),
    "local.queue": QueueKind(),
    "local.identity": IdentityKind(),
}
"""By resource type."""
