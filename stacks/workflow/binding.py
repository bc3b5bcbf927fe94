"""From what a call in a workflow's body is given to a binding of the graph, or a diagnostic that says why not.

Artifacts may be in lists, tuples, dicts with text as keys, and bundles, if the annotation says so (fan-in).
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, get_args, get_origin

from unknot.stacks.diagnostic import Diagnostic, SourceLocation
from unknot.stacks.graph import Binding, Condition, Gathered, GatheredKind, LiteralValue, RunTime
from unknot.stacks.output import Output
from unknot.stacks.workflow.literal import Unserialisable, encode
from unknot.stacks.workflow.placeholder import Placeholder, TracedArtifact, artifact_of
from unknot.stacks.workflow.scheduled import SCHEDULED
from unknot.stacks.workflow.shape import shape_of
from unknot.stacks.workflow.typenames import (
    UnstableName,
    compatible,
    element_type,
    is_union,
    shown_type,
    strip,
    type_name,
    value_fits,
)

_FROM_OUTSIDE = "Make it an input of the workflow, and give it to `bind` in the stack."


class Place(NamedTuple):
    """Where in a body a value is used: what exists there."""

    source: SourceLocation | None
    under: tuple[Condition, ...] = ()
    """Conditions of the branches that it is in."""
    element: object = None
    """The call of `each` that it is in; None in none."""


class Binder:
    """Makes bindings; what is wrong goes to `report`."""

    def __init__(self, report: Callable[[Diagnostic], None]) -> None:
        self._report = report

    def bind(self, what: str, value: object, annotation: Any, place: Place) -> Binding | None:
        """The binding of `value` where `annotation` is wanted. `what` begins a message; None: it was reported."""
        if isinstance(value, Placeholder):
            return self._artifact(what, value, annotation, place)
        if value is SCHEDULED:
            return RunTime()
        if isinstance(value, Output):
            return self._problem(f"{what} and was given a resource's output", _FROM_OUTSIDE, place)
        parts = parts_of(value)
        if parts is None or not parts.hold_artifacts:
            return self._literal(what, value, annotation, place)
        return self._gathered(what, value, parts, annotation, place)

    def _artifact(self, what: str, value: Placeholder, annotation: Any, place: Place) -> Binding | None:
        artifact = artifact_of(value)
        if not isinstance(artifact, TracedArtifact):
            return self._problem(
                f"{what} and was given `{artifact.label}` from outside", _FROM_OUTSIDE, place
            )
        if not compatible(artifact.type, annotation):
            return self._problem(
                f"{what}: `{shown_type(annotation)}`, not `{shown_type(artifact.type)}`",
                f"`{artifact.label}` is a `{shown_type(artifact.type)}`.",
                place,
            )
        if artifact.type == list[None]:
            return self._problem(
                f"{what} and was given a list of what returns nothing",
                "`each` has nothing to gather here. Have the op return what is to be passed on.",
                place,
            )
        if artifact.when != place.under[: len(artifact.when)]:
            return self._problem(
                f"{what} and was given `{artifact.label}`, which is made in one branch of `when` only",
                "Return it from that branch, give what stands for it from the other, and use what `when` returns.",
                place,
            )
        if artifact.element is not None and artifact.element is not place.element:
            return self._problem(
                f"{what} and was given `{artifact.label}`, which belongs to one element of `each`",
                "Return it from the function that `each` is given, and use the list that `each` returns.",
                place,
            )
        return artifact.binding

    def _gathered(
        self, what: str, value: object, parts: "Parts", annotation: Any, place: Place
    ) -> Binding | None:
        wanted = parts.wanted(value, annotation)
        if wanted is None:
            one = "a bundle" if parts.kind == "bundle" else f"a `{parts.kind}`"
            return self._problem(
                f"{what}: `{shown_type(annotation)}`, not {one} of artifacts",
                f"A `{type(value).__name__}` holds several artifacts ({', '.join(parts.names)}): pass one of them.",
                place,
            )
        items = [
            self.bind(f"{what}, at {name}", item, kind, place)
            for name, item, kind in zip(parts.names, parts.items, wanted, strict=True)
        ]
        kind_name = ""
        if parts.kind == "bundle":
            try:
                kind_name = type_name(type(value))
            except UnstableName as problem:
                return self._problem(
                    f"{what} and was given a bundle whose class cannot be found by name",
                    f"{problem}. Define the class at the top level of a module.",
                    place,
                )
        bound = tuple(item for item in items if item is not None)
        if len(bound) < len(items):
            return None
        return Gathered(bound, parts.kind, parts.keys, kind_name)

    def _literal(self, what: str, value: object, annotation: Any, place: Place) -> Binding | None:
        try:
            encoded = encode(value)
        except Unserialisable as problem:
            return self._problem(
                f"{what} and was given an unserialisable artifact",
                f"It is {problem.reason}{f' at `{problem.where}`' if problem.where else ''}, which has no "
                "plain form. Make it in an op and pass on what the op returns; plain values are text, "
                "numbers, dates, paths, enums, and lists, tuples, sets and dicts of them.",
                place,
            )
        if not value_fits(value, annotation):
            self._problem(
                f"{what}: `{shown_type(annotation)}`, not `{type(value).__name__}`",
                f"Given: `{value!r}`.",
                place,
            )
        return LiteralValue(encoded)

    def _problem(self, summary: str, detail: str, place: Place) -> Binding | None:
        """Report; gives what is to be returned then."""
        self._report(Diagnostic.error(summary, detail=detail, source=place.source))
        return None


class Parts(NamedTuple):
    """What a bundle or a container holds."""

    kind: GatheredKind
    items: tuple[object, ...]
    names: tuple[str, ...]
    """For messages: `` `.train` ``, `` `[0]` ``."""
    keys: tuple[str, ...] = ()

    @property
    def hold_artifacts(self) -> bool:
        """Whether a placeholder is among them, however deep."""
        inside = (parts_of(item) for item in self.items)
        return any(isinstance(item, Placeholder) for item in self.items) or any(
            parts is not None and parts.hold_artifacts for parts in inside
        )

    def wanted(self, value: object, annotation: Any) -> Sequence[Any] | None:
        """The annotation of each item, where `annotation` takes such a thing at all."""
        annotation = strip(annotation)
        if is_union(annotation):
            found = (self.wanted(value, member) for member in get_args(annotation))
            return next((each for each in found if each is not None), None)
        if self.kind == "bundle":
            if annotation not in (Any, object) and (get_origin(annotation) or annotation) is not type(value):
                return None
            return list(shape_of(type(value) if annotation in (Any, object) else annotation).fields.values())
        if not compatible(type(value), annotation):
            return None
        members = get_args(annotation)
        if get_origin(annotation) is tuple and members and ... not in members:
            return members if len(members) == len(self.items) else None
        return [element_type(annotation)] * len(self.items)


def parts_of(value: object) -> Parts | None:
    """What a bundle or container holds; None for anything else."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return _bundle(dict(zip(value._fields, value, strict=True)))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _bundle({field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)})
    if isinstance(value, (list, tuple)):
        names = tuple(f"`[{n}]`" for n in range(len(value)))
        return Parts("tuple" if isinstance(value, tuple) else "list", tuple(value), names)
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return Parts("dict", tuple(value.values()), tuple(f"`[{key!r}]`" for key in value), tuple(value))
    return None


def _bundle(fields: Mapping[str, object]) -> Parts:
    return Parts("bundle", tuple(fields.values()), tuple(f"`.{name}`" for name in fields), tuple(fields))
