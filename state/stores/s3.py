"""A store in an S3 bucket: `s3://BUCKET/PREFIX?region=&profile=&role=&endpoint=`, with `If-None-Match: *`."""

import base64
import functools
from collections.abc import Callable, Iterator
from typing import TypeVar

from unknot.state.stores import aws
from unknot.state.stores.aws import code_of, explained, status_of
from unknot.state.stores.base import PutResult, StoreUnsuitable
from unknot.state.stores.remote import PART_BYTES, Described, RemoteStore, Source
from unknot.state.stores.s3_upload import upload_parts
from unknot.state.stores.url import StoreUrl, parse_store_url

T = TypeVar("T")

PARAMETERS = {
    "region": "the bucket's region",
    "profile": "a profile of `~/.aws/config`",
    "role": "the ARN of a role to act as",
    "endpoint": "the URL of a server that is not AWS",
}

SHA256 = "unknot-sha256"
"""Metadata of an object: the SHA-256 of all of it in hex. S3's own checksum of a multipart object is one of its parts."""

CONFLICTS = 5
"""How often a put is repeated that met another one of the same key (409)."""


def open_s3(url: str) -> "S3Store":
    """Raises StoreError."""
    parts = parse_store_url(url, PARAMETERS)
    aws.require_library()
    return S3Store(parts)


class S3Store(RemoteStore):
    """Objects of a bucket below a prefix."""

    def __init__(self, place: StoreUrl, *, part_bytes: int = PART_BYTES) -> None:
        """Touches nothing yet. Raises StoreUnsuitable for a directory bucket."""
        if place.bucket.endswith("--x-s3"):
            raise StoreUnsuitable(
                f"the directory bucket `{place.bucket}` cannot hold a store",
                detail="It lists its objects in no order, and cannot list those after a key. Use a general purpose "
                "bucket.",
            )
        super().__init__(place.text("s3"), place.prefix, is_proven=False, part_bytes=part_bytes)
        self.bucket = place.bucket
        self._parameters = place.parameters

    @functools.cached_property
    def client(self) -> aws.S3Client:
        """Made at the first use."""
        client = aws.s3_client(self._parameters)
        self._is_proven = self._is_proven or "amazonaws." in client.meta.endpoint_url
        return client

    def conditionally(self, name: str, call: Callable[[], object]) -> PutResult:
        """Make a put with `If-None-Match: *`. Raises StoreError if it certainly wrote nothing."""
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        for _ in range(CONFLICTS):
            try:
                call()
            except ClientError as error:
                status = status_of(error)
                if status == 412:
                    return PutResult.EXISTS
                if code_of(error) == "ConditionalRequestConflict":
                    continue  # another put of the same key is under way: it ended, or its writer did
                if status >= 500 or aws.was_retried(error):
                    return PutResult.UNKNOWN
                raise explained(error, f"`{self._place(name)}`") from error
            except (HTTPClientError, ConnectionError):
                return PutResult.UNKNOWN
            except BotoCoreError as error:
                raise explained(error, f"`{self._place(name)}`") from error
            return PutResult.CREATED
        return PutResult.UNKNOWN

    def _prove(self) -> None:
        if not self._is_proven:
            self.client  # noqa: B018 - knows whether this is AWS itself
        super()._prove()

    def _write(self, name: str, data: bytes, sha256: str) -> PutResult:
        return self.conditionally(
            name,
            lambda: self.client.put_object(
                Bucket=self.bucket,
                Key=name,
                Body=data,
                IfNoneMatch="*",
                ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
                Metadata={SHA256: sha256},
            ),
        )

    def _write_parts(self, name: str, source: Source) -> PutResult:
        return upload_parts(self, name, source, self.part_bytes, {SHA256: source.sha256})

    def _read(self, name: str) -> tuple[bytes, str] | None:
        def read() -> tuple[bytes, str]:
            # botocore compares what it reads with S3's own checksum when it is asked for one.
            answer = self.client.get_object(Bucket=self.bucket, Key=name, ChecksumMode="ENABLED")
            return answer["Body"].read(), str(answer["Metadata"].get(SHA256, ""))

        return self._asking(name, read)

    def _read_range(self, name: str, start: int, length: int, version: str | None) -> bytes | None:
        from botocore.exceptions import ClientError

        def read() -> bytes:
            extent = {"Range": f"bytes={start}-{start + length - 1}"}
            condition = {} if version is None else {"IfMatch": version}
            try:
                answer = self.client.get_object(Bucket=self.bucket, Key=name, **extent, **condition)
            except ClientError as error:
                if code_of(error) == "InvalidRange":
                    return b""
                raise
            data: bytes = answer["Body"].read()
            return data

        return self._asking(name, read)

    def _describe(self, name: str) -> Described | None:
        def head() -> Described:
            answer = self.client.head_object(Bucket=self.bucket, Key=name)
            return Described(answer["ContentLength"], answer["Metadata"].get(SHA256, ""), answer["ETag"])

        return self._asking(name, head)

    def _remove(self, name: str) -> None:
        self._asking(name, lambda: self.client.delete_object(Bucket=self.bucket, Key=name))

    def _list(self, prefix: str, after: str, limit: int | None) -> Iterator[str]:
        from botocore.exceptions import BotoCoreError, ClientError

        arguments = {"Bucket": self.bucket, "Prefix": prefix}
        if after:
            arguments["StartAfter"] = after
        page_size = 1000 if limit is None else min(limit + 1, 1000)  # one more: a probe may be among them
        pages = self.client.get_paginator("list_objects_v2").paginate(
            **arguments, PaginationConfig={"PageSize": page_size}
        )
        try:
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield entry["Key"]
        except (ClientError, BotoCoreError, ConnectionError) as error:
            raise explained(error, f"`{self._place(prefix)}`") from error

    def _asking(self, name: str, call: Callable[[], T]) -> T | None:
        """The answer; None if there is no such object. Raises StoreError."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return call()
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "404"):
                return None
            raise explained(error, f"`{self._place(name)}`") from error
        except (BotoCoreError, ConnectionError) as error:
            raise explained(error, f"`{self._place(name)}`") from error
