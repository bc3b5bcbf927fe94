"""What a pass has to do: the source's listing beside the manifest, both in order of keys."""

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from unknot.providers.copying.manifest import Entry, Stamp
from unknot.providers.copying.surveying import Tally
from unknot.providers.objects.base import ObjectInfo


class Take(NamedTuple):
    """An object that is new, or changed since it was copied."""

    info: ObjectInfo


class Keep(NamedTuple):
    """An object that is in the target as it is in the source."""

    entry: Entry


class Drop(NamedTuple):
    """An object that the source no longer has."""

    entry: Entry


class Leave(NamedTuple):
    """An object that cannot be copied."""

    info: ObjectInfo
    reason: str


Step: TypeAlias = Take | Keep | Drop | Leave


def stamp(info: ObjectInfo) -> Stamp:
    """The version of an object, as the manifest keeps it."""
    return Stamp(info.etag, info.version, info.modified, info.checksums)


def is_same(before: Stamp, now: ObjectInfo) -> bool:
    """Whether an object is still of the version that was copied.

    The time counts too: where an entity tag is a hash of the bytes, it does not tell of new metadata.
    """
    return (before.etag, before.modified) == (now.etag, now.modified)


def steps(listing: Iterator[Tally], copied: Iterator[Entry]) -> Iterator[Step]:
    """In order of keys. Reads both one by one."""
    entry = next(copied, None)
    for info, reason in listing:
        while entry is not None and entry.key < info.key:
            yield Drop(entry)
            entry = next(copied, None)
        known = entry if entry is not None and entry.key == info.key else None
        if known is not None:
            entry = next(copied, None)
        if reason:
            yield Leave(info, reason)
        elif known is not None and is_same(known.source, info):
            yield Keep(known)
        else:
            yield Take(info)
    while entry is not None:
        yield Drop(entry)
        entry = next(copied, None)


def key_of(step: Step) -> str:
    """Of the object that a step is about."""
    return step.entry.key if isinstance(step, Keep | Drop) else step.info.key
