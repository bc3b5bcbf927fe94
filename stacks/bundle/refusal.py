"""Files that must never be packed: environment files, private keys, credentials (rule S1).

By name where the name says it, by content where a key can be told from a certificate.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from unknot.stacks.diagnostic import Diagnostic

_NAMES: dict[str, str] = {
    ".env": "an environment file",
    ".env.*": "an environment file",
    "*.env": "an environment file",
    ".envrc": "an environment file",
    "*.key": "a private key",
    "*.p12": "a private key",
    "*.pfx": "a private key",
    "*.jks": "a private key",
    "*.keystore": "a private key",
    "*.ppk": "a private key",
    "id_rsa": "a private key",
    "id_dsa": "a private key",
    "id_ecdsa": "a private key",
    "id_ed25519": "a private key",
    ".netrc": "a credentials file",
    "_netrc": "a credentials file",
    ".pgpass": "a credentials file",
    ".pypirc": "a credentials file",
    ".npmrc": "a credentials file",
    ".htpasswd": "a credentials file",
    ".git-credentials": "a credentials file",
    "credentials": "a credentials file",
    "credentials.json": "a credentials file",
    "credentials.toml": "a credentials file",
    "credentials.y*ml": "a credentials file",
    "application_default_credentials.json": "a credentials file",
    "client_secret*.json": "a credentials file",
    "service[-_]account*.json": "a credentials file",
    "secrets.toml": "a credentials file",
    "secrets.json": "a credentials file",
    "secrets.y*ml": "a credentials file",
    "kubeconfig": "a credentials file",
}

_EXAMPLES = (".example", ".sample", ".template", ".dist")
"""Endings of files that show what an environment file looks like."""

_PRIVATE_KEY = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s+(?:[A-Za-z-]+: .*\s+)*[A-Za-z0-9+/=\s]{40,}"
)
_SERVICE_ACCOUNT = re.compile(rb'"private_key"\s*:\s*"-----BEGIN')
_AWS_SECRET = re.compile(rb"^\s*aws_secret_access_key\s*=\s*\S{20,}", re.MULTILINE)


def refusals(name: str, data: bytes) -> Iterator[Diagnostic]:
    """Why a file must not be packed, if it must not; `name` is relative to the project."""
    what = _by_name(PurePosixPath(name)) or _by_content(data)
    if what is not None:
        yield Diagnostic.error(
            f"`{name}` looks like {what} and is not packed",
            detail="A bundle is stored where others can read it. Leave the file out of the op's `files`, and "
            "give what it holds as a secret by reference: `secrets={...: Secret.env(...)}`.",
        )


def is_secret(name: str) -> bool:
    """Whether a file's name alone says that it must not be packed."""
    return _by_name(PurePosixPath(name)) is not None


def _by_name(path: PurePosixPath) -> str | None:
    file = path.name.lower()
    if file.endswith(_EXAMPLES):
        return None
    return next((what for pattern, what in _NAMES.items() if fnmatchcase(file, pattern)), None)


def _by_content(data: bytes) -> str | None:
    if _PRIVATE_KEY.search(data) or _SERVICE_ACCOUNT.search(data):
        return "a private key"
    return "a credentials file" if _AWS_SECRET.search(data) else None
