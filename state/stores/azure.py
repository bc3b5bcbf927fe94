"""A store in a container of Azure Blob: `az://CONTAINER/PREFIX?account=&client_id=&endpoint=`.

Put-if-absent is `If-None-Match: *`. Large files go up as blocks whose names are made of their content, so that
a killed upload goes on where it was. Blob storage cannot list from a key on: that is done folder by folder.
"""

import base64
import functools
import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from unknot.state.stores.azure_account import (
    account_of,
    code_of,
    container_client,
    explained,
    require_library,
)
from unknot.state.stores.base import PutResult, StoreError
from unknot.state.stores.remote import PART_BYTES, Described, RemoteStore, Source, in_parallel
from unknot.state.stores.url import StoreUrl, parse_store_url
from unknot.state.stores.walking import walk

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient, ContainerClient

T = TypeVar("T")

PARAMETERS = {
    "account": "the storage account",
    "client_id": "the client id of a managed identity to act as",
    "endpoint": "the URL of the account's blob endpoint, where it is not the usual one",
}

SHA256 = "unknot_sha256"
"""Metadata of a blob: the SHA-256 of all of it in hex. Azure's names of metadata are those of C#."""

BLOCKS_MAX = 50_000
"""Of one blob (Azure, scalability targets for Blob storage)."""

PAGE = 5000

_TAKEN = {"BlobAlreadyExists", "BlobImmutableDueToPolicy"}


def open_azure(url: str) -> "AzureStore":
    """Raises StoreError."""
    parts = parse_store_url(url, PARAMETERS)
    require_library()
    return AzureStore(parts)


class AzureStore(RemoteStore):
    """Blobs of a container below a prefix."""

    def __init__(self, place: StoreUrl, *, part_bytes: int = PART_BYTES) -> None:
        """Touches nothing yet. Raises StoreError if no storage account is named."""
        account = account_of(place)
        whole = place._replace(parameters={"account": account, **place.parameters})
        super().__init__(whole.text("az"), place.prefix, is_proven=False, part_bytes=part_bytes)
        self.place = whole
        """Where it is, the account included."""

    @functools.cached_property
    def container(self) -> "ContainerClient":
        """Made at the first use. Raises StoreError."""
        client = container_client(self.place)
        self._is_proven = self._is_proven or ".blob.core." in client.url
        return client

    def _prove(self) -> None:
        if not self._is_proven:
            self.container  # noqa: B018 - knows whether this is Azure itself
        super()._prove()

    def _write(self, name: str, data: bytes, sha256: str) -> PutResult:
        return self._conditionally(
            name,
            lambda hook: self._blob(name).upload_blob(
                data, overwrite=False, validate_content=True, metadata={SHA256: sha256}, retry_hook=hook
            ),
        )

    def _write_parts(self, name: str, source: Source) -> PutResult:
        from azure.core import MatchConditions
        from azure.core.exceptions import HttpResponseError
        from azure.storage.blob import BlobBlock, ContentSettings

        if self._describe(name) is not None:
            return PutResult.EXISTS
        blob = self._blob(name)
        size = max(self.part_bytes, -(-source.size // BLOCKS_MAX))
        sent = self._uncommitted(name, blob)
        starts = source.parts(size)
        blocks = {}

        def send(start: int) -> None:
            data = source.read(start, size)
            blocks[start] = block = _block_id(start // size, data)
            if sent.get(block) != len(data):
                self._asking(name, lambda: blob.stage_block(block, data, validate_content=True))

        in_parallel(send, starts)
        source.require_unchanged()

        def commit(hook: Callable[..., None]) -> object:
            return blob.commit_block_list(
                [BlobBlock(blocks[start]) for start in starts],
                match_condition=MatchConditions.IfMissing,
                metadata={SHA256: source.sha256},
                content_settings=ContentSettings(content_md5=bytearray(source.md5)),
                retry_hook=hook,
            )

        try:
            return self._conditionally(name, commit)
        except StoreError as error:
            cause = error.__cause__
            if isinstance(cause, HttpResponseError) and code_of(cause) == "InvalidBlockList":
                return PutResult.UNKNOWN  # somebody else's blob of this name swept our blocks away
            raise

    def _uncommitted(self, name: str, blob: "BlobClient") -> dict[str, int]:
        """Blocks that an upload which was killed had sent, and their sizes."""
        listed = self._asking(name, lambda: blob.get_block_list("uncommitted"))
        return {} if listed is None else {block.id: block.size for block in listed[1]}

    def _read(self, name: str) -> tuple[bytes, str] | None:
        def read() -> tuple[bytes, str]:
            download = self._blob(name).download_blob(validate_content=True)
            metadata = download.properties.metadata or {}
            return download.readall(), metadata.get(SHA256, "")

        return self._asking(name, read)

    def _read_range(self, name: str, start: int, length: int, version: str | None) -> bytes | None:
        from azure.core import MatchConditions
        from azure.core.exceptions import HttpResponseError

        condition: dict[str, Any] = {}
        if version is not None:
            condition = {"etag": version, "match_condition": MatchConditions.IfNotModified}

        def read() -> bytes:
            try:
                download = self._blob(name).download_blob(
                    offset=start, length=length, validate_content=True, **condition
                )
            except HttpResponseError as error:
                if error.status_code == 416:
                    return b""
                raise
            data: bytes = download.readall()
            return data

        return self._asking(name, read)

    def _describe(self, name: str) -> Described | None:
        def look() -> Described:
            found = self._blob(name).get_blob_properties()
            return Described(found.size, (found.metadata or {}).get(SHA256, ""), found.etag or "")

        return self._asking(name, look)

    def _remove(self, name: str) -> None:
        self._asking(name, lambda: self._blob(name).delete_blob(delete_snapshots="include"))

    def _list(self, prefix: str, after: str, limit: int | None) -> Iterator[str]:
        if after:
            yield from walk(functools.partial(self._names, prefix=prefix, after=after), prefix, after)
            return
        pages = self.container.list_blob_names(
            name_starts_with=prefix, results_per_page=PAGE if limit is None else min(limit + 1, PAGE)
        ).by_page()
        names: list[str] = []
        while (page := self._asking_list(prefix, lambda: next(pages, None))) is not None:
            names += page
            # Names are listed by UTF-16 code units, or by whatever else: only among ASCII is that sure to be
            # the order of code points.
            if limit is not None and len(names) > limit and all(name.isascii() for name in names):
                break
        yield from sorted(names)

    def _names(self, folder: str, *, prefix: str, after: str) -> list[str]:
        """What lies directly in a folder, in as few pages of 5,000 as it takes."""
        stem = prefix[len(folder) :] if prefix.startswith(folder) else ""
        if folder == "".join(after.rpartition("/")[:2]):
            # The folder of `after` itself is often full of names and of nothing else: a page of bare names, which
            # is much less to send and to read, then has them all.
            pages: Any = self.container.list_blob_names(
                name_starts_with=folder + stem, results_per_page=PAGE
            ).by_page()
            names = self._asking_list(folder, lambda: [str(name) for name in next(pages, ())])
            if not pages.continuation_token:
                return sorted({"".join(name[len(folder) :].partition("/")[:2]) for name in names})
        found = self.container.walk_blobs(name_starts_with=folder + stem, delimiter="/")
        listed = self._asking_list(folder, lambda: [str(item.name) for item in found])
        return [name[len(folder) :] for name in listed]

    def _blob(self, name: str) -> "BlobClient":
        return self.container.get_blob_client(name)

    def _conditionally(self, name: str, call: Callable[[Callable[..., None]], object]) -> PutResult:
        """Make a put; `call` is given what the library is to call when it asks again."""
        from azure.core.exceptions import AzureError, HttpResponseError

        asked_again = False

        def hook(**_: object) -> None:
            nonlocal asked_again
            asked_again = True

        try:
            call(hook)
        except HttpResponseError as error:
            status = error.status_code or 0
            if status == 412 or code_of(error) in _TAKEN:
                return PutResult.EXISTS
            if status >= 500 or status in (0, 408, 429) or asked_again:
                return PutResult.UNKNOWN
            raise explained(error, self._place(name)) from error
        except AzureError as error:
            refused = explained(error, self._place(name))
            if refused.retryable:
                return PutResult.UNKNOWN
            raise refused from error
        return PutResult.CREATED

    def _asking(self, name: str, call: Callable[[], T]) -> T | None:
        """The answer; None if there is no such blob. Raises StoreError."""
        from azure.core.exceptions import AzureError, ResourceNotFoundError

        try:
            return call()
        except ResourceNotFoundError as error:
            if code_of(error) in ("BlobNotFound", ""):  # an answer to HEAD has no code
                return None
            raise explained(error, self._place(name)) from error
        except AzureError as error:
            raise explained(error, self._place(name)) from error

    def _asking_list(self, prefix: str, call: Callable[[], T]) -> T:
        from azure.core.exceptions import AzureError

        try:
            return call()
        except AzureError as error:
            raise explained(error, self._place(prefix)) from error


def _block_id(number: int, data: bytes) -> str:
    """All of one length, as Azure wants them."""
    return base64.b64encode(f"{number:06d}-{hashlib.sha256(data).hexdigest()[:32]}".encode()).decode()
