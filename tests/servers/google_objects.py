"""Objects of Google Cloud in memory, with the semantics that discovery documents and their reference pages tell.

What the documents leave open is in `google_tables.py`. Policies, versions of secrets, and operations
that go on in the background are kept too. Knows nothing of HTTP.
"""

import base64
import copy
import datetime
import hashlib
import itertools
import re
import threading
import uuid
from collections.abc import Mapping
from typing import Any

from discovery import Method, Refused, invalid, is_read_only, methods, properties, schema_of
from google_tables import DEFAULTS, IMMUTABLE, NUMBER, NUMBERED, PARENTS


def not_found(path: str) -> Refused:
    return Refused(404, "notFound", f"Not found: {path}")


class World:
    """Everything there is. Methods may be called from several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._objects: dict[tuple[str, str], dict[str, Any]] = {}
        """By resource and path: `("storage.buckets", "b/raw")`."""
        self._policies: dict[tuple[str, str], dict[str, Any]] = {}
        self._versions: dict[str, list[dict[str, Any]]] = {}
        self._operations: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self.denied: set[str] = set()
        """Permissions that nobody has."""

    def answer(
        self,
        method: Method,
        variables: Mapping[str, str],
        query: Mapping[str, str],
        body: dict[str, Any],
        media: bytes | None,
    ) -> dict[str, Any]:
        """What the service answers. Raises Refused."""
        with self._lock:
            path = _filled(method, variables)
            match method.verb:
                case "insert" | "create":
                    found = self._create(method, path, query, body, media)
                case "get" if method.resource.endswith(".operations"):
                    found = self._operation(path)
                case "get":
                    found = self._get(method.resource, path)
                case "list":
                    found = self._list(method, path, query)
                case "patch" | "update":
                    found = self._change(method, path, query, body)
                case "delete":
                    found = self._delete(method, path, query)
                case "getIamPolicy":
                    found = self._policy(method.resource, _bare(path))
                case "setIamPolicy":
                    found = self._set_policy(method, _bare(path), body)
                case _:
                    found = self._custom(method, _bare(path), body)
            return self._finished(method, path, copy.deepcopy(found))

    def count(self, resource: str) -> int:
        """How many objects of a resource there are: `storage.buckets`."""
        with self._lock:
            return sum(each == resource for each, _ in self._objects)

    # what every service has

    def _create(
        self,
        method: Method,
        path: str,
        query: Mapping[str, str],
        body: dict[str, Any],
        media: bytes | None,
    ) -> dict[str, Any]:
        resource = method.resource
        if method.id == "iam.projects.serviceAccounts.create":
            account = f"{body['accountId']}@{path.split('/')[1]}.iam.gserviceaccount.com"
            if not re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", body["accountId"]):
                raise invalid(f"accountId {body['accountId']!r}")
            body = {**body.get("serviceAccount", {}), "email": account}
            path = f"{path}/{account}"
        elif method.raw["httpMethod"] != "PUT":
            path = f"{path}/{self._new_id(method, query, body)}"
        parent = PARENTS.get(resource)
        if parent is not None:
            self._get(parent, "/".join(path.split("/")[:-2]))
        key = (resource, path)
        if key in self._objects:
            if resource != "storage.objects":
                raise Refused(
                    409, "duplicate" if method.service == "bigquery" else "conflict", f"{path} already exists"
                )
            if query.get("ifGenerationMatch") == "0":
                raise Refused(
                    412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold."
                )
        made: dict[str, Any] = _merged(copy.deepcopy(DEFAULTS.get(resource, {})), body)
        self._stamp(method, path, made, media)
        made["_project"] = query.get("project", path.split("/")[1] if "/" in path else "")
        self._objects[key] = made
        return made

    def _new_id(self, method: Method, query: Mapping[str, str], body: Mapping[str, Any]) -> str:
        """https://google.aip.dev/133 (`bookId`), names in the body, references of BigQuery, or a number."""
        named = [value for name, value in query.items() if name.endswith("Id") and name != "requestId"]
        if named:
            return named[0]
        if method.service == "storage" and method.resource != "storage.notifications":
            return str(query.get("name") or body["name"]).replace("/", "%2F")
        for name, value in body.items():
            if name.endswith("Reference") and isinstance(value, dict):
                return str(value[f"{name.removesuffix('Reference')}Id"])
        return str(next(self._numbers))

    def _stamp(self, method: Method, path: str, made: dict[str, Any], media: bytes | None) -> None:
        """What only the service sets."""
        response = method.raw.get("response", {}).get("$ref", "")
        if response.endswith("Operation"):
            response = method.raw["request"]["$ref"]
        known = schema_of(method.service, response)["properties"]
        now = datetime.datetime.now(datetime.UTC)
        text, number = now.isoformat().replace("+00:00", "Z"), str(next(self._numbers))
        for name in ("createTime", "updateTime", "timeCreated", "updated"):
            if name in known:
                made[name] = text
        for name in ("creationTime", "lastModifiedTime"):
            if name in known:
                made[name] = str(int(now.timestamp() * 1000))
        told = {
            "etag": base64.b64encode(number.encode()).decode(),
            "uid": str(uuid.uuid4()),
            "kind": known.get("kind", {}).get("default"),
        }
        made |= {name: value for name, value in told.items() if name in known and value is not None}
        if "metageneration" in known:
            made |= {"metageneration": "1", "generation": str(1795572202000000 + int(number))}
        if "selfLink" in known:
            made["selfLink"] = f"https://www.googleapis.com/{method.service}/v1/{path}"
        if method.service == "storage":
            made["id"] = path.rpartition("/")[2]
        elif method.service == "bigquery":
            project, *rest = path.split("/")[1::2]
            made["id"] = f"{project}:{'.'.join(rest)}"
        else:
            made["name"] = self._shown(method.service, path)
        if method.resource == "storage.objects":
            made |= {"bucket": path.split("/")[1], "name": path.split("/", 3)[3].replace("%2F", "/")}
        if method.resource == "storage.buckets":
            made["location"] = made["location"].upper()
        if media is not None:
            made["size"] = str(len(media))
            made["md5Hash"] = base64.b64encode(hashlib.md5(media, usedforsecurity=False).digest()).decode()
        if method.resource == "iam.projects.serviceAccounts":
            made["projectId"] = path.split("/")[1]

    def _shown(self, service: str, path: str) -> str:
        if service not in NUMBERED:
            return path
        parts = path.split("/")
        return "/".join([parts[0], NUMBER, *parts[2:]])

    def _key(self, resource: str, path: str) -> tuple[str, str] | None:
        """Of an object that is there, by a project's id or number."""
        if (resource, path) in self._objects:
            return resource, path
        if f"/{NUMBER}/" in path:
            tail = path.partition(f"/{NUMBER}/")[2]
            return next((k for k in self._objects if k[0] == resource and k[1].endswith("/" + tail)), None)
        return None

    def _get(self, resource: str, path: str) -> dict[str, Any]:
        key = self._key(resource, path)
        if key is None:
            raise not_found(path)
        return self._objects[key]

    def _list(self, method: Method, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        known = schema_of(method.service, method.raw["response"]["$ref"])["properties"]
        name, schema = next(
            (n, p)
            for n, p in known.items()
            if p.get("type") == "array" and (p["items"].get("$ref") or p["items"].get("type") == "object")
        )
        if parent := PARENTS.get(method.resource):
            self._get(parent, path.rpartition("/")[0])
        fields = properties(method.service, schema["items"])
        found = [
            {n: v for n, v in entry.items() if n in fields}
            for (resource, place), entry in sorted(self._objects.items())
            if resource == method.resource
            and place.startswith(path + "/")
            and query.get("project", entry["_project"]) == entry["_project"]
            and _fits(entry, query.get("filter", ""))
        ]
        size = int(query.get("pageSize") or query.get("maxResults") or 100)
        start = int(query.get("pageToken") or 0)
        answer: dict[str, Any] = {}
        if found:
            answer[name] = found[start : start + size]
        if start + size < len(found):
            answer["nextPageToken"] = str(start + size)
        return answer

    def _change(
        self, method: Method, path: str, query: Mapping[str, str], body: dict[str, Any]
    ) -> dict[str, Any]:
        there = self._get(method.resource, path)
        mask = query.get("updateMask") or body.get("updateMask")
        if "updateMask" in body:  # the object is a member of the request
            body = next(value for value in body.values() if isinstance(value, dict))
        has_mask = "updateMask" in method.raw["parameters"] or "updateMask" in properties(
            method.service, method.raw["request"]
        )
        if has_mask and not mask:
            raise invalid(f"{method.id}: updateMask is required")
        before = copy.deepcopy(there)
        if mask:
            self._masked(method, there, body, str(mask))
        elif method.verb == "update" or method.service == "run":
            known = schema_of(method.service, method.raw["request"]["$ref"])["properties"]
            for name, each in known.items():
                if not is_read_only(each) and name not in ("name", "etag") and name not in body:
                    there.pop(name, None)
            there.update({k: v for k, v in body.items() if k != "name"})
            there.update({k: v for k, v in DEFAULTS.get(method.resource, {}).items() if k not in there})
        else:
            changed = _merged(there, body)
            there.clear()
            there.update(changed)
        for name in IMMUTABLE.get(method.resource, ()):
            if str(before.get(name)).upper() != str(there.get(name)).upper():
                there.clear()
                there.update(before)
                raise invalid(f"{method.id}: {name} cannot be changed")
        if "location" in there and method.resource == "storage.buckets":
            there["location"] = there["location"].upper()
        return there

    def _masked(self, method: Method, there: dict[str, Any], body: Mapping[str, Any], mask: str) -> None:
        for each in mask.split(","):
            name = re.sub(r"_(\w)", lambda found: found[1].upper(), each).partition(".")[0]
            if name not in body and name not in there and not _is_field(method, name):
                raise invalid(f"{method.id}: the mask names {each!r}, which is no field")
            if body.get(name) is None:
                there.pop(name, None)
                if (default := DEFAULTS.get(method.resource, {}).get(name)) is not None:
                    there[name] = default
            else:
                there[name] = body[name]

    def _delete(self, method: Method, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        there = self._get(method.resource, path)
        key = self._key(method.resource, path)
        assert key is not None
        inside = [each for each in self._objects if each[1].startswith(key[1] + "/")]
        if method.resource == "storage.buckets" and any(each[0] == "storage.objects" for each in inside):
            raise Refused(409, "conflict", "The bucket you tried to delete is not empty.")
        if method.resource == "bigquery.datasets" and inside and query.get("deleteContents") != "true":
            raise Refused(400, "resourceInUse", f"Dataset {path} is still in use")
        if there.get("state") in ("JOB_STATE_RUNNING", "JOB_STATE_CANCELLING"):
            raise Refused(400, "FAILED_PRECONDITION", f"{path} is in the state {there['state']}")
        for each in (key, *inside):
            self._objects.pop(each, None)
            self._policies.pop(each, None)
        self._versions.pop(key[1], None)
        return {}

    # policies

    def _policy(self, resource: str, path: str) -> dict[str, Any]:
        if resource != "cloudresourcemanager.projects":
            self._get(resource, path)
        legacy = [{"role": "roles/storage.legacyBucketOwner", "members": ["projectEditor:testing"]}]
        default = {"etag": "AAAA", "bindings": legacy} if resource == "storage.buckets" else {"etag": "AAAA"}
        return self._policies.setdefault((resource, path), default)

    def _set_policy(self, method: Method, path: str, body: dict[str, Any]) -> dict[str, Any]:
        wanted = body.get("policy", body)
        there = self._policy(method.resource, path)
        if wanted.get("etag") not in (None, there["etag"]):
            raise Refused(
                412 if method.service == "storage" else 409, "conditionNotMet", "The policy has changed"
            )
        bindings = [b for b in wanted.get("bindings", ()) if b.get("members")]
        for binding in bindings:
            for member in binding["members"]:
                if member.startswith("serviceAccount:") and member.endswith(".iam.gserviceaccount.com"):
                    self._known_account(member.partition(":")[2])
        etag = base64.b64encode(str(next(self._numbers)).encode()).decode()
        kept = {"etag": etag, "version": wanted.get("version", 1)}
        if bindings:
            kept["bindings"] = [{**b, "members": sorted(b["members"])} for b in bindings]
        self._policies[method.resource, path] = kept
        return kept

    def _known_account(self, email: str) -> None:
        """Only accounts of the project `testing` are to be known here."""
        if email.endswith("@testing.iam.gserviceaccount.com") and not any(
            each.get("email") == email for each in self._objects.values()
        ):
            raise Refused(400, "INVALID_ARGUMENT", f"Service account {email} does not exist.")

    # methods of some services

    def _custom(self, method: Method, path: str, body: dict[str, Any]) -> dict[str, Any]:
        match method.id:
            case "iam.projects.serviceAccounts.disable" | "iam.projects.serviceAccounts.enable":
                there = self._get(method.resource, path)
                there.pop("disabled", None)
                if method.verb == "disable":
                    there["disabled"] = True
                return {}
            case "cloudresourcemanager.projects.testIamPermissions":
                return {"permissions": [each for each in body["permissions"] if each not in self.denied]}
            case "secretmanager.projects.secrets.addVersion":
                self._get(method.resource, path)
                versions = self._versions.setdefault(path, [])
                data = body["payload"]["data"]
                versions.append({"data": data})
                return {
                    "name": f"{self._shown(method.service, path)}/versions/{len(versions)}",
                    "state": "ENABLED",
                }
            case "secretmanager.projects.secrets.versions.access":
                secret, _, version = path.partition("/versions/")
                versions = self._versions.get(secret, [])
                wanted = len(versions) if version == "latest" else int(version)
                if not 0 < wanted <= len(versions):
                    raise not_found(path)
                return {"name": path, "payload": versions[wanted - 1]}
            case "aiplatform.projects.locations.customJobs.cancel":
                there = self._get(method.resource, path)
                if there["state"] != "JOB_STATE_RUNNING":
                    raise Refused(400, "FAILED_PRECONDITION", f"{path} is in the state {there['state']}")
                there["state"] = "JOB_STATE_CANCELLED"
                return {}
        raise Refused(501, "notImplemented", f"{method.id} is not served here")

    # operations in the background

    def _finished(self, method: Method, path: str, found: dict[str, Any]) -> dict[str, Any]:
        """The answer of a method: what was done, or an operation that will have done it."""
        found.pop("_project", None)
        response = method.raw.get("response", {}).get("$ref", "")
        if not response.endswith("Operation") or method.resource.endswith(".operations"):
            return found
        place = "/".join(path.split("/")[:4])
        name = f"{place}/operations/{next(self._numbers)}"
        self._operations[name] = {"name": name, "metadata": {}, "done": False}
        ended = {**self._operations[name], "done": True, "response": found}
        answer, self._operations[name] = self._operations[name], ended
        return answer

    def _operation(self, path: str) -> dict[str, Any]:
        if path not in self._operations:
            raise not_found(path)
        return self._operations[path]


def _filled(method: Method, variables: Mapping[str, str]) -> str:
    """The path without version and service: `projects/p/topics/t`, `b/raw/o/a%2Fb`."""
    template = method.template
    for prefix in ("upload/storage/v1/", "storage/v1/", "bigquery/v2/"):
        template = template.removeprefix(prefix)
    template = re.sub(r"^v\d\w*/", "", template)
    return re.sub(
        r"\{\+?(\w+)\}",
        lambda found: (
            variables[found[1]].replace("/", "%2F") if method.service == "storage" else variables[found[1]]
        ),
        template,
    )


def _bare(path: str) -> str:
    """Without the verb at its end."""
    return (
        path.removesuffix("/iam").rpartition(":")[0]
        if ":" in path.rpartition("/")[2]
        else path.removesuffix("/iam")
    )


def _is_field(method: Method, name: str) -> bool:
    getting = methods(method.service)[f"{method.resource}.get"]
    return name in schema_of(method.service, getting.raw["response"]["$ref"])["properties"]


def _merged(there: Any, change: Any) -> Any:
    """https://www.rfc-editor.org/rfc/rfc7396"""
    if not isinstance(change, dict):
        return change
    found = dict(there) if isinstance(there, dict) else {}
    for name, value in change.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _merged(found.get(name), value)
    return found


def _fits(entry: Mapping[str, Any], wanted: str) -> bool:
    """Whether an object fits a filter, of which no more than `labels.key=value` is understood here."""
    if not wanted:
        return True
    found = re.fullmatch(r'labels\.([\w-]+)="?([^"]*)"?', wanted)
    if found is None:
        raise invalid(f"filter {wanted!r}")
    return bool(entry.get("labels", {}).get(found[1]) == found[2])
