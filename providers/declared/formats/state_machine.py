"""Amazon States Language: states, where each goes on to, and what may be in them.

https://states-language.net/spec.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from unknot.providers.declared.formats.documents import is_open
from unknot.providers.declared.problem import Problem, likeliest, member

_TOP: Final = ("Comment", "QueryLanguage", "StartAt", "States", "TimeoutSeconds", "Version")
_INNER: Final = (*_TOP, "ProcessorConfig")
_COMMON: Final = ("Type", "Comment", "QueryLanguage")
_IN_OUT: Final = ("InputPath", "OutputPath", "Output", "Assign")
_ON: Final = ("Next", "End")
_RESULT: Final = ("Parameters", "Arguments", "ResultPath", "ResultSelector")
_FAULTS: Final = ("Retry", "Catch")

_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "Task": (
        *_IN_OUT, *_ON, *_RESULT, *_FAULTS,
        "Resource", "Credentials", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath",
    ),
    "Parallel": (*_IN_OUT, *_ON, *_RESULT, *_FAULTS, "Branches"),
    "Map": (
        *_IN_OUT, *_ON, *_RESULT, *_FAULTS,
        "ItemsPath", "Items", "ItemProcessor", "Iterator", "ItemReader", "ItemSelector", "ItemBatcher", "ResultWriter",
        "MaxConcurrency", "MaxConcurrencyPath", "ToleratedFailurePercentage", "ToleratedFailurePercentagePath",
        "ToleratedFailureCount", "ToleratedFailureCountPath", "Label",
    ),
    "Pass": (*_IN_OUT, *_ON, "Parameters", "Result", "ResultPath"),
    "Wait": (*_IN_OUT, *_ON, "Seconds", "SecondsPath", "Timestamp", "TimestampPath"),
    "Choice": (*_IN_OUT, "Choices", "Default"),
    "Succeed": _IN_OUT,
    "Fail": ("Error", "ErrorPath", "Cause", "CausePath", *_IN_OUT),
}  # fmt: skip

_GOES_ON: Final = ("Task", "Parallel", "Map", "Pass", "Wait")


def definition(value: Any) -> Iterator[Problem]:
    """A whole state machine."""
    yield from _machine("", value, _TOP)


def _machine(path: str, value: Any, known: tuple[str, ...]) -> Iterator[Problem]:
    if is_open(value):
        return
    if not isinstance(value, Mapping):
        yield Problem(path, "is not a state machine", "It is a JSON object with `StartAt` and `States`.")
        return
    yield from _unknown(path, value, known)
    states = value.get("States")
    if states is None:
        yield Problem(path, "lacks `States`", "It is an object: name of a state to the state.")
        return
    if is_open(states):
        return
    where = f"{path}.States"
    if not isinstance(states, Mapping) or not states:
        yield Problem(where, "has no states", "It is an object: name of a state to the state.")
        return
    start = value.get("StartAt")
    if start is None:
        yield Problem(path, "lacks `StartAt`", f"It names the first state, one of: {_listed(states)}.")
    elif not is_open(start):
        yield from _target(f"{path}.StartAt", start, states)
    for name, state in states.items():
        yield from _state(member(where, name), state, states)
    is_whole = not any(is_open(state) for state in states.values())
    if is_whole and isinstance(start, str) and start in states:
        for name in _unreached(start, states):
            yield Problem(
                member(where, name),
                "is never reached",
                "Nothing goes on to it: give one state `Next` for it, or take it out.",
            )


def _state(path: str, value: Any, states: Mapping[str, Any]) -> Iterator[Problem]:
    if is_open(value):
        return
    if not isinstance(value, Mapping):
        yield Problem(path, "is not a state", "A state is an object with a `Type`.")
        return
    kind = value.get("Type")
    if kind is None:
        yield Problem(path, "lacks `Type`", f"It is one of: {', '.join(_TYPES)}.")
        return
    if is_open(kind):
        return
    if kind not in _TYPES:
        yield Problem(
            f"{path}.Type",
            f"cannot be `{str(kind)[:60]}`",
            f"{likeliest(kind, _TYPES)}It is one of: {', '.join(_TYPES)}.",
        )
        return
    yield from _unknown(path, value, (*_COMMON, *_TYPES[kind]))
    if (
        kind in _GOES_ON
        and "Next" not in value
        and value.get("End") is not True
        and not is_open(value.get("End"))
    ):
        yield Problem(path, "ends nowhere", "Give it `Next`, the name of a state, or `End: true`.")
    if "Next" in value and value.get("End") is True:
        yield Problem(path, "has both `Next` and `End`", "A state has one of the two.")
    for name in ("Next", "Default"):
        if name in value:
            yield from _target(member(path, name), value[name], states)
    for name in ("Choices", "Catch"):
        yield from _branches(path, name, value.get(name), states)
    if kind == "Task" and "Resource" not in value:
        yield Problem(path, "lacks `Resource`", "It is the ARN of what the task calls.")
    if kind == "Choice" and "Choices" not in value:
        yield Problem(path, "lacks `Choices`", "It is a list of rules, each with `Next`.")
    if kind == "Wait" and sum(name in value for name in _TYPES["Wait"][-4:]) != 1:
        yield Problem(
            path,
            "does not say how long it waits",
            "It has one of `Seconds`, `SecondsPath`, `Timestamp`, `TimestampPath`.",
        )
    if kind == "Parallel":
        branches = value.get("Branches")
        if not isinstance(branches, list) or not branches:
            if not is_open(branches):
                yield Problem(path, "lacks `Branches`", "It is a list of state machines.")
        else:
            for n, branch in enumerate(branches):
                yield from _machine(member(f"{path}.Branches", n), branch, _INNER)
    if kind == "Map":
        name = "ItemProcessor" if "ItemProcessor" in value or "Iterator" not in value else "Iterator"
        if name in value:
            yield from _machine(member(path, name), value[name], _INNER)
        else:
            yield Problem(
                path, "lacks `ItemProcessor`", "It is the state machine that each item goes through."
            )


def _branches(path: str, name: str, value: Any, states: Mapping[str, Any]) -> Iterator[Problem]:
    """Rules of a choice, or what to do about faults: each goes on to a state."""
    if value is None or is_open(value):
        return
    where = member(path, name)
    if not isinstance(value, list):
        yield Problem(where, "is not a list", "It is a list of objects, each with `Next`.")
        return
    for n, rule in enumerate(value):
        if is_open(rule):
            continue
        if not isinstance(rule, Mapping) or "Next" not in rule:
            yield Problem(
                member(where, n),
                "lacks `Next`",
                f"It names the state to go on to, one of: {_listed(states)}.",
            )
        else:
            yield from _target(f"{member(where, n)}.Next", rule["Next"], states)


def _target(path: str, name: Any, states: Mapping[str, Any]) -> Iterator[Problem]:
    if not is_open(name) and name not in states:
        yield Problem(
            path,
            f"names `{str(name)[:60]}`, which is no state here",
            f"{likeliest(name, states)}States: {_listed(states)}.",
        )


def _unreached(start: str, states: Mapping[str, Any]) -> Iterator[str]:
    reached, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        state = states.get(name)
        if name in reached or not isinstance(state, Mapping):
            continue
        reached.add(name)
        rules = [
            rule
            for key in ("Choices", "Catch")
            for rule in _list(state.get(key))
            if isinstance(rule, Mapping)
        ]
        targets = [state.get("Next"), state.get("Default"), *(rule.get("Next") for rule in rules)]
        if any(is_open(target) for target in targets):
            return
        waiting += [target for target in targets if isinstance(target, str)]
    yield from (name for name in states if name not in reached)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _unknown(path: str, value: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[Problem]:
    for name in value:
        if name not in known:
            yield Problem(
                path,
                f"has `{name}`, which there is not",
                f"{likeliest(name, known)}It may have: {', '.join(known)}.",
            )


def _listed(states: Mapping[str, Any]) -> str:
    names = [f"`{name}`" for name in states]
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
