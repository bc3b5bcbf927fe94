"""The requests to Azure Blob that a copy is made of, through a pipeline that holds nothing but the sign-in.

Credentials are those of the storage client, and the transport is azure-core's. What is left out is the client's
retries, logging, tracing and streams, which take most of a small request's time, and its undoing of the compression
in which a blob is stored.
"""

from collections.abc import Mapping, Sequence
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from unknot.state.stores.remote import CONNECT_TIMEOUT_S, READ_TIMEOUT_S

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

CONNECTIONS = 64


class Answer(NamedTuple):
    """Of a request that succeeded."""

    headers: Mapping[str, str]
    """Names of any case."""
    body: bytes


class AzureWire:
    """Requests about the blobs of one container. Safe for threads."""

    def __init__(self, container: "ContainerClient") -> None:
        """Makes no request."""
        import requests
        from azure.core.pipeline import Pipeline
        from azure.core.pipeline.transport import HttpRequest, RequestsTransport
        from requests.adapters import HTTPAdapter

        session = requests.Session()
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
        # What the environment says of proxies and certificates is found out once, not for each request.
        settings = session.merge_environment_settings(container.url, {}, None, None, None)
        session.proxies, session.verify = settings["proxies"], settings["verify"]
        transport = RequestsTransport(
            session=session,
            session_owner=False,
            use_env_settings=False,
            connection_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
        )
        policy = container._credential_policy
        self._pipeline: Any = Pipeline(transport, policies=[] if policy is None else [policy])
        self._verify = settings["verify"]
        self._make = HttpRequest
        self._version = container.api_version
        # A shared access signature is a part of the client's own address.
        self._base, _, self._signature = container.url.partition("?")

    def send(
        self,
        method: str,
        name: str,
        query: Sequence[tuple[str, str]] = (),
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Make a request. Raises HttpResponseError and other errors of azure-core."""
        given = {
            "x-ms-version": self._version,
            "x-ms-date": formatdate(usegmt=True),
            "Accept-Encoding": "identity",
            **(headers or {}),
        }
        if body is not None:
            given |= {"Content-Length": str(len(body)), "Content-Type": "application/octet-stream"}
        url = f"{self._base}/{quote(name, safe='~/')}"
        asked = "&".join(
            [*([self._signature] if self._signature else []), *(f"{n}={quote(v, safe='')}" for n, v in query)]
        )
        request = self._make(method, f"{url}?{asked}" if asked else url, headers=given)
        if body is not None:
            request.data = body
        response = self._pipeline.run(request, stream=True, connection_verify=self._verify).http_response
        raw = response.internal_response
        try:
            data = b"".join(raw.raw.stream(1024 * 1024, decode_content=False))
        finally:
            raw.close()
        if response.status_code >= 300:
            code = raw.headers.get("x-ms-error-code", "")
            raise _refusal(response.status_code, code)
        return Answer(raw.headers, data)


def _refusal(status: int, code: str) -> Exception:
    """What the storage client makes of such an answer."""
    from azure.core.exceptions import HttpResponseError

    error: Any = HttpResponseError(message=f"{status} {code}")
    error.status_code, error.error_code = status, code
    refusal: Exception = error
    return refusal
