"""What a plan cost, for people: time of each phase, requests by provider and target, calls to the ledger's store."""

from unknot.planner.render.style import Style, clean, count
from unknot.planner.stats import PlanStats


def stats_text(stats: PlanStats, *, color: bool = False) -> str:
    """The phases in order, and below them who was asked how often."""
    style = Style(color)
    total = sum(phase.elapsed_s for phase in stats.phases)
    rows = [*((phase.phase, phase.elapsed_s) for phase in stats.phases), ("all", total)]
    lines = ["", style("Time", "bold"), *(f"  {name:<8}{seconds:>9.3f} s" for name, seconds in rows)]
    lines += ["", style("Requests to refresh", "bold")]
    lines += [
        f"  {clean(read.provider)} on {clean(read.target)}: {count(read.calls, 'call')} "
        f"for {count(read.objects, 'object')}"
        for read in stats.refresh
    ] or ["  none"]
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in stats.store_calls.items())
    asked = count(sum(stats.store_calls.values()), "call")
    lines += ["", style("Store of the ledgers", "bold"), f"  {asked}" + (f" ({kinds})" if kinds else "")]
    return "\n".join(lines) + "\n"
