"""A service's model as Google's discovery documents carry it, for the generator: never imported when planning or applying.

What an operation takes is one structure: the parameters of its URL, and the members of its body, which win where both
have a name. What only the service sets (`readOnly`) is in answers and in no input. A document says nothing of three
things that are added here: the operations `addIamMember`, `getIamMember` and `removeIamMember` of whatever has an IAM
policy (see `iam.py`), the content of uploads (`media`), and what an operation that goes on in the background gives.

Documents: https://developers.google.com/discovery/v1/reference/apis, as google-api-python-client carries them.
"""

import functools
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any, Final

import msgspec

from unknot.providers.declared.model import Operation
from unknot.providers.declared.prose import sentence
from unknot.providers.declared.shapes import Shape
from unknot.providers.gcp.iam import MEMBER_OPERATIONS, member_http
from unknot.providers.gcp.words import FORMATS, LABEL_KEY, LABEL_VALUE, VALUES

VERSIONS: Final = {"iam": "v1"}
"""Where the newest stable version is of another API under the same name: `iam` v2 is deny policies."""

ANSWER: Final = "answer "
"""Begins the name of a shape as answers have it: with what only the service sets."""

REQUEST: Final = "request "
"""Begins the name of the structure that an operation takes."""

PARAMETER: Final = "parameter "
"""Begins the name of the shape of a parameter of a URL: `parameter storage.buckets.get:bucket`."""

MEDIA: Final = "media"
"""The parameter that takes the content of an upload."""

_OWN: Final[dict[str, Shape]] = {
    "text value": Shape("string"),
    "label key": Shape("string", pattern=LABEL_KEY),
    "label value": Shape("string", pattern=LABEL_VALUE),
    MEDIA: Shape("blob"),
    f"{ANSWER}iam member": Shape("structure", members={"role": "text value", "member": "text value"}),
}

_STEP: Final = re.compile(r"\[\]|\{\}|[^.\[\]{}]+")
"""A part of the name of a shape: a schema, a member, the entries of a list, the values of a map."""

_OUTPUT_ONLY: Final = re.compile(r"^\s*(Optional\.\s*)?\[?Output[ -]only\b", re.IGNORECASE)
_REQUIRED: Final = re.compile(r"^\s*Required\.\s", re.IGNORECASE)
_PREFIX: Final = re.compile(r"^Google(?:Cloud)?[A-Z][a-z]+V\d+(?=[A-Z])")
_VERBS: Final = {"insert": "create", "patch": "update"}
_SERVICES: Final = {"cloudresourcemanager": "resourcemanager"}
"""Names of services in permissions, where they are not those of their documents."""


@functools.cache
def model(service: str) -> "DiscoveryModel":
    """The newest stable model of a service as Google names it: `storage`, `aiplatform`. Raises KeyError."""
    return DiscoveryModel(service)


def document(service: str) -> dict[str, Any]:
    """The discovery document of the newest stable version of a service. Raises KeyError."""
    folder = resources.files("googleapiclient.discovery_cache") / "documents"
    pattern = re.compile(rf"{re.escape(service)}\.(v(\d+))\.json")
    found = [
        (int(match[2]), match[1]) for file in folder.iterdir() if (match := pattern.fullmatch(file.name))
    ]
    if not found:
        raise KeyError(service)
    version = VERSIONS.get(service, max(found)[1])
    parsed: dict[str, Any] = json.loads((folder / f"{service}.{version}.json").read_text())
    return parsed


class DiscoveryModel:
    """One service. Names of shapes are those of the document, and `Bucket.lifecycle.rule[].action` where it gives none."""

    def __init__(self, service: str) -> None:
        raw = document(service)
        self.service = service
        self.title: str = raw.get("title", service)
        self.source = f"discovery document {raw['id']}, revision {raw['revision']}"
        self._root: str = raw["rootUrl"] + raw["servicePath"]
        self._short = _short_names(raw["schemas"])
        self._schemas: dict[str, dict[str, Any]] = {
            self._short[full]: schema for full, schema in raw["schemas"].items()
        }
        self._methods: dict[str, dict[str, Any]] = {method["id"]: method for method in _methods(raw)}
        self._members: dict[str, str] = {}
        """Operation on a member of an IAM policy to the operation that sets the policy."""
        for name in list(self._methods):
            stem = name.removesuffix("setIamPolicy")
            if stem != name and f"{stem}getIamPolicy" in self._methods:
                self._members |= {stem + each: name for each in MEMBER_OPERATIONS}

    # operations

    def operations(self) -> Iterable[str]:
        return (*self._methods, *self._members)

    def operation(self, name: str) -> Operation:
        if name in self._members:
            return self._member_operation(name)
        method = self._methods[name]
        parameters: dict[str, Any] = method.get("parameters", {})
        answer = self._schema(method.get("response", {}))
        return Operation(
            name=name,
            input=REQUEST + name if parameters or "request" in method else "",
            # What an operation that goes on in the background gives in the end is not in the document.
            output=ANSWER + answer if answer and not self._is_background(answer) else "",
            permission=self._permission(name),
            token="requestId" if "requestId" in parameters else "",
            http=self._http(method),
            query=tuple(sorted(n for n, each in parameters.items() if each["location"] == "query")),
            paging="pageToken" if "pageToken" in parameters else "",
        )

    def _http(self, method: Mapping[str, Any]) -> str:
        return f"{method['httpMethod']} {self._root}{method['path']}"

    def _member_operation(self, name: str) -> Operation:
        setting = self._members[name]
        reading = setting.removesuffix("setIamPolicy") + "getIamPolicy"
        permission = setting if not name.endswith("getIamMember") else reading
        return Operation(
            name=name,
            input=REQUEST + name,
            output=f"{ANSWER}iam member",
            permission=self._permission(permission),
            http=member_http(self._http(self._methods[reading]), self._http(self._methods[setting])),
        )

    def _is_background(self, schema: str) -> bool:
        """Whether a schema is that of an operation that goes on in the background."""
        return schema.endswith("Operation") and {"name", "done"} <= self._schemas[schema]["properties"].keys()

    def _permission(self, name: str) -> str:
        *_, resource, verb = name.split(".")
        service = _SERVICES.get(self.service, self.service)
        return f"{service}.{resource}.{_VERBS.get(verb, verb)}"

    # shapes

    def shape(self, name: str) -> Shape:
        """A name may end in `!format`, as the generator adds them."""
        if name in _OWN:
            return _OWN[name]
        if name.startswith(REQUEST):
            return self._request(name.removeprefix(REQUEST))
        plain = name.removeprefix(ANSWER)
        return self._shape(plain, self._raw(plain), ANSWER if name.startswith(ANSWER) else "")

    def member_doc(self, shape: str, member: str) -> str:
        if shape.startswith(REQUEST):
            found = self._request_members(shape.removeprefix(REQUEST)).get(member, {})
        elif shape in _OWN:
            found = {}
        else:
            found = self._raw(shape.removeprefix(ANSWER)).get("properties", {}).get(member, {})
        text: str = found.get("description", "")
        return sentence(
            re.sub(
                r"^\s*((Required|Optional|Immutable|Identifier|Input only|Output only|\[\w+[ -]?\w*\])\.?\s+)+",
                "",
                text,
            )
        )

    def _raw(self, name: str) -> dict[str, Any]:
        """The schema of that name, or of a member where the document gives it none. Raises KeyError."""
        if name.startswith(PARAMETER):
            operation, _, rest = name.removeprefix(PARAMETER).partition(":")
            parameter, *steps = _STEP.findall(rest)
            raw = dict(self._methods[operation]["parameters"][parameter])
            raw = {"type": "array", "items": raw} if raw.get("repeated") else raw
        else:
            schema, *steps = _STEP.findall(name)
            raw = self._schemas[schema]
        for step in steps:
            match step:
                case "[]":
                    raw = raw["items"]
                case "{}":
                    raw = raw["additionalProperties"]
                case _:
                    raw = raw["properties"][step]
        return raw

    def _named(self, name: str, raw: Mapping[str, Any], view: str) -> str:
        """The name of a schema inside of another: its own, where it has one."""
        return view + (self._schema(raw) or name)

    def _schema(self, raw: Mapping[str, Any]) -> str:
        """The name of the schema that is referred to; empty where none is."""
        reference = raw.get("$ref")
        return "" if reference is None else self._short[reference]

    def _shape(self, name: str, raw: Mapping[str, Any], view: str) -> Shape:
        if "$ref" in raw:
            return self.shape(view + self._schema(raw))
        match raw.get("type"):
            case "object" if name.endswith(".labels") and view != ANSWER:
                return Shape("map", key="label key", item="label value")
            case "object" if "additionalProperties" in raw:
                item = self._named(f"{name}{{}}", raw["additionalProperties"], view)
                return Shape("map", key="text value", item=item)
            case "object":
                return self._structure(name, raw, view)
            case "array":
                return Shape("list", item=self._named(f"{name}[]", raw["items"], view))
            case "string":
                shape = _text(raw)
                if values := VALUES.get(name):
                    shape = msgspec.structs.replace(shape, enum=values)
                told = (
                    FORMATS.get(_STEP.findall(name)[-1], "")
                    if shape.kind == "string" and not shape.enum
                    else ""
                )
                return msgspec.structs.replace(shape, format=told)
            case "boolean":
                return Shape("boolean")
            case "integer":
                return Shape("integer", min=0.0 if raw.get("format") == "uint32" else None)
            case "number":
                return Shape("number")
            case _:
                return Shape("any")

    def _structure(self, name: str, raw: Mapping[str, Any], view: str) -> Shape:
        properties: dict[str, Any] = raw.get("properties", {})
        if view != ANSWER:
            properties = {n: each for n, each in properties.items() if not _is_set_by_service(each)}
        members = {n: self._named(f"{name}.{n}", each, view) for n, each in properties.items()}
        required = tuple(n for n, each in properties.items() if _REQUIRED.match(each.get("description", "")))
        return Shape("structure", members=members, required=required if view != ANSWER else ())

    def _request(self, operation: str) -> Shape:
        raw = self._request_members(operation)
        if operation in self._members:
            members = dict.fromkeys(raw, "text value")
            return Shape("structure", members=members, required=tuple(members))
        method = self._methods[operation]
        body = self._schema(method.get("request", {}))
        body_members = self.shape(body).members if body else {}
        own = {**body_members, MEDIA: MEDIA}
        members = {name: own.get(name, f"{PARAMETER}{operation}:{name}") for name in raw}
        required = tuple(
            name for name, each in raw.items()
            if each.get("required") is True
            or operation in each.get("annotations", {}).get("required", ())
            or (name in body_members and _REQUIRED.match(each.get("description", "")))
        )  # fmt: skip
        return Shape("structure", members=members, required=required)

    def _request_members(self, operation: str) -> dict[str, dict[str, Any]]:
        """What an operation takes, each as the document has it."""
        method = self._methods[self._members.get(operation, operation)]
        parameters: dict[str, dict[str, Any]] = method.get("parameters", {})
        if operation in self._members:
            path = {name: each for name, each in parameters.items() if each["location"] == "path"}
            return {**path, "role": {}, "member": {}}
        body = self._schema(method.get("request", {}))
        taken: dict[str, dict[str, Any]] = dict(parameters)
        for name in self.shape(body).members if body else ():
            taken[name] = self._schemas[body]["properties"][name]
        if method.get("supportsMediaUpload"):
            taken[MEDIA] = {"description": "The content."}
        return taken


def _short_names(schemas: Iterable[str]) -> dict[str, str]:
    """Names of schemas without what all of a service's begin with (`GoogleCloudRunV2`), unless two became one."""
    short = {name: _PREFIX.sub("", name) for name in schemas}
    counts = Counter(short.values())
    return {name: each if counts[each] == 1 else name for name, each in short.items()}


def _methods(raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from raw.get("methods", {}).values()
    for resource in raw.get("resources", {}).values():
        yield from _methods(resource)


def _is_set_by_service(raw: Mapping[str, Any]) -> bool:
    return bool(raw.get("readOnly")) or bool(_OUTPUT_ONLY.match(raw.get("description", "")))


_PATTERNS: Final = {
    "google-duration": r"-?\d{1,12}(\.\d{1,9})?s",
    "google-fieldmask": "",
    "date": r"\d{4}-\d\d-\d\d",
}


def _text(raw: Mapping[str, Any]) -> Shape:
    """A string, or what JSON cannot hold otherwise: int64 goes over the wire as text, times and bytes do too.

    https://protobuf.dev/programming-guides/json/
    """
    kind = raw.get("format", "")
    if kind in ("int64", "uint64"):
        return Shape("integer", min=0.0 if kind == "uint64" else None)
    if kind in ("date-time", "google-datetime"):
        return Shape("timestamp")
    if kind == "byte":
        return Shape("blob")
    unset = ("_UNSPECIFIED",)
    enum = tuple(value for value in raw.get("enum", ()) if not value.endswith(unset))
    return Shape("string", enum=enum, pattern=_PATTERNS.get(kind, "") or _pattern(raw.get("pattern", "")))


def _pattern(pattern: str) -> str:
    """The pattern in the dialect of the `regex` library; empty where it has no meaning there."""
    import regex

    try:
        regex.compile(pattern)
    except regex.error:
        return ""
    return pattern
