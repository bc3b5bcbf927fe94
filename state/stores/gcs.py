"""A store in a bucket of Google Cloud Storage: `gs://BUCKET/PREFIX?project=&impersonate=&endpoint=`.

Put-if-absent is `ifGenerationMatch=0`; large files go up by the library's resumable upload, which goes on after
a broken connection. Its address lets anyone write, so that it is kept nowhere, and a killed upload begins anew.
"""

import functools
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from unknot.state.stores.base import (
    PutResult,
    StoreDamaged,
    StoreDenied,
    StoreError,
    StoreLibraryMissing,
    StoreMissing,
)
from unknot.state.stores.remote import (
    CONNECT_TIMEOUT_S,
    CONNECTIONS,
    PART_BYTES,
    READ_TIMEOUT_S,
    Described,
    RemoteStore,
    Source,
)
from unknot.state.stores.url import StoreUrl, parse_store_url

if TYPE_CHECKING:
    from google.cloud.storage import Blob, Bucket

T = TypeVar("T")

PARAMETERS = {
    "project": "the project that is billed for requests",
    "impersonate": "the e-mail address of a service account to act as",
    "endpoint": "the URL of a server that is not Google's",
}

SHA256 = "unknot-sha256"
"""Metadata of an object: the SHA-256 of all of it in hex. GCS itself keeps a CRC32C."""

RETRY_S = 20.0
"""Less than a lease's term."""

_TIMEOUT_S = (CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
_SCOPES = ("https://www.googleapis.com/auth/devstorage.read_write",)


def open_gcs(url: str) -> "GcsStore":
    """Raises StoreError."""
    parts = parse_store_url(url, PARAMETERS)
    try:
        import google.cloud.storage  # noqa: F401
    except ImportError as error:
        raise StoreLibraryMissing(
            "stores in GCS need the package `google-cloud-storage`",
            detail="Install it: `pip install 'unknot[gcp]'`.",
        ) from error
    return GcsStore(parts)


class GcsStore(RemoteStore):
    """Objects of a bucket below a prefix."""

    def __init__(
        self, place: StoreUrl, *, part_bytes: int = PART_BYTES, connections: int = CONNECTIONS
    ) -> None:
        """Touches nothing yet."""
        self.place = place
        self._connections = connections
        is_custom = "endpoint" in place.parameters or "STORAGE_EMULATOR_HOST" in os.environ
        super().__init__(place.text("gs"), place.prefix, is_proven=not is_custom, part_bytes=part_bytes)
        self._bucket_name = place.bucket
        self._parameters = place.parameters

    @functools.cached_property
    def bucket(self) -> "Bucket":
        """Made at the first use. Raises StoreError."""
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.storage import Client

        options: dict[str, Any] = {}
        if "endpoint" in self._parameters:
            options["client_options"] = {"api_endpoint": self._parameters["endpoint"]}
        try:
            if "impersonate" in self._parameters:
                options["credentials"] = _acting_as(self._parameters["impersonate"])
            client = Client(project=self._parameters.get("project"), **options)
        except GoogleAuthError as error:
            raise self.explained(error, self.url) from error
        except OSError as error:  # what google.auth raises when no project can be found either
            raise StoreDenied(
                f"Google's credentials for `{self.url}` cannot be had: {error}",
                detail="Run `gcloud auth application-default login`, or set `GOOGLE_CLOUD_PROJECT`.",
            ) from error
        _trim(client, self._connections)
        return client.bucket(self._bucket_name, user_project=self._parameters.get("project"))

    def _write(self, name: str, data: bytes, sha256: str) -> PutResult:
        blob = self._blob(name)
        blob.metadata = {SHA256: sha256}
        return self._conditionally(
            name,
            lambda: blob.upload_from_string(
                data,
                content_type="application/octet-stream",
                if_generation_match=0,
                checksum="crc32c",
                timeout=_TIMEOUT_S,
                retry=_retry(),
            ),
        )

    def _write_parts(self, name: str, source: Source) -> PutResult:
        if self._describe(name) is not None:
            return PutResult.EXISTS
        blob = self._blob(name)
        blob.metadata = {SHA256: source.sha256}
        blob.chunk_size = self.part_bytes - self.part_bytes % (256 * 1024) or 256 * 1024
        # Opened here: a file that cannot be read must not look like a connection that broke.
        with source.path.open("rb") as file:
            result = self._conditionally(
                name,
                lambda: blob.upload_from_file(
                    file,
                    rewind=True,
                    size=source.size,
                    content_type="application/octet-stream",
                    if_generation_match=0,
                    checksum="crc32c",
                    timeout=_TIMEOUT_S,
                    retry=_retry(),
                ),
            )
        # What was written is refused by its checksum when it is read, should the file have changed meanwhile.
        source.require_unchanged()
        return result

    def _read(self, name: str) -> tuple[bytes, str] | None:
        # GCS gives an object's metadata and bytes in two answers: the bytes are compared with its CRC32C here,
        # and with the SHA-256 when they are downloaded to a file.
        blob = self._blob(name)
        data = self._asking(
            name, lambda: blob.download_as_bytes(checksum="auto", timeout=_TIMEOUT_S, retry=_retry())
        )
        return None if data is None else (data, "")

    def _read_range(self, name: str, start: int, length: int, version: str | None) -> bytes | None:
        from google.api_core.exceptions import RequestRangeNotSatisfiable

        blob = self._blob(name)

        def read() -> bytes:
            try:
                data: bytes = blob.download_as_bytes(
                    start=start,
                    end=start + length - 1,
                    if_generation_match=None if version is None else int(version),
                    checksum=None,
                    timeout=_TIMEOUT_S,
                    retry=_retry(),
                )
            except RequestRangeNotSatisfiable:
                return b""
            return data

        return self._asking(name, read)

    def _describe(self, name: str) -> Described | None:
        blob = self._blob(name)

        def look() -> Described:
            blob.reload(timeout=_TIMEOUT_S, retry=_retry())
            return Described(blob.size or 0, (blob.metadata or {}).get(SHA256, ""), str(blob.generation))

        return self._asking(name, look)

    def _remove(self, name: str) -> None:
        blob = self._blob(name)
        self._asking(name, lambda: blob.delete(timeout=_TIMEOUT_S, retry=_retry()))

    def _list(self, prefix: str, after: str, limit: int | None) -> Iterator[str]:
        # `startOffset` includes the name itself; what comes right after it is the name with a byte added.
        found = self.bucket.client.list_blobs(
            self.bucket,
            prefix=prefix or None,
            start_offset=f"{after}\0" if after else None,
            page_size=1000 if limit is None else min(limit + 1, 1000),
            fields="items(name),nextPageToken",
            timeout=_TIMEOUT_S,
            retry=_retry(),
        )
        pages = found.pages
        while (page := self._asking(prefix, lambda: next(pages, None), is_listing=True)) is not None:
            for blob in page:
                if blob.name > after:
                    yield blob.name

    def _blob(self, name: str) -> "Blob":
        return self.bucket.blob(name)

    def _conditionally(self, name: str, call: Callable[[], object]) -> PutResult:
        from google.api_core.exceptions import GoogleAPICallError, PreconditionFailed, RetryError
        from google.auth.exceptions import GoogleAuthError

        try:
            call()
        except PreconditionFailed:
            return PutResult.EXISTS
        except RetryError:
            return PutResult.UNKNOWN
        except GoogleAPICallError as error:
            if error.code is None or error.code >= 500 or error.code in (408, 429):
                return PutResult.UNKNOWN
            raise self.explained(error, self._place(name)) from error
        except GoogleAuthError as error:
            raise self.explained(error, self._place(name)) from error
        except OSError:  # the connections' errors are among these
            return PutResult.UNKNOWN
        except Exception as error:
            if _is_damage(error):
                return PutResult.UNKNOWN  # the library removes what arrived otherwise than it was sent
            raise
        return PutResult.CREATED

    def _asking(self, name: str, call: Callable[[], T], *, is_listing: bool = False) -> T | None:
        """The answer; None if there is no such object. Raises StoreError."""
        from google.api_core.exceptions import GoogleAPICallError, NotFound, RetryError
        from google.auth.exceptions import GoogleAuthError

        place = self._place(name)
        try:
            return call()
        except NotFound as error:
            if is_listing or "the specified bucket does not exist" in str(error).lower():
                raise self.explained(error, place) from error
            return None
        except (GoogleAPICallError, RetryError, GoogleAuthError, OSError) as error:
            raise self.explained(error, place) from error
        except Exception as error:
            if _is_damage(error):
                raise self.explained(error, place) from error
            raise

    def explained(self, error: Exception, place: str) -> StoreError:
        """What an error of Google's libraries means for the user."""
        from google.api_core.exceptions import GoogleAPICallError, RetryError
        from google.auth.exceptions import (
            DefaultCredentialsError,
            GoogleAuthError,
            RefreshError,
            TransportError,
        )

        if isinstance(error, RetryError) and error.cause is not None:
            error = error.cause
        if _is_damage(error):
            return StoreDamaged(
                f"`{place}` is damaged: it does not fit its CRC32C",
                detail="Bring that object back from the bucket's earlier versions or a backup.",
            )
        if isinstance(error, DefaultCredentialsError):
            return StoreDenied(
                f"there are no Google credentials to reach `{place}` with",
                detail="Run `gcloud auth application-default login`, or set `GOOGLE_APPLICATION_CREDENTIALS`.",
            )
        if isinstance(error, RefreshError):
            return StoreDenied(
                f"the Google credentials that `{place}` is reached with have expired or were revoked",
                detail=f"Sign in again: `gcloud auth application-default login`. {_first_line(error)}",
            )
        # Downloads and uploads report a status that is left after all retries by an exception of their own.
        status = error.code if isinstance(error, GoogleAPICallError) else _status(error)
        if status:
            return self._refused(int(status), _first_line(error), place)
        is_passing = isinstance(error, TransportError) or not isinstance(error, GoogleAuthError)
        return StoreError(
            f"`{place}` cannot be reached: {_first_line(error)}",
            detail="Check the network, and the endpoint in the URL or in `STORAGE_EMULATOR_HOST`.",
            retryable=is_passing,
        )

    def _refused(self, status: int, text: str, place: str) -> StoreError:
        said = f"GCS says: {status}, {text}"
        match status:
            case 404:
                return StoreMissing(
                    f"the bucket `{self._bucket_name}` of `{place}` does not exist",
                    detail=f"Make it first (`gcloud storage buckets create gs://{self._bucket_name}`), with no "
                    "lifecycle rule on the prefix, or correct the URL.",
                )
            case 401:
                return StoreDenied(
                    f"GCS does not accept the credentials that `{place}` is reached with",
                    detail=f"They are missing or have expired: `gcloud auth application-default login`. {said}",
                )
            case 403:
                return StoreDenied(
                    f"GCS denies access to `{place}`",
                    detail="Needed on the bucket are storage.objects.create, .get, .list and .delete (the role "
                    f"`roles/storage.objectUser`). {said}",
                )
            case 408 | 429 | 500 | 502 | 503 | 504:
                return StoreError(
                    f"GCS is not answering for `{place}` now: {status}",
                    detail=f"It throttles or is disturbed; it was asked for {RETRY_S:g} s. {said}",
                    retryable=True,
                )
            case 412:
                return StoreError(f"`{place}` was changed while it was read", retryable=True)
        return StoreError(f"GCS refuses the request for `{place}`", detail=said)


def _retry() -> Any:
    """The library's own way to ask again, for no longer than RETRY_S."""
    from google.cloud.storage.retry import DEFAULT_RETRY

    return DEFAULT_RETRY.with_timeout(RETRY_S)


def _acting_as(account: str) -> Any:
    import google.auth
    from google.auth import impersonated_credentials

    source, _ = google.auth.default(scopes=_SCOPES)
    make: Callable[..., Any] = impersonated_credentials.Credentials
    return make(source, target_principal=account, target_scopes=_SCOPES)


def _trim(client: Any, connections: int) -> None:
    """As many connections as threads use, and no requests that nobody asked for."""
    from requests.adapters import HTTPAdapter

    for scheme in ("https://", "http://"):
        client._http.mount(scheme, HTTPAdapter(pool_maxsize=connections))
    # Newer versions ask for the bucket's own metadata in the background, which takes one more permission.
    client._bucket_metadata_cache = None


def _status(error: Exception) -> int | None:
    return getattr(getattr(error, "response", None), "status_code", None)


def _is_damage(error: Exception) -> bool:
    # The class is in a private module of google-cloud-storage 3, and in another package before that.
    return type(error).__name__ == "DataCorruption"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".") + "."
