"""What clouds build expansions with: parts as typed resources, and the response made of them."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from unknot.providers.base import ExpandRequest, ExpandResponse
from unknot.stacks.address import Address, name_of
from unknot.stacks.definition import JOIN, REF, SECRET, Desired
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.encoding import NotEncodable, encode
from unknot.stacks.output import Joined, Output
from unknot.stacks.portable.naming import part_name
from unknot.stacks.resource import Resource
from unknot.stacks.secret import KeptSecret, Secret

R = TypeVar("R", bound=Resource)


class Parts:
    """The parts of one portable resource, as they are put together.

    parts = Parts(request)
    bucket = parts.add(S3Bucket(parts.name(), bucket=request.name, tags=parts.input("labels")))
    return parts.response(url=unknot.format("s3://{bucket}", bucket=request.name), ...)
    """

    def __init__(self, request: ExpandRequest) -> None:
        self.request = request
        self._parts: list[Desired] = []
        self._diagnostics: list[Diagnostic] = []
        self._follows: dict[Address, dict[str, str]] = {}
        self._settings: set[Address] = set()
        self._imports: dict[Address, str] = {}

    def name(self, role: str = "") -> str:
        """The own name of the main part of a type, or of a further one in that role."""
        return part_name(name_of(self.request.address), role)

    def input(self, name: str, default: Any = None) -> Any:
        """An input of the portable resource, with references as outputs, fit to be given to a part."""
        value = self.request.inputs.get(name)
        return default if value is None else decoded(value)

    def add(
        self,
        part: R,
        *,
        follows: Mapping[str, str] | None = None,
        setting: bool = False,
        import_id: str = "",
    ) -> R:
        """Take a part in; its problems go to the response.

        `follows` maps its inputs to the owner's inputs that they are made of, for `ignore_changes`. A `setting`
        keeps nothing. `import_id` is the part's id when the owner is imported.
        """
        address = part.address
        self._diagnostics.extend(part.problems)
        info = part.type_info
        references: list[Address] = []
        inputs: dict[str, Any] = {}
        if not part.is_wrong:
            try:
                for field in info.fields:
                    value = getattr(part, field)
                    if value is not None:
                        inputs[field] = encode(value, references)
            except NotEncodable as problem:
                self.refuse(f"`{address}`: `{field}` cannot be recorded", str(problem))
        dependencies = tuple(dict.fromkeys(a for a in references if a != self.request.address))
        self._parts.append(
            Desired(address, info, info.provider, "", inputs, dependencies, "", part.defined_at)
        )
        if follows:
            self._follows[address] = dict(follows)
        if setting:
            self._settings.add(address)
        if import_id:
            self._imports[address] = import_id
        return part

    def refuse(self, summary: str, detail: str) -> None:
        """Something that this cloud cannot do of what is asked for."""
        self._diagnostics.append(Diagnostic.error(f"`{self.request.address}`: {summary}", detail=detail))

    def response(self, *, physical_name: str = "", **outputs: Any) -> ExpandResponse:
        """What was put together. `outputs` are those of the portable type."""
        return ExpandResponse(
            parts=tuple(self._parts),
            outputs={name: encode(value, []) for name, value in outputs.items()},
            name=physical_name,
            settings=frozenset(self._settings),
            follows=self._follows,
            imports=self._imports,
            diagnostics=tuple(self._diagnostics),
        )


class Grantee(msgspec.Struct, frozen=True):
    """One grant of an identity, with the resource's outputs fit to be given to a part."""

    access: str
    type: str
    address: Address
    outputs: Mapping[str, Any]


def grants_of(request: ExpandRequest) -> tuple[Grantee, ...]:
    """The grants of an identity, in the order in which they are listed, each once."""
    found = {}
    for grant in request.inputs.get("may", ()):
        on = grant["on"]
        address = Address(on["address"])
        outputs = {name: decoded(value) for name, value in on.items() if name != "address"}
        kind = address.partition(".")[0]
        found[grant["access"], address] = Grantee(grant["access"], kind, address, outputs)
    return tuple(found.values())


def decoded(value: Any) -> Any:
    """Encoded inputs with references as outputs and secrets as references, as a user would have given them."""
    if isinstance(value, dict):
        if REF in value:
            address, *path = value[REF]
            return Output[Any](Address(address), tuple(path), value.get("stack"))
        if JOIN in value:
            return Joined(tuple(decoded(part) for part in value[JOIN]))
        if SECRET in value:
            inner = value[SECRET]
            return Secret.parse(inner) if isinstance(inner, str) else KeptSecret(decoded(inner))
        return {key: decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return value
