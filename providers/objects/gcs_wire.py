"""Requests to the JSON API of Cloud Storage through the storage client's own session.

Sign-in, connections, proxies and what errors mean are the library's. Its objects are left out: they take most of a
small request's time, and hide the stored form of compressed objects.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from unknot.state.stores.gcs import GcsStore
from unknot.state.stores.remote import CONNECT_TIMEOUT_S, READ_TIMEOUT_S


class Answer(NamedTuple):
    """Of a request that succeeded."""

    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class GcsWire:
    """Requests about one bucket. Safe for threads."""

    def __init__(self, store: GcsStore) -> None:
        """Makes no request. Raises StoreError."""
        client = store.bucket.client
        self._session = client._http
        self._base = client._connection.API_BASE_URL.rstrip("/")
        self._payer = store.bucket.user_project
        self.bucket = store.bucket.name

    def object(self, name: str) -> str:
        """The path of an object."""
        return f"/storage/v1/b/{quote(self.bucket, safe='')}/o/{quote(name, safe='')}"

    def send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        document: Any = None,
    ) -> Answer:
        """Make a request. Raises errors of google.api_core, google.auth and requests."""
        from google.api_core import exceptions

        asked = dict(query or {}) | ({"userProject": self._payer} if self._payer else {})
        given = {"Accept-Encoding": "gzip", **(headers or {})}
        if document is not None:
            body, given["Content-Type"] = json.dumps(document).encode(), "application/json"
        url = f"{self._base}{path}?{urlencode(asked)}" if asked else f"{self._base}{path}"
        response = self._session.request(
            method, url, data=body, headers=given, stream=True, timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S)
        )
        with response:
            if response.status_code >= 300:
                make: Callable[[object], Exception] = exceptions.from_http_response
                raise make(response)
            if query is not None and query.get("alt") == "media":
                # Not `content`: that would undo the compression in which the object is stored.
                data = b"".join(response.raw.stream(1024 * 1024, decode_content=False))
            else:
                data = response.content
        return Answer(response.headers, data)
