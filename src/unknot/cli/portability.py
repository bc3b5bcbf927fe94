"""`unknot portability`: what of a workflow will not work on another target, before anything is moved."""

import sys
from pathlib import Path

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.documents import PortabilityDocument
from unknot.cli.session import Session
from unknot.cli.state import NotRecorded
from unknot.planner.expansion import expand
from unknot.planner.portability.report import portability
from unknot.planner.portability.workload import workload_of
from unknot.planner.render.problems import diagnostics_text
from unknot.providers import registry
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE, Definition, Desired
from unknot.stacks.diagnostic import Diagnostic, Severity, nearest
from unknot.stacks.target import Target


@click.command("portability")
@click.argument("workflow")
@click.option(
    "--to", "to", required=True, help="A target of the stack, or an engine with the store that it has now."
)
@options.environment
@options.variables
@options.json_output
def portability_command(
    workflow: str,
    to: str,
    environment: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Say what of WORKFLOW will not work on another target, each with file and line and what to do.

    Read from the code that its ops reach, its lock, its graph, and what the target's engine declares; nothing runs.
    The exit code is 1 if something is an error.
    """
    session = Session(environment)
    loaded = session.load(options.pairs(variables, "--var"), variable_files)
    definition = expand(loaded.definition, {}, "", session.services, loaded.diagnostics).definition
    wanted = _workflow(definition, workflow)
    target = _target(definition, wanted, to)
    work = workload_of(wanted, definition.bundles, target)
    if work is None:
        raise NotRecorded(
            f"the code of `{wanted.address}` was not packed", detail="Mend what `unknot validate` says."
        )
    root = str(session.project.root)
    cache = session.project.cache
    found = [
        problem.under(root) for problem in portability(work, session.services.engine(target.engine), cache)
    ]
    errors = sum(problem.is_error for problem in found)
    if as_json:
        document = PortabilityDocument(
            wanted.address, wanted.target, target.name, target.engine, errors == 0, tuple(found)
        )
        console.out_bytes(msgspec.json.encode(document))
        return 1 if errors else 0
    console.out(_text(wanted, target, found, session.project.root, color=console.wants_color(sys.stdout)))
    return 1 if errors else 0


def _text(wanted: Desired, target: Target, found: list[Diagnostic], root: Path, *, color: bool) -> str:
    lines = [f"{wanted.address}  {wanted.target} -> {target.name}  (engine {target.engine})", ""]
    if found:
        lines.append(diagnostics_text(found, color=color, root=root))
    counts = [
        f"{number} {severity.value}{'' if number == 1 else 's'}"
        for severity in Severity
        if (number := sum(problem.severity is severity for problem in found))
    ]
    lines.append(f"Portability: {', '.join(counts)}" if counts else "Portability: nothing speaks against it")
    return "\n".join(lines)


def _workflow(definition: Definition, name: str) -> Desired:
    for address in (name, f"{WORKFLOW_TYPE}.{name}"):
        found = definition.resources.get(Address(address))
        if found is not None and found.info.type == WORKFLOW_TYPE:
            return found
    known = [a for a, d in definition.resources.items() if d.info.type == WORKFLOW_TYPE]
    raise NotRecorded(
        f"`{name}` is no workflow of the stack",
        detail=f"{nearest(name, known)}Workflows: {', '.join(known) or 'none'}.",
    )


def _target(definition: Definition, wanted: Desired, name: str) -> Target:
    if name in definition.targets:
        return definition.targets[name]
    engines = registry.names(registry.ENGINES)
    if name in engines:
        now = definition.targets[wanted.target]
        return Target(name, engine=name, store=now.store, cloud=now.cloud, region=now.region)
    known = (*definition.targets, *engines)
    raise NotRecorded(
        f"`{name}` is neither a target of the stack nor an engine",
        detail=f"{nearest(name, known)}Targets: {', '.join(definition.targets)}. Engines: {', '.join(engines)}. A target "
        "that nothing uses yet is made known with `Stack(..., targets=[...])`.",
    )
