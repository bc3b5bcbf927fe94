"""A container of Azure Blob as a place of objects.

Reads are pinned by `If-Match`; large blobs go up as blocks. Names are listed here in order of their code points, which
is Azure's order but for rare characters.
"""

import base64
import functools
import itertools
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from unknot.providers.objects.attributes import Attributes, Traits
from unknot.providers.objects.base import Limits, ObjectInfo, Part, Place, Read, Upload
from unknot.providers.objects.failures import (
    ObjectChanged,
    ObjectMissing,
    ObjectRefused,
    PlaceDenied,
    PlaceError,
    UploadGone,
    place_error,
)
from unknot.providers.objects.keys import azure_refuses
from unknot.state.stores.azure import open_azure as open_azure_store
from unknot.state.stores.azure_account import code_of, container_client, explained
from unknot.state.stores.base import StoreError
from unknot.state.stores.url import StoreUrl, place_of

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient, ContainerClient

T = TypeVar("T")

MIB = 1024 * 1024

LIMITS = Limits(
    parts_max=50_000,
    part_bytes_min=1,
    whole_bytes_max=64 * MIB,
    object_bytes_max=50_000 * 4000 * MIB,
)
"""Azure, scalability targets for Blob storage: 50,000 blocks of 4,000 MiB."""

TRAITS = Traits(
    tags=True, metadata_names="identifier", metadata_ascii=True, metadata_bytes_max=8192, tags_max=10
)

PAGE = 5000
COPY_WAIT_S = 0.2
COPY_WAIT_MAX_S = 5.0

_ABSENT_TYPE = "application/octet-stream"


def open_azure(url: str) -> "AzurePlace":
    """Raises StoreError."""
    return AzurePlace(open_azure_store(url).place)


class AzurePlace:
    """Blobs of a container below a prefix."""

    kind = "az"
    limits = LIMITS
    traits = TRAITS

    def __init__(self, place: StoreUrl) -> None:
        """Touches nothing yet; the account must be among the parameters."""
        self.url = place.text("az")
        self.prefix = place.prefix
        self.parameters = place.parameters
        self._place = place
        self._lock = threading.Lock()
        self._containers: list[ContainerClient] = []
        self._reads_tags = True

    @property
    def container(self) -> "ContainerClient":
        """Made at the first use. Raises PlaceError."""
        containers = self._containers
        if not containers:
            with self._lock:
                if not self._containers:
                    try:
                        self._containers.append(container_client(self._place))
                    except StoreError as error:
                        raise place_error(error) from error
                containers = self._containers
        return containers[0]

    def refuses(self, key: str) -> str:
        return azure_refuses(self.prefix, key)

    def list(self, start_after: str | None = None) -> Iterator[ObjectInfo]:
        # Azure lists from markers of its own only: what lies before is read and passed over.
        for info in in_code_point_order(self._listed()):
            if start_after is None or info.key > start_after:
                yield info

    def describe(self, key: str) -> tuple[ObjectInfo, Attributes] | None:
        blob = self._blob(key)
        try:
            found = self._asking(key, blob.get_blob_properties)
        except ObjectMissing:
            return None
        tags: Mapping[str, str] = {}
        if found.tag_count and self._reads_tags:
            tags = self._asking(key, blob.get_blob_tags)
        info = self._info(found, tags)
        return info, info.attributes or Attributes()

    def read(self, info: ObjectInfo) -> Read:
        attributes = info.attributes
        if attributes is None:
            found = self.describe(info.key)
            if found is None:
                raise ObjectMissing(f"there is no `{self._at(info.key)}` any more")
            attributes = found[1]
        return Read(self.read_range(info, 0, info.size), attributes)

    def read_range(self, info: ObjectInfo, start: int, length: int) -> bytes:
        from azure.core import MatchConditions

        if not length:
            return b""

        def call() -> bytes:
            download = self._blob(info.key).download_blob(
                offset=start,
                length=length,
                etag=f'"{info.etag}"',
                match_condition=MatchConditions.IfNotModified,
                max_concurrency=1,
                decompress=False,
            )
            data: bytes = download.readall()
            return data

        try:
            data = self._asking(info.key, call)
        except ObjectChanged as error:
            # A condition on a blob that is not there is not met either.
            if self.describe(info.key) is None:
                raise ObjectMissing(f"there is no `{self._at(info.key)}` any more") from error
            raise
        if len(data) != length:
            raise PlaceError(f"`{self._at(info.key)}` was cut off while it was read", retryable=True)
        return data

    def write(self, key: str, data: bytes, attributes: Attributes, sha256: bytes) -> ObjectInfo:
        answer = self._asking(
            key,
            lambda: self._blob(key).upload_blob(
                data, length=len(data), overwrite=True, max_concurrency=1, **_given(attributes)
            ),
        )
        return _made(key, len(data), answer)

    def begin(self, key: str, size: int, part_bytes: int, attributes: Attributes) -> Upload:
        self.container  # noqa: B018 - says now what is wrong with the credentials
        return Upload(key, secrets.token_hex(8), part_bytes, size, attributes)

    def send(self, upload: Upload, number: int, data: bytes) -> Part:
        block = _block_id(upload, number)
        self._asking(upload.key, lambda: self._blob(upload.key).stage_block(block, data, length=len(data)))
        return Part(number, len(data), block)

    def sent(self, upload: Upload) -> Mapping[int, Part]:
        try:
            _, listed = self._asking(upload.key, lambda: self._blob(upload.key).get_block_list("uncommitted"))
        except ObjectMissing:
            return {}
        sizes = {block.id: block.size for block in listed}
        found = {}
        for number in upload.parts():
            block = _block_id(upload, number)
            if block in sizes:
                found[number] = Part(number, sizes[block], block)
        return found

    def finish(self, upload: Upload, parts: Sequence[Part]) -> ObjectInfo:
        from azure.storage.blob import BlobBlock

        # `Latest`, which is the default, takes blocks that a try whose answer was lost has committed already.
        answer = self._asking(
            upload.key,
            lambda: self._blob(upload.key).commit_block_list(
                [BlobBlock(part.tag) for part in parts], **_given(upload.attributes)
            ),
        )
        return _made(upload.key, upload.size, answer)

    def abort(self, upload: Upload) -> None:
        """Azure has no request for this: blocks that are never committed are dropped after a week."""

    def copies_from(self, source: Place) -> bool:
        if not isinstance(source, AzurePlace):
            return False
        return dict(source.parameters) == dict(self.parameters)

    def copy_from(self, source: Place, info: ObjectInfo, key: str) -> ObjectInfo:
        from azure.core import MatchConditions

        if not isinstance(source, AzurePlace):
            raise PlaceError(f"`{self.url}` cannot copy from `{source.url}` by itself")
        blob = self._blob(key)
        tags = info.attributes.tags if info.attributes else {}
        given: dict[str, Any] = {"tags": dict(tags)} if tags else {}
        answer = self._asking(
            key,
            lambda: blob.start_copy_from_url(
                source._blob(info.key).url,
                source_etag=f'"{info.etag}"',
                source_match_condition=MatchConditions.IfNotModified,
                **given,
            ),
        )
        status, wait = str(answer["copy_status"]), COPY_WAIT_S
        while status == "pending":
            time.sleep(wait)
            wait = min(2 * wait, COPY_WAIT_MAX_S)
            status = str(self._asking(key, blob.get_blob_properties).copy.status)
        if status != "success":
            raise PlaceError(f"Azure did not copy `{source._at(info.key)}`: {status}", retryable=True)
        found = self.describe(key)
        if found is None:
            raise PlaceError(f"`{self._at(key)}` was removed while it was made", retryable=True)
        return found[0]

    def delete(self, key: str) -> None:
        try:
            self._asking(key, lambda: self._blob(key).delete_blob(delete_snapshots="include"))
        except ObjectMissing:
            return

    def keeps_history(self) -> bool | None:
        def first() -> Any:
            pages = self.container.list_blobs(
                name_starts_with=self.prefix or None, include=["versions"], results_per_page=1
            )
            return next(iter(pages), None)

        try:
            found = self._asking("", first)
        except PlaceError:
            return None
        return None if found is None else bool(found.version_id)

    def settle(self) -> None:
        """Azure answers when a blob is durable."""

    def renew(self) -> None:
        with self._lock:
            self._containers = []

    def _listed(self) -> Iterator[ObjectInfo]:
        pages, first = self._pages(), True
        while True:
            try:
                page = self._asking("", functools.partial(next, pages, None))
            except PlaceDenied:
                if not (first and self._reads_tags):
                    raise
                self._reads_tags = False  # they need a permission of their own
                pages = self._pages()
                continue
            if page is None:
                return
            first = False
            for item in page:
                yield self._info(item, item.tags or {})

    def _pages(self) -> Iterator[Any]:
        include = ["metadata", "tags"] if self._reads_tags else ["metadata"]
        found: Iterator[Any] = self.container.list_blobs(
            name_starts_with=self.prefix or None, include=include, results_per_page=PAGE
        ).by_page()
        return (list(page) for page in found)

    def _info(self, found: Any, tags: Mapping[str, str]) -> ObjectInfo:
        settings = found.content_settings
        md5 = settings.content_md5
        content_type = settings.content_type or ""
        archived = str(found.blob_tier or "").endswith("Archive")
        return ObjectInfo(
            found.name[len(self.prefix) :],
            found.size,
            str(found.etag).strip('"'),
            version=found.version_id or "",
            modified=found.last_modified.timestamp(),
            checksums={"md5": bytes(md5).hex()} if md5 else {},
            refusal="it is archived: rehydrate it first" if archived else "",
            attributes=Attributes(
                content_type="" if content_type == _ABSENT_TYPE else content_type,
                content_encoding=settings.content_encoding or "",
                content_disposition=settings.content_disposition or "",
                content_language=settings.content_language or "",
                cache_control=settings.cache_control or "",
                metadata=dict(found.metadata or {}),
                tags=dict(tags),
            ),
        )

    def _blob(self, key: str) -> "BlobClient":
        return self.container.get_blob_client(self.prefix + key)

    def _at(self, key: str) -> str:
        return place_of(self.url, key)

    def _asking(self, key: str, call: Callable[[], T]) -> T:
        """The answer. Raises PlaceError."""
        from azure.core.exceptions import AzureError, HttpResponseError

        place = self._at(key)
        try:
            return call()
        except HttpResponseError as error:
            code = code_of(error)
            if error.status_code == 404 and code in ("BlobNotFound", "", "CannotVerifyCopySource"):
                raise ObjectMissing(f"there is no `{place}`") from error
            if error.status_code == 412 or code in ("ConditionNotMet", "SourceConditionNotMet"):
                raise ObjectChanged(f"`{place}` is not of the version any more that was listed") from error
            if code == "InvalidBlockList":
                raise UploadGone(f"blocks of `{place}` are gone", retryable=True) from error
            if code in (
                "InvalidMetadata",
                "InvalidTag",
                "MetadataTooLarge",
                "InvalidResourceName",
                "BlobArchived",
            ):
                raise ObjectRefused(f"`{place}` cannot be read or written: {code}") from error
            raise place_error(explained(error, place)) from error
        except AzureError as error:
            raise place_error(explained(error, place)) from error


def in_code_point_order(infos: Iterator[ObjectInfo]) -> Iterator[ObjectInfo]:
    """Infos whose keys come in order of UTF-16's units, put in order of code points.

    They differ only after the first character beyond U+D7FF: keys that share what is before it follow one another, and
    only such a run is kept in memory.
    """
    for stem, run in itertools.groupby(infos, key=lambda info: _stem(info.key)):
        if stem is None:
            yield from run
        else:
            yield from sorted(run, key=lambda info: info.key)


def _stem(key: str) -> str | None:
    if key.isascii():
        return None
    return next((key[:at] for at, character in enumerate(key) if character > "\ud7ff"), None)


def _given(attributes: Attributes) -> dict[str, Any]:
    from azure.storage.blob import ContentSettings

    given: dict[str, Any] = {
        "content_settings": ContentSettings(
            content_type=attributes.content_type or _ABSENT_TYPE,
            content_encoding=attributes.content_encoding or None,
            content_disposition=attributes.content_disposition or None,
            content_language=attributes.content_language or None,
            cache_control=attributes.cache_control or None,
        )
    }
    if attributes.metadata:
        given["metadata"] = dict(attributes.metadata)
    if attributes.tags:
        given["tags"] = dict(attributes.tags)
    return given


def _made(key: str, size: int, answer: Mapping[str, Any]) -> ObjectInfo:
    md5 = answer.get("content_md5")
    return ObjectInfo(
        key,
        size,
        str(answer["etag"]).strip('"'),
        version=answer.get("version_id") or "",
        modified=answer["last_modified"].timestamp(),
        checksums={"md5": bytes(md5).hex()} if md5 else {},
    )


def _block_id(upload: Upload, number: int) -> str:
    """All of one length, as Azure wants them."""
    return base64.b64encode(f"{upload.id}-{number:06d}".encode()).decode()
