"""`@op`, `@metric` and `@check`: make an op of a function, with or without settings.

The result of a metric is bound to numbers and that of a check to `bool`, so that mypy rejects others.
"""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar, overload

from unknot.stacks.graph import OpKind, Resources
from unknot.stacks.workflow.ops import Op, Severity

P = ParamSpec("P")
R = TypeVar("R")
N = TypeVar("N", bound=float)
"""`int` counts as a float (PEP 484)."""


@dataclasses.dataclass(frozen=True)
class _Settings:
    kind: OpKind
    name: str | None
    resources: Resources
    files: tuple[str, ...]
    requirements: tuple[str, ...]
    severity: Severity = "error"

    def make(self, function: Callable[P, R]) -> Op[P, R]:
        return Op(
            function,
            kind=self.kind,
            name=self.name,
            resources=self.resources,
            severity=self.severity,
            files=self.files,
            requirements=self.requirements,
        )


@dataclasses.dataclass(frozen=True)
class OpDecorator:
    """`@op(...)` before it is given its function."""

    _settings: _Settings

    def __call__(self, function: Callable[P, R], /) -> Op[P, R]:
        return self._settings.make(function)


@dataclasses.dataclass(frozen=True)
class MetricDecorator:
    """`@metric(...)` before it is given its function."""

    _settings: _Settings

    def __call__(self, function: Callable[P, N], /) -> Op[P, N]:
        return self._settings.make(function)


@dataclasses.dataclass(frozen=True)
class CheckDecorator:
    """`@check(...)` before it is given its function."""

    _settings: _Settings

    def __call__(self, function: Callable[P, bool], /) -> Op[P, bool]:
        return self._settings.make(function)


@overload
def op(function: Callable[P, R], /) -> Op[P, R]: ...
@overload
def op(
    *,
    name: str | None = None,
    cpu: float | None = None,
    memory: str | None = None,
    gpu: int | None = None,
    retries: int | None = None,
    retry_delay_s: float | None = None,
    timeout_s: float | None = None,
    files: Iterable[str] = (),
    requirements: Iterable[str] = (),
) -> OpDecorator: ...
def op(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    cpu: float | None = None,
    memory: str | None = None,
    gpu: int | None = None,
    retries: int | None = None,
    retry_delay_s: float | None = None,
    timeout_s: float | None = None,
    files: Iterable[str] = (),
    requirements: Iterable[str] = (),
) -> Op[..., Any] | OpDecorator:
    """Make a function an op: it makes artifacts. `memory` has a unit, `"8GiB"`; `retries` are further attempts.

    `files` are files of the project that the function reads: they travel with it and count as its code. With
    `requirements`, such as `["polars>=1"]`, it runs in an environment of its own that has these and no other of the
    workflow's; import them inside of the function.
    """
    resources = Resources(cpu, memory, gpu, timeout_s, retries, retry_delay_s)
    decorator = OpDecorator(_Settings("op", name, resources, tuple(files), tuple(requirements)))
    return decorator if function is None else decorator(function)


@overload
def metric(function: Callable[P, N], /) -> Op[P, N]: ...
@overload
def metric(
    *,
    name: str | None = None,
    cpu: float | None = None,
    memory: str | None = None,
    gpu: int | None = None,
    retries: int | None = None,
    retry_delay_s: float | None = None,
    timeout_s: float | None = None,
    files: Iterable[str] = (),
    requirements: Iterable[str] = (),
) -> MetricDecorator: ...
def metric(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    cpu: float | None = None,
    memory: str | None = None,
    gpu: int | None = None,
    retries: int | None = None,
    retry_delay_s: float | None = None,
    timeout_s: float | None = None,
    files: Iterable[str] = (),
    requirements: Iterable[str] = (),
) -> Op[..., Any] | MetricDecorator:
    """Make a function a metric: it returns one number, which is recorded with the run."""
    resources = Resources(cpu, memory, gpu, timeout_s, retries, retry_delay_s)
    decorator = MetricDecorator(_Settings("metric", name, resources, tuple(files), tuple(requirements)))
    return decorator if function is None else decorator(function)


@overload
def check(function: Callable[P, bool], /) -> Op[P, bool]: ...
@overload
def check(
    *,
    severity: Severity = "error",
    name: str | None = None,
    cpu: float | None = None,
    memory: str | None = None,
    gpu: int | None = None,
    retries: int | None = None,
    retry_delay_s: float | None = None,
    timeout_s: float | None = None,
    files: Iterable[str] = (),
    requirements: Iterable[str] = (),
) -> CheckDecorator: ...
def check(
    function: Callable[..., bool] | None = None,
    /,
    *,
    severity: Severity = "error",
    name: str | None = None,
    cpu: float | None = None,
    memory: str | None = None,
    gpu: int | None = None,
    retries: int | None = None,
    retry_delay_s: float | None = None,
    timeout_s: float | None = None,
    files: Iterable[str] = (),
    requirements: Iterable[str] = (),
) -> Op[..., bool] | CheckDecorator:
    """Make a function a check: True passes. A failed one of severity error keeps all outputs from being published."""
    resources = Resources(cpu, memory, gpu, timeout_s, retries, retry_delay_s)
    decorator = CheckDecorator(
        _Settings("check", name, resources, tuple(files), tuple(requirements), severity)
    )
    return decorator if function is None else decorator(function)
