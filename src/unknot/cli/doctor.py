"""`unknot doctor`: who unknot is on each target, whether the stores can be reached, which permissions are missing."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from unknot.cli import console, options
from unknot.cli.documents import DoctorDocument
from unknot.cli.session import Session
from unknot.planner.examination import (
    ProviderFinding,
    StoreFinding,
    TargetFinding,
    bare,
    examine,
    reach,
)
from unknot.planner.expansion import expand
from unknot.planner.render.style import Style, clean, count
from unknot.stacks.errors import DefinitionError
from unknot.state.stores.base import Store
from unknot.state.stores.opening import open_store


@click.command("doctor")
@options.environment
@options.variables
@options.json_output
def doctor_command(
    environment: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Say who unknot is on each target, and what is missing there.

    For the backend and each target: whether the store can be listed. For each cloud that the stack uses there: which
    identity is used, and which permissions of those that the stack's resource types need are missing. It changes nothing.

    What a cloud does not let itself be asked is `cannot tell`. Exit code 1 when something is missing or out of reach.
    """
    session = Session(environment)
    loaded = session.load(options.pairs(variables, "--var"), variable_files)
    found = loaded.diagnostics
    definition = expand(loaded.definition, {}, "", session.services, found).definition
    if found.has_errors:
        raise DefinitionError(list(found))

    def open_target(url: str) -> Store:
        return open_store(url, session.project.root)

    backend = reach(session.project.config.backend, open_target)
    targets = examine(definition, session.services, open_target, "")
    well = backend.reached and all(target.is_well for target in targets)
    if as_json:
        answer = DoctorDocument(definition.stack, session.environment, well, backend, targets)
        console.out_bytes(msgspec.json.encode(answer))
    else:
        style = Style(console.wants_color(sys.stdout))
        console.show_diagnostics(found)
        console.out("\n".join(_lines(backend, targets, style)))
    return 0 if well else 1


def _lines(backend: StoreFinding, targets: tuple[TargetFinding, ...], style: Style) -> Iterator[str]:
    yield style("backend", "bold")
    yield _store(backend, style)
    for target in targets:
        yield ""
        yield style(f"target {clean(target.name)}", "bold")
        yield _store(target.store, style)
        for finding in target.providers:
            yield from _provider(finding, style)


def _store(store: StoreFinding, style: Style) -> str:
    url = clean(bare(store.url))
    if store.reached:
        return f"  {style('+', 'green')} store {url} can be listed (writing is not tried)"
    return f"  {style('x', 'red')} store {url} cannot be reached: {clean(store.problem)}"


def _provider(finding: ProviderFinding, style: Style) -> Iterator[str]:
    name, good, bad, open_ = finding.provider, style("+", "green"), style("x", "red"), style("?", "yellow")
    if finding.problem:
        yield f"  {bad} {name}: {clean(finding.problem)}"
        return
    if finding.identity is None:
        yield f"  {open_} {name} as: cannot tell"
    else:
        yield f"  {good} {name} as {clean(finding.identity)}"
    needed = count(finding.asked, "permission")
    if finding.missing is None:
        why = f": {clean(finding.reason)}" if finding.reason else ""
        yield f"  {open_} {name} needs {needed}, cannot tell which are missing{why}"
    elif not finding.missing:
        yield f"  {good} {name} needs {needed}, none is missing"
    else:
        yield f"  {bad} {name} needs {needed}, {len(finding.missing)} not granted for every object:"
        for each in finding.missing:
            yield f"      {clean(each.permission)}  (for {', '.join(each.needed_by)})"
