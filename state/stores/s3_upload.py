"""A large file to S3 in parts: continued after a crash where an upload of the same content is found.

Nothing is visible before the last request, which has `If-None-Match: *`.
"""

import base64
import contextlib
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from unknot.state.stores.aws import code_of, explained
from unknot.state.stores.base import PutResult, StoreError
from unknot.state.stores.remote import Source, in_parallel

if TYPE_CHECKING:
    from unknot.state.stores.s3 import S3Store

PARTS_MAX = 10_000
"""Of one object (Amazon S3 User Guide, multipart upload limits)."""

ATTEMPTS = 3
"""An upload can end under our feet: somebody else completed or aborted it."""


def upload_parts(
    store: "S3Store", name: str, source: Source, part_bytes: int, metadata: Mapping[str, str]
) -> PutResult:
    """Put-if-absent of a file. Raises StoreError if it certainly wrote nothing; OSError from the file."""
    size = max(part_bytes, -(-source.size // PARTS_MAX))
    for _ in range(ATTEMPTS):
        if store._describe(name) is not None:
            result: PutResult | None = PutResult.EXISTS
        else:
            result = _Upload(store, name, source, size, metadata).run()
        if result is PutResult.CREATED or result is PutResult.EXISTS:
            _abort_all(store, name)  # the name is taken: no upload to it can succeed any more
        if result is not None:
            return result
    return PutResult.UNKNOWN


class _Upload:
    """One multipart upload, begun or taken up."""

    def __init__(
        self, store: "S3Store", name: str, source: Source, part_bytes: int, metadata: Mapping[str, str]
    ) -> None:
        self._store = store
        self._client = store.client
        self._target = {"Bucket": store.bucket, "Key": name}
        self._name = name
        self._source = source
        self._size = part_bytes
        self._metadata = metadata
        self._parts: dict[int, dict[str, Any]] = {}

    def run(self) -> PutResult | None:
        """None if the upload was ended by somebody else."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            upload = self._taken_up() or self._begun()
            starts = self._source.parts(self._size)
            in_parallel(lambda start: self._send(upload, start), starts)
            self._source.require_unchanged()
        except ClientError as error:
            if code_of(error) == "NoSuchUpload":
                return None
            raise explained(error, self._place) from error
        except (BotoCoreError, ConnectionError) as error:
            raise explained(error, self._place) from error
        except StoreError:
            self._abort(upload)
            raise
        return self._complete(upload)

    @property
    def _place(self) -> str:
        return f"`{self._store._place(self._name)}`"

    def _begun(self) -> str:
        answer = self._client.create_multipart_upload(
            **self._target, ChecksumAlgorithm="SHA256", Metadata=dict(self._metadata)
        )
        return str(answer["UploadId"])

    def _taken_up(self) -> str | None:
        """An unfinished upload to this name whose parts are all of this file: of a process that was killed."""
        from botocore.exceptions import ClientError

        try:
            for upload in unfinished(self._store, self._name):
                parts = self._sent(upload)
                if parts and all(self._is_ours(part) for part in parts):
                    self._parts = {
                        part["PartNumber"]: {"PartNumber": part["PartNumber"], "ETag": part["ETag"]}
                        | ({"ChecksumSHA256": part["ChecksumSHA256"]} if "ChecksumSHA256" in part else {})
                        for part in parts
                    }
                    return upload
        except ClientError as error:
            if code_of(error) not in ("AccessDenied", "NoSuchUpload", "NotImplemented"):
                raise
        return None

    def _sent(self, upload: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_parts").paginate(**self._target, UploadId=upload)
        return [part for page in pages for part in page.get("Parts", ())]

    def _is_ours(self, part: dict[str, Any]) -> bool:
        start = (part["PartNumber"] - 1) * self._size
        if part["Size"] != min(self._size, self._source.size - start):
            return False
        data = self._source.read(start, self._size)
        if "ChecksumSHA256" in part:
            return bool(part["ChecksumSHA256"] == _sha256(data))
        # Without the checksum, an entity tag is the MD5 of a part, unless a KMS key encrypts the bucket.
        return bool(part["ETag"].strip('"') == hashlib.md5(data, usedforsecurity=False).hexdigest())

    def _send(self, upload: str, start: int) -> None:
        number = start // self._size + 1
        if number in self._parts:
            return
        data = self._source.read(start, self._size)
        checksum = _sha256(data)
        answer = self._client.upload_part(
            **self._target, UploadId=upload, PartNumber=number, Body=data, ChecksumSHA256=checksum
        )
        self._parts[number] = {"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": checksum}

    def _complete(self, upload: str) -> PutResult | None:
        from botocore.exceptions import ClientError

        gone = False

        def complete() -> None:
            nonlocal gone
            try:
                self._client.complete_multipart_upload(
                    **self._target,
                    UploadId=upload,
                    MultipartUpload={"Parts": [self._parts[n] for n in sorted(self._parts)]},
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if code_of(error) != "NoSuchUpload":
                    raise
                gone = True  # by an answer that was lost, or by another process with the same file

        result = self._store.conditionally(self._name, complete)
        return None if gone else result

    def _abort(self, upload: str) -> None:
        _abort(self._store, self._name, upload)


def unfinished(store: "S3Store", name: str) -> list[str]:
    """Ids of the uploads to `name` that were not completed. Raises ClientError."""
    pages = store.client.get_paginator("list_multipart_uploads").paginate(Bucket=store.bucket, Prefix=name)
    return [u["UploadId"] for page in pages for u in page.get("Uploads", ()) if u["Key"] == name]


def _abort_all(store: "S3Store", name: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        uploads = unfinished(store, name)
    except (ClientError, BotoCoreError):
        return  # they cost a little room until the bucket's own rule for unfinished uploads removes them
    for upload in uploads:
        _abort(store, name, upload)


def _abort(store: "S3Store", name: str, upload: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    with contextlib.suppress(ClientError, BotoCoreError):
        store.client.abort_multipart_upload(Bucket=store.bucket, Key=name, UploadId=upload)


def _sha256(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
