"""Placeholders: what stands for an artifact while a workflow is traced or bound (rule F1).

A placeholder may be passed on and returned, nothing else: every other use raises at the user's line.
What it stands for is kept in one slot with a name no artifact has, so that `model.type` is misuse too.
"""

from typing import Any, NoReturn

import msgspec

from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import DefinitionError
from unknot.stacks.graph import Binding, Condition
from unknot.stacks.workflow.context import current_trace
from unknot.stacks.workflow.source import user_location

_ADVICE = (
    "Its value exists only when the workflow runs. Do this inside an op and pass the artifact to it; "
    "a workflow's body may branch and compute on parameters only."
)


class PlaceholderMisuse(DefinitionError):
    """The user's code computed with an artifact that does not exist yet. Carries the located diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__([diagnostic])
        self.diagnostic = diagnostic


class TracedArtifact(msgspec.Struct, frozen=True):
    """What a placeholder in a workflow's body stands for."""

    binding: Binding
    type: Any
    """The annotation."""
    label: str
    """For messages: `split().train`, `flights`."""
    when: tuple[Condition, ...] = ()
    """The branches in which it is made: only there does it exist."""
    element: Any = None
    """The call of `each` whose element it belongs to: only there does it exist. None: it is one value."""


class BoundArtifact(msgspec.Struct, frozen=True):
    """What a placeholder in a stack stands for: a value that a resource holds."""

    address: Address
    path: tuple[str | int, ...]
    type: Any
    stack: str | None = None
    """`name/environment` of another stack, when the value comes from there."""

    @property
    def label(self) -> str:
        return ".".join([self.address, *map(str, self.path)])


class Placeholder:
    """Stands for an artifact. `artifact_of` tells which; any computation raises PlaceholderMisuse."""

    __slots__ = ("_unknot_artifact",)

    def __init__(self, artifact: TracedArtifact | BoundArtifact) -> None:
        object.__setattr__(self, "_unknot_artifact", artifact)

    def __repr__(self) -> str:
        return f"<artifact {artifact_of(self).label}>"

    def __getattr__(self, name: str) -> NoReturn:
        _misused(self, f"asked for `.{name}`")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        _misused(self, f"given a `.{name}`")

    def __delattr__(self, name: str) -> NoReturn:
        _misused(self, f"changed (`.{name}` deleted)")

    def __getitem__(self, key: object) -> NoReturn:
        _misused(self, "indexed")

    def __setitem__(self, key: object, value: object) -> NoReturn:
        _misused(self, "assigned into")

    def __delitem__(self, key: object) -> NoReturn:
        _misused(self, "deleted from")

    def __bool__(self) -> NoReturn:
        _misused(self, "tested for truth")

    def __iter__(self) -> NoReturn:
        _misused(self, "iterated over or unpacked")

    def __reversed__(self) -> NoReturn:
        _misused(self, "iterated over")

    def __len__(self) -> NoReturn:
        _misused(self, "measured with `len`")

    def __contains__(self, item: object) -> NoReturn:
        _misused(self, "searched with `in`")

    def __hash__(self) -> NoReturn:
        _misused(self, "hashed (put into a set or used as a key)")

    def __str__(self) -> NoReturn:
        _misused(self, "turned into text")

    def __format__(self, spec: str) -> NoReturn:
        _misused(self, "put into an f-string")

    def __bytes__(self) -> NoReturn:
        _misused(self, "turned into bytes")

    def __fspath__(self) -> NoReturn:
        _misused(self, "used as a path")

    def __call__(self, *_args: object, **_kwargs: object) -> NoReturn:
        _misused(self, "called")

    def __enter__(self) -> NoReturn:
        _misused(self, "used in a `with` statement")

    def __exit__(self, *exc: object) -> NoReturn:
        _misused(self, "used in a `with` statement")

    async def __aenter__(self) -> NoReturn:
        _misused(self, "used in a `with` statement")

    async def __aexit__(self, *exc: object) -> NoReturn:
        _misused(self, "used in a `with` statement")

    def __await__(self) -> NoReturn:
        _misused(self, "awaited")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        _misused(self, "copied or pickled")

    def _unknot_compared(self, _other: object) -> NoReturn:
        _misused(self, "compared")

    def _unknot_computed(self, *_others: object) -> NoReturn:
        _misused(self, "computed with")

    def _unknot_converted(self) -> NoReturn:
        _misused(self, "turned into a number")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _unknot_compared
    __add__ = __sub__ = __mul__ = __matmul__ = __truediv__ = __floordiv__ = __mod__ = _unknot_computed
    __divmod__ = __pow__ = __lshift__ = __rshift__ = __and__ = __or__ = __xor__ = _unknot_computed
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __rtruediv__ = __rfloordiv__ = _unknot_computed
    __rmod__ = __rdivmod__ = __rpow__ = __rlshift__ = __rrshift__ = __rand__ = _unknot_computed
    __ror__ = __rxor__ = __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _unknot_computed
    __trunc__ = __floor__ = __ceil__ = _unknot_computed
    __int__ = __float__ = __complex__ = __index__ = _unknot_converted


class ArtifactInput(Placeholder):
    """Stands for a value that a resource holds: a dataset's `value`, a deployment's published output.

    Typed as the value itself in a stack, so that `bind` is checked against the workflow's signature.
    """

    __slots__ = ()

    def __init__(
        self, address: Address, path: tuple[str | int, ...], type_: Any, stack: str | None = None
    ) -> None:
        super().__init__(BoundArtifact(address, path, type_, stack))


def artifact_of(placeholder: Placeholder) -> TracedArtifact | BoundArtifact:
    """What `placeholder` stands for."""
    artifact: TracedArtifact | BoundArtifact = object.__getattribute__(placeholder, "_unknot_artifact")
    return artifact


def bound_artifact_of(value: ArtifactInput) -> BoundArtifact:
    """The resource and path that a bound value stands for."""
    artifact: BoundArtifact = object.__getattribute__(value, "_unknot_artifact")
    return artifact


def _misused(placeholder: Placeholder, how: str) -> NoReturn:
    trace = current_trace()
    diagnostic = Diagnostic.error(
        f"artifact `{artifact_of(placeholder).label}` cannot be {how}",
        detail=_ADVICE,
        source=user_location(trace.root if trace else None),
    )
    if trace is not None:
        # Recorded too, since the user's code may catch what is raised.
        trace.report_misuse(diagnostic)
    raise PlaceholderMisuse(diagnostic)
