"""What the store remembers of a dataset: whose it is, what it was made from, and its artifact.

    datasets/<uid>/<generation>/<revision>   a DatasetRecord; the highest revision counts

The artifact itself is shared by content, so it is never deleted here: `unknot gc` does that.
"""

import re
from typing import Any, Final

import msgspec

from unknot.providers.base import LiveObject, Mark
from unknot.providers.runner.artifacts import exists
from unknot.providers.runner.layout import put_struct_once, read_struct, segment
from unknot.stacks.run import ArtifactRef
from unknot.state.stores.base import Store, StoreError

MISSING: Final = "(its artifact is missing or damaged)"
"""What `content` reads as when the store lost the artifact: differs from every digest, so the plan mends it."""

_ID = re.compile(r"[A-Za-z0-9_-]+/[0-9]+")
_TRIES = 20
"""Revisions that others may write between a look at the last one and the write of the next."""


class DatasetRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One dataset in a store, as last written."""

    mark: Mark
    token: str
    """Of the create that made it (rule A3)."""
    inputs: dict[str, Any]
    artifact: ArtifactRef

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs of the resource."""
        artifact: dict[str, Any] = msgspec.to_builtins(self.artifact)
        return {"artifact": artifact}


def id_of(uid: str, generation: int) -> str:
    """A replacement is another object than the one it replaces, though the uid is the same (rule A5)."""
    return f"{uid}/{generation}"


def last(store: Store, object_id: str) -> tuple[int, DatasetRecord] | None:
    """The last revision and its number; None if there is none, or `object_id` cannot be one."""
    keys = _revisions(store, object_id)
    while keys:
        key = keys.pop()
        record = read_struct(store, key, DatasetRecord)
        if record is not None:  # another process may have just swept it away
            return int(key.rpartition("/")[2]), record
    return None


def of_uid(store: Store, uid: str) -> list[tuple[str, DatasetRecord]]:
    """Every generation of a dataset that the store has, with its id."""
    prefix = f"datasets/{segment(uid)}/"
    generations = dict.fromkeys(key[len(prefix) :].partition("/")[0] for key in store.list(prefix))
    ids = [f"{uid}/{int(generation)}" for generation in generations if generation.isdecimal()]
    return [(each, found[1]) for each in ids if (found := last(store, each)) is not None]


def write(store: Store, object_id: str, record: DatasetRecord) -> None:
    """Make `record` the last revision. Writing the same again changes nothing; what came before is swept."""
    for _ in range(_TRIES):
        found = last(store, object_id)
        if found is not None and found[1] == record:
            break
        revision = 1 if found is None else found[0] + 1
        if put_struct_once(store, f"{_prefix(object_id)}{revision:06d}", record):
            break
    else:
        raise StoreError(f"others keep writing to the dataset `{object_id}`", retryable=True)
    for key in _revisions(store, object_id)[:-1]:
        store.delete(key)


def forget(store: Store, object_id: str) -> None:
    """Remove every revision, the last one last: one that is cut short leaves the dataset as it was."""
    for key in _revisions(store, object_id):
        store.delete(key)


def live(store: Store, object_id: str, record: DatasetRecord) -> LiveObject:
    """The dataset as the world has it; one whose artifact was lost or cut reads with another content."""
    inputs = record.inputs if exists(record.artifact, store) else {**record.inputs, "content": MISSING}
    return LiveObject(object_id, inputs, record.outputs, record.mark)


def _revisions(store: Store, object_id: str) -> list[str]:
    return list(store.list(_prefix(object_id))) if _ID.fullmatch(object_id) else []


def _prefix(object_id: str) -> str:
    uid, _, generation = object_id.partition("/")
    return f"datasets/{segment(uid)}/{int(generation):06d}/"
