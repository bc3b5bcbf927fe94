"""The stack: what a user's definition adds resources, rules and workflows to. Gathers problems, touches nothing."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from unknot.stacks.address import Address
from unknot.stacks.definition import (
    NO_LIFECYCLE,
    WORKFLOW_TYPE,
    ConditionRule,
    Definition,
    Desired,
    ImportRule,
    MoveRule,
    PolicyRule,
    RemovalRule,
)
from unknot.stacks.diagnostic import Diagnostic, Diagnostics, SourceLocation, nearest
from unknot.stacks.encoding import NotEncodable, encode
from unknot.stacks.output import Output
from unknot.stacks.resource import Resource, caller, checked_address
from unknot.stacks.resource_type import Lifecycle
from unknot.stacks.target import LAPTOP, Target

if TYPE_CHECKING:  # a stack without workflows need not load what tracing and packing need
    from unknot.stacks.deployment import Deployed, Request
    from unknot.stacks.graph import Resources
    from unknot.stacks.schedule import Schedule
    from unknot.stacks.secret import Secret
    from unknot.stacks.workflow import Bound, Op

R = TypeVar("R", bound=Resource)
T = TypeVar("T")


class Stack:
    """Everything that one definition wants, with an owner.

    Problems are gathered in `diagnostics` and shown together; adding never raises for what the user can mend.
    The order in which resources are added has no meaning.
    """

    def __init__(
        self,
        name: str,
        *,
        owner: str,
        channels: Iterable[str] = (),
        target: Target = LAPTOP,
        targets: Iterable[Target] = (),
    ) -> None:
        """`target` is for what names none; `targets` are others that the stack may move to, whether used yet or not."""
        self.name = name
        self.owner = owner
        self.channels = tuple(channels)
        """Where owners are told of failures, for the whole stack."""
        self.target = target
        """For resources that name none."""
        self.diagnostics = Diagnostics()
        self._resources: dict[Address, Desired] = {}
        self._targets: dict[str, Target] = {target.name: target}
        for other in targets:
            self.know(other, caller())
        self._moves: list[MoveRule] = []
        self._removals: list[RemovalRule] = []
        self._imports: list[ImportRule] = []
        self._policies: list[PolicyRule] = []
        self._conditions: list[ConditionRule] = []
        self._outputs: dict[str, Any] = {}
        self._sensitive_outputs: list[str] = []
        self._references: list[tuple[Address, str, SourceLocation]] = []
        self._deployments: list[Request] = []
        self._triggers: list[tuple[Address, str, SourceLocation]] = []

    def add(self, resource: R) -> R:
        """Want this resource. Returns it, so that its outputs can be referred to."""
        values = resource.__dict__
        info = resource.type_info
        if "problems" in values:
            self.diagnostics.extend(resource.problems)
            if resource.is_wrong:
                self.put(
                    Desired(
                        resource.address,
                        info,
                        info.provider,
                        self.target.name,
                        {},
                        (),
                        "",
                        resource.defined_at,
                    )
                )
                return resource
        address: Address = values["address"]
        source: SourceLocation = values["defined_at"]
        references: list[Address] = []
        inputs: dict[str, Any] = {}
        try:
            for name in info.fields:
                value = values[name]
                if type(value) is str:
                    inputs[name] = value
                elif value is not None:
                    inputs[name] = encode(value, references)
        except NotEncodable as problem:
            self.diagnostics.add(
                Diagnostic.error(
                    f"`{address}`: input `{name}` cannot be recorded",
                    detail=str(problem),
                    address=address,
                    source=source,
                )
            )
        if values["depends_on"]:
            references.extend(self._addresses(values["depends_on"], source))
        lifecycle: Lifecycle = values["lifecycle"] or NO_LIFECYCLE
        if lifecycle is not NO_LIFECYCLE:
            self._check_lifecycle(address, lifecycle, info.fields, source)
            self._triggers.extend((address, trigger, source) for trigger in lifecycle.replace_triggered_by)
        target: Target | None = values["target"]
        desired = Desired(
            address,
            info,
            info.provider,
            self.target.name if target is None else self.know(target, source),
            inputs,
            tuple(dict.fromkeys(references)) if references else (),
            values["owner"] or self.owner,
            source,
            lifecycle,
        )
        if self._resources.setdefault(address, desired) is not desired:
            self.put(desired)  # says that it is defined twice
        return resource

    def deploy(
        self,
        bound: "Bound[T]",
        *,
        name: str = "",
        target: Target | None = None,
        owner: str = "",
        schedule: "Schedule | None" = None,
        overrides: "Mapping[Op[..., Any], Resources] | None" = None,
        secrets: "Mapping[str, Secret] | None" = None,
        channels: Iterable[str] = (),
        run_on_apply: bool = True,
        lifecycle: Lifecycle | None = None,
        depends_on: "Iterable[Resource | Deployed[Any] | str]" = (),
    ) -> "Deployed[T]":
        """Want a workflow on a target, with what it is bound to. Tracing happens when the definition is asked for.

        `overrides` are resources that take precedence over an op's own; `secrets` name environment variables of
        its tasks; `channels` are where its owner is told of failures, besides the stack's own. With
        `run_on_apply`, apply runs it whenever its behaviour or its inputs changed.
        """
        from unknot.stacks.deployment import Deployed, Request, published_of

        source = caller()
        address = Address(f"{WORKFLOW_TYPE}.{name or bound.workflow.name}")
        chosen = target or self.target
        self.know(chosen, source)
        self._deployments.append(
            Request(
                bound=bound,
                address=address,
                target=chosen,
                owner=owner or self.owner,
                source=source,
                schedule=schedule,
                overrides=overrides or {},
                secrets=secrets or {},
                channels=(*self.channels, *channels),
                run_on_apply=run_on_apply,
                lifecycle=lifecycle or NO_LIFECYCLE,
                depends_on=tuple(Address(v if isinstance(v, str) else v.address) for v in depends_on),
            )
        )
        return Deployed(address, published_of(bound, address))

    def put(self, desired: Desired) -> None:
        """Want what is already encoded: the way in for `deploy` and for generated stacks."""
        earlier = self._resources.setdefault(desired.address, desired)
        if earlier is not desired:
            self.diagnostics.add(
                Diagnostic.error(
                    f"`{desired.address}` is defined twice",
                    detail=f"First at {earlier.source}. Give one of them another name.",
                    address=desired.address,
                    source=desired.source,
                )
            )

    def know(self, target: Target, source: SourceLocation) -> str:
        """Register a target; its name. Two targets of one name that differ are a problem."""
        earlier = self._targets.setdefault(target.name, target)
        if earlier is not target and earlier != target:
            self.diagnostics.add(
                Diagnostic.error(
                    f"two targets are called `{target.name}`",
                    detail=f"{earlier} and {target}. Give one of them another name.",
                    source=source,
                )
            )
        return target.name

    def moved(self, prior: str, to: "Resource | str") -> None:
        """What was recorded under `prior` is now called `to`: renamed, not destroyed and created."""
        source = caller()
        addresses = [self._address(prior, source), self._address(to, source)]
        if addresses[0] and addresses[1]:
            self._moves.append(MoveRule(addresses[0], addresses[1], source))

    def removed(self, address: str, *, destroy: bool = False) -> None:
        """Forget what is recorded under `address`; with `destroy`, delete it too."""
        source = caller()
        if found := self._address(address, source):
            self._removals.append(RemovalRule(found, destroy, source))

    def import_(self, to: "Resource | str", *, id: str) -> None:  # noqa: A002 - the field's word
        """Record the existing object `id` under the address `to`, at the next apply."""
        source = caller()
        if found := self._address(to, source):
            self._imports.append(ImportRule(found, id, source))

    def output(self, name: str, value: Any, *, sensitive: bool = False) -> None:
        """Give `value` a name for other stacks and for the user to read after apply.

        A `sensitive` one is recorded sealed with the ledger's key and masked wherever it is shown; what is made of a
        sensitive output is so by itself.
        """
        source = caller()
        references: list[Address] = []
        if name in self._outputs:
            self.diagnostics.add(Diagnostic.error(f"the output `{name}` is defined twice", source=source))
        try:
            self._outputs[name] = encode(value, references)
        except NotEncodable as problem:
            self.diagnostics.add(
                Diagnostic.error(
                    f"the output `{name}` cannot be recorded", detail=str(problem), source=source
                )
            )
        if sensitive:
            self._sensitive_outputs.append(name)
        self._references.extend((reference, f"output `{name}`", source) for reference in references)

    def policy(
        self, rule: Callable[..., object], *, level: Literal["advisory", "mandatory"] = "mandatory"
    ) -> None:
        """Check every plan with `rule`, a function of the user's modules that takes the `Plan`."""
        self._policies.append(PolicyRule(rule.__name__, rule.__module__, rule.__qualname__, level, caller()))

    def precondition(self, of: "Resource | str", rule: "str | Callable[..., object]", message: str) -> None:
        """`rule` must hold before `of` is changed: an expression over `inputs`, or a function of the user's."""
        self._condition(of, "before", rule, message, caller())

    def postcondition(self, of: "Resource | str", rule: "str | Callable[..., object]", message: str) -> None:
        """`rule` must hold after `of` was changed: an expression over `inputs` and `outputs`, or a function."""
        self._condition(of, "after", rule, message, caller())

    def definition(
        self, environment: str = "default", *, root: Path | None = None, requirements: str | None = None
    ) -> Definition:
        """Everything wanted, as data. Look at `diagnostics` afterwards: this adds to them.

        `root` is the folder of the user's code, for workflows; the current one when left out. `requirements` is
        the file with their requirements; found in `root` when left out.
        """
        folder = root or Path.cwd()
        bundles = self._trace(environment, folder, requirements) if self._deployments else {}
        code = self._packed_rules(folder, bundles)
        self._check_references()
        self._follow_triggers()
        return Definition(
            stack=self.name,
            environment=environment,
            owner=self.owner,
            resources=self._resources,
            targets=self._targets,
            moves=tuple(self._moves),
            removals=tuple(self._removals),
            imports=tuple(self._imports),
            policies=tuple(self._policies),
            conditions=tuple(self._conditions),
            outputs=self._outputs,
            sensitive_outputs=tuple(sorted(self._sensitive_outputs)),
            bundles=bundles,
            code=code,
        )

    def _packed_rules(self, root: Path, bundles: dict[str, bytes]) -> str:
        """Pack the user's modules if a policy or condition is a function in them (rule P1); the bundle's SHA-256."""
        if not self._policies and not any(condition.module for condition in self._conditions):
            return ""
        from unknot.stacks.bundle import import_paths, imported_files, pack
        from unknot.stacks.errors import DefinitionError
        from unknot.stacks.graph import WorkflowGraph

        nothing = WorkflowGraph("", "", "", ops={}, tasks=())
        try:
            bundle = pack(root, imported_files(root), nothing, paths=import_paths(root))
        except DefinitionError as problem:
            self.diagnostics.extend(problem.diagnostics())
            return ""
        bundles[bundle.hash] = bundle.data
        return bundle.hash

    def _trace(self, environment: str, root: Path, requirements: str | None) -> dict[str, bytes]:
        """Turn what `deploy` was called with into resources; the packed code by SHA-256."""
        from unknot.stacks.deployment import Tracer

        tracer = Tracer(self.name, environment, root, self.diagnostics, requirements)
        for request in self._deployments:
            desired = tracer.trace(request)
            if desired is not None:
                self.put(desired)
        self._deployments.clear()
        return tracer.bundles

    def _condition(
        self,
        of: "Resource | str",
        when: Literal["before", "after"],
        rule: "str | Callable[..., object]",
        message: str,
        source: SourceLocation,
    ) -> None:
        address = self._address(of, source)
        if address is None:
            return
        if isinstance(rule, str):
            self._conditions.append(ConditionRule(address, when, rule, message, source))
        else:
            self._conditions.append(
                ConditionRule(address, when, "", message, source, rule.__module__, rule.__qualname__)
            )

    def _address(self, value: "Resource | str", source: SourceLocation) -> Address | None:
        found = checked_address(value, source)
        if isinstance(found, Diagnostic):
            self.diagnostics.add(found)
            return None
        return found

    def _check_lifecycle(
        self, address: Address, lifecycle: Lifecycle, fields: Iterable[str], source: SourceLocation
    ) -> None:
        known = list(fields)
        for name in lifecycle.ignore_changes:
            if name.split(".")[0] not in known:
                self.diagnostics.add(
                    Diagnostic.error(
                        f"`{address}` is to ignore changes of `{name}`, which it has not",
                        detail=nearest(name, known) + f"Inputs: {', '.join(known)}.",
                        address=address,
                        source=source,
                    )
                )

    def _addresses(self, entries: "Iterable[Resource | str]", source: SourceLocation) -> Iterable[Address]:
        for entry in entries:
            if found := self._address(entry, source):
                yield found

    def _check_references(self) -> None:
        resources = self._resources
        for desired in resources.values():
            for dependency in desired.dependencies:
                if dependency not in resources:
                    self._missing(dependency, f"`{desired.address}`", desired.source, desired.address)
        for reference, label, source in self._references:
            if reference not in resources:
                self._missing(reference, label, source, None)
        self._references.clear()
        for condition in self._conditions:
            if condition.address not in resources:
                self._missing(condition.address, "a condition", condition.source, None)
        for rule in self._imports:
            if rule.address not in resources:
                self._missing(rule.address, "an import", rule.source, None)

    def _follow_triggers(self) -> None:
        """Let each resource depend on what replaces it; known only now, as `a.b.c` may end in an input's name."""
        resources = self._resources
        for address, trigger, source in self._triggers:
            whole, prefix = Address(trigger), Address(trigger.rpartition(".")[0])
            if whole in resources:
                named = whole
            elif prefix in resources and trigger.rpartition(".")[2] in resources[prefix].info.fields:
                named = prefix
            else:
                self._missing(whole, f"`{address}`", source, address)
                continue
            desired = resources[address]
            if named not in desired.dependencies:
                resources[address] = msgspec.structs.replace(
                    desired, dependencies=(*desired.dependencies, named)
                )
        self._triggers.clear()

    def _missing(self, missing: Address, by: str, source: SourceLocation, address: Address | None) -> None:
        self.diagnostics.add(
            Diagnostic.error(
                f"{by} refers to `{missing}`, which the stack does not define",
                detail=nearest(missing, self._resources) + "Add the resource or correct the name.",
                address=address,
                source=source,
            )
        )


def other_stack(name: str, output: str, *, environment: str = "default") -> Output[Any]:
    """An output of another stack, read from its ledger when planning."""
    return Output(Address(""), (output,), f"{name}/{environment}")
