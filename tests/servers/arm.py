"""A server with the manners of Azure Resource Manager and of Key Vault, in memory: for types that no emulator has.

It is no Azure. What it holds requests to is the published REST API, by way of the SDK's own classes: path, method,
api-version, and a body of which the SDK's model knows every member and misses none. What it keeps, it keeps as ARM
does: PUT makes or replaces, PATCH merges, slow operations go on in the background and are asked about, lists have
pages, nothing is in a resource group that is not there. It knows nothing of unknot.
"""

import contextlib
import copy
import itertools
import json
import re
import secrets
import ssl
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from arm_models import Refused, held_to
from arm_types import KINDS, Kind
from azure_by_hand import GROUP, SUBSCRIPTION
from certificates import Certificate
from proxy import Fault, Request
from vaults import Vaults

PAGE = 3
"""Entries of a page: small, so that there is more than one."""

_API_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")


class Answer(NamedTuple):
    status: int
    body: Any = None
    headers: Mapping[str, str] = {}


class Arm:
    """The server, in threads of this process. A context manager; it keeps what it has when it is stopped and started."""

    name = "arm"

    def __init__(self) -> None:
        self.token = secrets.token_hex(16)
        self.resources: dict[str, dict[str, Any]] = {}
        """By id in lower case."""
        self.operations: dict[str, Callable[[], Answer | None]] = {}
        self.requests: list[tuple[str, str]] = []
        """Method and path of every request, in order."""
        self.containers: dict[str, list[dict[str, Any]]] = {}
        """What `list` tells of the containers of a storage account."""
        self.faults: list[Fault] = []
        """What happens to requests in place of what should: see `proxy.py`."""
        self.vaults = Vaults()
        self._certificate = Certificate()
        self._lock = threading.RLock()
        self._port = 0
        self.start()
        self.environment = {
            "UNKNOT_TEST_ARM": self.url,
            "UNKNOT_TEST_VAULTS": f"{self.url}/vaults/{{vault}}",
            "UNKNOT_TEST_TOKEN": self.token,
            "REQUESTS_CA_BUNDLE": str(self._certificate.path),
            "UNKNOT_TEST_SECRET": "hunter2",
        }
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
        self.resources[group.lower()] = {
            "id": group,
            "name": GROUP,
            "location": "westeurope",
            "properties": {},
        }

    def start(self) -> None:
        """Start it, or start it again on the same port."""
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.arm = self
        self._server.tls = self._certificate.context()
        self._port = self._server.server_port
        self.url = f"https://127.0.0.1:{self._port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it; what it has is kept."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "Arm":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self._certificate.remove()

    def output(self) -> str:
        """The last requests, for reports of failed tests."""
        return "\n".join(f"{method} {path}" for method, path in self.requests[-40:])

    def handle(self, request: Request) -> Answer | None:
        """The answer to a request; None to lose it."""
        with self._lock:
            fault = next((fault for fault in self.faults if fault.strikes(request)), None)
        if fault is None or fault.answer == "lose":
            answer = self.answer(request.method, request.path, request.headers, request.body)
            return None if fault is not None else answer
        if fault.answer == "drop":
            return None
        said = fault.answer
        return Answer(said.status, json.loads(said.body) if said.body else None, said.headers)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What it says to one request."""
        url = urllib.parse.urlsplit(target)
        path, query = urllib.parse.unquote(url.path), dict(urllib.parse.parse_qsl(url.query))
        with self._lock:
            self.requests.append((method, path))
            try:
                if path.startswith("/vaults/"):
                    return Answer(*self.vaults.answer(method, path, query, headers, body, self.token))
                return self._arm(method, path, query, headers, body)
            except Refused as no:
                return Answer(no.status, {"error": {"code": no.code, "message": no.message}})

    def _arm(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        self._admitted(headers)
        if not _API_VERSION.fullmatch(query.get("api-version", "")):
            raise Refused(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
        if path.startswith("/operations/"):
            return self._progress(path)
        subscription = re.match(r"/subscriptions/([^/]+)", path)
        if subscription is None or subscription[1] != SUBSCRIPTION:
            raise Refused(404, "SubscriptionNotFound", "The subscription could not be found.")
        if (
            inside := re.fullmatch(
                r"(/subscriptions/[^/]+/resourceGroups/[^/]+)/resources", path, re.IGNORECASE
            )
        ) is not None:
            return Answer(200, {"value": self._in_group(inside[1], query)})
        if path.lower().endswith("/blobservices/default/containers") and method == "GET":
            return Answer(200, {"value": self.containers.get(path.split("/")[8], [])})
        for kind in KINDS:
            own = (
                kind.path if kind.path.startswith(("/subscriptions", "/{scope")) else _GROUP_PATH + kind.path
            )
            if _matches(own, path):
                return self._one(kind, method, path, query, headers, body)
            if path.endswith("/cancel") and _matches(own, path.removesuffix("/cancel")):
                return self._cancel(path.removesuffix("/cancel"), method)
            for listing in kind.lists:
                whole = listing if listing.startswith("/subscriptions") else _GROUP_PATH + listing
                if _matches(whole, path):
                    return self._list(kind, own, method, path, query)
        raise Refused(404, "InvalidResourceType", f"There is no resource type at `{path}`.")

    def _admitted(self, headers: Mapping[str, str]) -> None:
        if headers.get("authorization") != f"Bearer {self.token}":
            raise Refused(401, "InvalidAuthenticationToken", "The access token is missing or invalid.")

    # one resource

    def _one(
        self,
        kind: Kind,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        key = path.lower()
        there = self.resources.get(key)
        match method:
            case "PUT":
                return self._put(kind, path, there, _decoded(headers, body))
            case "GET" if there is not None:
                return Answer(200, _told(kind, there))
            case "PATCH" if there is not None and kind.patch:
                given = _decoded(headers, body)
                held_to(kind.patch, given)
                for name, value in given.items():
                    if name == "tags":  # replaced as a whole
                        there["tags"] = value
                    else:
                        there[name] = _merged(there.get(name), value)
                kind.adds(there)
                return Answer(200, _told(kind, there))
            case "DELETE" if there is not None:
                if "status" in there["properties"] and there["properties"]["status"] == "Running":
                    raise Refused(409, "Conflict", "A running job cannot be deleted.")
                return self._delete(kind, key)
            case "DELETE":
                return Answer(204)
            case "GET" | "PATCH":
                raise Refused(404, _absent(path), f"The resource `{path}` was not found.")
        raise Refused(405, "MethodNotAllowed", f"`{method}` is not allowed there.")

    def _put(self, kind: Kind, path: str, there: dict[str, Any] | None, given: dict[str, Any]) -> Answer:
        held_to(kind.put, given)
        group = re.match(r"/subscriptions/[^/]+/resourceGroups/[^/]+", path, re.IGNORECASE)
        if group is not None and group[0] != path and group[0].lower() not in self.resources:
            raise Refused(404, "ResourceGroupNotFound", "The resource group could not be found.")
        for fixed in kind.fixed if there is not None else ():
            if _at(given, fixed) != _at(there, fixed) and _at(there, fixed) is not None:
                raise Refused(409, "PropertyChangeNotAllowed", f"Changing `{fixed}` is not allowed.")
        resource = {
            **copy.deepcopy(given),
            "id": path if there is None else there["id"],
            "name": path.rsplit("/", 1)[-1],
            "type": "/".join(re.findall(r"/providers/(.+)", path)[-1].split("/")[:2])
            if "/providers/" in path
            else "",
        }
        resource.setdefault("properties", {})
        if there is not None:
            for name in ("principalId", "clientId", "tenantId"):
                if name in there["properties"]:
                    resource["properties"].setdefault(name, there["properties"][name])
        kind.adds(resource)
        self.resources[path.lower()] = resource
        status = kind.created if there is None else 200
        if not kind.slow:
            _settle(kind, resource, "Succeeded")
            return Answer(status, _told(kind, resource))
        _settle(kind, resource, "Creating" if kind.path.find("App/jobs") < 0 else "InProgress")

        def done() -> Answer:
            _settle(kind, resource, "Succeeded")
            return Answer(200, _told(kind, resource))

        later = self._later(done)
        if kind.accepts:
            return Answer(202, None, {"Location": later["Azure-AsyncOperation"], **_SOON})
        return Answer(status, _told(kind, resource), later)

    def _delete(self, kind: Kind, key: str) -> Answer:
        def gone() -> Answer:
            for each in [each for each in self.resources if each == key or each.startswith(f"{key}/")]:
                del self.resources[each]
            return Answer(204)

        if kind.slow_delete:
            return Answer(202, None, {"Location": self._later(gone)["Azure-AsyncOperation"]})
        resource = _told(kind, self.resources[key])
        gone()
        return Answer(200, resource)

    def _cancel(self, path: str, method: str) -> Answer:
        job = self.resources.get(path.lower())
        if method != "POST" or job is None:
            raise Refused(404, "ResourceNotFound", "There is no such job.")
        if job["properties"]["status"] != "Running":
            raise Refused(400, "UserError", "The job has ended.")
        job["properties"]["status"] = "Canceled"
        return Answer(200)

    # what goes on in the background

    def _later(self, done: Callable[[], Answer]) -> dict[str, str]:
        """Headers that say where to ask; it is done at the second look."""
        number, looks = secrets.token_hex(8), itertools.count(1)
        self.operations[f"/operations/{number}"] = lambda: done() if next(looks) > 1 else None
        return {"Azure-AsyncOperation": f"{self.url}/operations/{number}?api-version=2026-01-01", **_SOON}

    def _progress(self, path: str) -> Answer:
        look = self.operations.get(path)
        if look is None:
            raise Refused(404, "NotFound", "There is no such operation.")
        found = look()
        if found is None:
            return Answer(
                202,
                {"status": "InProgress"},
                {**_SOON, "Location": f"{self.url}{path}?api-version=2026-01-01"},
            )
        # Where to ask is a status for those who follow the operation, and the object for those who follow the location.
        if found.status == 200 and isinstance(found.body, dict):
            return Answer(200, {**found.body, "status": "Succeeded"})
        return found

    # lists

    def _in_group(self, group: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        found = [
            each for key, each in self.resources.items() if key.startswith(f"{group.lower()}/providers/")
        ]
        return [
            {name: each[name] for name in ("id", "name", "type", "location") if name in each}
            for each in found[: int(query.get("$top", PAGE))]
        ]

    def _list(self, kind: Kind, own: str, method: str, path: str, query: Mapping[str, str]) -> Answer:
        if method != "GET":
            raise Refused(405, "MethodNotAllowed", f"`{method}` is not allowed there.")
        inside = "/workspaces/" in path.lower()
        prefix = path.lower() if inside else path.lower().partition("/providers/")[0]
        found = [
            resource
            for key, resource in sorted(self.resources.items())
            if _matches(own, key) and key.startswith(prefix)
        ]
        start = int(query.get("$skiptoken", "0"))
        page: dict[str, Any] = {"value": [_told(kind, each) for each in found[start : start + PAGE]]}
        if start + PAGE < len(found):
            more = urllib.parse.urlencode({**query, "$skiptoken": start + PAGE})
            page["nextLink"] = f"{self.url}{urllib.parse.quote(path)}?{more}"
        return Answer(200, page)


_GROUP_PATH = "/subscriptions/{subscription}/resourceGroups/{group}"
_SOON = {"x-ms-retry-after-ms": "20"}


def _regex(template: str) -> str:
    parts = re.split(r"(\{\w+(?::[^}]+)?\})", template)
    return "".join(
        re.escape(part) if not part.startswith("{") else f"({part[1:-1].partition(':')[2] or '[^/]+'})"
        for part in parts
    )


def _matches(template: str, path: str) -> bool:
    return re.fullmatch(_regex(template), path, re.IGNORECASE) is not None


def _absent(path: str) -> str:
    if "roleassignments" in path.lower():
        return "RoleAssignmentNotFound"
    return "ResourceNotFound" if "/providers/" in path else "ResourceGroupNotFound"


def _decoded(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if not headers.get("content-type", "").startswith("application/json"):
        raise Refused(415, "UnsupportedMediaType", "The body is not application/json.")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise Refused(400, "InvalidRequestContent", "The body is no object.")
    return found


def _at(resource: Any, path: str) -> Any:
    for step in path.split("."):
        resource = resource.get(step) if isinstance(resource, dict) else None
    return resource


def _settle(kind: Kind, resource: dict[str, Any], state: str) -> None:
    if kind.state:
        holder, _, name = kind.state.rpartition(".")
        resource.setdefault(holder, {})[name] = state


def _told(kind: Kind, resource: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(resource)
    for hidden in kind.hidden:
        _without(found, hidden.split("."))
    return found


def _without(value: Any, path: list[str]) -> None:
    if isinstance(value, list):
        for each in value:
            _without(each, path)
    elif isinstance(value, dict):
        if len(path) == 1:
            value.pop(path[0], None)
        else:
            _without(value.get(path[0]), path[1:])


def _merged(there: Any, given: Any) -> Any:
    if not (isinstance(there, dict) and isinstance(given, dict)):
        return given
    found = {name: value for name, value in there.items() if given.get(name, ...) is not None}
    return found | {n: _merged(there.get(n), v) for n, v in given.items() if v is not None}


class _Server(ThreadingHTTPServer):
    arm: Arm
    tls: ssl.SSLContext
    daemon_threads = True
    request_queue_size = 128

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the connection's own thread: a client that is slow to shake hands keeps no other waiting."""
        with contextlib.suppress(OSError), self.tls.wrap_socket(request, server_side=True) as wrapped:
            _Handler(wrapped, client_address, self)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def answered(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.arm.handle(Request(self.command, self.path, headers, body))
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(2)
            return
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_PATCH = answered  # noqa: N815

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the base class's name
        pass
