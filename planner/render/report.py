"""What apply did, for people: what failed and what waited on it first, then runs, outputs and what to do next."""

from collections.abc import Iterable

from unknot.planner.apply.report import ApplyReport, Outcome, StepReport
from unknot.planner.render.style import Style, clean, clean_lines, count
from unknot.planner.render.values import Form, folded
from unknot.planner.running import RunReport

_OUTCOMES: dict[Outcome, tuple[str, str, str]] = {
    "failed": ("Failed", "x", "red"),
    "refused": ("Refused: what they were planned from has changed since", "x", "red"),
    "skipped": ("Skipped", "-", "yellow"),
    "not-started": ("Not started", "-", "yellow"),
}
"""Heading, symbol and colour of what did not end well, in the order in which a reader needs them."""

_RUN_MARKS = {"succeeded": ("+", "green"), "superseded": (".", "dim"), "failed": ("x", "red")}


def render(report: ApplyReport, *, color: bool, width: int | None = None, verbose: bool = False) -> str:
    """The whole report. What was done is counted, and listed only with `verbose`."""
    style = Style(color)
    form = Form(limit=120 if width is None else max(width - 20, 40), whole=verbose)
    lines: list[str] = []
    done = report.with_outcome("done")
    if verbose and done:
        lines += _section("Done", (f"  {style('+', 'green')} {_step(s)}" for s in done), style)
    for outcome, (heading, symbol, tone) in _OUTCOMES.items():
        steps = report.with_outcome(outcome)
        if steps:
            lines += _section(heading, (line for s in steps for line in _bad(s, style(symbol, tone))), style)
    if report.runs:
        lines += _section("Runs", (line for run in report.runs for line in _run(run, style)), style)
    if report.outputs:
        outputs = (f"  {clean(n)}: {folded(v, form)}" for n, v in sorted(report.outputs.items()))
        lines += _section("Outputs", outputs, style)
    lines.append(style(_summary(report), "bold", "green" if report.exit_code == 0 else "red"))
    lines.extend(f"  {step}" for step in _next(report))
    return "\n".join(lines) + "\n"


def _section(heading: str, lines: Iterable[str], style: Style) -> list[str]:
    return [style(heading, "bold"), *lines, ""]


def _step(step: StepReport) -> str:
    elapsed = f" in {step.elapsed_s:.1f} s" if step.elapsed_s >= 0.1 else ""
    return f"{step.address}  {step.action}{elapsed}"


def _bad(step: StepReport, symbol: str) -> Iterable[str]:
    yield f"  {symbol} {_step(step)}"
    if step.detail:
        for line in clean_lines(step.detail):
            yield f"      {line}".rstrip()


def _run(run: RunReport, style: Style) -> Iterable[str]:
    symbol, tone = _RUN_MARKS.get(run.status, ("-", "yellow"))
    name = f"  {clean(run.run)}" if run.run else ""
    yield f"  {style(symbol, tone)} {run.address}  {clean(run.status)}{name}"
    if run.detail:
        for line in clean_lines(run.detail):
            yield f"      {line}".rstrip()


def _summary(report: ApplyReport) -> str:
    parts = [f"{len(report.with_outcome('done')):,} done"]
    for outcome in _OUTCOMES:
        number = len(report.with_outcome(outcome))
        if number:
            parts.append(f"{number:,} {outcome.replace('-', ' ')}")
    if report.runs:
        succeeded = sum(run.status in ("succeeded", "superseded") for run in report.runs)
        parts.append(f"{succeeded:,} of {count(len(report.runs), 'run')} succeeded")
    head = "Interrupted" if report.interrupted else "Applied" if report.exit_code == 0 else "Applied in part"
    where = clean(f"{report.stack}/{report.environment}")
    return f"{head}: {', '.join(parts)} in {report.elapsed_s:.1f} s ({where}, serial {report.serial})"


def _next(report: ApplyReport) -> Iterable[str]:
    """What to do now; empty when everything went well."""
    if report.with_outcome("refused"):
        yield "Plan again with `unknot plan`: the refused changes are computed anew from what is recorded now"
    if report.with_outcome("failed"):
        yield "Mend what failed, then `unknot apply` again: what is done is recorded and is not repeated"
    if report.interrupted:
        yield "What was done is recorded: `unknot apply` goes on from there"
    failed = next((run for run in report.runs if run.status not in ("succeeded", "superseded")), None)
    if failed is not None and failed.run:
        yield f"Read why a run failed with `unknot logs {failed.address}`"
