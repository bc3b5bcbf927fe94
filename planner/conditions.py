"""Pre- and postconditions of resources: expressions evaluated by `simpleeval`, or functions of the bundle.

An expression sees `inputs`, `outputs` (after a change) and `name`, and cannot call anything or reach further.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from unknot.planner.code import function_of
from unknot.planner.plan import Change, Plan
from unknot.planner.values import has_unknown, holds_sealed
from unknot.stacks.address import name_of
from unknot.stacks.definition import ConditionRule
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import UnknotError


class ConditionFailed(UnknotError):
    """A condition does not hold, or could not be evaluated."""


def check_before(plan: Plan) -> Iterable[Diagnostic]:
    """Preconditions of the plan's changes, as far as their inputs are known already."""
    changes = {change.address: change for change in plan.changes}
    for rule in plan.conditions:
        change = changes.get(rule.address)
        if rule.when != "before" or change is None or change.action.value in ("delete", "forget"):
            continue
        inputs = change.resolved_inputs
        if has_unknown(inputs) or holds_sealed(inputs):
            continue
        try:
            require(rule, inputs, {}, function_of)
        except ConditionFailed as failed:
            yield Diagnostic.error(
                failed.summary, detail=failed.detail, address=rule.address, source=rule.source
            )


def rules_for(conditions: Iterable[ConditionRule], change: Change, when: str) -> list[ConditionRule]:
    """The conditions of one change that are to be checked before or after it."""
    return [rule for rule in conditions if rule.address == change.address and rule.when == when]


def require(
    rule: ConditionRule,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
    load: Callable[[str, str], Callable[..., object]],
) -> None:
    """Raise ConditionFailed unless the condition holds. `load` finds a function by module and qualname."""
    kind = "precondition" if rule.when == "before" else "postcondition"
    try:
        if rule.expression:
            held = _evaluate(
                rule.expression, {"inputs": inputs, "outputs": outputs, "name": name_of(rule.address)}
            )
        else:
            held = load(rule.module, rule.qualname)(dict(inputs), dict(outputs))
    except Exception as problem:
        raise ConditionFailed(
            f"a {kind} of `{rule.address}` could not be evaluated",
            detail=f"{_told(problem)} (at {rule.source})",
        ) from problem
    if not held:
        what = f"`{rule.expression}`" if rule.expression else f"`{rule.qualname}`"
        raise ConditionFailed(
            f"{kind} of `{rule.address}`: {rule.message}", detail=f"{what} at {rule.source} does not hold."
        )


def _told(problem: Exception) -> str:
    if isinstance(problem, UnknotError):
        return f"{problem.summary}. {problem.detail}"
    return f"{type(problem).__name__}: {problem}"


def _evaluate(expression: str, names: dict[str, Any]) -> object:
    from simpleeval import EvalWithCompoundTypes

    return EvalWithCompoundTypes(names=names, functions={"len": len, "min": min, "max": max}).eval(expression)
