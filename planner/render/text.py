"""A plan for people at a terminal, or in a log: what differs in the world, what will change, and why.

Readable without colour; the counts come last, where the eye is when the command ends.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from unknot.planner.plan import Action, Change, FieldChange, Plan, PlannedRun
from unknot.planner.render.grouping import grouped
from unknot.planner.render.masking import Masking
from unknot.planner.render.moving import leftover_rows, move_rows
from unknot.planner.render.problems import diagnostics_text
from unknot.planner.render.style import Style, clean, count
from unknot.planner.render.values import Form, field_lines, folded
from unknot.stacks.diagnostic import SourceLocation

if TYPE_CHECKING:
    from unknot.planner.apply.report import ApplyReport

__all__ = ["counts_text", "diagnostics_text", "plan_text", "report_text"]

SYMBOLS: dict[Action, tuple[str, str]] = {
    Action.CREATE: ("+", "green"),
    Action.IMPORT: ("<-", "cyan"),
    Action.MOVE: ("~>", "cyan"),
    Action.UPDATE: ("~", "yellow"),
    Action.NO_OP: (" ", "dim"),
    Action.FORGET: (".", "magenta"),
    Action.CREATE_THEN_DELETE: ("+/-", "red"),
    Action.DELETE_THEN_CREATE: ("-/+", "red"),
    Action.DELETE: ("-", "red"),
}
"""Symbol and colour of each action. Changes are shown in this order: what destroys is nearest to the end."""

_ORDER = {action: position for position, action in enumerate(SYMBOLS)}
_INDENT = " " * 6
_FIELDS = 12
"""Fields of one change that are shown unless everything is asked for."""


def plan_text(
    plan: Plan, *, color: bool, width: int | None, verbose: bool = False, root: Path | None = None
) -> str:
    """The whole plan. `width` in columns (None: nothing is folded to it); `root`: folder that files are named from."""
    return _PlanText(plan, Style(color), width, verbose, root).text()


def report_text(
    report: "ApplyReport", *, color: bool, width: int | None = None, verbose: bool = False
) -> str:
    """What apply did: see `render.report`, which is imported here so that showing a plan does not load apply."""
    from unknot.planner.render.report import render

    return render(report, color=color, width=width, verbose=verbose)


def counts_text(plan: Plan) -> str:
    """`Plan: 2 to create, 1 to update, 0 to delete; 3 unchanged; 1 workflow runs`."""
    counts = plan.counts()
    replaced = sum(number for action, number in counts.items() if action.replaces)
    parts = [
        f"{counts.get(Action.CREATE, 0):,} to create",
        f"{counts.get(Action.UPDATE, 0):,} to update",
        *([f"{replaced:,} to replace"] if replaced else []),
        f"{counts.get(Action.DELETE, 0):,} to delete",
        *(
            f"{counts[action]:,} to {verb}"
            for action, verb in ((Action.IMPORT, "import"), (Action.FORGET, "forget"), (Action.MOVE, "move"))
            if action in counts
        ),
        *([f"{len(plan.renames):,} to rename"] if plan.renames else []),
    ]
    clauses = [", ".join(parts), f"{plan.unchanged:,} unchanged"]
    if plan.runs:
        clauses.append(f"{len(plan.runs):,} {'workflow runs' if len(plan.runs) == 1 else 'workflows run'}")
    if plan.drift:
        clauses.append(f"{len(plan.drift):,} drifted")
    return f"Plan: {'; '.join(clauses)}"


def place(source: SourceLocation | None, root: Path | None) -> str:
    """`stack.py:12`, from the root where the file is under it; empty when it is not known."""
    if source is None:
        return ""
    file = source.file
    if root is not None:
        file = file.removeprefix(f"{root}/")
    return clean(f"{file}:{source.line}")


class _PlanText:
    def __init__(self, plan: Plan, style: Style, width: int | None, verbose: bool, root: Path | None) -> None:
        self.plan = plan
        self.style = style
        self.verbose = verbose
        self.root = root
        self.masking = Masking(plan)
        self.form = Form(limit=120 if width is None else max(width - len(_INDENT) - 24, 40), whole=verbose)
        self.lines: list[str] = []

    def text(self) -> str:
        self._header()
        self._drift()
        self._changes()
        self._runs()
        self._outputs()
        self._leftovers()
        self._policies()
        self._ending()
        return "\n".join(self.lines) + "\n"

    def _header(self) -> None:
        plan, style = self.plan, self.style
        recorded = "nothing recorded yet" if plan.first else f"recorded up to serial {plan.serial}"
        owner = f", owner {clean(plan.owner)}" if plan.owner else ""
        self.lines.append(f"{style(clean(f'{plan.stack}/{plan.environment}'), 'bold')}  ({recorded}{owner})")
        if plan.mode == "destroy":
            self.lines.append(style("Everything that is recorded is to be destroyed.", "red", "bold"))
        elif plan.mode == "refresh-only":
            self.lines.append("Refresh only: the record is brought up to date, the world is not touched.")

    def _heading(self, text: str) -> None:
        self.lines += ["", self.style(text, "bold")]

    def _drift(self) -> None:
        if not self.plan.drift:
            return
        self._heading("Drift: the world differs from what is recorded, apart from what the stack changed")
        for drift in sorted(self.plan.drift, key=lambda d: d.address):
            owner = self._owner(drift.owner)
            what = "  is gone" if drift.gone else ""
            owner = ", ".join(filter(None, (f"part of {drift.owned_by}" if drift.owned_by else "", owner)))
            self.lines.append(
                f"  {self.style('!', 'yellow')} {self.style(drift.address, 'bold')}{what}"
                + (f"  ({owner})" if owner else "")
            )
            self._fields(self.masking.drift(drift))

    def _changes(self) -> None:
        plan = self.plan
        if plan.changes or plan.renames:
            self._heading("Changes")
        for prior, address in sorted(plan.renames.items()):
            self.lines.append(f"  {self.style('~>', 'cyan')} {prior} ~> {self.style(address, 'bold')}")
            self.lines.append(f"{_INDENT}renamed; its object stays as it is")
        for change, under_owner in grouped(plan.changes, lambda c: _ORDER[c.action]):
            self._change(change, under_owner)

    def _change(self, change: Change, under_owner: bool) -> None:
        """A part is set further in, and does not repeat what its owner says of both."""
        symbol, tone = SYMBOLS[change.action]
        inwards = "  " if under_owner else ""
        about = [
            part
            for part in (
                f"part of {change.owned_by}" if change.owned_by else "",
                place(change.source, self.root)
                if change.action is not Action.DELETE and not under_owner
                else "",
                "" if under_owner else self._owner(change.owner),
                self._move(change),
            )
            if part
        ]
        line = f"{inwards}  {self.style(symbol, tone)} {self.style(change.address, 'bold')}"
        if about:
            line += self.style(f"  ({', '.join(about)})", "dim")
        self.lines.append(line)
        if change.reason:
            self.lines.append(inwards + _INDENT + clean(change.reason))
        self.lines.extend(f"{inwards}{_INDENT}{clean(note)}" for note in change.notes)
        self.lines.extend(f"{inwards}{_INDENT}{label:13} {clean(text)}" for label, text in move_rows(change))
        self._fields(self.masking.fields(change), inwards)

    def _move(self, change: Change) -> str:
        prior = change.prior
        if prior is None or prior.target == change.target:
            return ""
        return clean(f"{prior.target} -> {change.target}")

    def _fields(self, fields: tuple[FieldChange, ...], inwards: str = "") -> None:
        shown = fields if self.verbose else fields[:_FIELDS]
        # What forces a replacement is never among the fields that are left out.
        shown += tuple(f for f in fields[len(shown) :] if f.forces_replacement)
        for field in shown:
            self.lines.extend(
                inwards + _INDENT + self._colored(line) for line in field_lines(field, self.form)
            )
        if len(shown) < len(fields):
            self.lines.append(f"{inwards}{_INDENT}... and {count(len(fields) - len(shown), 'more field')}")

    def _colored(self, line: str) -> str:
        if not self.style.color:
            return line
        if line.startswith("  +"):
            return self.style(line, "green")
        if line.startswith("  -"):
            return self.style(line, "red")
        before, marker, after = line.partition("# forces replacement")
        return before + self.style(marker, "red") + after

    def _runs(self) -> None:
        if not self.plan.runs:
            return
        self._heading("Runs, after the changes")
        for run in self.plan.runs:
            about = [self._owner(run.owner), f"after {', '.join(run.after)}" if run.after else ""]
            line = f"  {self.style('>', 'blue')} {self.style(run.address, 'bold')}"
            if any(about):
                line += self.style(f"  ({', '.join(filter(None, about))})", "dim")
            self.lines += [line, _INDENT + clean(run.reason)]
            self.lines.extend(_INDENT + line for line in self._tasks(run))

    def _tasks(self, run: PlannedRun) -> Iterable[str]:
        again = [task for task in run.tasks if task.runs]
        reused = [task for task in run.tasks if not task.runs]
        width = max((len(task.task) for task in again), default=0)
        for task in again:
            yield f"runs    {clean(task.task):{width}}  {clean(task.because)}"
        if reused:
            yield f"reused  {', '.join(clean(task.task) for task in reused)}: {clean(reused[0].because)}"

    def _outputs(self) -> None:
        outputs = self.masking.outputs()
        if not outputs:
            return
        self._heading("Outputs")
        symbols = {"create": ("+", "green"), "update": ("~", "yellow"), "delete": ("-", "red")}
        for output in outputs:
            symbol = self.style(*symbols[output.action])
            prior, planned = folded(output.prior, self.form), folded(output.planned, self.form)
            value = {"create": planned, "update": f"{prior} -> {planned}", "delete": prior}[output.action]
            self.lines.append(f"  {symbol} {clean(output.name)}: {value}")

    def _leftovers(self) -> None:
        plan = self.plan
        for addresses, what in (
            (
                plan.unsettled,
                "May exist: an apply was interrupted here; apply looks it up before anything else",
            ),
            (plan.deposed, "Left over from a replacement that was interrupted; apply deletes it"),
            (plan.excluded, "Left out by `--target` or `--exclude`, though it would change"),
        ):
            if addresses:
                self._heading(what)
                self.lines.extend(f"  {self.style('?', 'yellow')} {address}" for address in sorted(addresses))
        for moves, what in leftover_rows(plan):
            if moves:
                self._heading(what)
                self.lines.extend(f"  {self.style('~>', 'cyan')} {move}" for move in moves)

    def _policies(self) -> None:
        if not self.plan.policy_results:
            return
        self._heading("Policies")
        for result in self.plan.policy_results:
            mark, tone = ("ok", "green") if result.passed else ("failed", "red")
            if result.overridden:
                mark, tone = "overridden", "yellow"
            elif not result.passed and result.level == "advisory":
                mark, tone = "advises against", "yellow"
            line = f"  {self.style(mark, tone)}  {clean(result.policy)} ({result.level})"
            self.lines.append(line + (f": {clean(result.message)}" if result.message else ""))
            if result.overridden:
                self.lines.append(f"{_INDENT}overridden because: {clean(result.overridden)}")

    def _ending(self) -> None:
        plan = self.plan
        self.lines.append("")
        if plan.is_empty:
            self.lines.append(_nothing(plan))
        else:
            self.lines.append(self.style(counts_text(plan), "bold"))
        if not plan.can_apply:
            self.lines.append(self.style("This plan cannot be applied as it is.", "red", "bold"))

    def _owner(self, owner: str) -> str:
        return f"owner {clean(owner)}" if owner and owner != self.plan.owner else ""


def _nothing(plan: Plan) -> str:
    if any(d.is_error for d in plan.diagnostics):
        return "No changes could be planned: see the errors"
    if plan.mode == "refresh-only":
        return f"No changes. The record agrees with the world; {plan.unchanged:,} unchanged"
    if plan.mode == "destroy":
        return "No changes. Nothing is recorded, so there is nothing to destroy"
    if plan.excluded:
        return (
            f"No changes in what was selected; {count(len(plan.excluded), 'address', 'addresses')} left out"
        )
    return f"No changes. What is recorded is what the stack wants; {plan.unchanged:,} unchanged"
