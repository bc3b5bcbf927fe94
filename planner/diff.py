"""Compare what is wanted with what is recorded: each address becomes a change, or is unchanged.

Reads only its arguments; asks providers for their opinion through the function it is given, in bulk, level by
level. The work is in proportion to what changed: what is unchanged costs one comparison (wanted item 9).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from unknot.planner.draft import NO_OPINION, Draft, replacement
from unknot.planner.fields import field_change, listed
from unknot.planner.ignoring import ignoring
from unknot.planner.meaning import meaning_of
from unknot.planner.order import Cycle, sort
from unknot.planner.plan import Action, Change, ReadSet, StackVersion, Version
from unknot.planner.secrecy import (
    Vaults,
    clear_secrets,
    not_for_workflows,
    refused_uses,
    secret_inputs,
    without_clear,
)
from unknot.planner.values import (
    MASK,
    MissingOutput,
    has_references,
    holds_sealed,
    resolve,
    stack_outputs_in,
    stacks_in,
)
from unknot.providers.base import UNKNOWN, PlanItem, PlanOpinion
from unknot.stacks.address import Address, Uid, new_uid
from unknot.stacks.definition import WORKFLOW_TYPE, Desired
from unknot.stacks.diagnostic import Diagnostic, Diagnostics
from unknot.stacks.resource_type import Lifecycle
from unknot.state.ledger.vault import Vault
from unknot.state.snapshot import ResourceState, Serial, Snapshot

Opinions: TypeAlias = Callable[[list[PlanItem], Mapping[Address, Desired]], dict[Address, PlanOpinion]]
"""Asks the providers about proposed changes; addresses on which there is nothing to say are left out."""


class OtherStack(msgspec.Struct, frozen=True):
    """What was read of another stack's ledger."""

    outputs: dict[str, Any]
    versions: dict[str, Serial] = {}
    """Of each output: the serial at which it became what it is."""
    lineage: str = ""
    vault: Vault | None = None
    """Opens sensitive outputs."""

    def version(self, outputs: Iterable[str]) -> StackVersion:
        """What a change that uses these outputs is bound to (rule A4)."""
        return StackVersion(self.lineage, {name: self._version(name) for name in sorted(outputs)})

    def _version(self, name: str) -> Serial | None:
        return self.versions.get(name, 0) if name in self.outputs else None


class Seen(msgspec.Struct, frozen=True):
    """What refreshing found of one recorded address."""

    gone: bool
    inputs: dict[str, Any]
    """Live values of the inputs that differ from what is recorded."""
    digest: str


class Comparison(msgspec.Struct, frozen=True):
    """What the comparison gives."""

    changes: dict[Address, Change]
    unchanged: int
    outputs: Callable[[Address], Any]
    """Planned outputs of any address."""


class Diff:
    """One comparison. Made for one use."""

    def __init__(
        self,
        desired: Mapping[Address, Desired],
        snapshot: Snapshot,
        prior: Mapping[Address, ResourceState],
        *,
        seen: Mapping[Address, Seen],
        drifted: frozenset[Address],
        others: Mapping[str, OtherStack],
        replace: frozenset[Address],
        opinions: Opinions,
        diagnostics: Diagnostics,
        uids: Mapping[Address, Uid] | None = None,
        vaults: Vaults,
        movable: Callable[[Desired, ResourceState], bool] = lambda _desired, _prior: False,
    ) -> None:
        self._vaults = vaults
        self._movable = movable
        self._desired = desired
        self._snapshot = snapshot
        self._prior = prior
        self._seen = seen
        self._drifted = drifted
        """Addresses whose outputs are not what was recorded: whoever uses them is compared again."""
        self._others = others
        self._replace = replace
        self._uids = uids or {}
        """Minted before, for addresses that are not recorded."""
        self._opinions = opinions
        self._diagnostics = diagnostics
        self._changes: dict[Address, Change] = {}
        self._outputs: dict[Address, dict[str, Any]] = {}
        """Planned outputs of addresses that change."""
        self._dependents: dict[Address, list[Address]] | None = None
        self._secret_inputs: dict[str, tuple[str, ...]] = {}
        """By type: asked for once."""

    def run(self) -> Comparison:
        """Compare everything. Problems go to the diagnostics; a cycle leaves the changes empty."""
        starts = [desired for desired in self._desired.values() if self._differs(desired)]
        if starts:
            try:
                levels = sort(self._affected(starts))
            except Cycle as cycle:
                self._diagnostics.add(self._cycle(cycle))
                return Comparison({}, 0, self.outputs_of)
            direct = {desired.address for desired in starts}
            for level in levels:
                self._compare_level(level, direct)
            self._spread_create_before_destroy()
        return Comparison(self._changes, len(self._desired) - len(self._changes), self.outputs_of)

    def outputs_of(self, address: Address) -> Any:
        """Outputs as they will be, `UNKNOWN` where that is not known."""
        planned = self._outputs.get(address)
        if planned is not None:
            return planned
        prior = self._prior.get(address)
        return UNKNOWN if prior is None else prior.outputs

    def lookup(self, address: Address, stack: str | None) -> Any:
        """For `resolve`: outputs of an address here, or of another stack."""
        if stack is None:
            return self.outputs_of(address)
        other = self._others.get(stack)
        return UNKNOWN if other is None else other.outputs

    def _differs(self, desired: Desired) -> bool:
        """Whether this address must be looked at more closely. The hot path: keep it short."""
        prior = self._prior.get(desired.address)
        if prior is None or prior.inputs != desired.inputs or prior.dependencies != desired.dependencies:
            return True
        if prior.current is None:
            return True
        if (
            prior.provider != desired.provider
            or prior.target != desired.target
            or prior.owner != desired.owner
            or prior.owned_by != desired.owned_by
        ):
            return True
        if self._seen and desired.address in self._seen:
            found = self._seen[desired.address]
            if found.gone or found.inputs:
                return True
        if self._replace and desired.address in self._replace:
            return True
        if prior.macs and self._vaults.changed_secrets(desired, prior):
            return True
        if desired.lifecycle.replace_triggered_by or prior.options != recorded_options(desired.lifecycle):
            return True
        for dependency in prior.dependencies:
            other = self._prior.get(dependency)
            if other is not None and (other.serial > prior.serial or dependency in self._drifted):
                return True
        return bool(self._others) and bool(stacks_in(desired.inputs))

    def _affected(self, starts: Iterable[Desired]) -> dict[Address, tuple[Address, ...]]:
        """The starts and all that depends on them, with the dependencies among these."""
        dependents: dict[Address, list[Address]] = {}
        for desired in self._desired.values():
            for dependency in desired.dependencies:
                dependents.setdefault(dependency, []).append(desired.address)
        reached: dict[Address, None] = {}
        queue = [desired.address for desired in starts]
        while queue:
            address = queue.pop()
            if address not in reached:
                reached[address] = None
                queue.extend(dependents.get(address, ()))
        return {
            address: tuple(d for d in self._desired[address].dependencies if d in reached)
            for address in reached
        }

    def _compare_level(self, level: Iterable[Address], direct: set[Address]) -> None:
        drafts: list[Draft] = []
        for address in level:
            desired = self._desired[address]
            if address in direct or any(d in self._changes for d in desired.dependencies):
                draft = self._draft(desired)
                if draft is not None:
                    drafts.append(draft)
        if not drafts:
            return
        opinions = self._opinions([draft.item() for draft in drafts], self._desired)
        settled = [self._replaced(draft, opinions.get(draft.desired.address)) for draft in drafts]
        # What is to be replaced after all is another object: its outputs are predicted as such.
        again = [draft for draft, first in zip(settled, drafts, strict=True) if draft is not first]
        anew = self._opinions([draft.item() for draft in again], self._desired) if again else {}
        replaced = {draft.desired.address for draft in again}
        for draft in settled:
            address = draft.desired.address
            opinion = opinions.get(address, NO_OPINION)
            if address in replaced:
                outputs = anew.get(address, NO_OPINION).outputs
                opinion = msgspec.structs.replace(opinion, outputs=outputs)
            self._settle(draft, opinion)

    def _replaced(self, draft: Draft, opinion: PlanOpinion | None) -> Draft:
        """The draft as a replacement, where its provider says that it must be one."""
        if opinion is None or not opinion.replace_because or draft.action is not Action.UPDATE:
            return draft
        forcing = draft.forcing | set(opinion.replace_because)
        return msgspec.structs.replace(
            draft,
            action=replacement(draft.desired),
            forcing=forcing,
            because=f"{listed(sorted(forcing))} cannot be changed in place",
        )

    def _draft(self, desired: Desired) -> Draft | None:
        address = desired.address
        prior = self._prior.get(address)
        seen = self._seen.get(address)
        referring = has_references(desired.inputs)
        secret = self._secret_inputs.get(desired.info.type)
        if secret is None:
            secret = self._secret_inputs[desired.info.type] = secret_inputs(desired.info)
        if secret:
            self._diagnostics.extend(clear_secrets(desired, secret))
        if referring:
            has_key = self._vaults.own is not None
            if refused := tuple(refused_uses(desired, self._desired, has_key=has_key)):
                self._diagnostics.extend(refused)
                return None
        try:
            resolved = resolve(desired.inputs, self.lookup) if referring else desired.inputs
        except MissingOutput as missing:
            self._diagnostics.add(
                Diagnostic.error(
                    missing.args[0],
                    detail=f"`{address}` refers to it. Outputs: {self._output_names(desired)}.",
                    address=address,
                    source=desired.source,
                )
            )
            return None
        if referring and desired.info.type == WORKFLOW_TYPE and holds_sealed(resolved):
            for stack, output in dict.fromkeys(stack_outputs_in(desired.inputs)):
                where = {"address": address, "source": desired.source}
                self._diagnostics.add(not_for_workflows(f"{stack} {output}", f"`{address}`", **where))
        if prior is None or (seen is not None and seen.gone) or prior.current is None:
            return Draft(desired, prior, resolved, referring, Action.CREATE, tuple(resolved))
        before = prior.resolved_inputs
        if seen is not None and seen.inputs:
            before = {**before, **seen.inputs}
        if desired.lifecycle.ignore_changes:
            resolved = ignoring(resolved, before, desired.lifecycle.ignore_changes)
        secrets = self._vaults.changed_secrets(desired, prior)
        changed = tuple(
            name
            for name in dict.fromkeys((*before, *resolved))
            if name in secrets or self._vaults.differ(before.get(name), resolved.get(name))
        )
        fields = desired.info.fields
        forcing = frozenset(name for name in changed if name in fields and fields[name].immutable)
        because = self._replaced_because(desired, prior, forcing)
        if not because and prior.target != desired.target:
            action, because = Action.MOVE, f"its target is `{desired.target}` now, and was `{prior.target}`"
            forcing = frozenset()  # it is another object at the target in any case
        else:
            action = replacement(desired) if because else Action.UPDATE
        return Draft(desired, prior, resolved, referring, action, changed, before, forcing, because, secrets)

    def _replaced_because(self, desired: Desired, prior: ResourceState, forcing: frozenset[str]) -> str:
        """Why an object must be replaced, as far as it needs no provider to know; empty when it need not."""
        if desired.address in self._replace:
            return "`--replace` asked for it"
        for trigger in desired.lifecycle.replace_triggered_by:
            if self._triggered(trigger):
                return f"`{trigger}` changes, which replaces it"
        if prior.target != desired.target and self._can_move(desired, prior):
            return ""  # an engine or a store of another kind is what moves are for
        if prior.provider != desired.provider:
            return f"its provider is `{desired.provider}` now, and was `{prior.provider}`"
        if prior.target != desired.target:
            return f"its target is `{desired.target}` now, and was `{prior.target}`"
        return f"{listed(sorted(forcing))} cannot be changed in place" if forcing else ""

    def _can_move(self, desired: Desired, prior: ResourceState) -> bool:
        """Whether it is of a type that moves (rule N1), and of no other that would move it."""
        return desired.owned_by is None and self._movable(desired, prior)

    def _settle(self, draft: Draft, opinion: PlanOpinion) -> None:
        """Decide the verb of one address, and what its outputs will be."""
        self._diagnostics.extend(opinion.diagnostics)
        prior = draft.prior
        if draft.action is Action.CREATE:
            reason = (
                "not recorded yet"
                if prior is None
                else "its object is gone"
                if prior.current is not None
                else "its object was deleted and not made again"
            )
            self._record(draft, reason, opinion)
        elif draft.action.replaces or draft.action is Action.MOVE:
            self._record(draft, draft.because, opinion)
        elif draft.changed:
            self._record(draft, f"{listed(draft.changed)} changed", opinion)
        elif reason := self._only_recorded(draft):
            self._record(draft, reason, opinion)

    def _only_recorded(self, draft: Draft) -> str:
        """Why the record changes although the object does not; empty when it does not either."""
        desired, prior = draft.desired, draft.prior
        assert prior is not None
        if prior.owner != desired.owner:
            return f"its owner is `{desired.owner}` now, and was `{prior.owner}`"
        if prior.owned_by != desired.owned_by:
            return (
                f"it is a part of `{desired.owned_by}` now"
                if desired.owned_by
                else "it is no part of another now"
            )
        if prior.options != recorded_options(desired.lifecycle):
            return "its lifecycle options changed"
        wanted = ignoring(desired.inputs, prior.inputs, desired.lifecycle.ignore_changes)
        if prior.inputs == wanted and prior.dependencies == desired.dependencies:
            return ""
        if holds_sealed(wanted) and not holds_sealed(prior.inputs):
            return "what may be secret in it was recorded in clear, and is recorded under the ledger's key from now on"
        if prior.resolved is None and not draft.referring and prior.inputs != wanted:
            return "its object was changed to what is wanted already"
        return "what it refers to changed, its values do not"

    def _record(self, draft: Draft, reason: str, opinion: PlanOpinion) -> None:
        desired, prior, action = draft.desired, draft.prior, draft.action
        fields = tuple(
            field_change(
                name,
                MASK if name in draft.secrets else draft.before.get(name),
                MASK if name in draft.secrets else draft.resolved.get(name),
                desired.info.fields.get(name),
                forces=name in draft.forcing,
            )
            for name in draft.changed
        )
        meaning, notes, meant = meaning_of(desired, prior)
        self._changes[desired.address] = Change(
            address=desired.address,
            uid=prior.uid if prior is not None else self._uids.get(desired.address) or new_uid(),
            action=action,
            type=desired.info.type,
            provider=desired.provider,
            target=desired.target,
            reads=self._reads(desired, prior, action),
            owner=desired.owner,
            prior=prior,
            inputs=desired.inputs,
            resolved=draft.resolved if draft.referring else None,
            dependencies=desired.dependencies,
            fields=fields,
            reason=meant or reason,
            meaning=meaning,
            notes=notes,
            lifecycle=desired.lifecycle,
            source=desired.source,
            resolve_by=desired.info.resolve_by,
            timeout_s=desired.info.timeout_s,
            schema_version=desired.info.schema_version,
            owned_by=desired.owned_by,
            immutable=tuple(n for n, t in desired.info.fields.items() if t.immutable),
            sensitive_outputs=tuple(n for n, t in desired.info.computed.items() if t.sensitive),
        )
        unknown = dict.fromkeys(desired.info.computed, UNKNOWN)
        if action in (Action.UPDATE, Action.MOVE) and prior is not None and not draft.changed:
            self._outputs[desired.address] = prior.outputs  # only the record changes
        else:
            sensitive = self._changes[desired.address].sensitive_outputs
            predicted = without_clear(opinion.outputs, sensitive) if sensitive else opinion.outputs
            self._outputs[desired.address] = {**unknown, **predicted}

    def _reads(self, desired: Desired, prior: ResourceState | None, action: Action) -> ReadSet:
        tombstone = self._snapshot.tombstones.get(desired.address)
        seen = self._seen.get(desired.address)
        return ReadSet(
            prior=None if prior is None else Version(prior.uid, prior.serial),
            absent_since=None if prior is not None else (tombstone.serial if tombstone else 0),
            references={
                dependency: Version(found.uid, found.serial)
                for dependency in desired.dependencies
                if (found := self._prior.get(dependency)) is not None and dependency not in self._changes
            },
            dependents=tuple(self._recorded_dependents().get(desired.address, ())) if action.replaces else (),
            stacks=self._stacks(desired),
            live=seen.digest if seen is not None else "",
        )

    def _stacks(self, desired: Desired) -> dict[str, StackVersion]:
        if not self._others:
            return {}
        used: dict[str, set[str]] = {}
        for stack, output in stack_outputs_in(desired.inputs):
            if stack in self._others:
                used.setdefault(stack, set()).add(output)
        return {stack: self._others[stack].version(outputs) for stack, outputs in used.items()}

    def _recorded_dependents(self) -> dict[Address, list[Address]]:
        """Who is recorded as depending on what: asked for only where something is replaced."""
        if self._dependents is None:
            self._dependents = {}
            for state in self._prior.values():
                for dependency in state.dependencies:
                    self._dependents.setdefault(dependency, []).append(state.address)
        return self._dependents

    def _triggered(self, trigger: str) -> bool:
        """Whether `address` or `address.input` changes in a way that replaces what names it."""
        change = self._changes.get(Address(trigger))
        if change is not None:
            return change.action is not Action.NO_OP
        address, _, field = trigger.rpartition(".")
        change = self._changes.get(Address(address))
        return change is not None and any(f.path == field for f in change.fields)

    def _spread_create_before_destroy(self) -> None:
        """All that a replacement needs before its predecessor goes must itself be replaced in that order."""
        queue = [c.address for c in self._changes.values() if c.action is Action.CREATE_THEN_DELETE]
        because = dict(zip(queue, queue, strict=True))
        while queue:
            address = queue.pop()
            for dependency in self._desired[address].dependencies if address in self._desired else ():
                if dependency in because:
                    continue
                because[dependency] = because[address]
                queue.append(dependency)
                found = self._changes.get(dependency)
                if found is not None and found.action is Action.DELETE_THEN_CREATE:
                    reason = f"{found.reason}; created first because of `{because[address]}`"
                    self._changes[dependency] = msgspec.structs.replace(
                        found, action=Action.CREATE_THEN_DELETE, reason=reason
                    )

    def _output_names(self, desired: Desired) -> str:
        found = {
            name
            for dependency in desired.dependencies
            if dependency in self._desired
            for name in self._desired[dependency].info.computed
        }
        return ", ".join(sorted(found)) or "none"

    def _cycle(self, cycle: Cycle) -> Diagnostic:
        where = "; ".join(
            f"{address} at {self._desired[address].source}"
            for address in dict.fromkeys(cycle.addresses)
            if address in self._desired
        )
        return Diagnostic.error(
            f"these depend on each other in a ring: {' -> '.join(cycle.addresses)}",
            detail=f"{where}. Remove one of the references.",
            address=cycle.addresses[0],
            source=self._desired[cycle.addresses[0]].source,
        )


def recorded_options(lifecycle: Lifecycle) -> dict[str, Any]:
    """Lifecycle options that are recorded, since they matter after the resource has left the stack."""
    options: dict[str, Any] = {}
    if lifecycle.prevent_destroy:
        options["prevent_destroy"] = True
    if lifecycle.retain_on_delete:
        options["retain_on_delete"] = True
    if lifecycle.create_before_destroy:
        options["create_before_destroy"] = True
    return options
