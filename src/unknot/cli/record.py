"""What ran, where, whether it worked and who is to be asked: `ps`, `runs`, `logs`, `owners`, `lineage`."""

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.options import all_ledgers
from unknot.cli.session import Session
from unknot.planner.absorbing import absorb_sealed
from unknot.planner.record.opening import Record, open_record
from unknot.state.stores.opening import open_store


@contextmanager
def opened(environment: str | None) -> Iterator[Record]:
    """The record, after taking in runs that ended without unknot. What could not be read is said on stderr."""
    session = Session(environment)
    session.recorded()
    ledger = session.ledger()
    console.show_diagnostics(absorb_sealed(ledger, session.services))
    cache = session.project.cache / "index"
    with open_record(ledger, lambda url: open_store(url, session.project.root), cache) as record:
        console.show_diagnostics(record.updated.notes)
        yield record


@click.command("ps")
@options.environment
@all_ledgers
@click.option("--everything", is_flag=True, help="Every resource, not only workflows.")
@click.option(
    "--watch", "watching", is_flag=True, help="Look again and again, until Ctrl-C; asks the engines too."
)
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.2),
    default=2.0,
    show_default=True,
    help="With --watch: seconds between looks.",
)
@options.json_output
def ps_command(
    environment: str | None,
    everywhere: bool,
    backend: str | None,
    keys: tuple[str, ...],
    everything: bool,
    watching: bool,
    every_s: float,
    as_json: bool,
) -> int:
    """Show what runs, where, whether it worked, who owns it; and what should be running beside what is.

    With --all, of every ledger in the backend (of one environment with --env). What cannot be read is shown as
    unknown, with the time at which this machine saw it last. With --watch and --json, a document a line whenever
    something has changed.
    """
    if watching:
        if _everywhere(everywhere, backend, keys):
            raise click.UsageError("--watch looks at one ledger: leave out --all")
        from unknot.cli.watching import watch

        return watch(lambda: _ps_now(environment, everything=everything, as_json=as_json), every_s)
    if _everywhere(everywhere, backend, keys):
        from unknot.cli.estate import opened_estate
        from unknot.planner.record.across import ps_all
        from unknot.planner.record.documents import PsDocument
        from unknot.planner.record.text import ps_text

        now = dt.datetime.now(dt.UTC)
        with opened_estate(backend, keys, environment, now=now) as found:
            rows = ps_all(found.estate, now=now, everything=everything)
        if as_json:
            complete = found.estate.is_complete
            document = PsDocument(tuple(rows), (), found.ledgers, complete, found.calls)
            console.out_bytes(msgspec.json.encode(document))
        else:
            color, width = console.wants_color(sys.stdout), console.width()
            console.out(ps_text(rows, now=now, color=color, width=width, ledgers=found.ledgers))
        return found.exit_code
    console.out(_ps_now(environment, everything=everything, as_json=as_json))
    return 0


def _ps_now(environment: str | None, *, everything: bool, as_json: bool) -> str:
    """What `ps` shows of one ledger now."""
    from unknot.planner.record.documents import PsDocument
    from unknot.planner.record.running import ps
    from unknot.planner.record.text import ps_text

    with opened(environment) as record:
        rows = ps(record, everything=everything)
    looked_at = "" if record.look is None else record.look.at
    if as_json:
        return msgspec.json.encode(PsDocument(tuple(rows), looked_at=looked_at)).decode()
    return ps_text(rows, color=console.wants_color(sys.stdout), width=console.width(), looked_at=looked_at)


class _RunsGroup(click.Group):
    """`runs` alone lists; anything that is no subcommand is the workflow to list the runs of."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["list", *args]
        return super().resolve_command(ctx, args)


@click.group("runs", cls=_RunsGroup, invoke_without_command=True)
@click.pass_context
def runs_command(ctx: click.Context) -> int | None:
    """List runs, show one, compare two, export them."""
    if ctx.invoked_subcommand is None:
        found: int = ctx.invoke(list_command)
        return found
    return None


@runs_command.command("list")
@click.argument("workflow", required=False)
@options.environment
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="Latest runs to show.")
@options.json_output
def list_command(
    workflow: str | None = None, environment: str | None = None, limit: int = 20, as_json: bool = False
) -> int:
    """List runs, newest first, of one WORKFLOW if given."""
    from unknot.planner.record.documents import RunListDocument
    from unknot.planner.record.runs import runs
    from unknot.planner.record.text import runs_text

    with opened(environment) as record:
        found = runs(record, workflow, limit)
    if as_json:
        console.out_bytes(msgspec.json.encode(RunListDocument(tuple(found))))
    else:
        console.out(runs_text(found, color=console.wants_color(sys.stdout), width=console.width()))
    return 0


@runs_command.command("show")
@click.argument("run")
@options.environment
@options.json_output
def show_command(run: str, environment: str | None, as_json: bool) -> int:
    """Show RUN in full: an id, its beginning, or a workflow for its latest run."""
    from unknot.planner.record.documents import RunDetailDocument
    from unknot.planner.record.runs import run as read_run
    from unknot.planner.record.text import detail_text

    with opened(environment) as record:
        detail = read_run(record, run)
    if as_json:
        console.out_bytes(msgspec.json.encode(RunDetailDocument(detail)))
    else:
        console.out(detail_text(detail, color=console.wants_color(sys.stdout), width=console.width()))
    return 0


@runs_command.command("compare")
@click.argument("a")
@click.argument("b")
@options.environment
@options.json_output
def compare_command(a: str, b: str, environment: str | None, as_json: bool) -> int:
    """Show what differs between two runs: code, data, parameters, versions, metrics."""
    from unknot.planner.record.comparing import compare
    from unknot.planner.record.comparison_text import comparison_text
    from unknot.planner.record.documents import ComparisonDocument

    with opened(environment) as record:
        found = compare(record, a, b)
    if as_json:
        console.out_bytes(msgspec.json.encode(ComparisonDocument(found)))
    else:
        console.out(comparison_text(found, color=console.wants_color(sys.stdout), width=console.width()))
    return 0


@runs_command.command("export")
@click.argument("run", nargs=-1)
@options.environment
@click.option("--openlineage", is_flag=True, required=True, help="As OpenLineage events (spec 2-0-2).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; stdout when left out.")
def export_command(run: tuple[str, ...], environment: str | None, openlineage: bool, out: Path | None) -> int:
    """Export each RUN, or every run, one JSON event a line."""
    from unknot.planner.record.openlineage import export_openlineage
    from unknot.planner.record.runs import find_run
    from unknot.planner.record.runs import runs as list_runs

    assert openlineage
    with opened(environment) as record:
        chosen = [find_run(record, which) for which in run] or list_runs(record, limit=None)
        lines = [msgspec.json.encode(event) for event in export_openlineage(record, chosen)]
    data = b"".join(line + b"\n" for line in lines)
    if out is None:
        console.out_bytes(data)
    else:
        out.write_bytes(data)
        console.say(f"Wrote {len(lines)} events to {out}")
    return 0


@click.command("owners")
@options.environment
@all_ledgers
@options.json_output
def owners_command(
    environment: str | None, everywhere: bool, backend: str | None, keys: tuple[str, ...], as_json: bool
) -> int:
    """Show who is to be asked about what, and what failed there last."""
    from unknot.planner.record.documents import OwnersDocument
    from unknot.planner.record.owners import owners
    from unknot.planner.record.text import owners_text

    if _everywhere(everywhere, backend, keys):
        from unknot.cli.estate import opened_estate
        from unknot.planner.record.across import owners_all

        now = dt.datetime.now(dt.UTC)
        with opened_estate(backend, keys, environment, now=now) as found:
            rows = owners_all(found.estate)
        if as_json:
            complete = found.estate.is_complete
            document = OwnersDocument(tuple(rows), found.ledgers, complete, found.calls)
            console.out_bytes(msgspec.json.encode(document))
        else:
            color, width = console.wants_color(sys.stdout), console.width()
            console.out(owners_text(rows, now=now, color=color, width=width, ledgers=found.ledgers))
        return found.exit_code
    with opened(environment) as record:
        rows = owners(record)
    if as_json:
        console.out_bytes(msgspec.json.encode(OwnersDocument(tuple(rows))))
    else:
        console.out(owners_text(rows, color=console.wants_color(sys.stdout), width=console.width()))
    return 0


@click.command("logs")
@click.argument("run")
@click.argument("task", required=False)
@options.environment
@options.json_output
def logs_command(run: str, task: str | None, environment: str | None, as_json: bool) -> int:
    """Show the logs of RUN (an id, its beginning, or a workflow for its latest run), of one TASK if given.

    With --json, one JSON object a line.
    """
    from unknot.planner.record.logs import logs
    from unknot.planner.record.text import logs_text

    with opened(environment) as record:
        lines = logs(record, run, task)
        if as_json:
            for entry in lines:
                console.out_bytes(msgspec.json.encode(entry))
        else:
            for text in logs_text(lines, color=console.wants_color(sys.stdout)):
                console.out(text)
    return 0


@click.command("lineage")
@click.argument("what")
@options.environment
@all_ledgers
@click.option("--up", is_flag=True, help="Only where it comes from.")
@click.option("--down", is_flag=True, help="Only where it goes to.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["tree", "dot", "svg"]),
    default="tree",
    show_default=True,
    help="tree is text; dot is Graphviz's language; svg is a picture.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; stdout when left out.")
@options.json_output
def lineage_command(
    what: str,
    environment: str | None,
    everywhere: bool,
    backend: str | None,
    keys: tuple[str, ...],
    up: bool,
    down: bool,
    form: str,
    out: Path | None,
    as_json: bool,
) -> int:
    """Show where WHAT comes from and goes to: an artifact's hash, an address, or ADDRESS.OUTPUT.

    With --all, across all stacks of the backend: STACK/ENVIRONMENT:ADDRESS, or STACK/ENVIRONMENT:output.NAME for an
    output of a stack. Of each workflow the latest runs count.
    """
    from unknot.cli.graph import render
    from unknot.planner.record.documents import LineageDocument
    from unknot.planner.record.lineage import Direction, drawing_of_lineage, lineage

    direction: Direction = "both" if up == down else "up" if up else "down"
    code = 0
    if _everywhere(everywhere, backend, keys):
        from unknot.cli.estate import opened_estate
        from unknot.planner.record.crossing import lineage_all
        from unknot.planner.record.text import unread

        now = dt.datetime.now(dt.UTC)
        with opened_estate(backend, keys, environment, now=now, every_run=True) as found:
            graph = lineage_all(found.estate, what, direction)
        code = found.exit_code
        document = LineageDocument(graph, found.ledgers, found.estate.is_complete, found.calls)
        for name, said in unread(found.ledgers):
            console.say(f"{name}: {said}")
    else:
        with opened(environment) as record:
            graph = lineage(record, what, direction)
        document = LineageDocument(graph)
    if as_json:
        console.out_bytes(msgspec.json.encode(document))
        return code
    text = render(drawing_of_lineage(graph), form)
    if out is None:
        console.out(text)
    else:
        out.write_text(text)
        console.say(f"Wrote {out}")
    return code


def _everywhere(everywhere: bool, backend: str | None, keys: tuple[str, ...]) -> bool:
    if (backend is not None or keys) and not everywhere:
        raise click.UsageError("`--backend` and `--key` are for `--all`")
    return everywhere
