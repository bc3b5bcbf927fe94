"""Whose credentials a target uses and what they lack, by what the cloud's own connection can say of it."""

from collections.abc import Callable

from unknot.providers.base import Context, ExamineRequest, ExamineResponse
from unknot.providers.declared.calls import Api, CallFailed, Examinable, Tally
from unknot.providers.declared.catalogue import type_shape
from unknot.providers.declared.failures import explained
from unknot.stacks.errors import UnknotError


def examine(api_of: Callable[[Context], Api], provider: str, request: ExamineRequest) -> ExamineResponse:
    """Never raises: what cannot be told is left open, with the reason."""
    wanted = permissions(request.types)
    try:
        api = api_of(request.context)
    except UnknotError as problem:
        return ExamineResponse(problem=_said(problem), asked=len(wanted), reason="nothing can be asked there")
    if not isinstance(api, Examinable):
        return ExamineResponse(asked=len(wanted), reason=f"`{provider}` has no way to ask")
    tally = Tally()
    try:
        identity = api.whoami(tally)
    except CallFailed as failed:
        said = _said(explained(failed, "the credentials cannot be used"))
        return ExamineResponse(problem=said, asked=len(wanted), reason="nothing can be asked there")
    except UnknotError as problem:
        return ExamineResponse(problem=_said(problem), asked=len(wanted), reason="nothing can be asked there")
    if not wanted:
        return ExamineResponse(identity, missing={})
    try:
        lacking = api.lacking(sorted(wanted), tally)
    except CallFailed as failed:
        said = f"{failed.operation}: {failed.message}" if failed.operation else failed.message
        return ExamineResponse(identity, asked=len(wanted), reason=said.rstrip("."))
    except UnknotError as problem:
        return ExamineResponse(identity, asked=len(wanted), reason=_said(problem))
    return ExamineResponse(identity, missing={name: wanted[name] for name in lacking}, asked=len(wanted))


def permissions(types: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What the declared calls of these types need, each with the types that need it."""
    found: dict[str, list[str]] = {}
    for type_ in sorted(set(types)):
        declared = type_shape(type_).permissions.values()
        for name in sorted({name for verb in declared for name in verb}):
            found.setdefault(name, []).append(type_)
    return {name: tuple(users) for name, users in found.items()}


def _said(problem: UnknotError) -> str:
    """Summaries and details in one line."""
    texts = [text for each in problem.diagnostics() for text in (each.summary, each.detail) if text]
    return ". ".join(text.rstrip(".") for text in texts)
