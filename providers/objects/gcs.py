"""A bucket of Google Cloud Storage as a place of objects.

Reads are pinned by generation. A large object goes up as parts that are objects of their own and are composed at the
end: unlike a resumable upload's, no address that lets anyone write has to be kept for going on after a crash.
"""

import base64
import functools
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

from unknot.providers.objects.attributes import HEADERS, Attributes, Traits
from unknot.providers.objects.base import Limits, ObjectInfo, Part, Place, Read, Upload
from unknot.providers.objects.failures import (
    ObjectChanged,
    ObjectMissing,
    PlaceError,
    PlaceFull,
    UploadGone,
    place_error,
)
from unknot.providers.objects.gcs_wire import Answer, GcsWire
from unknot.providers.objects.keys import RESERVED, gcs_refuses
from unknot.state.stores.base import StoreError
from unknot.state.stores.gcs import GcsStore
from unknot.state.stores.gcs import open_gcs as open_gcs_store
from unknot.state.stores.remote import in_parallel
from unknot.state.stores.url import place_of

T = TypeVar("T")

MIB = 1024 * 1024

LIMITS = Limits(
    parts_max=10_000, part_bytes_min=1, whole_bytes_max=64 * MIB, object_bytes_max=5 * 1024**2 * MIB
)
"""5 TiB (Cloud Storage, quotas and limits). The number of parts is our own limit: each is an object for a while."""

COMPOSED_MAX = 32
"""Objects that one request composes (Cloud Storage, composite objects)."""

CONNECTIONS = 64
PAGE = 1000
TRAITS = Traits(metadata_bytes_max=8192)

_FIELDS = (
    "name,size,generation,metageneration,updated,md5Hash,crc32c,contentType,contentEncoding,contentDisposition,"
    "contentLanguage,cacheControl,metadata"
)
_MEMBERS = {
    name: "".join(part.title() if at else part for at, part in enumerate(name.split("_"))) for name in HEADERS
}
_ABSENT_TYPE = "application/octet-stream"


def open_gcs(url: str) -> "GcsPlace":
    """Raises StoreError."""
    store = open_gcs_store(url)
    return GcsPlace(store)


class GcsPlace:
    """Objects of a bucket below a prefix."""

    kind = "gs"
    limits = LIMITS
    traits = TRAITS

    def __init__(self, store: GcsStore) -> None:
        """Touches nothing yet. `store` is where the connection comes from."""
        self.url = store.url
        self.prefix = store.place.prefix
        self.parameters = store.place.parameters
        self._place = store.place
        self._store = store
        self._lock = threading.Lock()
        self._wires: list[GcsWire] = []

    @property
    def wire(self) -> GcsWire:
        """Made at the first use. Raises PlaceError."""
        wires = self._wires
        if not wires:
            with self._lock:
                if not self._wires:
                    self._store = GcsStore(self._place, connections=CONNECTIONS)
                    self._wires.append(self._asking("", lambda: GcsWire(self._store)))
                wires = self._wires
        return wires[0]

    def refuses(self, key: str) -> str:
        return gcs_refuses(self.prefix, key)

    def list(self, start_after: str | None = None) -> Iterator[ObjectInfo]:
        reserved = f"{RESERVED}/"
        for item in self._items(self.prefix, "" if start_after is None else f"{self.prefix}{start_after}\0"):
            info = self._info(item)
            if (start_after is None or info.key > start_after) and not info.key.startswith(reserved):
                yield info

    def describe(self, key: str) -> tuple[ObjectInfo, Attributes] | None:
        try:
            answer = self._send(key, "GET", self._path(key), {"fields": _FIELDS})
        except ObjectMissing:
            return None
        info = self._info(answer.json())
        return info, info.attributes or Attributes()

    def read(self, info: ObjectInfo) -> Read:
        attributes = info.attributes
        if attributes is None:
            found = self.describe(info.key)
            if found is None:
                raise ObjectMissing(f"there is no `{self._at(info.key)}` any more")
            attributes = found[1]
        return Read(self._media(info, {}, info.size), attributes)

    def read_range(self, info: ObjectInfo, start: int, length: int) -> bytes:
        if not length:
            return b""
        return self._media(info, {"Range": f"bytes={start}-{start + length - 1}"}, length)

    def write(self, key: str, data: bytes, attributes: Attributes, sha256: bytes) -> ObjectInfo:
        return self._insert(self.prefix + key, key, data, attributes)

    def begin(self, key: str, size: int, part_bytes: int, attributes: Attributes) -> Upload:
        self.wire  # noqa: B018 - says now what is wrong with the credentials
        return Upload(key, secrets.token_hex(12), part_bytes, size, attributes)

    def send(self, upload: Upload, number: int, data: bytes) -> Part:
        name = f"{self._folder(upload)}{number:06d}"
        made = self._insert(name, upload.key, data, Attributes())
        return Part(number, len(data), made.version)

    def sent(self, upload: Upload) -> Mapping[int, Part]:
        found = {}
        for item in self._items(self._folder(upload), ""):
            number = item["name"].rpartition("/")[2]
            if number.isdigit():
                found[int(number)] = Part(int(number), int(item["size"]), item["generation"])
        return found

    def finish(self, upload: Upload, parts: Sequence[Part]) -> ObjectInfo:
        folder = self._folder(upload)
        names = [(f"{folder}{part.number:06d}", part.tag) for part in parts]
        try:
            # Composing goes on from what was composed before, since one request takes so many objects only.
            step = 0
            while len(names) > COMPOSED_MAX:
                name = f"{folder}composed-{step}"
                made = self._compose(name, upload.key, names[:COMPOSED_MAX], Attributes())
                names = [(name, made.version), *names[COMPOSED_MAX:]]
                step += 1
            info = self._compose(self.prefix + upload.key, upload.key, names, upload.attributes)
        except PlaceError as error:
            # The parts are removed when the object is there: the answer to an earlier try may have been lost.
            if self.sent(upload):
                raise
            found = self.describe(upload.key)
            if found is None or found[0].size != upload.size:  # bytes are proven by verification
                raise UploadGone(f"the parts of `{self._at(upload.key)}` are gone", retryable=True) from error
            return found[0]
        self.abort(upload)
        return info

    def abort(self, upload: Upload) -> None:
        names = [item["name"] for item in self._items(self._folder(upload), "")]
        in_parallel(lambda at: self._remove(names[at], upload.key), range(len(names)))

    def copies_from(self, source: Place) -> bool:
        return isinstance(source, GcsPlace) and dict(source.parameters) == dict(self.parameters)

    def copy_from(self, source: Place, info: ObjectInfo, key: str) -> ObjectInfo:
        if not isinstance(source, GcsPlace):
            raise PlaceError(f"`{self.url}` cannot copy from `{source.url}` by itself")
        path = (
            f"{source._path(info.key)}/rewriteTo/b/{quote(self.wire.bucket, safe='')}"
            f"/o/{quote(self.prefix + key, safe='')}"
        )
        token: dict[str, str | int] = {}
        while True:
            query = {"sourceGeneration": info.version, **token}
            try:
                answer = self._send(key, "POST", path, query, document={}).json()
            except ObjectMissing:
                source._require_gone(info)
            if answer.get("done", True):
                return self._info(answer["resource"])
            token = {"rewriteToken": answer["rewriteToken"]}

    def delete(self, key: str) -> None:
        self._remove(self.prefix + key, key)

    def keeps_history(self) -> bool | None:
        path = f"/storage/v1/b/{quote(self.wire.bucket, safe='')}"
        try:
            answer = self._send("", "GET", path, {"fields": "versioning"})
        except PlaceError:
            return None
        return bool(answer.json().get("versioning", {}).get("enabled"))

    def settle(self) -> None:
        """Cloud Storage answers when an object is durable."""

    def renew(self) -> None:
        with self._lock:
            self._wires = []

    def _items(self, prefix: str, start: str) -> Iterator[dict[str, Any]]:
        query: dict[str, str | int] = {
            "maxResults": PAGE,
            "fields": f"items({_FIELDS}),nextPageToken",
            **({"prefix": prefix} if prefix else {}),
            **({"startOffset": start} if start else {}),
        }
        path = f"/storage/v1/b/{quote(self.wire.bucket, safe='')}/o"
        while True:
            page = self._send("", "GET", path, query, is_listing=True).json()
            yield from page.get("items", ())
            if not page.get("nextPageToken"):
                return
            query["pageToken"] = page["nextPageToken"]

    def _media(self, info: ObjectInfo, headers: Mapping[str, str], length: int) -> bytes:
        query = {"alt": "media", "generation": info.version}
        try:
            data = self._send(info.key, "GET", self._path(info.key), query, headers=headers).body
        except ObjectMissing:
            self._require_gone(info)
        if len(data) != length:
            raise PlaceError(f"`{self._at(info.key)}` was cut off while it was read", retryable=True)
        return data

    def _require_gone(self, info: ObjectInfo) -> NoReturn:
        """That generation is not there: say whether there is another one."""
        if self.describe(info.key) is not None:
            raise ObjectChanged(f"`{self._at(info.key)}` is not of the version any more that was listed")
        raise ObjectMissing(f"there is no `{self._at(info.key)}` any more")

    def _insert(self, name: str, key: str, data: bytes, attributes: Attributes) -> ObjectInfo:
        import google_crc32c

        checksum = base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()
        document = {"name": name, "crc32c": checksum, **_document(attributes)}
        boundary = secrets.token_hex(16)
        body = b"".join(
            (
                f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n".encode(),
                json.dumps(document).encode(),
                f"\r\n--{boundary}\r\nContent-Type: {document['contentType']}\r\n\r\n".encode(),
                data,
                f"\r\n--{boundary}--".encode(),
            )
        )
        answer = self._send(
            key,
            "POST",
            f"/upload/storage/v1/b/{quote(self.wire.bucket, safe='')}/o",
            {"uploadType": "multipart", "fields": _FIELDS},
            headers={"Content-Type": f"multipart/related; boundary={boundary}"},
            body=body,
        )
        return self._info(answer.json())

    def _compose(
        self, name: str, key: str, parts: Sequence[tuple[str, str]], attributes: Attributes
    ) -> ObjectInfo:
        document = {
            "sourceObjects": [{"name": part, "generation": generation} for part, generation in parts],
            "destination": _document(attributes),
        }
        path = f"{self.wire.object(name)}/compose"
        return self._info(self._send(key, "POST", path, {"fields": _FIELDS}, document=document).json())

    def _remove(self, name: str, key: str) -> None:
        try:
            self._send(key, "DELETE", self.wire.object(name))
        except ObjectMissing:
            return

    def _info(self, item: Mapping[str, Any]) -> ObjectInfo:
        generation = str(item["generation"])
        sums = {"md5": item.get("md5Hash"), "crc32c": item.get("crc32c")}
        headers = {name: item.get(member, "") for name, member in _MEMBERS.items()}
        if headers["content_type"] == _ABSENT_TYPE:
            headers["content_type"] = ""
        return ObjectInfo(
            item["name"][len(self.prefix) :],
            int(item.get("size", 0)),
            f"{generation}.{item.get('metageneration', 1)}",
            version=generation,
            modified=datetime.fromisoformat(item["updated"]).timestamp() if "updated" in item else 0.0,
            checksums={name: base64.b64decode(text).hex() for name, text in sums.items() if text},
            attributes=Attributes(metadata=item.get("metadata") or {}, **headers),
        )

    def _path(self, key: str) -> str:
        return self.wire.object(self.prefix + key)

    def _folder(self, upload: Upload) -> str:
        return f"{self.prefix}{RESERVED}/{upload.id}/"

    def _at(self, key: str) -> str:
        return place_of(self.url, key)

    def _send(
        self,
        key: str,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        document: object = None,
        is_listing: bool = False,
    ) -> Answer:
        wire = self.wire
        return self._asking(
            key,
            functools.partial(wire.send, method, path, query, headers=headers, body=body, document=document),
            is_listing=is_listing,
        )

    def _asking(self, key: str, call: Callable[[], T], *, is_listing: bool = False) -> T:
        """The answer. Raises PlaceError."""
        from google.api_core.exceptions import Forbidden, GoogleAPICallError, NotFound, PreconditionFailed
        from google.auth.exceptions import GoogleAuthError
        from urllib3.exceptions import HTTPError

        place = self._at(key)
        try:
            return call()
        except StoreError as error:
            raise place_error(error) from error
        except NotFound as error:
            if is_listing or not key or "bucket does not exist" in str(error).lower():
                raise place_error(self._store.explained(error, place)) from error
            raise ObjectMissing(f"there is no `{place}`") from error
        except PreconditionFailed as error:
            raise ObjectChanged(f"`{place}` is not of the version any more that was listed") from error
        except Forbidden as error:
            if "quota" in str(error).lower():
                raise PlaceFull(f"there is no room for `{place}`", detail=str(error)) from error
            raise place_error(self._store.explained(error, place)) from error
        except (GoogleAPICallError, GoogleAuthError, OSError) as error:
            raise place_error(self._store.explained(error, place)) from error
        except HTTPError as error:  # while the body was read
            raise PlaceError(f"`{place}` was cut off while it was read: {error}", retryable=True) from error


def _document(attributes: Attributes) -> dict[str, Any]:
    given: dict[str, Any] = {
        member: value for name, member in _MEMBERS.items() if (value := getattr(attributes, name))
    }
    given.setdefault("contentType", _ABSENT_TYPE)
    if attributes.metadata:
        given["metadata"] = dict(attributes.metadata)
    return given
