"""Policies: the user's functions over a whole plan, advisory or mandatory.

    def no_deletes(plan: Plan) -> Iterable[str]:
        '''Production keeps its data.'''
        return (f"{c.address} would be deleted" for c in plan.changes if c.action.destroys)

A policy returns None or True when it is content; False, a message, or messages when it is not.
"""

from collections.abc import Callable, Iterable, Mapping

from unknot.planner.code import function_of
from unknot.planner.plan import Plan, PolicyResult
from unknot.stacks.errors import UnknotError


def judge(
    plan: Plan,
    overrides: Mapping[str, str],
    load: Callable[[str, str], Callable[..., object]] = function_of,
) -> tuple[PolicyResult, ...]:
    """What each policy of the plan says of it. A policy that raises has failed, and says how."""
    results = []
    for rule in plan.policies:
        messages: list[str] = []
        try:
            function = load(rule.module, rule.qualname)
            messages = _messages(
                function(plan), (function.__doc__ or "it returned False").strip().splitlines()[0]
            )
        except UnknotError as problem:
            messages = [problem.summary]
        except Exception as problem:  # noqa: BLE001 - a user's function may raise anything
            messages = [f"it raised {type(problem).__name__}: {problem}"]
        results.append(
            PolicyResult(
                rule.name,
                rule.level,
                passed=not messages,
                message="; ".join(messages),
                overridden=overrides.get(rule.name, "") if messages else "",
            )
        )
    return tuple(results)


def _messages(answer: object, doc: str) -> list[str]:
    if answer is None or answer is True:
        return []
    if answer is False:
        return [doc]
    if isinstance(answer, str):
        return [answer] if answer else []
    if isinstance(answer, Iterable):
        return [str(message) for message in answer]
    return [f"it returned `{type(answer).__name__}`, not True, False, a message or messages"]
