"""Options of a target in the form that its engine wants, and what is wrong with them."""

from typing import Final, TypeVar

import msgspec

from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import EngineError
from unknot.stacks.target import Target

S = TypeVar("S", bound=msgspec.Struct)

ENVIRONMENT: Final = "environment"
"""An option of every target: `locked`, the default, runs tasks with the versions that the workflow is locked to, in an
environment made for them where the worker has others; `worker`, the default of the local engine, with what is there."""


def options_of(target: Target, kind: type[S]) -> S:
    """The target's options as `kind`, whose defaults hold for what is not given. Raises EngineError naming what is wrong."""
    is_locked(target)
    names = {ENVIRONMENT, *(field.encode_name for field in msgspec.structs.fields(kind))}
    given = {name: value for name, value in target.options.items() if name != ENVIRONMENT}
    for name in given if target.cloud is None else ():  # else it may be one of the cloud's
        if name not in names:
            raise EngineError(
                f"the target `{target.name}` has an option `{name}`, which the engine `{target.engine}` does not have",
                detail=f"{nearest(name, names)}Its options: {', '.join(sorted(names)) or 'none'}.",
            )
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise EngineError(
            f"an option of the target `{target.name}` is not what the engine `{target.engine}` takes",
            detail=f"{error}.",
        ) from error


def is_locked(target: Target) -> bool:
    """Whether its tasks run with the versions of the lock. Raises EngineError for an option that is neither."""
    wanted = target.options.get(ENVIRONMENT, "worker" if target.engine == "local" else "locked")
    if wanted not in ("locked", "worker"):
        raise EngineError(
            f"the option `{ENVIRONMENT}` of the target `{target.name}` is `{wanted}`",
            detail="It is `locked`, for the versions of the workflow's lock, or `worker`, for what the worker has.",
        )
    return bool(wanted == "locked")
