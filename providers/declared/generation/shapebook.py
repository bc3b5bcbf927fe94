"""The shapes that the types of one service use, taken from its model as they are needed."""

from collections.abc import Sequence
from typing import Final

import msgspec

from unknot.providers.declared.declaration import Field
from unknot.providers.declared.model import ModelError, Operation, ServiceModel
from unknot.providers.declared.shapes import Shape
from unknot.stacks.diagnostic import nearest

PLAIN: Final[dict[str, Shape]] = {
    "string": Shape("string"),
    "boolean": Shape("boolean"),
    "integer": Shape("integer"),
    "number": Shape("number"),
    "map": Shape("map", key="string", item="string"),
    "json": Shape("string", format="json"),
}
"""Shapes of inputs that only unknot knows."""

NO_FORMAT: Final = "text"
"""The format that takes away the one that the model would give."""


class ShapeBook:
    """Shapes by name, each with all that it contains."""

    def __init__(self, model: ServiceModel) -> None:
        self.model = model
        self.shapes: dict[str, Shape] = {}
        """Of structures that are in use, the members that are; of others, everything."""

    def operation(self, name: str) -> Operation:
        """Raises ModelError, with the nearest name."""
        try:
            return self.model.operation(name)
        except KeyError:
            known = tuple(self.model.operations())
            raise ModelError(
                f"{self.model.title} has no operation `{name}`. {nearest(name, known)}"
            ) from None

    def members(self, operation: str) -> dict[str, str]:
        """Parameters of an operation, and the names of their shapes."""
        structure = self.operation(operation).input
        return self.model.shape(structure).members if structure else {}

    def at(self, path: str) -> tuple[str, str]:
        """Names of the last member and of its shape, at `operation.Member.Member`: of what the operation takes, or
        else of what it gives. Raises ModelError.
        """
        if path in PLAIN:
            return "", path
        holder, member = self._holder(path)
        return member, self.model.shape(holder).members[member]

    def doc_at(self, path: str) -> str:
        """What the service says of the member at `path`; nothing of what the service has not."""
        return "" if path in PLAIN else self.model.member_doc(*self._holder(path))

    def _holder(self, path: str) -> tuple[str, str]:
        """The structure that the last member of `path` is in, and that member."""
        parts = path.split(".")
        known = frozenset(self.model.operations())
        # Some clouds have full stops in the names of operations.
        size = next((n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in known), 1)
        operation, steps = ".".join(parts[:size]), parts[size:]
        if not steps:
            raise ModelError(
                f"`{path}` names no shape: give `operation.Member`, or one of {', '.join(PLAIN)}"
            )
        called = self.operation(operation)
        name = called.input
        if steps[0] not in self.members(operation) and called.output:
            given = self.model.shape(called.output)
            name = called.output if steps[0] in given.members or not name else name
        for n, step in enumerate(steps):
            shape = self.model.shape(name)
            while shape.kind in ("list", "map"):
                name = shape.item
                shape = self.model.shape(name)
            if step not in shape.members:
                raise ModelError(f"`{path}`: there is no `{step}`. {nearest(step, shape.members)}")
            if n == len(steps) - 1:
                break
            name = shape.members[step]
        return name, steps[-1]

    def shape(self, name: str) -> Shape:
        """A shape of the model, of this book or of unknot itself."""
        return self.shapes.get(name) or PLAIN.get(name) or self.model.shape(name)

    def use(self, name: str) -> str:
        """Take up a shape and all that it contains; its name."""
        waiting = [name]
        while waiting:
            each = waiting.pop()
            if not each or each in self.shapes:
                continue
            shape = self.shapes[each] = msgspec.structs.replace(self.shape(each), doc="")
            waiting += [*shape.members.values(), shape.item, shape.key]
        return name

    def add(self, name: str, shape: Shape) -> str:
        """Take up a shape that the model has not; its name."""
        self.shapes[name] = shape
        for each in (*shape.members.values(), shape.item, shape.key):
            self.use(each)
        return name

    def with_format(self, name: str, text_format: str) -> str:
        """The same shape with another format; its name."""
        plain = name.partition("!")[0]
        shape = self.shape(name)
        if text_format == NO_FORMAT:
            return self.add(f"{plain}!{NO_FORMAT}", msgspec.structs.replace(shape, format=""))
        return self.add(f"{plain}!{text_format}", msgspec.structs.replace(shape, format=text_format))

    def shown(self, name: str) -> str:
        """The same shape, which may be shown; its name."""
        shape = self.shape(name)
        return (
            self.add(f"{name}!shown", msgspec.structs.replace(shape, sensitive=False))
            if shape.sensitive
            else name
        )

    def show(self, name: str, path: Sequence[str]) -> None:
        """From now on, one member inside of a shape may be shown, wherever the service has that. Raises ModelError."""
        self.use(name)
        shape = self.shapes[name]
        if shape.kind in ("list", "map"):
            self.show(shape.item, path)
        elif path[0] not in shape.members:
            raise ModelError(f"`{name}` has no `{path[0]}`. {nearest(path[0], shape.members)}")
        elif len(path) > 1:
            self.show(shape.members[path[0]], path[1:])
        elif self.shapes[inner := shape.members[path[0]]].kind == "structure":
            self.shapes[inner] = msgspec.structs.replace(self.shapes[inner], sensitive=False)
        else:
            members = {**shape.members, path[0]: self.shown(inner)}
            self.shapes[name] = msgspec.structs.replace(shape, members=members)

    def narrowed(self, name: str, shape: str, field: Field) -> str:
        """The same shape within the limits that a field states; its name."""
        plain = self.shape(shape)
        return self.add(
            name,
            msgspec.structs.replace(
                plain,
                enum=field.values or plain.enum,
                min=plain.min if field.minimum is None else field.minimum,
                max=plain.max if field.maximum is None else field.maximum,
            ),
        )

    def is_sensitive(self, name: str) -> bool:
        """Whether a single value must not be shown.

        Of structures the models mark far too much (whole container definitions, code, state machines): a secret in
        one is given by reference, where it stands.
        """
        shape = self.shape(name)
        return shape.sensitive and shape.kind in ("string", "blob", "any")
