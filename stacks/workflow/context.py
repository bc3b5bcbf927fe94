"""The one context variable of the project: the trace under way, if any (rule F1).

It is set for the length of one `trace` and never outlives it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from unknot.stacks.diagnostic import Diagnostic

if TYPE_CHECKING:
    from unknot.stacks.workflow.definition import Workflow
    from unknot.stacks.workflow.ops import Op
    from unknot.stacks.workflow.placeholder import Placeholder


class Trace(Protocol):
    """What calls of ops and misuse of placeholders are reported to."""

    root: Path

    def call(self, op: "Op[..., Any]", args: tuple[object, ...], kwargs: Mapping[str, object]) -> object: ...

    def enter(
        self, workflow: "Workflow[..., Any]", args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> object: ...

    def each(
        self,
        function: Callable[..., object],
        over: "Placeholder",
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
    ) -> Any: ...

    def when(
        self,
        condition: "Placeholder",
        then: Callable[[], object],
        otherwise: Callable[[], object],
    ) -> Any: ...

    def report_misuse(self, diagnostic: Diagnostic) -> None: ...


_CURRENT: ContextVar[Trace | None] = ContextVar("unknot_trace", default=None)


def current_trace() -> Trace | None:
    return _CURRENT.get()


@contextmanager
def tracing(trace: Trace) -> Iterator[None]:
    """Make `trace` the current one inside the `with` block."""
    token = _CURRENT.set(trace)
    try:
        yield
    finally:
        _CURRENT.reset(token)
