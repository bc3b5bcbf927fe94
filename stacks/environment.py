"""Environments: the typed values that one stack function is called with, from files and the command line."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from unknot.stacks.diagnostic import Diagnostic, SourceLocation, nearest
from unknot.stacks.errors import DefinitionError, MissingExtra
from unknot.stacks.project import DEFAULT_ENVIRONMENT

E = TypeVar("E", bound="Environment")


class Environment(BaseModel):
    """Base of a stack's environment: `class Env(Environment): size: Literal["small", "full"] = "small"`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def environment_for(
    model: type[E],
    root: Path,
    environment: str,
    variables: Mapping[str, str],
    variable_files: tuple[Path, ...],
) -> E:
    """The environment `environment` of the project at `root`: `envs/NAME.toml`, then files, then `--var`.

    Raises DefinitionError.
    """
    values: dict[str, Any] = {}
    origin: list[str] = []
    own = root / "envs" / f"{environment}.toml"
    if own.is_file():
        values.update(read_values(own))
        origin.append(f"envs/{own.name}")
    elif environment != DEFAULT_ENVIRONMENT:
        known = sorted(file.stem for file in (root / "envs").glob("*.toml"))
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"there is no environment `{environment}`",
                    detail=f"Looked for `envs/{environment}.toml`. Environments: {', '.join(known) or 'none'}.",
                )
            ]
        )
    for file in variable_files:
        values.update(read_values(file))
        origin.append(str(file))
    if variables:
        origin.append("--var")
    return build(model, environment, values, variables, " and ".join(origin) or "its defaults")


def read_values(file: Path) -> dict[str, Any]:
    """Values from a `.toml` file, or from a Terraform-style `.tfvars` or `.hcl` file (extra `hcl`).

    Raises DefinitionError when the file cannot be read.
    """
    try:
        if file.suffix == ".toml":
            return tomllib.loads(file.read_text())
        return _read_hcl(file)
    except OSError as problem:
        raise DefinitionError([Diagnostic.error(f"`{file}` cannot be read: {problem.strerror}")]) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise DefinitionError(
            [
                Diagnostic.error(
                    f"`{file.name}` is not TOML",
                    detail=str(problem),
                    source=SourceLocation(str(file), _line_of(str(problem))),
                )
            ]
        ) from problem


def _read_hcl(file: Path) -> dict[str, Any]:
    try:
        import hcl2
    except ImportError as missing:
        raise MissingExtra("python-hcl2", extra="hcl", needed_for=f"reading `{file.name}`") from missing
    from hcl2 import SerializationOptions
    from lark.exceptions import UnexpectedInput

    try:
        values: dict[str, Any] = hcl2.loads(
            file.read_text(),
            serialization_options=SerializationOptions(strip_string_quotes=True),
        )
    except UnexpectedInput as problem:
        raise DefinitionError(
            [Diagnostic.error(f"`{file.name}` is not HCL", source=SourceLocation(str(file), problem.line))]
        ) from problem
    return {key: value for key, value in values.items() if not key.startswith("__")}


def build(
    model: type[E], environment: str, values: Mapping[str, Any], given: Mapping[str, str], origin: str
) -> E:
    """The environment object, from a file's values overlaid with `--var` texts.

    Raises DefinitionError with one diagnostic for each wrong, missing or unknown value.
    """
    merged: dict[str, Any] = {**values, **given}
    try:
        return model.model_validate(merged)
    except ValidationError as invalid:
        raise DefinitionError(
            [_problem(error, model, environment, origin) for error in invalid.errors(include_url=False)]
        ) from invalid


def _problem(error: Mapping[str, Any], model: type[Environment], environment: str, origin: str) -> Diagnostic:
    name = ".".join(str(step) for step in error["loc"]) or "the environment"
    known = list(model.model_fields)
    if error["type"] == "extra_forbidden":
        return Diagnostic.error(
            f"the environment `{environment}` has no value `{name}`",
            detail=f"{nearest(name, known)}Values: {', '.join(known)}. Given in {origin}.",
        )
    return Diagnostic.error(
        f"the value `{name}` of environment `{environment}` is wrong",
        detail=f"{error['msg']}. Given in {origin}.",
    )


def _line_of(message: str) -> int:
    """tomllib ends its messages with `(at line L, column C)`."""
    _, _, tail = message.rpartition("line ")
    digits = tail.split(",")[0]
    return int(digits) if digits.isdigit() else 1
