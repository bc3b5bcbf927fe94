"""Stores in buckets behind a proxy that spoils things, and what their servers are known to answer."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from places import SERVERS, new_place
from proxy import Answer, Proxy
from servers import Server

from unknot.state.stores.opening import open_store
from unknot.state.stores.remote import RemoteStore


@dataclass
class Spoilt:
    """A store, and the proxy between it and its server."""

    kind: str
    store: RemoteStore
    proxy: Proxy
    server: Server


@pytest.fixture
def spoilt_store(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Spoilt]]:
    """A new, empty store of a kind behind a proxy of its own."""
    with ExitStack() as stack:

        def make(kind: str) -> Spoilt:
            server: Server = request.getfixturevalue(f"{SERVERS[kind]}_server")
            url = new_place(kind, server)
            host = "/".join(server.url.split("/")[:3])
            proxy = stack.enter_context(Proxy(host))
            for name, value in server.environment.items():
                monkeypatch.setenv(name, value.replace(host, proxy.url))
            store = open_store(url)
            assert isinstance(store, RemoteStore)
            return Spoilt(kind, store, proxy, server)

        yield make


def _s3(status: int, code: str, message: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, {"Content-Type": "application/xml"}, body.encode())


def _gcs(status: int, reason: str, message: str) -> Answer:
    body = f'{{"error": {{"code": {status}, "message": "{message}", "errors": [{{"reason": "{reason}"}}]}}}}'
    return Answer(status, {"Content-Type": "application/json"}, body.encode())


def _azure(status: int, code: str, message: str) -> Answer:
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, {"Content-Type": "application/xml", "x-ms-error-code": code}, body.encode())


ANSWERS: dict[str, dict[str, Answer]] = {
    "s3": {
        "denied": _s3(
            403, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized to perform: s3:PutObject"
        ),
        "expired": _s3(400, "ExpiredToken", "The provided token has expired."),
        "wrong": _s3(
            403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
        ),
        "skewed": _s3(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ),
        "busy": _s3(503, "SlowDown", "Please reduce your request rate."),
        "missing": _s3(404, "NoSuchBucket", "The specified bucket does not exist"),
    },
    "gs": {
        "denied": _gcs(
            403, "forbidden", "x@y.iam.gserviceaccount.com does not have storage.objects.create access."
        ),
        "expired": _gcs(401, "authError", "Invalid Credentials"),
        "wrong": _gcs(401, "required", "Anonymous caller does not have storage.objects.get access."),
        "throttled": _gcs(
            429, "rateLimitExceeded", "The object exceeded the rate limit for object mutation operations."
        ),
        "busy": _gcs(503, "backendError", "Backend Error"),
        "missing": _gcs(404, "notFound", "The specified bucket does not exist."),
    },
    "az": {
        "denied": _azure(
            403,
            "AuthorizationPermissionMismatch",
            "This request is not authorized to perform this operation using this permission.",
        ),
        "expired": _azure(
            401, "InvalidAuthenticationInfo", "Lifetime validation failed. The token is expired."
        ),
        "wrong": _azure(403, "AuthenticationFailed", "Server failed to authenticate the request."),
        "busy": _azure(503, "ServerBusy", "The server is busy."),
        "missing": _azure(404, "ContainerNotFound", "The specified container does not exist."),
    },
}
"""As the services' own documentation of errors has them."""


@pytest.fixture(scope="session")
def answers() -> dict[str, dict[str, Answer]]:
    return ANSWERS
