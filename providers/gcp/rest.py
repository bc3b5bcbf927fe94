"""Requests in the style of Google's discovery documents: what of the parameters goes into the path, the query and the body.

Nothing here knows credentials or makes a connection.
"""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import msgspec

from unknot.providers.declared.calls import CallFailed
from unknot.providers.declared.comparing import as_bytes
from unknot.providers.declared.shapes import OperationShape

MEDIA: Final = "media"
"""The parameter that takes the content of an upload, as the model has it."""

_VARIABLE: Final = re.compile(r"\{(\+?)(\w+)\}")
_RESERVED: Final = "/:@!$&'()*+,;=~"
_VERSION: Final = re.compile(r"^https?://[^/]+/(?:[^{/]+/)*?v\d\w*/")


class Request(msgspec.Struct, frozen=True):
    """One request, without credentials."""

    method: str
    url: str
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str = ""


def request(
    operation: str, shape: OperationShape, parameters: Mapping[str, Any], root: str | None
) -> Request:
    """The request of an operation. `root`: an endpoint that takes the place of Google's. Raises CallFailed."""
    return made(operation, shape.http, shape.query, parameters, root)


def made(
    operation: str, http: str, query_names: tuple[str, ...], parameters: Mapping[str, Any], root: str | None
) -> Request:
    """The request `METHOD URL`, in which the URL has `{name}` and `{+name}` in its path."""
    method, _, template = http.partition(" ")
    in_path = {name for _, name in _VARIABLE.findall(template)}
    if missing := sorted(name for name in in_path if parameters.get(name) in (None, "")):
        raise CallFailed(
            "missingParameter", f"`{operation}` was not given `{missing[0]}`", operation=operation,
            detail="The declaration of the type does not fit the service: please report it.",
        )  # fmt: skip
    url = _VARIABLE.sub(lambda found: _in_path(str(parameters[found[2]]), found[1]), template)
    url = located(url, root)
    query = tuple(
        (name, text)
        for name in query_names
        if name not in in_path
        for text in _in_query(parameters.get(name))
    )
    body = {
        name: value
        for name, value in parameters.items()
        if name not in in_path and name not in query_names and name != MEDIA
    }
    if MEDIA in parameters:
        content, content_type = _multipart(body, as_bytes(parameters[MEDIA]))
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        url = f"{scheme}://{host}/upload/{path}"
        return Request(method, url, (*query, ("uploadType", "multipart")), content, content_type)
    if method in ("GET", "DELETE") and not body:
        return Request(method, url, query)
    return Request(method, url, query, json.dumps(body).encode(), "application/json")


def operation_url(url: str, name: str) -> str:
    """Where an operation in the background is read: beside what started it."""
    found = _VERSION.match(url)
    return f"{found[0] if found else url.partition('/v')[0] + '/'}{quote(name, safe=_RESERVED)}"


def located(url: str, root: str | None) -> str:
    """`url` at another endpoint."""
    if root is None:
        return url
    return root + "/" + url.partition("://")[2].partition("/")[2]


def regional(url: str, parameters: Mapping[str, Any]) -> str:
    """`url` at the endpoint of the location that a parameter names: `us-central1-aiplatform.googleapis.com`."""
    for value in parameters.values():
        found = re.search(r"\blocations/([a-z0-9-]+)", value) if isinstance(value, str) else None
        if found is not None and found[1] != "global":
            scheme, _, rest = url.partition("://")
            return f"{scheme}://{found[1]}-{rest}"
    return url


def _in_path(value: str, plus: str) -> str:
    return quote(value, safe=_RESERVED if plus else "")


def _in_query(value: Any) -> list[str]:
    match value:
        case None:
            return []
        case bool():
            return ["true" if value else "false"]
        case list() | tuple():
            return [text for entry in value for text in _in_query(entry)]
        case _:
            return [str(value)]


def _multipart(body: Mapping[str, Any], content: bytes) -> tuple[bytes, str]:
    """Metadata and content as one body: https://cloud.google.com/storage/docs/uploading-objects#uploading-an-object."""
    boundary = secrets.token_hex(16)
    content_type = str(body.get("contentType") or "application/octet-stream")
    if "\r" in content_type or "\n" in content_type:
        raise CallFailed("invalidContentType", "a content type is one line")
    head = (
        f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(dict(body))}\r\n"
    )
    middle = f"--{boundary}\r\nContent-Type: {content_type}\r\n\r\n"
    whole = (head + middle).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return whole, f"multipart/related; boundary={boundary}"
