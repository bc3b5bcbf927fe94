"""`unknot validate`: load, trace, and check everything that can be checked without touching anything."""

from pathlib import Path

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.documents import ValidationDocument
from unknot.cli.session import Session
from unknot.planner.expansion import expand
from unknot.planner.order import Cycle, sort
from unknot.planner.render.style import count
from unknot.planner.runs import graph_of
from unknot.stacks.definition import WORKFLOW_TYPE, Definition
from unknot.stacks.diagnostic import Diagnostic, Diagnostics


@click.command("validate")
@options.environment
@options.variables
@click.option("--no-retrace", is_flag=True, help="Do not trace workflows again in a second interpreter.")
@options.json_output
def validate_command(
    environment: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
    no_retrace: bool,
    as_json: bool,
) -> int:
    """Check the stack: inputs, references, rings, workflows. Reads no ledger and no cloud.

    Each workflow is traced a second time, in another interpreter under another hash seed; the two must agree.
    """
    session = Session(environment)
    loaded = session.load(options.pairs(variables, "--var"), variable_files)
    definition, found = loaded.definition, loaded.diagnostics
    definition = expand(definition, {}, "", session.services, found).definition
    _check_rings(definition, found)
    if not no_retrace and not found.has_errors:
        _check_tracing(definition, session.project.root, found)
    answer = ValidationDocument(
        definition.stack,
        session.environment,
        not found.has_errors,
        len(loaded.definition.resources),
        tuple(found),
    )
    if as_json:
        console.out_bytes(msgspec.json.encode(answer))
    else:
        console.show_diagnostics(found)
        if answer.valid:
            console.out(f"`{definition.stack}` is valid: {count(answer.resources, 'resource')}")
    return 0 if answer.valid else 1


def _check_rings(definition: Definition, found: Diagnostics) -> None:
    resources = definition.resources
    try:
        sort({a: [d for d in r.dependencies if d in resources] for a, r in resources.items()})
    except Cycle as cycle:
        first = resources[cycle.addresses[0]]
        found.add(
            Diagnostic.error(
                f"these depend on each other in a ring: {' -> '.join(cycle.addresses)}",
                detail="Remove one of the references.",
                address=first.address,
                source=first.source,
            )
        )


def _check_tracing(definition: Definition, root: Path, found: Diagnostics) -> None:
    from unknot.stacks.workflow.retracing import retrace

    for desired in definition.resources.values():
        if desired.info.type != WORKFLOW_TYPE:
            continue
        graph = graph_of(desired.inputs)
        again = retrace(
            graph.module,
            graph.qualname,
            {p.name: p.value for p in graph.parameters},
            list(desired.inputs.get("bindings", {})),
            root,
            hash_seed=1,
        )
        if again.graph is None:
            found.extend(again.diagnostics)
        elif [(t.id, t.op, t.inputs) for t in again.graph.tasks] != [
            (t.id, t.op, t.inputs) for t in graph.tasks
        ]:
            found.add(
                Diagnostic.error(
                    f"`{desired.address}` gives another graph when it is traced again",
                    detail="Its body depends on something besides its parameters: the order of a set, a clock, a "
                    "random number, the environment. Make that a parameter.",
                    address=desired.address,
                    source=desired.source,
                )
            )
