"""A bucket of S3, or of a server that speaks its protocol, as a place of objects.

Connections and credentials are those of stores (`state.stores.aws`). Reads are pinned by `If-Match`.
"""

import base64
import functools
import hashlib
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from unknot.providers.objects.attributes import Attributes, Traits
from unknot.providers.objects.base import Limits, ObjectInfo, Part, Place, Read, Upload
from unknot.providers.objects.failures import (
    ObjectChanged,
    ObjectMissing,
    ObjectRefused,
    PlaceError,
    PlaceFull,
    UploadGone,
    place_error,
)
from unknot.providers.objects.keys import s3_refuses
from unknot.providers.objects.s3_wire import Answer, S3Wire
from unknot.state.stores import aws
from unknot.state.stores.aws import code_of, explained, status_of
from unknot.state.stores.base import StoreError
from unknot.state.stores.s3 import PARAMETERS
from unknot.state.stores.url import StoreUrl, parse_store_url, place_of

T = TypeVar("T")

MIB = 1024 * 1024

LIMITS = Limits(
    parts_max=10_000,
    part_bytes_min=5 * MIB,
    whole_bytes_max=5 * 1024 * MIB,
    object_bytes_max=5 * 1024**2 * MIB,
)
"""Amazon S3 User Guide, multipart upload limits."""

COPY_BYTES_MAX = 5 * 1024 * MIB
"""Largest object that CopyObject takes; larger ones are copied by parts of `COPY_PART_BYTES`."""

COPY_PART_BYTES = 1024 * MIB
CONNECTIONS = 64

TRAITS = Traits(tags=True, metadata_names="lower", metadata_ascii=True, metadata_bytes_max=2048, tags_max=10)

_ARCHIVED = {"GLACIER", "DEEP_ARCHIVE"}
_HEADERS = {
    "content_type": "Content-Type",
    "content_encoding": "Content-Encoding",
    "content_disposition": "Content-Disposition",
    "content_language": "Content-Language",
    "cache_control": "Cache-Control",
}
_MEMBERS = {name: header.replace("-", "") for name, header in _HEADERS.items()}
_ABSENT_TYPE = "binary/octet-stream"
"""What S3 says of an object that was written without a content type."""


def open_s3(url: str) -> "S3Place":
    """Raises StoreError."""
    parts = parse_store_url(url, PARAMETERS)
    aws.require_library()
    if parts.bucket.endswith("--x-s3"):
        raise StoreError(
            f"the directory bucket `{parts.bucket}` cannot be copied from or to",
            detail="It lists its objects in no order. Use a general purpose bucket.",
        )
    return S3Place(parts)


class S3Place:
    """Objects of a bucket below a prefix."""

    kind = "s3"
    limits = LIMITS
    traits = TRAITS

    def __init__(self, place: StoreUrl) -> None:
        """Touches nothing yet."""
        self.url = place.text("s3")
        self.bucket = place.bucket
        self.prefix = place.prefix
        self.parameters = place.parameters
        self._lock = threading.Lock()
        self._wires: list[S3Wire] = []

    @functools.cached_property
    def client(self) -> aws.S3Client:
        """Made at the first use. Raises PlaceError."""
        try:
            return aws.s3_client(self.parameters, connections=CONNECTIONS, checksums=False)
        except StoreError as error:
            raise place_error(error) from error

    @property
    def wire(self) -> S3Wire:
        """Made at the first use. Raises PlaceError."""
        wires = self._wires
        if not wires:
            with self._lock:
                if not self._wires:
                    self._wires.append(self._asking("", lambda: S3Wire(self.client, self.bucket)))
                wires = self._wires
        return wires[0]

    def refuses(self, key: str) -> str:
        return s3_refuses(self.prefix, key)

    def list(self, start_after: str | None = None) -> Iterator[ObjectInfo]:
        arguments = {"Bucket": self.bucket, "Prefix": self.prefix}
        if start_after is not None:
            arguments["StartAfter"] = self.prefix + start_after
        pages = iter(self.client.get_paginator("list_objects_v2").paginate(**arguments))
        while (page := self._asking("", lambda: next(pages, None))) is not None:
            for entry in page.get("Contents", ()):
                yield self._listed(entry)

    def describe(self, key: str) -> tuple[ObjectInfo, Attributes] | None:
        try:
            answer = self._asking(
                key, lambda: self.client.head_object(Bucket=self.bucket, Key=self._name(key))
            )
        except ObjectMissing:
            return None
        given = {name: str(answer.get(member, "")) for name, member in _MEMBERS.items()}
        attributes = _attributes(given, answer.get("Metadata", {}))
        # An answer to HEAD tells the number of tags only where the caller may read them.
        if answer.get("TagCount", 1):
            attributes = self._with_tags(key, attributes)
        info = ObjectInfo(
            key,
            int(answer["ContentLength"]),
            answer["ETag"].strip('"'),
            version=answer.get("VersionId", "") or "",
            modified=float(int(answer["LastModified"].timestamp())),
            checksums=_checksums(
                {
                    name: answer[f"Checksum{name.upper()}"]
                    for name in _SUMS
                    if f"Checksum{name.upper()}" in answer
                }
            ),
            refusal=_archived(answer.get("StorageClass", "")),
        )
        return info, attributes

    def read(self, info: ObjectInfo) -> Read:
        answer = self._get(info, {})
        if len(answer.body) != info.size:
            raise ObjectChanged(f"`{self._place(info.key)}` was changed while it was read")
        given = {name: answer.headers.get(header, "") for name, header in _HEADERS.items()}
        metadata = {
            name.lower().removeprefix("x-amz-meta-"): value
            for name, value in answer.headers.items()
            if name.lower().startswith("x-amz-meta-")
        }
        attributes = _attributes(given, metadata)
        if int(answer.headers.get("x-amz-tagging-count", "0")):
            attributes = self._with_tags(info.key, attributes)
        return Read(answer.body, attributes)

    def read_range(self, info: ObjectInfo, start: int, length: int) -> bytes:
        if not length:
            return b""
        data = self._get(info, {"Range": f"bytes={start}-{start + length - 1}"}).body
        if len(data) != length:
            raise ObjectChanged(f"`{self._place(info.key)}` was changed while it was read")
        return data

    def write(self, key: str, data: bytes, attributes: Attributes, sha256: bytes) -> ObjectInfo:
        headers = _headers(attributes) | {"x-amz-checksum-sha256": base64.b64encode(sha256).decode()}
        answer = self._asking(
            key,
            lambda: self.wire.send("PUT", self._name(key), headers=headers, body=data, sha256=sha256.hex()),
        )
        return ObjectInfo(
            key,
            len(data),
            answer.headers.get("ETag", "").strip('"'),
            version=answer.headers.get("x-amz-version-id", ""),
            checksums=_answered(answer),
        )

    def begin(self, key: str, size: int, part_bytes: int, attributes: Attributes) -> Upload:
        given: dict[str, Any] = {
            _MEMBERS[name]: value for name in _MEMBERS if (value := getattr(attributes, name))
        }
        if attributes.tags:
            given["Tagging"] = urlencode(attributes.tags)
        answer = self._asking(
            key,
            lambda: self.client.create_multipart_upload(
                Bucket=self.bucket,
                Key=self._name(key),
                ChecksumAlgorithm="CRC32",
                Metadata=dict(attributes.metadata),
                **given,
            ),
        )
        return Upload(key, str(answer["UploadId"]), part_bytes, size, attributes)

    def send(self, upload: Upload, number: int, data: bytes) -> Part:
        checksum = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
        answer = self._asking(
            upload.key,
            lambda: self.wire.send(
                "PUT",
                self._name(upload.key),
                query=f"?partNumber={number + 1}&uploadId={quote(upload.id, safe='~')}",
                headers={"x-amz-checksum-crc32": checksum},
                body=data,
            ),
        )
        return Part(number, len(data), f"{answer.headers['ETag'].strip(chr(34))} {checksum}")

    def sent(self, upload: Upload) -> Mapping[int, Part]:
        def ask() -> dict[int, Part]:
            pages = self.client.get_paginator("list_parts").paginate(
                Bucket=self.bucket, Key=self._name(upload.key), UploadId=upload.id
            )
            return {
                part["PartNumber"] - 1: Part(
                    part["PartNumber"] - 1,
                    part["Size"],
                    f"{part['ETag'].strip(chr(34))} {part.get('ChecksumCRC32', '')}".strip(),
                )
                for page in pages
                for part in page.get("Parts", ())
            }

        return self._asking(upload.key, ask)

    def finish(self, upload: Upload, parts: Sequence[Part]) -> ObjectInfo:
        listed = []
        digest = hashlib.md5(usedforsecurity=False)
        for part in parts:
            etag, _, checksum = part.tag.partition(" ")
            one: dict[str, Any] = {"PartNumber": part.number + 1, "ETag": etag}
            if checksum:
                one["ChecksumCRC32"] = checksum
            listed.append(one)
            digest.update(bytes.fromhex(etag) if _is_hex(etag) else etag.encode())
        try:
            answer = self._asking(
                upload.key,
                lambda: self.client.complete_multipart_upload(
                    Bucket=self.bucket,
                    Key=self._name(upload.key),
                    UploadId=upload.id,
                    MultipartUpload={"Parts": listed},
                ),
            )
        except UploadGone:
            # The answer to an earlier try may have been lost: then the object has the entity tag of these parts.
            found = self.describe(upload.key)
            if found is None or found[0].etag != f"{digest.hexdigest()}-{len(parts)}":
                raise
            return found[0]
        return ObjectInfo(
            upload.key, upload.size, answer["ETag"].strip('"'), version=answer.get("VersionId", "") or ""
        )

    def abort(self, upload: Upload) -> None:
        def call() -> None:
            self.client.abort_multipart_upload(
                Bucket=self.bucket, Key=self._name(upload.key), UploadId=upload.id
            )

        try:
            self._asking(upload.key, call)
        except UploadGone:
            return

    def copies_from(self, source: Place) -> bool:
        if not isinstance(source, S3Place):
            return False
        ours, theirs = dict(self.parameters), dict(source.parameters)
        ours.pop("region", None), theirs.pop("region", None)
        return ours == theirs

    def copy_from(self, source: Place, info: ObjectInfo, key: str) -> ObjectInfo:
        if not isinstance(source, S3Place):
            raise PlaceError(f"`{self.url}` cannot copy from `{source.url}` by itself")
        origin = {"Bucket": source.bucket, "Key": source.prefix + info.key}
        if info.size > COPY_BYTES_MAX:
            return self._copy_parts(source, origin, info, key)
        try:
            answer = self._asking(
                key,
                lambda: self.client.copy_object(
                    Bucket=self.bucket, Key=self._name(key), CopySource=origin, CopySourceIfMatch=info.etag
                ),
            )
        except ObjectMissing as error:
            raise ObjectMissing(f"there is no `{source._place(info.key)}` any more") from error
        made = answer["CopyObjectResult"]
        return ObjectInfo(key, info.size, made["ETag"].strip('"'), version=answer.get("VersionId", "") or "")

    def delete(self, key: str) -> None:
        self._asking(key, lambda: self.client.delete_object(Bucket=self.bucket, Key=self._name(key)))

    def keeps_history(self) -> bool | None:
        try:
            answer = self._asking("", lambda: self.client.get_bucket_versioning(Bucket=self.bucket))
        except PlaceError:
            return None
        return "Status" in answer

    def settle(self) -> None:
        """S3 answers when an object is durable."""

    def renew(self) -> None:
        with self._lock:
            self.__dict__.pop("client", None)
            self._wires = []

    def _copy_parts(
        self, source: "S3Place", origin: Mapping[str, str], info: ObjectInfo, key: str
    ) -> ObjectInfo:
        found = source.describe(info.key)
        if found is None:
            raise ObjectMissing(f"there is no `{source._place(info.key)}` any more")
        part_bytes = LIMITS.part_bytes(info.size, COPY_PART_BYTES)
        upload = self.begin(key, info.size, part_bytes, found[1])
        parts = []
        for number in upload.parts():
            start, length = upload.extent(number)
            extent = f"bytes={start}-{start + length - 1}"

            def call(number: int = number, extent: str = extent) -> Any:
                return self.client.upload_part_copy(
                    Bucket=self.bucket,
                    Key=self._name(key),
                    UploadId=upload.id,
                    PartNumber=number + 1,
                    CopySource=origin,
                    CopySourceIfMatch=info.etag,
                    CopySourceRange=extent,
                )

            result = self._asking(key, call)["CopyPartResult"]
            tag = f"{result['ETag'].strip(chr(34))} {result.get('ChecksumCRC32', '')}".strip()
            parts.append(Part(number, length, tag))
        return self.finish(upload, parts)

    def _get(self, info: ObjectInfo, headers: Mapping[str, str]) -> Answer:
        pinned = {"If-Match": f'"{info.etag}"', **headers}
        return self._asking(info.key, lambda: self.wire.send("GET", self.prefix + info.key, headers=pinned))

    def _with_tags(self, key: str, attributes: Attributes) -> Attributes:
        answer = self._asking(
            key, lambda: self.client.get_object_tagging(Bucket=self.bucket, Key=self._name(key))
        )
        tags = {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
        return msgspec.structs.replace(attributes, tags=tags)

    def _listed(self, entry: Mapping[str, Any]) -> ObjectInfo:
        return ObjectInfo(
            entry["Key"][len(self.prefix) :],
            entry["Size"],
            entry["ETag"].strip('"'),
            modified=float(int(entry["LastModified"].timestamp())),  # as exact as answers to HEAD are
            refusal=_archived(entry.get("StorageClass", "")),
        )

    def _name(self, key: str) -> str:
        return self.prefix + key

    def _place(self, key: str) -> str:
        return place_of(self.url, key)

    def _asking(self, key: str, call: Callable[[], T]) -> T:
        """The answer. Raises PlaceError."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return call()
        except ClientError as error:
            raise self._meaning(error, self._place(key)) from error
        except (BotoCoreError, ConnectionError) as error:
            raise place_error(explained(error, f"`{self._place(key)}`")) from error

    def _meaning(self, error: Any, place: str) -> Exception:
        code, status = code_of(error), status_of(error)
        if code == "NoSuchUpload":
            return UploadGone(f"the upload of `{place}` was ended by somebody else", retryable=True)
        if code in ("NoSuchKey", "404") or (status == 404 and code in ("", "NotFound")):
            return ObjectMissing(f"there is no `{place}`")
        if status in (409, 412) and code in ("PreconditionFailed", "412", "ConditionalRequestConflict"):
            return ObjectChanged(f"`{place}` is not of the version any more that was listed")
        if code in ("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage") or status == 507:
            return PlaceFull(
                f"there is no room for `{place}`: {code}",
                detail="Raise the quota or remove something, and do it again: it goes on where it stopped.",
            )
        if code in (
            "InvalidObjectState",
            "KeyTooLongError",
            "InvalidTag",
            "MetadataTooLarge",
            "EntityTooLarge",
        ):
            text = str(error.response.get("Error", {}).get("Message", ""))
            return ObjectRefused(f"`{place}` cannot be read or written: {code}", detail=text)
        return place_error(explained(error, f"`{place}`"))


def _attributes(given: Mapping[str, str], metadata: Mapping[str, str]) -> Attributes:
    content_type, encoding = given["content_type"], given["content_encoding"]
    return Attributes(
        content_type="" if content_type == _ABSENT_TYPE else content_type,
        # `aws-chunked` is of how it was sent, and kept by some servers.
        content_encoding="" if encoding == "aws-chunked" else encoding,
        content_disposition=given["content_disposition"],
        content_language=given["content_language"],
        cache_control=given["cache_control"],
        metadata=metadata,
    )


def _headers(attributes: Attributes) -> dict[str, str]:
    headers = {header: value for name, header in _HEADERS.items() if (value := getattr(attributes, name))}
    headers |= {f"x-amz-meta-{name}": value for name, value in attributes.metadata.items()}
    if attributes.tags:
        headers["x-amz-tagging"] = urlencode(attributes.tags)
    return headers


_SUMS = ("crc32", "crc32c", "crc64nvme", "sha1", "sha256")


def _answered(answer: Answer) -> dict[str, str]:
    given = {}
    for name in _SUMS:
        if value := answer.headers.get(f"x-amz-checksum-{name}"):
            given[name] = value
    return _checksums(given)


def _checksums(given: Mapping[str, str]) -> dict[str, str]:
    """Base64 as hex. One of parts (`...-3`) is not of the whole object."""
    return {name: base64.b64decode(value).hex() for name, value in given.items() if "-" not in value}


def _archived(storage_class: str) -> str:
    return f"it is archived ({storage_class}): restore it first" if storage_class in _ARCHIVED else ""


def _is_hex(text: str) -> bool:
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)
