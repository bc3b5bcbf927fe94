"""`unknot review`: a saved plan as one comment for a pull request."""

from pathlib import Path

import click

from unknot.cli import console
from unknot.cli.plan import saved_from


@click.command("review")
@click.argument("plan_file", type=click.Path(path_type=Path), metavar="PLAN")
def review_command(plan_file: Path) -> int:
    """Render PLAN as Markdown: verdict first, everything else folded, with the plan's hash."""
    from unknot.planner.render.review import review_markdown

    saved = saved_from(plan_file)
    console.out(review_markdown(saved.plan, saved.hash))
    return 0
