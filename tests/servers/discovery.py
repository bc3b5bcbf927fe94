"""Google's discovery documents as a judge of requests: which method a request is, and what is wrong with it.

Reads the documents that google-api-python-client carries, and nothing of unknot: a declaration that does not fit them
cannot make a test pass.
"""

import base64
import binascii
import datetime
import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any
from urllib.parse import unquote

SERVICES = {
    "storage": "v1",
    "bigquery": "v2",
    "pubsub": "v1",
    "secretmanager": "v1",
    "aiplatform": "v1",
    "run": "v2",
    "iam": "v1",
    "cloudresourcemanager": "v3",
}
"""The services that are served, and the version of each."""


@dataclass(frozen=True)
class Method:
    """One method of one service."""

    service: str
    raw: Mapping[str, Any]
    template: str
    """Its path with every variable, version and all: `v1/projects/{projectsId}/topics/{topicsId}`."""
    pattern: re.Pattern[str]
    is_upload: bool = False

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def verb(self) -> str:
        return self.id.rpartition(".")[2]

    @property
    def resource(self) -> str:
        """`storage.buckets`."""
        return self.id.rpartition(".")[0]


class Refused(Exception):
    """A request that the service would not take."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message


def invalid(message: str) -> Refused:
    return Refused(400, "invalid", message)


@functools.cache
def document(service: str) -> dict[str, Any]:
    """The discovery document of a service."""
    folder = resources.files("googleapiclient.discovery_cache") / "documents"
    parsed: dict[str, Any] = json.loads((folder / f"{service}.{SERVICES[service]}.json").read_text())
    return parsed


@functools.cache
def methods(service: str) -> dict[str, Method]:
    """Methods by id; uploads too, under the id and `!upload`."""
    found: dict[str, Method] = {}
    for raw in _methods(document(service)):
        path = document(service)["servicePath"] + raw.get("flatPath", raw["path"])
        found[raw["id"]] = Method(service, raw, path, _pattern(path))
        if simple := raw.get("mediaUpload", {}).get("protocols", {}).get("simple"):
            path = simple["path"].lstrip("/")
            found[raw["id"] + "!upload"] = Method(service, raw, path, _pattern(path), is_upload=True)
    return found


def match(verb: str, path: str) -> tuple[Method, dict[str, str]]:
    """The method that a request is, and the variables of its path. Raises Refused: there is none."""
    for method in _by_verb(verb):
        if found := method.pattern.fullmatch(path.lstrip("/")):
            return method, {name: unquote(value) for name, value in found.groupdict().items()}
    raise Refused(404, "notFound", f"no method has the path {verb} {path}")


@functools.cache
def _by_verb(verb: str) -> list[Method]:
    """Those that say more of the path first: `topics/{topic}:getIamPolicy` before `topics/{topic}`."""
    found = [m for service in SERVICES for m in methods(service).values() if m.raw["httpMethod"] == verb]
    return sorted(found, key=lambda method: -len(re.sub(r"\{.*?\}", "", method.template)))


def check_query(method: Method, query: Mapping[str, list[str]]) -> None:
    """Raises Refused for parameters that the method has not, of the wrong type, or missing."""
    declared = {
        **document(method.service).get("parameters", {}),
        **{n: p for n, p in method.raw.get("parameters", {}).items() if p["location"] == "query"},
    }
    for name, values in query.items():
        if name not in declared:
            raise invalid(f"{method.id} has no parameter {name!r}")
        if len(values) > 1 and not declared[name].get("repeated"):
            raise invalid(f"{method.id} takes {name!r} once")
        for value in values:
            _check_text(f"{method.id}: {name}", value, declared[name])
    for name, parameter in method.raw.get("parameters", {}).items():
        if parameter["location"] == "query" and parameter.get("required") and name not in query:
            raise invalid(f"{method.id} needs the parameter {name!r}")


def check_path(method: Method, path: str) -> None:
    """Raises Refused where a path does not fit the patterns of its parameters."""
    template = document(method.service)["servicePath"] + method.raw["path"]
    if method.is_upload:
        return
    names = re.findall(r"\{\+?(\w+)\}", template)
    pattern = re.sub(r"\\\{\\?\+?(\w+)\\\}", lambda found: f"(?P<{found[1]}>.+)", re.escape(template))
    found = re.fullmatch(pattern, path.lstrip("/"))
    for name in names if found else ():
        assert found is not None
        wanted = method.raw["parameters"][name].get("pattern")
        if wanted and not re.match(wanted, unquote(found[name])):
            raise invalid(f"{method.id}: {name} is {found[name]!r}, which does not match {wanted}")


def check_body(method: Method, body: Any) -> dict[str, Any]:
    """The body without what only the service sets. Raises Refused where it does not fit its schema."""
    reference = method.raw.get("request", {}).get("$ref")
    if reference is None:
        if body:
            raise invalid(f"{method.id} takes no body")
        return {}
    body = {} if body is None else body
    schema = document(method.service)["schemas"][reference]
    found = _checked(method, method.id, body, schema, top=True)
    assert isinstance(found, dict)
    return found


def schema_of(service: str, reference: str) -> dict[str, Any]:
    found: dict[str, Any] = document(service)["schemas"][reference]
    return found


def properties(service: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Of a schema, or of what it refers to."""
    if "$ref" in schema:
        schema = schema_of(service, schema["$ref"])
    found: dict[str, Any] = schema.get("properties", {})
    return found


def is_read_only(schema: Mapping[str, Any]) -> bool:
    return bool(schema.get("readOnly")) or schema.get("description", "").startswith("Output only")


# one value


def _checked(method: Method, where: str, value: Any, schema: Mapping[str, Any], *, top: bool = False) -> Any:
    if "$ref" in schema:
        schema = schema_of(method.service, schema["$ref"])
    kind = schema.get("type")
    match kind:
        case "object":
            return _object(method, where, value, schema, top)
        case "array":
            if not isinstance(value, list):
                raise invalid(f"{where}: a list is wanted, not {value!r}")
            return [_checked(method, f"{where}[{n}]", each, schema["items"]) for n, each in enumerate(value)]
        case "boolean":
            if not isinstance(value, bool):
                raise invalid(f"{where}: true or false is wanted, not {value!r}")
            return value
        case "integer" | "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise invalid(f"{where}: a number is wanted, not {value!r}")
            if kind == "integer" and int(value) != value:
                raise invalid(f"{where}: a whole number is wanted, not {value!r}")
            return int(value) if kind == "integer" else value
        case "string":
            return _string(where, value, schema)
        case _:
            return value


def _object(method: Method, where: str, value: Any, schema: Mapping[str, Any], top: bool) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"{where}: an object is wanted, not {value!r}")
    if "additionalProperties" in schema:
        item = schema["additionalProperties"]
        return {
            key: None if each is None else _checked(method, f"{where}.{key}", each, item)
            for key, each in value.items()
        }
    known = schema.get("properties", {})
    found = {}
    for name, each in value.items():
        if name not in known:
            raise invalid(f"{where}: Unknown name {name!r}: cannot find field")
        if is_read_only(known[name]):
            continue  # services take no notice of it
        # Null: not set; in a patch, taken away.
        found[name] = None if each is None else _checked(method, f"{where}.{name}", each, known[name])
    for name, each in known.items():
        is_required = method.id in each.get("annotations", {}).get("required", ())
        creates = method.verb in ("create", "insert")
        described = each.get("description", "").startswith("Required.") and creates
        by_path = top and name in ("name", "parent")
        if (is_required or described) and not by_path and found.get(name) in (None, ""):
            raise invalid(f"{where}: {name} is required")
    return found


def _string(where: str, value: Any, schema: Mapping[str, Any]) -> Any:
    kind = schema.get("format", "")
    if kind in ("int64", "uint64"):
        # JSON of protocol buffers takes a number or its digits: https://protobuf.dev/programming-guides/json/
        if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value)):
            raise invalid(f"{where}: a whole number is wanted, not {value!r}")
        return str(value)
    if not isinstance(value, str):
        raise invalid(f"{where}: text is wanted, not {value!r}")
    if schema.get("enum") and value not in schema["enum"]:
        raise invalid(f"{where}: {value!r} is none of {schema['enum']}")
    if kind in ("google-datetime", "date-time"):
        try:
            datetime.datetime.fromisoformat(value)
        except ValueError:
            raise invalid(f"{where}: {value!r} is no time") from None
    if kind == "google-duration" and not re.fullmatch(r"-?\d+(\.\d{1,9})?s", value):
        raise invalid(f"{where}: {value!r} is no duration")
    if kind == "byte":
        try:
            base64.b64decode(value, validate=True)
        except binascii.Error:
            raise invalid(f"{where}: {value!r} is no base64") from None
    return value


def _check_text(where: str, value: str, schema: Mapping[str, Any]) -> None:
    if schema.get("enum") and value not in schema["enum"]:
        raise invalid(f"{where}: {value!r} is none of {schema['enum']}")
    if schema.get("type") == "integer" and not re.fullmatch(r"-?\d+", value):
        raise invalid(f"{where}: a whole number is wanted, not {value!r}")
    if schema.get("type") == "boolean" and value not in ("true", "false"):
        raise invalid(f"{where}: true or false is wanted, not {value!r}")
    if schema.get("pattern") and not re.fullmatch(schema["pattern"], value):
        raise invalid(f"{where}: {value!r} does not match {schema['pattern']}")


def _methods(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from raw.get("methods", {}).values()
    for resource in raw.get("resources", {}).values():
        yield from _methods(resource)


def _pattern(template: str) -> re.Pattern[str]:
    """`{name}` takes one part of a path; what follows it after a colon is a verb."""
    parts = re.split(r"\{\+?(\w+)\}", template)
    text = "".join(re.escape(part) if n % 2 == 0 else f"(?P<{part}>[^/]+?)" for n, part in enumerate(parts))
    return re.compile(text)
