"""A comparison of two runs for people: what may explain the result, then the result."""

from typing import Any

import msgspec

from unknot.planner.record.comparing import CodeDifference, Difference, RunComparison
from unknot.planner.record.table import table
from unknot.planner.render.style import Style, clean, count


def comparison_text(comparison: RunComparison, *, color: bool = False, width: int | None = None) -> str:
    """What differs, kind by kind."""
    style = Style(color)
    a, b = comparison.a, comparison.b
    lines = [f"a  {a.address}  {a.run}  {a.status}", f"b  {b.address}  {b.run}  {b.status}"]
    lines = [clean(line) for line in lines]
    if not comparison.same_workflow:
        lines.append(style("These are runs of two workflows.", "yellow"))
    if comparison.code:
        lines += ["", style("Code", "bold")]
        for difference in comparison.code:
            lines += _code(difference)
    for heading, found in (
        ("Data", comparison.inputs),
        ("Parameters", comparison.parameters),
        ("Versions", comparison.versions),
    ):
        lines += _section(heading, found, style, width)
    if not comparison.explains_itself:
        lines += ["", "Code, data, parameters and versions are the same."]
    if comparison.metrics:
        rows = [
            (
                m.name,
                _number(m.a),
                _number(m.b),
                "" if m.delta is None else f"{m.delta:+.6g}" if m.delta else "same",
            )
            for m in comparison.metrics
        ]
        heads = ("METRIC", "A", "B", "B - A")
        lines += ["", style("Metrics", "bold")]
        lines += [
            f"  {line}" for line in table(heads, rows, style=style, width=width, right=frozenset({1, 2, 3}))
        ]
    lines += _section("Checks", comparison.checks, style, width)
    lines += _section("Circumstances", comparison.circumstances, style, width)
    return "\n".join(lines) + "\n"


def _code(difference: CodeDifference) -> list[str]:
    op = clean(difference.op)
    if not difference.a:
        return [f"  {op}: only in b"]
    if not difference.b:
        return [f"  {op}: only in a"]
    parts = [
        *(f"{clean(name)} changed" for name in difference.changed),
        *(f"{clean(name)} reached in b only" for name in difference.added),
        *(f"{clean(name)} reached in a only" for name in difference.removed),
    ]
    if not parts:
        return [f"  {op}: changed"]
    return [f"  {op}: {count(len(parts), 'part')}", *(f"    {part}" for part in parts)]


def _section(heading: str, found: tuple[Difference, ...], style: Style, width: int | None) -> list[str]:
    if not found:
        return []
    rows = [(d.name, _shown(d.a, heading), _shown(d.b, heading)) for d in found]
    lines = table(("WHAT", "A", "B"), rows, style=style, width=width)
    return ["", style(heading, "bold"), *(f"  {line}" for line in lines)]


def _shown(value: Any, heading: str) -> str:
    if value is None:
        return "-"
    if heading == "Data":
        return str(value)[:12]
    if heading == "Checks":
        return "passed" if value else "failed"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.6g}"
