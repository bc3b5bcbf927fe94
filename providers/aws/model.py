"""A service's model as botocore carries it, for the generator: never imported when planning or applying.

Botocore's own validator checks neither enumerations nor patterns, lengths, ranges or embedded documents; the models
say all of that.
"""

import functools
import re
from collections.abc import Iterable
from typing import Any, Final

from unknot.providers.declared.model import Operation
from unknot.providers.declared.prose import sentence
from unknot.providers.declared.shapes import Kind, Shape

OPEN_ENUM: Final = 60
"""Enumerations longer than this (instance types, regions of a service) are ones that AWS adds to every few weeks."""

_KINDS: Final[dict[str, Kind]] = {
    "string": "string",
    "character": "string",
    "integer": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "boolean": "boolean",
    "blob": "blob",
    "timestamp": "timestamp",
    "list": "list",
    "map": "map",
    "structure": "structure",
}

_PREFIXES: Final = {"monitoring": "cloudwatch"}
"""Names of services in IAM's actions, where they are not what requests are signed for."""

_NAME_WILL_DO: Final = re.compile(r"\bnames?\b.{0,60}?\bor\b.{0,60}?(\bARN\b|Amazon Resource Name)|"
                                  r"(\bARN\b|Amazon Resource Name).{0,60}?\bor\b.{0,60}?\b(names?|IDs?|alias|URL)\b",
                                  re.DOTALL | re.IGNORECASE)  # fmt: skip
"""What the documentation says of a parameter that is called an ARN and takes a plain name as well."""


_NAMES: Final = ("Name", "Id", "ID", "Identifier")
"""How members are called that take a plain name, whatever their shape is called."""


@functools.cache
def model(service: str) -> "BotocoreModel":
    """The model of a service as botocore names it: `s3`, `emr-serverless`. Raises botocore's UnknownServiceError."""
    return BotocoreModel(service)


class BotocoreModel:
    """One service."""

    def __init__(self, service: str) -> None:
        import botocore
        from botocore import xform_name
        from botocore.loaders import Loader

        self.service = service
        loader = Loader(extra_search_paths=[], include_default_search_paths=False)
        loader.search_paths.append(Loader.BUILTIN_DATA_PATH)
        raw = loader.load_service_model(service, "service-2")
        metadata = raw["metadata"]
        self.title: str = metadata["serviceFullName"]
        self.source = f"botocore {botocore.__version__}, {service} {metadata['apiVersion']}"
        self._prefix = metadata.get("signingName") or metadata["endpointPrefix"]
        self._prefix = _PREFIXES.get(self._prefix, self._prefix)
        self._shapes: dict[str, dict[str, Any]] = raw["shapes"]
        self._operations: dict[str, dict[str, Any]] = {
            xform_name(name): operation for name, operation in raw["operations"].items()
        }

    def operations(self) -> Iterable[str]:
        return self._operations

    def operation(self, name: str) -> Operation:
        raw = self._operations[name]
        structure = raw.get("input", {}).get("shape", "")
        members: dict[str, Any] = self._shapes.get(structure, {}).get("members", {})
        tokens = [member for member, reference in members.items() if reference.get("idempotencyToken")]
        return Operation(
            name=name,
            input=structure,
            output=raw.get("output", {}).get("shape", ""),
            permission=f"{self._prefix}:{raw['name']}",
            token=tokens[0] if tokens else "",
        )

    def shape(self, name: str) -> Shape:
        """A shape's name may end in `!format` where its members' names tell what it holds."""
        plain, _, told = name.partition("!")
        return self._shape(plain, told)

    def member_doc(self, shape: str, member: str) -> str:
        reference = self._shapes[shape]["members"].get(member, {})
        return sentence(
            reference.get("documentation", "") or self._shapes[reference["shape"]].get("documentation", "")
        )

    def _shape(self, name: str, told: str) -> Shape:
        raw = self._shapes[name]
        kind = _KINDS[raw["type"]]
        if raw.get("document"):
            return Shape("any")
        if kind == "structure":
            return Shape(
                kind,
                members={
                    member: self._member(member, reference) for member, reference in raw["members"].items()
                },
                required=tuple(raw.get("required", ())),
                one_of=bool(raw.get("union")),
                sensitive=bool(raw.get("sensitive")),
            )
        enum = tuple(raw.get("enum", ()))
        return Shape(
            kind,
            enum=enum,
            open=len(enum) > OPEN_ENUM,
            pattern=_pattern(raw.get("pattern", "")),
            min=_bound(raw.get("min")),
            max=_bound(raw.get("max")),
            item=self._member(name, raw["member"])
            if kind == "list"
            else raw["value"]["shape"]
            if kind == "map"
            else "",
            key=raw["key"]["shape"] if kind == "map" else "",
            format=told,
            sensitive=bool(raw.get("sensitive")),
        )

    def _member(self, member: str, reference: dict[str, Any]) -> str:
        """The name of the shape behind a reference, with the format that follows from how it is called."""
        name: str = reference["shape"]
        raw = self._shapes[name]
        if raw["type"] != "string" or raw.get("enum"):
            return name
        if reference.get("jsonvalue"):
            return f"{name}!json"
        called = {member, name}
        if _is_called_arn(member) or (_is_called_arn(name) and not member.endswith(_NAMES)):
            doc = f"{reference.get('documentation', '')} {raw.get('documentation', '')}"
            return name if _NAME_WILL_DO.search(re.sub(r"<[^>]+>", "", doc)) else f"{name}!arn"
        if member == "AssumeRolePolicyDocument":
            return f"{name}!trust_policy"
        if any(
            each.endswith("PolicyDocument") or each in ("PolicyText", "ResourcePolicy") for each in called
        ):
            return f"{name}!policy"
        if any(each.lower().endswith(("cidr", "cidrip", "cidrblock")) for each in called):
            return f"{name}!cidr"
        if member in ("image", "Image", "imageUri", "ImageUri"):
            return f"{name}!image"
        if member in ("region", "Region", "RegionName"):
            return f"{name}!region"
        return name


def _is_called_arn(name: str) -> bool:
    return (name.endswith(("Arn", "ARN")) and not name.endswith(("OrArn", "OrARN"))) or name == "arnType"


def _bound(value: Any) -> float | None:
    return None if value is None else float(value)


def _pattern(pattern: str) -> str:
    """The pattern in the dialect of the `regex` library; empty where it has no meaning there."""
    import regex

    if not pattern:
        return ""
    # Java writes characters beyond the first plane as two halves.
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    pattern = re.sub(r"\\x\{([0-9A-Fa-f]{1,8})\}", lambda found: f"\\U{int(found[1], 16):08x}", pattern)
    try:
        regex.compile(pattern)
    except regex.error:
        return ""
    return "" if regex.fullmatch(r"\^?(\.\*|\[\\s\\S\]\*|\(\?s\)\.\*)\$?", pattern) else pattern


def partitions() -> dict[str, tuple[str, ...]]:
    """Partitions of AWS and the regions of each, as botocore knows them."""
    from botocore.loaders import Loader

    raw = Loader().load_data("partitions")
    return {
        each["id"]: tuple(sorted(name for name in each["regions"] if not name.endswith("-global")))
        for each in raw["partitions"]
    }
