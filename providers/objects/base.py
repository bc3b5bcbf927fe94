"""What a place of objects is: the protocol that local folders, S3, GCS and Azure Blob implement.

Keys are relative to the place's prefix, and may be anything that the cloud allows. Bytes are given whole or by
ranges of at most a part, so that who calls decides how much is in memory. Who copies is `providers.copying`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

import msgspec

from unknot.providers.objects.attributes import Attributes, Traits


class ObjectInfo(msgspec.Struct, frozen=True):
    """What a listing says of one object."""

    key: str
    size: int
    """Bytes."""
    etag: str
    """Without quotes; changes whenever the object does. What a read pins."""
    version: str = ""
    """The object's version or generation, where the place has such."""
    modified: float = 0.0
    """Seconds since 1970, by the place's own clock."""
    checksums: Mapping[str, str] = {}
    """The place's own, in lower-case hex: `md5`, `crc32c`, `crc64nvme`, `sha256`... those of the whole object only."""
    refusal: str = ""
    """Why it cannot be read as it is: archived, a symbolic link, not a file. Empty for what can be."""
    attributes: Attributes | None = None
    """Where listings tell them."""


class Read(NamedTuple):
    """A whole object at one version."""

    data: bytes
    attributes: Attributes


class Upload(msgspec.Struct, frozen=True):
    """An upload in parts that was begun; enough to go on with it in another process. Holds no secret."""

    key: str
    id: str
    part_bytes: int
    size: int
    """Of the whole object."""
    attributes: Attributes

    def parts(self) -> range:
        """The numbers of its parts, from 0 on."""
        return range(max(1, -(-self.size // self.part_bytes)))

    def extent(self, number: int) -> tuple[int, int]:
        """Where a part begins, and its length."""
        start = number * self.part_bytes
        return start, min(self.part_bytes, self.size - start)


class Part(NamedTuple):
    """A part that has arrived."""

    number: int
    size: int
    tag: str
    """What the place calls it; needed to finish the upload."""


class Limits(msgspec.Struct, frozen=True):
    """How an object goes up."""

    parts_max: int
    part_bytes_min: int
    whole_bytes_max: int
    """Largest object that is written by one request."""
    object_bytes_max: int
    parts_multiple_bytes: int = 1

    def part_bytes(self, size: int, wanted: int) -> int:
        """The part size nearest to the wanted one with which an object of `size` can be written."""
        least = max(wanted, self.part_bytes_min, -(-size // self.parts_max))
        return -(-least // self.parts_multiple_bytes) * self.parts_multiple_bytes


@runtime_checkable
class Place(Protocol):
    """Objects below a prefix. All methods may be called from several threads at once and raise PlaceError."""

    @property
    def url(self) -> str:
        """Where it is, fit for messages; holds no credentials."""
        ...

    @property
    def kind(self) -> str:
        """`local`, `s3`, `gs` or `az`."""
        ...

    @property
    def limits(self) -> Limits: ...

    @property
    def traits(self) -> Traits:
        """Which attributes of objects can be kept there."""
        ...

    def refuses(self, key: str) -> str:
        """Why an object of this key cannot be kept here; empty if it can."""
        ...

    def list(self, start_after: str | None = None) -> Iterator[ObjectInfo]:
        """Objects in order of their keys' code points, those after `start_after` only; current versions."""
        ...

    def describe(self, key: str) -> tuple[ObjectInfo, Attributes] | None:
        """What is known of an object without its bytes; None if there is none."""
        ...

    def read(self, info: ObjectInfo) -> Read:
        """All of an object. Raises ObjectChanged if it is not of `info`'s version, ObjectMissing."""
        ...

    def read_range(self, info: ObjectInfo, start: int, length: int) -> bytes:
        """A part of it, whole or not at all. Raises as `read`."""
        ...

    def write(self, key: str, data: bytes, attributes: Attributes, sha256: bytes) -> ObjectInfo:
        """Write one object over whatever is there; durable when it returns. `sha256` is that of `data`."""
        ...

    def begin(self, key: str, size: int, part_bytes: int, attributes: Attributes) -> Upload:
        """Begin an upload in parts. Nothing is visible until it is finished."""
        ...

    def send(self, upload: Upload, number: int, data: bytes) -> Part:
        """Send one part; again if it has to be. Raises UploadGone."""
        ...

    def sent(self, upload: Upload) -> Mapping[int, Part]:
        """The parts that have arrived. Raises UploadGone."""
        ...

    def finish(self, upload: Upload, parts: Sequence[Part]) -> ObjectInfo:
        """Make the object of its parts. Repeating it after a lost answer is safe. Raises UploadGone."""
        ...

    def abort(self, upload: Upload) -> None:
        """Remove what has arrived. What is not there any more is not an error."""
        ...

    def copies_from(self, source: "Place") -> bool:
        """Whether the cloud itself can copy from there, without the bytes passing through this machine."""
        ...

    def copy_from(self, source: "Place", info: ObjectInfo, key: str) -> ObjectInfo:
        """Have the cloud copy an object with its attributes. Raises ObjectChanged, ObjectMissing."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object. Removing what is not there is not an error."""
        ...

    def keeps_history(self) -> bool | None:
        """Whether earlier versions of objects are kept here; None if that cannot be told."""
        ...

    def settle(self) -> None:
        """Have all that was written survive a power failure too, where that is not so already."""
        ...

    def renew(self) -> None:
        """Take up credentials anew from wherever they come from, after the present ones were refused."""
        ...
