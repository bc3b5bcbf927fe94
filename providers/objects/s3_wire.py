"""The three requests to S3 that a copy is made of, GET, PUT and a part's PUT, without the layers of a boto3 client.

Signatures, credentials, connections, proxies and the meaning of errors are botocore's. What is left out is its
validation, events and serializers, which take most of a small request's time: `docs/decisions` has the figures.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from unknot.state.stores.aws import S3Client

UNSIGNED = "UNSIGNED-PAYLOAD"
EMPTY = hashlib.sha256(b"").hexdigest()


class Answer(NamedTuple):
    """Of a request that succeeded."""

    headers: Mapping[str, str]
    """Names of any case."""
    body: bytes


class S3Wire:
    """Requests to the objects of one bucket, through a client's own connections. Safe for threads."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        """Makes no request. Raises errors of botocore."""
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.parsers import create_parser

        self._auth, self._request = S3SigV4Auth, AWSRequest
        self._parser = create_parser("rest-xml")
        self._shape = client.meta.service_model.operation_model("GetObject").output_shape
        self._client = client
        # The address of a bucket depends on its name, the region and the endpoint: botocore's rules say how.
        address = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "x"})
        parts = urlsplit(address)
        self._base = f"{parts.scheme}://{parts.netloc}{parts.path[:-1]}"

    def send(
        self,
        method: str,
        name: str,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        sha256: str | None = None,
    ) -> Answer:
        """Make a request; `sha256` in hex is the body's, if it is known. Raises ClientError, HTTPClientError."""
        from botocore.exceptions import ClientError, ConnectionClosedError

        url = self._base + quote(name, safe="/~") + query
        session = self._client._endpoint.http_session
        payload = sha256 or (UNSIGNED if body else EMPTY)
        for last in (False, True):
            request = self._request(method=method, url=url, data=body or None, headers=dict(headers or {}))
            credentials = self._client._request_signer._credentials
            if credentials is not None:
                frozen = credentials.get_frozen_credentials()
                auth = self._auth(frozen, "s3", self._client.meta.region_name)
                auth.payload = lambda _: payload
                auth.add_auth(request)
            prepared = request.prepare()
            if not body and method == "PUT":
                prepared.headers["Content-Length"] = "0"
            try:
                response = session.send(prepared)
                break
            except ConnectionClosedError:
                # A connection that was kept open and that the server has closed meanwhile.
                if last:
                    raise
        if response.status_code >= 300:
            parsed = self._parser.parse(
                {
                    "status_code": response.status_code,
                    "headers": response.headers,
                    "body": response.content,
                },
                self._shape,
            )
            raise ClientError(parsed, f"{method} of an object")
        self._require_all(response, url)
        return Answer(response.headers, response.content)

    def _require_all(self, response: Any, url: str) -> None:
        from botocore.exceptions import ResponseStreamingError

        announced = response.headers.get("Content-Length")
        if announced is not None and int(announced) != len(response.content):
            raise ResponseStreamingError(
                error=f"cut off after {len(response.content)} of {announced} bytes of {url}"
            )
