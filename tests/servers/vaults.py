"""Secrets of Key Vaults in memory, after the data plane's REST API, for `arm.py`: versions, soft delete, the challenge."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

_SET = {"value", "tags", "contentType", "attributes"}
_UPDATE = {"tags", "contentType", "attributes"}
_ATTRIBUTES = {"enabled", "nbf", "exp"}
_BEGAN = 1764036000
_CHALLENGE = 'Bearer authorization="https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000", resource="https://vault.azure.net"'


class Vaults:
    """Every vault that is asked for is there."""

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], list[dict[str, Any]]] = {}
        """Versions of each, the newest last."""
        self.deleted: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
        token: str,
    ) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers."""
        if "authorization" not in headers:
            return (
                401,
                {"error": {"code": "Unauthorized", "message": "AKV10000"}},
                {"WWW-Authenticate": _CHALLENGE},
            )
        if headers["authorization"] != f"Bearer {token}":
            return _error(401, "Unauthorized", "AKV10032: Invalid issuer.")
        if "api-version" not in query:
            return _error(400, "BadParameter", "api-version must be specified")
        _, _, vault, what, *rest = path.split("/")
        if rest[1:] == ["versions"]:
            what = "versions"
        name = rest[0].lower() if rest and rest[0] else ""
        key = (vault.lower(), name)
        given = json.loads(body) if body else {}
        match method, what, bool(name):
            case "GET", "secrets", False:
                found = [
                    _bundle(each[0], each[1], versions[-1], value=False)
                    for each, versions in sorted(self.secrets.items())
                    if each[0] == vault.lower()
                ]
                return 200, {"value": [{**each, "id": each["id"].rpartition("/")[0]} for each in found]}, {}
            case "GET", "versions", True:
                versions = self.secrets.get(key, [])
                return 200, {"value": [_bundle(vault, name, each, value=False) for each in versions]}, {}
            case "PUT", "secrets", True:
                if key in self.deleted:
                    inner = {"code": "ObjectIsDeletedButRecoverable"}
                    return _error(409, "Conflict", f"Secret {name} is deleted but recoverable.", inner)
                if problem := _wrong(given, _SET):
                    return _error(400, "BadParameter", problem)
                versions = self.secrets.setdefault(key, [])
                versions.append({"version": secrets.token_hex(16), "at": _BEGAN + len(versions), **given})
                return 200, _bundle(vault, name, self.secrets[key][-1]), {}
            case "GET", "deletedsecrets", True if key in self.deleted:
                return 200, _gone(vault, name, self.deleted[key][-1]), {}
            case "DELETE", "deletedsecrets", True if key in self.deleted:
                del self.deleted[key]
                return 204, None, {}
            case "GET", "secrets", True if key in self.secrets:
                return 200, _bundle(vault, name, self.secrets[key][-1]), {}
            case "PATCH", "secrets", True if key in self.secrets:
                if problem := _wrong(given, _UPDATE):
                    return _error(400, "BadParameter", problem)
                version = self.secrets[key][-1]
                attributes = {**version.get("attributes", {}), **given.pop("attributes", {})}
                version.update(given, attributes=attributes)
                return 200, _bundle(vault, name, version, value=False), {}
            case "DELETE", "secrets", True if key in self.secrets:
                self.deleted[key] = self.secrets.pop(key)
                return 200, _gone(vault, name, self.deleted[key][-1]), {}
        return _error(
            404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault."
        )


def _wrong(given: dict[str, Any], known: set[str]) -> str:
    if stray := [name for name in given if name not in known]:
        return f"Property {stray[0]} is not known."
    if stray := [name for name in given.get("attributes") or {} if name not in _ATTRIBUTES]:
        return f"Attribute {stray[0]} is not known."
    if "value" in known and not isinstance(given.get("value"), str):
        return "Property value must be specified."
    return ""


def _bundle(vault: str, name: str, version: dict[str, Any], *, value: bool = True) -> dict[str, Any]:
    found = {name: each for name, each in version.items() if name not in ("version", "value", "at")}
    found["attributes"] = {
        "enabled": True,
        "created": version["at"],
        "updated": version["at"],
        **(version.get("attributes") or {}),
    }
    found["id"] = f"https://{vault}.vault.azure.net/secrets/{name}/{version['version']}"
    if value:
        found["value"] = version["value"]
    return found


def _gone(vault: str, name: str, version: dict[str, Any]) -> dict[str, Any]:
    return {
        **_bundle(vault, name, version, value=False),
        "recoveryId": f"https://{vault}.vault.azure.net/deletedsecrets/{name}",
        "deletedDate": 1764036000,
        "scheduledPurgeDate": 1771812000,
    }


def _error(status: int, code: str, message: str, inner: Any = None) -> tuple[int, Any, dict[str, str]]:
    error = {"code": code, "message": message}
    return status, {"error": error if inner is None else {**error, "innererror": inner}}, {}
