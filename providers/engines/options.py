"""Options of a target in the form that its engine wants, and what is wrong with them."""

from typing import TypeVar

import msgspec

from unknot.stacks.diagnostic import nearest
from unknot.stacks.errors import EngineError
from unknot.stacks.target import Target

S = TypeVar("S", bound=msgspec.Struct)


def options_of(target: Target, kind: type[S]) -> S:
    """The target's options as `kind`, whose defaults hold for what is not given. Raises EngineError naming what is wrong."""
    names = {field.encode_name for field in msgspec.structs.fields(kind)}
    for name in target.options:
        if name not in names:
            raise EngineError(
                f"the target `{target.name}` has an option `{name}`, which the engine `{target.engine}` does not have",
                detail=f"{nearest(name, names)}Its options: {', '.join(sorted(names)) or 'none'}.",
            )
    try:
        return msgspec.convert(target.options, kind)
    except msgspec.ValidationError as error:
        raise EngineError(
            f"an option of the target `{target.name}` is not what the engine `{target.engine}` takes",
            detail=f"{error}.",
        ) from error
