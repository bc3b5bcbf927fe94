"""Make a plan from the command line's options: shared by plan, apply and destroy."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import msgspec

from unknot.cli.options import pairs
from unknot.cli.session import Session
from unknot.planner.absorbing import absorb_sealed
from unknot.planner.archive import SavedPlan, bind
from unknot.planner.plan import Mode
from unknot.planner.planning import PlanOptions, definition_hash, make_plan
from unknot.planner.record.looks import remember_look
from unknot.planner.stats import Meter
from unknot.stacks.address import Address
from unknot.stacks.definition import ImportRule
from unknot.stacks.diagnostic import SourceLocation

EXPIRY_HOURS = 72
"""A saved plan may be applied for three days, unless `--expires` says otherwise."""


def plan_options(options: Mapping[str, object], mode: Mode) -> PlanOptions:
    """The options of the command line, as planning takes them."""
    return PlanOptions(
        mode="refresh-only" if options["refresh_only"] else mode,
        targets=_texts(options["targets"]),
        exclude=_texts(options["exclude"]),
        replace=_texts(options["replace"]),
        refresh=not options["no_refresh"],
        runs=not options["no_runs"],
        parallelism=int(str(options["parallelism"])),
        overrides=pairs(_texts(options["overrides"]), "--override"),
        rollback=str(options["rollback"]),
        clean_up=_texts(options["clean_up"]),
    )


def planned(
    session: Session,
    options: PlanOptions,
    *,
    variables: tuple[str, ...] = (),
    variable_files: tuple[Path, ...] = (),
    imports: Mapping[Address, tuple[str, SourceLocation]] | None = None,
    saving: bool = False,
    absorbing: bool = False,
    expires_hours: float = EXPIRY_HOURS,
    meter: Meter | None = None,
) -> SavedPlan:
    """Load, read, plan. Raises DefinitionError when the stack cannot be read at all.

    With `absorbing`, runs that ended without unknot are recorded first and count in the plan: for apply, as
    planning writes nothing (rule P1).
    """
    meter = meter or Meter()
    with meter.phase("load"):
        loaded = session.load(pairs(variables, "--var"), variable_files)
    definition = loaded.definition
    if imports:
        rules = tuple(ImportRule(address, found, source) for address, (found, source) in imports.items())
        definition = msgspec.structs.replace(definition, imports=(*definition.imports, *rules))
    ledger = session.ledger(definition.stack)
    with meter.phase("read"):
        noticed = absorb_sealed(ledger, session.services) if absorbing and ledger.exists else ()
        reader = ledger.reader()
        snapshot = reader.snapshot() if ledger.exists else None
    loaded.diagnostics.extend((*noticed, *reader.diagnostics))
    plan = make_plan(
        definition,
        snapshot,
        session.services,
        options=options,
        diagnostics=loaded.diagnostics,
        vault=ledger.vault(),
        meter=meter,
    )
    if options.refresh:
        remember_look(session.project.cache / "index", plan)
    if not saving:
        return bind(plan, definition.bundles)
    vault = ledger.vault()
    if vault is not None and plan.first:
        vault.propose(plan.lineage)
    plan = msgspec.structs.replace(plan, definition_hash=definition_hash(definition, vault))
    expires = dt.datetime.now(dt.UTC) + dt.timedelta(hours=expires_hours)
    return bind(plan, definition.bundles, expires_at=expires.isoformat(timespec="seconds"))


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return tuple(str(item) for item in value)
