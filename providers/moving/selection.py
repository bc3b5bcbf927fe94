"""A part of a place: the objects that belong to what moves, out of a store that others use too."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from unknot.providers.objects import Attributes, ObjectInfo, Part, Place, Read, Traits, Upload
from unknot.providers.objects.base import Limits


class Selection(msgspec.Struct, frozen=True):
    """Which keys: whole prefixes, which end in `/`, and single ones."""

    prefixes: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()

    def spans(self) -> list[str]:
        """Prefixes under which everything that is selected lies, in order and without overlap."""
        folders = {key[: key.rfind("/") + 1] for key in self.keys}  # "" for those in none
        found: list[str] = []
        for prefix in sorted({*self.prefixes, *folders}):
            if not found or not prefix.startswith(found[-1]):
                found.append(prefix)
        return found

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (
            key in self.keys or key.startswith(self.prefixes)
        )  # () begins nothing


class Selected:
    """The place with only what is selected in its listings. Everything else is the place's own."""

    def __init__(self, place: Place, selection: Selection) -> None:
        self.place = place
        self.selection = selection

    @property
    def url(self) -> str:
        return self.place.url

    @property
    def kind(self) -> str:
        return self.place.kind

    @property
    def limits(self) -> Limits:
        return self.place.limits

    @property
    def traits(self) -> Traits:
        return self.place.traits

    def refuses(self, key: str) -> str:
        return self.place.refuses(key)

    def list(self, start_after: str | None = None) -> Iterator[ObjectInfo]:
        for span in self.selection.spans():
            # Whatever begins with the span comes after the span itself.
            first = start_after if not span or (start_after is not None and start_after > span) else span
            for info in self.place.list(first):
                if not info.key.startswith(span):
                    if info.key > span:
                        break
                    continue
                if info.key in self.selection:
                    yield info

    def describe(self, key: str) -> tuple[ObjectInfo, Attributes] | None:
        return self.place.describe(key)

    def read(self, info: ObjectInfo) -> Read:
        return self.place.read(info)

    def read_range(self, info: ObjectInfo, start: int, length: int) -> bytes:
        return self.place.read_range(info, start, length)

    def write(self, key: str, data: bytes, attributes: Attributes, sha256: bytes) -> ObjectInfo:
        return self.place.write(key, data, attributes, sha256)

    def begin(self, key: str, size: int, part_bytes: int, attributes: Attributes) -> Upload:
        return self.place.begin(key, size, part_bytes, attributes)

    def send(self, upload: Upload, number: int, data: bytes) -> Part:
        return self.place.send(upload, number, data)

    def sent(self, upload: Upload) -> Mapping[int, Part]:
        return self.place.sent(upload)

    def finish(self, upload: Upload, parts: Sequence[Part]) -> ObjectInfo:
        return self.place.finish(upload, parts)

    def abort(self, upload: Upload) -> None:
        self.place.abort(upload)

    def copies_from(self, source: Place) -> bool:
        return self.place.copies_from(source.place if isinstance(source, Selected) else source)

    def copy_from(self, source: Place, info: ObjectInfo, key: str) -> ObjectInfo:
        return self.place.copy_from(source.place if isinstance(source, Selected) else source, info, key)

    def delete(self, key: str) -> None:
        self.place.delete(key)

    def keeps_history(self) -> bool | None:
        return self.place.keeps_history()

    def settle(self) -> None:
        self.place.settle()

    def renew(self) -> None:
        self.place.renew()
