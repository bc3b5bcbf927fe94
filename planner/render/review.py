"""A saved plan as one Markdown comment for a pull request, in the order in which a reviewer needs it.

Never longer than the limit and never cut silently: what does not fit is counted, in the place where it would be,
with where the whole plan is. What is most dangerous gets its room first.
"""

from collections.abc import Iterable, Sequence

import msgspec

from unknot.planner.plan import Action, Change, FieldChange, Plan
from unknot.planner.render.grouping import grouped
from unknot.planner.render.markdown import block, code, prose
from unknot.planner.render.masking import Masking
from unknot.planner.render.moving import copies_text, move_rows
from unknot.planner.render.style import clean, count
from unknot.planner.render.text import SYMBOLS, counts_text
from unknot.planner.render.values import Form, field_lines
from unknot.planner.values import has_unknown

LIMIT = 65_535
"""Characters of a comment on GitHub."""

_FORM = Form(limit=200)
_FORCING = 3
"""Fields shown of one replacement."""


class _Section(msgspec.Struct, frozen=True):
    """A heading with entries that are shown whole or counted."""

    heading: str
    entries: Sequence[str]
    noun: str
    plural: str = ""
    folded: bool = False
    """Inside <details>."""
    fenced: bool = False
    """The entries are literal lines of one fenced block."""
    lead: str = ""
    """A line that is always shown."""


def review_markdown(plan: Plan, plan_hash: str, *, limit: int = LIMIT) -> str:
    """The comment. `plan_hash` is the saved plan's; raises ValueError for a limit that has no room for the verdict."""
    head = "\n".join(_head(plan))
    foot = _foot(plan, plan_hash)
    sections = [s for s in _Review(plan).sections() if s.entries or s.lead]
    bare = [_rendered(s, 0) for s in sections]
    room = limit - len(head) - len(foot) - sum(len(text) + 2 for text in bare) - 4
    if room < 0:
        # Even the headings do not fit: only what cannot be left out, with the counts that `head` holds.
        short = f"{head}\n\nEverything else is left out here: no room.\n\n{foot}"
        if len(short) > limit:
            raise ValueError(f"a review needs at least {len(short)} characters, and the limit is {limit}")
        return short
    bodies: list[str] = []
    for section, least in zip(sections, bare, strict=True):
        text = _fitted(section, len(least) + room)
        room -= len(text) - len(least)
        bodies.append(text)
    return "\n\n".join((head, *bodies, foot))


def verdict(plan: Plan) -> tuple[str, str]:
    """`safe`, `destructive` or `cannot tell`, and why."""
    if plan.destroys or plan.deposed:
        number = (
            sum(change.action.destroys for change in plan.changes) + len(plan.deposed) + len(plan.cleaned_up)
        )
        return "destructive", f"{count(number, 'object')} in the world would go away"
    errors = sum(d.is_error for d in plan.diagnostics)
    if errors:
        return "cannot tell", f"planning found {count(errors, 'error')}"
    against = [
        r.policy for r in plan.policy_results if not (r.passed or r.overridden) and r.level == "mandatory"
    ]
    if against:
        return (
            "cannot tell",
            f"{count(len(against), 'mandatory policy is', 'mandatory policies are')} against it",
        )
    if plan.unsettled:
        return "cannot tell", f"{count(len(plan.unsettled), 'object')} may exist after an interrupted apply"
    open_ended = sum(_may_replace(change) for change in plan.changes)
    if open_ended:
        updates = count(open_ended, "change")
        return "cannot tell", f"{updates} may turn into a replacement by values known only after apply"
    unclear = sum(change.meaning == "cannot-tell" for change in plan.changes)
    if unclear:
        return "cannot tell", f"{count(unclear, 'workflow')} may behave differently"
    if plan.is_empty:
        return "safe", "there is nothing to do"
    return "safe", "nothing is destroyed or replaced"


def _may_replace(change: Change) -> bool:
    return change.action is Action.UPDATE and any(
        f.path in change.immutable and has_unknown(f.planned) for f in change.fields
    )


def _head(plan: Plan) -> Iterable[str]:
    word, why = verdict(plan)
    yield f"### unknot plan: {code(_clip(f'{plan.stack}/{plan.environment}', 200))}"
    yield ""
    yield f"**Verdict: {word}**: {why}."
    if not plan.can_apply:
        yield ""
        yield "**This plan cannot be applied as it is.**"
    yield ""
    yield "No changes." if plan.is_empty else f"{counts_text(plan)}."
    if plan.mode != "normal":
        yield ""
        yield f"Mode: {plan.mode}."


def _foot(plan: Plan, plan_hash: str) -> str:
    lines = ["#### Apply exactly this plan", "", f"Plan hash: {code(plan_hash)}", ""]
    if plan.can_apply and not plan.is_empty:
        lines.append(block([f"unknot apply PLAN --plan-hash {plan_hash}"], "sh"))
        lines.append(
            "\n`PLAN` is the archive that was saved with this hash. Apply refuses any other one, and each change "
            "whose prior has changed since."
        )
    else:
        lines.append("The whole plan is in the archive that was saved with this hash.")
    return "\n".join(lines)


class _Review:
    """The sections of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.masking = Masking(plan)
        self.changes = [change for change, _ in grouped(plan.changes, lambda _: 0)]

    def sections(self) -> list[_Section]:
        plan = self.plan
        problems = [
            f"- {d.severity.value}: {prose(d.summary)}{f' (at {code(str(d.source))})' if d.source else ''}"
            for d in plan.diagnostics
            if d.severity.value != "note"
        ]
        return [
            _Section("Destroyed or replaced", self._destroyed(), "destroyed object"),
            _Section("Problems", problems, "problem"),
            _Section("Moved or renamed", self._moved(), "move"),
            _Section("Runs again", self._runs(), "run"),
            _Section("Drift, apart from what is intended", self._drift(), "drifted object"),
            _Section("Not settled", self._unsettled(), "object"),
            _Section("Owners", self._owners(), "owner"),
            _Section("Policies and checks", self._policies(), "result"),
            _Section("Cost", (), "", lead=self._cost()),
            _Section("All other changes", self._others(), "change", folded=True, fenced=True),
            _Section("Left out by the selection", [f"- {code(a)}" for a in sorted(plan.excluded)],
                     "address", "addresses", folded=True),
        ]  # fmt: skip

    def _destroyed(self) -> list[str]:
        found = []
        for change in self.changes:
            if change.action.destroys:
                verb = "replaced" if change.action.replaces else "destroyed"
                # The address first: it is what an entry is for, however long the rest.
                text = f"- {code(change.address)} is **{verb}**{_part(change)}{self._whose(change.owner)}: {prose(_clip(change.reason, 400))}"
                forcing = [f for f in self.masking.fields(change) if f.forces_replacement]
                text += "".join(f"\n  - {_field(f)}" for f in forcing[:_FORCING])
                if len(forcing) > _FORCING:
                    text += f"\n  - and {count(len(forcing) - _FORCING, 'more field')} that force it"
                found.append(text)
        found += [
            f"- {code(a)}: what is left over from an interrupted replacement is **destroyed**"
            for a in sorted(self.plan.deposed)
        ]
        found += [
            f"- {code(move)}: what it left at its source is **destroyed**; there is no way back then"
            for move in self.plan.cleaned_up
        ]
        return found

    def _moved(self) -> list[str]:
        found = [f"- {code(prior)} becomes {code(to)}" for prior, to in sorted(self.plan.renames.items())]
        found += [
            f"- {code(change.address)} from {code(change.prior.target)} to {code(change.target)}{_moving(change)}"
            for change in self.changes
            if change.prior is not None and change.prior.target != change.target
        ]
        return found

    def _runs(self) -> list[str]:
        found = []
        for run in self.plan.runs:
            again = [t for t in run.tasks if t.runs]
            text = f"- {code(run.address)}{self._whose(run.owner)}: {prose(_clip(run.reason, 400))}"
            text += "".join(
                f"\n  - {code(_clip(t.task, 200))}: {prose(_clip(t.because, 200))}" for t in again[:8]
            )
            if len(again) > 8:
                text += f"\n  - and {count(len(again) - 8, 'more task')}"
            if len(again) < len(run.tasks):
                text += f"\n  - {count(len(run.tasks) - len(again), 'task')} reused"
            found.append(text)
        return found

    def _drift(self) -> list[str]:
        found = []
        for drift in sorted(self.plan.drift, key=lambda d: d.address):
            fields = self.masking.drift(drift)
            text = f"- {code(drift.address)}{self._whose(drift.owner)}{' is gone' if drift.gone else ''}"
            text += "".join(f"\n  - {_field(f)}" for f in fields[:_FORCING])
            if len(fields) > _FORCING:
                text += f"\n  - and {count(len(fields) - _FORCING, 'more field')}"
            found.append(text)
        return found

    def _unsettled(self) -> list[str]:
        return [f"- {code(a)} may exist: an apply was interrupted here" for a in sorted(self.plan.unsettled)]

    def _owners(self) -> list[str]:
        owned: dict[str, int] = {}
        for change in self.changes:
            owner = change.owner or self.plan.owner
            owned[owner] = owned.get(owner, 0) + 1
        return [
            f"- {code(_clip(owner, 200)) if owner else 'nobody'}: {count(number, 'change')}"
            for owner, number in sorted(owned.items())
        ]

    def _policies(self) -> list[str]:
        order = sorted(self.plan.policy_results, key=lambda r: (r.passed, r.level != "mandatory", r.policy))
        found = []
        for result in order:
            word = "passed" if result.passed else "overridden" if result.overridden else "**failed**"
            text = f"- {code(_clip(result.policy, 200))} ({result.level}) {word}"
            text += f": {prose(_clip(result.message, 400))}" if result.message else ""
            if result.overridden:
                text += f"\n  - the reason given: {prose(_clip(result.overridden, 400))}"
            found.append(text)
        if self.plan.conditions:
            number = count(len(self.plan.conditions), "condition")
            found.append(
                f"- {number} of resources: those whose values are known now were checked, the rest at apply"
            )
        return found

    def _cost(self) -> str:
        made = sum(c.action.creates for c in self.changes)
        moved = [c.move for c in self.changes if c.move is not None]
        copies = prose(copies_text(moved)) + " " if moved else ""
        if not made and not self.plan.runs:
            return copies.strip() or "Nothing is created and nothing runs."
        return copies + (
            f"Unknown: no prices are known for {count(made, 'object')} to be created and "
            f"{count(len(self.plan.runs), 'run')} to be started."
        )

    def _others(self) -> list[str]:
        found: list[str] = []
        for change in self.changes:
            if change.action.destroys:
                continue
            source = f"  ({change.source})" if change.source is not None else ""
            whole = f"  (part of {change.owned_by})" if change.owned_by else ""
            lines = [_literal(f"{SYMBOLS[change.action][0]} {change.address}{whole or source}")]
            lines += [f"    {_literal(text)}" for text in (change.reason, *change.notes) if text]
            for field in self.masking.fields(change):
                lines += [f"    {_clip(line, 400)}" for line in field_lines(field, _FORM)]
            found.append("\n".join(lines))
        for output in self.masking.outputs():
            shown = field_lines(FieldChange(f"output {output.name}", output.prior, output.planned), _FORM)
            found.append("\n".join(_clip(line, 400) for line in shown))
        return found

    def _whose(self, owner: str) -> str:
        return f" ({code(_clip(owner, 200))})" if owner and owner != self.plan.owner else ""


def _part(change: Change) -> str:
    return f", as a part of {code(change.owned_by)}" if change.owned_by else ""


def _field(field: FieldChange) -> str:
    # Lines of several-line values have no place in a list: the first says which field it is.
    lines = field_lines(field, _FORM)
    more = f" and {count(len(lines) - 1, 'line')} of difference" if len(lines) > 1 else ""
    return code(_clip(lines[0] if lines else field.path, 500)) + more


def _literal(text: str) -> str:
    """One line of a fenced block."""
    return _clip(clean(text), 400)


def _clip(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}... ({len(text) - most:,} more characters)"


def _fitted(section: _Section, room: int) -> str:
    """The section with as many of its entries as fit; found by halving, since each adds length."""
    whole = _rendered(section, len(section.entries))
    if len(whole) <= room:
        return whole
    low, high = 0, len(section.entries) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if len(_rendered(section, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return _rendered(section, low)


def _rendered(section: _Section, entries: int) -> str:
    shown = section.entries[:entries]
    left = len(section.entries) - len(shown)
    total = f" ({len(section.entries):,})" if section.entries and not section.fenced else ""
    lines = (
        [f"<details><summary>{section.heading}{total}</summary>", ""]
        if section.folded
        else [f"#### {section.heading}{total}", ""]
    )
    if section.lead:
        lines.append(section.lead)
    if shown:
        lines += [block(list(shown), "text")] if section.fenced else shown
    if left:
        what = count(left, f"more {section.noun}" if shown else section.noun, section.plural and (
            f"more {section.plural}" if shown else section.plural))  # fmt: skip
        lines += ["", f"{what} left out here for room: the whole plan is in the archive with the hash below."]
    if section.folded:
        lines += ["", "</details>"]
    return "\n".join(lines)


def _moving(change: Change) -> str:
    """What is carried and how, below the line of a move; of a replacement it is not known."""
    if change.move is None:
        return "; bytes, money and minutes: unknown"
    return "".join(f"\n  - {label}: {prose(text)}" for label, text in move_rows(change))
