"""`each` and `when`: a body whose shape depends on values that are known only when the workflow runs (rule F1).

Called with values, inside a workflow's body or outside, they just run. Called with an artifact while a workflow is
traced, the functions that they are given are called once, to see which tasks there are.
"""

from collections.abc import Callable, Iterable
from typing import Concatenate, ParamSpec, TypeVar, overload

from unknot.stacks.workflow.context import current_trace
from unknot.stacks.workflow.placeholder import Placeholder

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


def each(
    function: Callable[Concatenate[T, P], R], over: Iterable[T], *args: P.args, **kwargs: P.kwargs
) -> list[R]:
    """What `function` gives for each element of `over`, as a list: `each(score, over=parts, model=model)`.

    `function` is an op, a workflow, or a function that calls some; the rest of the arguments are the same for all
    elements. Over an artifact, each op that takes the element becomes a task for every element.
    """
    trace = current_trace()
    if trace is not None and isinstance(over, Placeholder):
        gathered: list[R] = trace.each(function, over, args, kwargs)
        return gathered
    return [function(element, *args, **kwargs) for element in over]


@overload
def when(condition: bool, then: Callable[[], R], otherwise: Callable[[], R]) -> R: ...
@overload
def when(condition: bool, then: Callable[[], R]) -> R | None: ...
def when(
    condition: bool, then: Callable[[], R], otherwise: Callable[[], R | None] = lambda: None
) -> R | None:
    """What `then` gives if `condition` is true, else what `otherwise` gives: `when(is_better, lambda: fit(t), lambda: last)`.

    By an artifact, the tasks of both branches are in the graph, and those of one are done.
    """
    trace = current_trace()
    given: object = condition
    if trace is not None and isinstance(given, Placeholder):
        chosen: R | None = trace.when(given, then, otherwise)
        return chosen
    return then() if condition else otherwise()
