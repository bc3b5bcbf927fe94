"""`unknot graph`: draw the stack, a saved plan, or one workflow."""

from pathlib import Path

import click

from unknot.cli import console, options
from unknot.cli.plan import saved_from
from unknot.cli.session import Session
from unknot.cli.state import NotRecorded
from unknot.planner.drawing.drawing import (
    Drawing,
    drawing_of_definition,
    drawing_of_plan,
    drawing_of_workflow,
)
from unknot.planner.expansion import expand
from unknot.planner.runs import graph_of
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE, Definition


@click.command("graph")
@click.argument("what", required=False, metavar="[PLAN | WORKFLOW]")
@options.environment
@options.variables
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "dot", "svg"]),
    default="tree",
    show_default=True,
    help="tree is text; dot is Graphviz's language; svg is a picture.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; stdout when left out.")
def graph_command(
    what: str | None,
    environment: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
    form: str,
    out: Path | None,
) -> int:
    """Draw the stack's resources, or a saved PLAN, or the tasks of a WORKFLOW of the stack."""
    if what is not None and Path(what).is_file():
        drawing = drawing_of_plan(saved_from(Path(what)).plan)
    else:
        session = Session(environment)
        loaded = session.load(options.pairs(variables, "--var"), variable_files)
        definition = expand(loaded.definition, {}, "", session.services, loaded.diagnostics).definition
        drawing = drawing_of_definition(definition) if what is None else _workflow(definition, what)
    text = render(drawing, form)
    if out is None:
        console.out(text)
    else:
        out.write_text(text)
        console.say(f"Wrote {out}")
    return 0


def _workflow(definition: Definition, name: str) -> Drawing:
    for address in (name, f"{WORKFLOW_TYPE}.{name}"):
        desired = definition.resources.get(Address(address))
        if desired is not None and desired.info.type == WORKFLOW_TYPE:
            return drawing_of_workflow(graph_of(desired.inputs))
    known = [a for a, d in definition.resources.items() if d.info.type == WORKFLOW_TYPE]
    raise NotRecorded(
        f"`{name}` is neither a plan file nor a workflow of the stack",
        detail=f"Workflows: {', '.join(known) or 'none'}.",
    )


def render(drawing: Drawing, form: str) -> str:
    """A drawing in one of the forms that `--format` names."""
    if form == "dot":
        from unknot.planner.drawing.dot import dot

        return dot(drawing)
    if form == "svg":
        from unknot.planner.drawing.svg import svg

        return svg(drawing)
    from unknot.planner.drawing.tree import tree

    return tree(drawing)
