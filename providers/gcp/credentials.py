"""Who unknot is to Google Cloud for a target: the application default credentials, a file, or a service account that is
impersonated. Writes nothing.
"""

import os
import warnings
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from unknot.stacks.errors import MissingExtra, ProviderError
from unknot.stacks.target import Target

SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)

EMULATORS: Final = {
    "bigquery": "BIGQUERY_EMULATOR_HOST",
    "pubsub": "PUBSUB_EMULATOR_HOST",
    "storage": "STORAGE_EMULATOR_HOST",
}
"""Variables in which Google's own SDKs look for a server that takes the place of a service."""

_LOG_IN: Final = (
    "Log in with `gcloud auth application-default login`, set GOOGLE_APPLICATION_CREDENTIALS to a file of credentials, "
    "or give the target `credentials_file`."
)


def endpoint(target: Target, service: str) -> str | None:
    """The target's own endpoint for a service, or that of an emulator; None: Google's.

    Options: `endpoint` for all services, `endpoints` by service, which goes before it.
    """
    options = target.options
    found = options.get("endpoints", {}).get(service) or options.get("endpoint")
    if found is None and service in EMULATORS:
        found = os.environ.get(EMULATORS[service])
        if found and "://" not in found:
            found = f"http://{found}"
    return str(found).rstrip("/") if found else None


def is_trusted(url: str) -> bool:
    """Whether a token may go there: never over plain HTTP."""
    return urlsplit(url).scheme == "https"


def anonymous() -> Any:
    """For servers that want no credentials."""
    from google.auth.credentials import AnonymousCredentials

    return AnonymousCredentials()  # type: ignore[no-untyped-call]


def credentials(target: Target) -> tuple[Any, str | None]:
    """The credentials of a target, and the project that they name, if any.

    Options: `credentials_file`, a path; `impersonate`, the e-mail address of a service account, by way of `delegates`;
    `quota_project`. Raises MissingExtra, and ProviderError when there are none.
    """
    try:
        import google.auth
        from google.auth import exceptions, impersonated_credentials
    except ImportError:
        raise MissingExtra("google-auth", extra="gcp", needed_for=f"the target `{target.name}`") from None
    options = target.options
    quota_project = options.get("quota_project")
    try:
        if path := options.get("credentials_file"):
            found, project = _from_file(Path(path).expanduser(), quota_project)
        else:
            found, project = google.auth.default(scopes=SCOPES, quota_project_id=quota_project)
    except (exceptions.GoogleAuthError, OSError, ValueError) as problem:
        raise ProviderError(
            f"there are no Google credentials for the target `{target.name}`",
            detail=f"{str(problem).splitlines()[0].rstrip('.')}. {_LOG_IN}",
        ) from problem
    if account := options.get("impersonate"):
        found = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]
            source_credentials=found,
            target_principal=account,
            target_scopes=list(SCOPES),
            delegates=list(options.get("delegates", ())),
            quota_project_id=quota_project,
        )
    return found, project


def _from_file(path: Path, quota_project: str | None) -> tuple[Any, str | None]:
    import google.auth

    with warnings.catch_warnings():
        # Of configurations that come from somebody else: this path is the user's own, as in ADC's variable.
        warnings.simplefilter("ignore", DeprecationWarning)
        found: tuple[Any, str | None] = google.auth.load_credentials_from_file(  # type: ignore[no-untyped-call]
            str(path), scopes=SCOPES, quota_project_id=quota_project
        )
    return found


def identity(found: Any) -> str:
    """Whose credentials they are, as far as they tell without a call."""
    for name in ("service_account_email", "signer_email", "account"):
        value = getattr(found, name, None)
        if isinstance(value, str) and value and value != "default":
            return value
    return "" if type(found).__name__ == "AnonymousCredentials" else "a user of Google Cloud"
