"""All findings on a workflow and a target, the weightiest first."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from unknot.planner.portability import code, needs, packages, surroundings
from unknot.planner.portability.workload import Workload, workload_of
from unknot.providers.engine import Engine
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE, Definition
from unknot.stacks.diagnostic import Diagnostic, Severity
from unknot.stacks.errors import UnknotError
from unknot.state.snapshot import ResourceState

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def portability(
    work: Workload, engine: Engine, cache: Path, *, errors_only: bool = False
) -> list[Diagnostic]:
    """What will not work there, or otherwise than before; each with its place and what to do.

    With `errors_only`, only what surely will not work, and only of what can be told without asking an index.
    """
    try:
        abilities = engine.abilities(work.target)
    except UnknotError as problem:
        return [
            Diagnostic.error(problem.summary, detail=problem.detail, address=work.address, source=work.source)
        ]
    found = [
        *needs.lacking(work, abilities),
        *needs.beyond(work, abilities),
        *surroundings.unreachable(work, abilities),
        *surroundings.elsewhere(work),
        *surroundings.interpreter(work, abilities),
    ]
    if errors_only:
        return [problem for problem in found if problem.is_error]
    found += packages.without_wheels(work, abilities, cache)
    found += code.held(work, abilities)
    found += surroundings.keepers(work, abilities)
    return sorted(dict.fromkeys(found), key=lambda problem: _ORDER.index(problem.severity))


def planned_portability(
    definition: Definition,
    prior: Mapping[Address, ResourceState],
    engine: Callable[[str], Engine],
    cache: Path,
) -> Iterator[Diagnostic]:
    """What a plan says of it: errors of every workflow, warnings of those that are new there, all of those that change
    their target.
    """
    for wanted in definition.resources.values():
        if wanted.info.type != WORKFLOW_TYPE or wanted.target not in definition.targets:
            continue
        work = workload_of(wanted, definition.bundles, definition.targets[wanted.target])
        if work is None:
            continue
        recorded = prior.get(wanted.address)
        stays = recorded is not None and recorded.target == wanted.target
        try:
            found = portability(work, engine(work.target.engine), cache, errors_only=stays)
        except UnknotError:  # asking it for its opinion says so
            continue
        if recorded is None:
            found = [problem for problem in found if problem.severity is not Severity.NOTE]
        yield from found
