"""Read a secret from Secret Manager where a task needs it: the kind `gcp-secret` of references."""

import base64
import binascii
from typing import Any, Final

from unknot.providers.gcp.credentials import credentials
from unknot.stacks.errors import MissingExtra, ProviderError
from unknot.stacks.target import Target

API: Final = "https://secretmanager.googleapis.com"
_TIMEOUT_S: Final = 30.0


def read_secret(name: str) -> str:
    """The latest version of `projects/P/secrets/S`, with the credentials of whoever asks.

    Raises ProviderError, without the value, and MissingExtra.
    """
    try:
        from google.auth.transport.requests import AuthorizedSession
    except ImportError as missing:
        raise MissingExtra("requests", extra="gcp", needed_for="secrets of Google Cloud") from missing
    found, _ = credentials(Target("here"))
    return latest(AuthorizedSession(found), API, name)  # type: ignore[no-untyped-call]


def latest(session: Any, api: str, name: str) -> str:
    """The value, asked for over a session that has its credentials. Raises ProviderError."""
    from google.auth.exceptions import GoogleAuthError
    from requests import RequestException

    try:
        answer = session.get(f"{api}/v1/{name}/versions/latest:access", timeout=_TIMEOUT_S)
    except (GoogleAuthError, RequestException) as problem:
        raise ProviderError(
            f"Secret Manager could not be asked: {type(problem).__name__}",
            detail="Look at the network, and at the credentials of whoever runs the task.",
        ) from problem
    if answer.status_code != 200:
        raise ProviderError(
            f"Secret Manager did not give it: {answer.status_code}",
            detail="Whoever runs the task needs `secretmanager.versions.access`: grant it with `grants.use`.",
        )
    try:
        return base64.b64decode(answer.json()["payload"]["data"]).decode()
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise ProviderError(
            "it holds bytes and no text", detail="Put it in as text: `Secret(..., value=...)`."
        ) from None
