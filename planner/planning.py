"""The pipeline from a definition and a snapshot to a plan: refresh, diff, select, check. Writes nothing."""

import datetime as dt
import hashlib
import platform
import secrets
from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

from unknot.planner.conditions import check_before
from unknot.planner.diff import Diff, OtherStack, Seen
from unknot.planner.expansion import expand, with_parts
from unknot.planner.ignoring import ignoring
from unknot.planner.imports import imported
from unknot.planner.moving.planned import Moving
from unknot.planner.moving.redefined import redefined
from unknot.planner.outputs import output_changes
from unknot.planner.plan import Action, Change, Drift, Mode, OutputChange, Plan, PlannedRun, ReadSet, Version
from unknot.planner.policy import judge
from unknot.planner.portability.report import planned_portability
from unknot.planner.refresh import Refreshed, refresh
from unknot.planner.renames import renamed
from unknot.planner.runs import planned_runs
from unknot.planner.sealing import sealed
from unknot.planner.secrecy import Vaults
from unknot.planner.selection import select, unknown
from unknot.planner.services import Services
from unknot.planner.stats import Meter
from unknot.planner.values import (
    stacks_in,
)
from unknot.providers.base import PlanItem, PlanOpinion, PlanRequest
from unknot.stacks.address import Address, parse_address
from unknot.stacks.definition import ConditionRule, Definition, Desired, PolicyRule, RemovalRule
from unknot.stacks.diagnostic import Diagnostic, Diagnostics
from unknot.stacks.errors import UnknotError
from unknot.stacks.portable.words import PORTABLE
from unknot.stacks.resource_type import TypeInfo
from unknot.state.ledger.vault import STACK, Vault
from unknot.state.snapshot import ResourceState, Snapshot
from unknot.version import VERSION

S = TypeVar("S", Change, PolicyRule, ConditionRule)


class PlanOptions(msgspec.Struct, frozen=True):
    """What the user asked of planning."""

    mode: Mode = "normal"
    targets: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    refresh: bool = True
    runs: bool = True
    """Plan runs of workflows whose behaviour or inputs changed."""
    parallelism: int = 10
    overrides: Mapping[str, str] = {}
    """Mandatory policies to override, with the reason, which is recorded."""
    rollback: str = ""
    """The move to take back: nothing else is planned."""
    clean_up: tuple[str, ...] = ()
    """Moves of which what they left is to be removed; `expired`: all whose retention is over."""


def make_plan(
    definition: Definition,
    snapshot: Snapshot | None,
    services: Services,
    *,
    options: PlanOptions | None = None,
    diagnostics: Diagnostics | None = None,
    vault: Vault | None = None,
    meter: Meter | None = None,
) -> Plan:
    """The plan from what is recorded (None: nothing yet) to what is wanted.

    Problems that the user can mend are in the plan's diagnostics; with an error there it cannot be applied. `vault`
    is the ledger's; without one, sensitive outputs cannot be used. `meter` measures what it costs.
    """
    planning = _Planning(
        definition,
        snapshot,
        services,
        options or PlanOptions(),
        diagnostics or Diagnostics(),
        Vaults(vault),
        meter or Meter(),
    )
    return planning.run()


class _Planning:
    def __init__(
        self,
        definition: Definition,
        snapshot: Snapshot | None,
        services: Services,
        options: PlanOptions,
        diagnostics: Diagnostics,
        vaults: Vaults,
        meter: Meter,
    ) -> None:
        self.meter = meter
        self.definition = definition
        self.vaults = vaults
        self.first = snapshot is None
        self.snapshot = snapshot or Snapshot(
            lineage=secrets.token_hex(16), stack=definition.stack, environment=definition.environment
        )
        if self.first and vaults.own is not None:
            vaults.own.propose(self.snapshot.lineage)
        self.services = services
        self.options = options
        self.diagnostics = diagnostics
        self.targets = {**self.snapshot.targets, **definition.targets}
        destroying = options.mode == "destroy"
        self.desired: Mapping[Address, Desired] = {} if destroying else definition.resources

    def run(self) -> Plan:
        options, definition = self.options, self.definition
        renames, prior = renamed(self.snapshot.resources, definition, self.diagnostics)
        kept = redefined(
            prior, self.snapshot.targets, definition.targets, self.snapshot.serial, self._movable
        )
        prior = dict(kept.prior)
        self.targets.update(kept.targets)
        moves = Moving(self.snapshot, self.targets, self.services, self.diagnostics)
        only: frozenset[Address] = frozenset()
        if options.rollback:
            definition, only = moves.taken_back(options.rollback, definition)
        # What a cloud cannot do is no matter when everything is to go.
        said = self.diagnostics if options.mode == "normal" else Diagnostics(self.diagnostics)
        expanded = expand(definition, prior, self.snapshot.lineage, self.services, said)
        definition = self.definition = expanded.definition
        if options.mode != "destroy":
            self.desired = definition.resources
        sealing = sealed(self.desired, prior, expanded.uids, self.vaults, said)
        self.desired = sealing.desired
        if options.mode != "destroy":
            self.definition = definition = msgspec.structs.replace(definition, resources=dict(self.desired))
        targets = self._addresses(options.targets, "--target", prior)
        exclude = self._addresses(options.exclude, "--exclude", prior)
        replace = self._addresses(options.replace, "--replace", prior)
        replace -= {a for a in replace if a in self.desired and self.desired[a].provider == PORTABLE}
        if only:
            targets = with_parts(only, self.definition.resources, prior)
        with self.meter.phase("refresh"):
            live = self._refresh(prior)
        prior = {**prior, **live.prior} if live.prior else prior
        self.diagnostics.extend(live.diagnostics)
        changes: dict[Address, Change] = {}
        excluded: tuple[Address, ...] = ()
        unchanged = len(prior)
        outputs: tuple[OutputChange, ...] = ()
        if options.mode != "refresh-only":
            with self.meter.phase("diff"):
                diff = Diff(
                    self.desired,
                    self.snapshot,
                    prior,
                    seen=live.seen,
                    drifted=frozenset(live.prior),
                    others=self._others(),
                    replace=replace,
                    opinions=self._opinions,
                    diagnostics=self.diagnostics,
                    uids=sealing.uids,
                    vaults=self.vaults,
                    movable=self._moves,
                )
                comparison = diff.run()
                unchanged = comparison.unchanged
                found = dict(comparison.changes)
                found.update(
                    imported(definition, found, self.services, self.snapshot, self.vaults, self.diagnostics)
                )
                retained = moves.retained_parts(prior, found, options.clean_up)
                leaving = {a: s for a, s in prior.items() if a not in retained}
                found.update(self._deletions(leaving, live.seen))
                self._check_removals()
                changes, excluded = select(found, targets, exclude, lambda a: self._dependencies(a, prior))
                outputs = self._outputs(diff)
                changes = moves.planned(changes)
                self._protect(changes)
                if options.mode == "normal":
                    cache = self.services.project / ".unknot" / "cache"
                    self.diagnostics.extend(
                        planned_portability(definition, prior, self.services.engine, cache)
                    )
        runs: tuple[PlannedRun, ...] = ()
        if options.runs and options.mode == "normal" and not self.diagnostics.has_errors:
            with self.meter.phase("runs"):
                runs = planned_runs(
                    self.desired, changes, prior, self.snapshot, targets=targets, exclude=exclude
                )
        plan = Plan(
            stack=definition.stack,
            environment=definition.environment,
            lineage=self.snapshot.lineage,
            first=self.first,
            serial=self.snapshot.serial,
            nonce=secrets.token_hex(8),
            created_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            unknot=VERSION,
            python=platform.python_version(),
            mode=options.mode,
            owner=definition.owner,
            changes=tuple(self._shareable(change) for change in changes.values()),
            renames=renames,
            drift=self._drift(live.drift),
            outputs=outputs,
            output_values={} if options.mode == "destroy" else definition.outputs,
            sensitive_outputs=definition.sensitive_outputs,
            runs=runs,
            unchanged=unchanged,
            unsettled=tuple(dict.fromkeys(i.address for i in self.snapshot.intents.values())),
            deposed=tuple(
                state.address for state in prior.values() if any(i.role == "deposed" for i in state.instances)
            ),
            retargeted=kept.retargeted,
            unfinished=moves.unfinished(),
            given_up=moves.given_up(self.desired) if options.mode != "refresh-only" else (),
            cleaned_up=moves.cleaned_up(options.clean_up, changes),
            excluded=excluded,
            targets=self.targets,
            policies=tuple(self._shareable(rule) for rule in definition.policies),
            conditions=tuple(self._shareable(rule) for rule in definition.conditions),
            bundles=tuple(sorted(definition.bundles)),
            code=definition.code,
            calls=live.calls,
        )
        with self.meter.phase("check"):
            self.diagnostics.extend(check_before(plan))
            plan = msgspec.structs.replace(plan, policy_results=judge(plan, options.overrides))
        return msgspec.structs.replace(plan, diagnostics=tuple(self._told()))

    def _told(self) -> Iterator[Diagnostic]:
        root = str(self.services.project)
        return (problem.under(root) for problem in self.diagnostics)

    def _shareable(self, placed: S) -> S:
        """The same with its place in the project, not on this machine: plans and ledgers are read elsewhere."""
        if placed.source is None:
            return placed
        return msgspec.structs.replace(placed, source=placed.source.under(str(self.services.project)))

    def _addresses(
        self, names: tuple[str, ...], flag: str, prior: Mapping[Address, ResourceState]
    ) -> frozenset[Address]:
        found = []
        for name in names:
            try:
                found.append(parse_address(name))
            except ValueError as invalid:
                self.diagnostics.add(Diagnostic.error(str(invalid), detail=f"Given with `{flag}`."))
        if found:
            self.diagnostics.extend(unknown(found, (*self.definition.resources, *prior), flag))
        return with_parts(frozenset(found), self.definition.resources, prior)

    def _refresh(self, prior: Mapping[Address, ResourceState]) -> Refreshed:
        if not self.options.refresh or not prior:
            return Refreshed({}, {}, (), (), 0)
        types: dict[str, TypeInfo] = {d.info.type: d.info for d in self.definition.resources.values()}
        return refresh(
            prior.values(),
            types,
            self.targets,
            self.snapshot.lineage,
            self.services,
            parallelism=self.options.parallelism,
            meter=self.meter,
            vaults=self.vaults,
        )

    def _movable(self, type_: str) -> bool:
        return self.services.mover(type_) is not None

    def _moves(self, desired: Desired, prior: ResourceState) -> bool:
        """A portable resource moves to another cloud only: within one its parts are the same ones, made anew."""
        if not self._movable(desired.info.type):
            return False
        if desired.provider != PORTABLE:
            return True
        return self.targets[prior.target].cloud != self.targets[desired.target].cloud

    def _other_stacks(self) -> set[str]:
        return {name for desired in self.desired.values() for name in stacks_in(desired.inputs)} | stacks_in(
            self.definition.outputs
        )

    def _others(self) -> dict[str, OtherStack]:
        found: dict[str, OtherStack] = {}
        for name in self._other_stacks():
            other = self.services.other_stack(name)
            if other is not None:
                found[name] = other
                self.vaults.know(other.vault)
        return found

    def _opinions(
        self, items: list[PlanItem], desired: Mapping[Address, Desired]
    ) -> dict[Address, PlanOpinion]:
        groups: dict[tuple[str, str], list[PlanItem]] = {}
        for item in items:
            wanted = desired[item.address]
            groups.setdefault((wanted.provider, wanted.target), []).append(item)
        opinions: dict[Address, PlanOpinion] = {}
        for (provider, target), group in groups.items():
            context = self.services.context(self.snapshot.lineage, self.targets, target)
            try:
                response = self.services.provider(provider).plan(PlanRequest(context, tuple(group)))
            except UnknotError as problem:
                first = desired[group[0].address]
                self.diagnostics.add(
                    Diagnostic.error(
                        problem.summary, detail=problem.detail, address=first.address, source=first.source
                    )
                )
                continue
            opinions.update(response.opinions)
        return opinions

    def _deletions(
        self, prior: Mapping[Address, ResourceState], seen: Mapping[Address, Seen]
    ) -> dict[Address, Change]:
        leaving = [prior[address] for address in sorted(prior) if address not in self.desired]
        if not leaving:
            return {}
        rules = {rule.address: rule for rule in self.definition.removals}
        dependents: dict[Address, list[Address]] = {}
        for state in prior.values():
            for dependency in state.dependencies:
                dependents.setdefault(dependency, []).append(state.address)
        return {
            state.address: self._deletion(
                state,
                rules.get(state.address) or rules.get(state.owned_by or state.address),
                tuple(dependents.get(state.address, ())),
                seen.get(state.address),
            )
            for state in leaving
        }

    def _check_removals(self) -> None:
        for rule in self.definition.removals:
            if rule.address in self.desired:
                self.diagnostics.add(
                    Diagnostic.error(
                        f"`{rule.address}` is `removed` and still defined",
                        detail=f"It is defined at {self.desired[rule.address].source}. Take one of the two away.",
                        address=rule.address,
                        source=rule.source,
                    )
                )

    def _deletion(
        self,
        state: ResourceState,
        rule: RemovalRule | None,
        dependents: tuple[Address, ...],
        seen: Seen | None,
    ) -> Change:
        action, reason = Action.DELETE, "no longer in the stack"
        if state.owned_by is not None and state.owned_by in self.desired:
            reason = f"no longer a part of `{state.owned_by}`"
        if self.options.mode == "destroy":
            reason = "everything is to be destroyed"
        if rule is not None and not rule.destroy:
            action, reason = Action.FORGET, f"`removed` at {rule.source.under(str(self.services.project))}"
        elif state.options.get("retain_on_delete"):
            action, reason = Action.FORGET, f"{reason}; `retain_on_delete` keeps the object"
        if state.source is not None and action is Action.DELETE and self.options.mode == "normal":
            reason += f" (it was at {state.source.under(str(self.services.project))})"
        return Change(
            address=state.address,
            uid=state.uid,
            action=action,
            type=state.type,
            provider=state.provider,
            target=state.target,
            owner=state.owner,
            prior=state,
            reason=reason,
            reads=ReadSet(
                prior=Version(state.uid, state.serial),
                dependents=dependents,
                live="" if seen is None else seen.digest,
            ),
            source=state.source,
            timeout_s=state.timeout_s,
            owned_by=state.owned_by,
        )

    def _dependencies(self, address: Address, prior: Mapping[Address, ResourceState]) -> tuple[Address, ...]:
        if (desired := self.desired.get(address)) is not None:
            return desired.dependencies
        return prior[address].dependencies if address in prior else ()

    def _protect(self, changes: Mapping[Address, Change]) -> None:
        for change in changes.values():
            if not change.action.destroys:
                continue
            recorded = change.prior is not None and change.prior.options.get("prevent_destroy")
            if change.lifecycle.prevent_destroy or (recorded and change.address not in self.desired):
                why = (
                    f"It would be replaced: {change.reason}."
                    if change.action.replaces
                    else f"Reason: {change.reason}."
                )
                self.diagnostics.add(
                    Diagnostic.error(
                        f"`{change.address}` has `prevent_destroy` and would be destroyed",
                        detail=f"{why} Take the option away and apply that first, or keep the resource as it is.",
                        address=change.address,
                        source=change.source,
                    )
                )

    def _outputs(self, diff: Diff) -> tuple[OutputChange, ...]:
        definition = self.definition
        wanted = definition.outputs if self.options.mode == "normal" else {}
        recorded = self.snapshot.outputs
        return output_changes(
            definition, wanted, recorded, self.desired, diff.lookup, self.vaults, self.diagnostics
        )

    def _drift(self, drift: tuple[Drift, ...]) -> tuple[Drift, ...]:
        """Drift in the order of addresses, without what the stack says is to be ignored."""
        shown = (self._without_ignored(d) for d in sorted(drift, key=lambda d: d.address))
        return tuple(d for d in shown if d is not None)

    def _without_ignored(self, drift: Drift) -> Drift | None:
        desired = self.desired.get(drift.address)
        ignored = () if desired is None else desired.lifecycle.ignore_changes
        if not ignored or drift.gone or self.options.mode == "refresh-only":
            return drift
        fields = tuple(
            field
            for field in drift.fields
            if ignoring({field.path: field.planned}, {field.path: field.prior}, ignored)
            != {field.path: field.prior}
        )
        return msgspec.structs.replace(drift, fields=fields) if fields else None


def definition_hash(definition: Definition, vault: Vault | None = None, like: str = "") -> str:
    """Of everything a definition wants, whatever the order and the lines it is written on.

    With a key of the ledger an HMAC, since there may be secrets in it (rule S1), made as `like` was. A gated apply
    compares it with the hash in the plan, so a tree that was merged differently is refused.
    """
    digest = hashlib.sha256()
    encoder = msgspec.json.Encoder(order="sorted")
    for address in sorted(definition.resources):
        d = definition.resources[address]
        digest.update(
            encoder.encode(
                (d.address, d.info, d.provider, d.target, d.inputs, d.dependencies, d.owner, d.lifecycle)
            )
        )
    rules = (
        *definition.moves,
        *definition.removals,
        *definition.imports,
        *definition.policies,
        *definition.conditions,
    )
    for rule in sorted(encoder.encode(msgspec.structs.asdict(rule) | {"source": None}) for rule in rules):
        digest.update(rule)
    digest.update(
        encoder.encode(
            (
                definition.stack,
                definition.environment,
                definition.owner,
                definition.targets,
                definition.outputs,
                definition.sensitive_outputs,
            )
        )
    )
    found = digest.hexdigest()
    return found if vault is None else vault.mac(found, uid=STACK, field="definition", like=like)
