"""Plans, reports and diagnostics as JSON documents with a version; their schemas are in `docs/schemas`.

The structs here are the promise to other programs, apart from the planner's own structs: those may change from
version to version, these may only gain fields. Raw inputs and recorded states are not in them, so no secret is.
"""

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from unknot.planner.plan import Meaning, Mode, Plan, PlannedRun
from unknot.planner.render.masking import MASK, Masking
from unknot.planner.stats import PlanStats
from unknot.providers.base import UNKNOWN
from unknot.stacks.diagnostic import Diagnostic, SourceLocation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unknot.planner.apply.report import ApplyReport
    from unknot.planner.plan import Change, FieldChange

VERSION: Final = 1
"""Of all three documents. Raised when a field goes away or changes its meaning."""

ActionName = Literal[
    "no-op",
    "create",
    "update",
    "delete-then-create",
    "create-then-delete",
    "delete",
    "forget",
    "import",
    "move",
]


class FieldDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input that differs. What is not known yet is `{"$unknown": true}`, at any depth."""

    path: str
    prior: Any = None
    planned: Any = None
    sensitive: bool = False
    """The values are left out."""
    forces_replacement: bool = False


class MoveDocument(msgspec.Struct, frozen=True):
    """How a resource gets from one target to another."""

    id: str
    source: str
    target: str
    phases: tuple[str, ...]
    done: tuple[str, ...]
    """Of the phases, what an interrupted apply did."""
    objects: int
    bytes: int
    seconds: float | None
    """None: not known."""
    usd: float | None
    prices: str
    """Date of the price table."""
    shadow_runs: int
    retain_days: int
    takes_back: str
    notes: tuple[str, ...]


class ChangeDocument(msgspec.Struct, frozen=True):
    """One address with something to do."""

    address: str
    uid: str
    action: ActionName
    reason: str
    type: str
    provider: str
    target: str
    owner: str
    prior_target: str | None = None
    source: SourceLocation | None = None
    meaning: Meaning = ""
    notes: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    import_id: str = ""
    owned_by: str | None = None
    """The portable resource that it is a part of."""
    fields: tuple[FieldDocument, ...] = ()
    move: MoveDocument | None = None


class DriftDocument(msgspec.Struct, frozen=True):
    """An object that differs in the world from what is recorded."""

    address: str
    gone: bool
    owner: str
    owned_by: str | None = None
    fields: tuple[FieldDocument, ...] = ()


class RenameDocument(msgspec.Struct, frozen=True):
    """A recorded address that gets another name."""

    prior: str
    address: str


class OutputDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """One output of the stack that is new, different or gone."""

    name: str
    action: Literal["create", "update", "delete"]
    prior: Any = None
    planned: Any = None
    sensitive: bool = False


class PolicyDocument(msgspec.Struct, frozen=True):
    """What one policy said of the plan."""

    policy: str
    level: Literal["advisory", "mandatory"]
    passed: bool
    message: str = ""
    overridden: str = ""


class CountsDocument(msgspec.Struct, frozen=True):
    """How many there are of each."""

    create: int
    update: int
    replace: int
    delete: int
    forget: int
    import_: int = msgspec.field(name="import")
    move: int = 0
    rename: int = 0
    unchanged: int = 0
    drift: int = 0
    runs: int = 0


class PlanDocument(msgspec.Struct, frozen=True):
    """A plan, for other programs."""

    kind: Literal["unknot.plan"]
    version: Literal[1]
    unknot: str
    stack: str
    environment: str
    lineage: str
    serial: int
    first: bool
    mode: Mode
    created_at: str
    owner: str
    definition_hash: str
    is_empty: bool
    can_apply: bool
    destroys: bool
    counts: CountsDocument
    changes: tuple[ChangeDocument, ...] = ()
    renames: tuple[RenameDocument, ...] = ()
    drift: tuple[DriftDocument, ...] = ()
    runs: tuple[PlannedRun, ...] = ()
    outputs: tuple[OutputDocument, ...] = ()
    unsettled: tuple[str, ...] = ()
    deposed: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    """Moves of which apply does what comes after the cutover."""
    given_up: tuple[str, ...] = ()
    """Moves that were begun and are no longer wanted."""
    cleaned_up: tuple[str, ...] = ()
    """Moves whose source apply deletes for good."""
    excluded: tuple[str, ...] = ()
    policies: tuple[PolicyDocument, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    calls: int = 0
    """Requests made while refreshing."""
    stats: PlanStats | msgspec.UnsetType = msgspec.UNSET
    """With `--stats`: what planning cost."""


class StepDocument(msgspec.Struct, frozen=True):
    """How one address fared."""

    address: str
    action: str
    outcome: Literal["done", "failed", "skipped", "refused", "not-started"]
    detail: str = ""
    elapsed_s: float = 0.0


class RunDocument(msgspec.Struct, frozen=True):
    """How one run that apply started fared."""

    address: str
    run: str
    status: str
    detail: str = ""


class ReportDocument(msgspec.Struct, frozen=True):
    """What apply did, for other programs."""

    kind: Literal["unknot.report"]
    version: Literal[1]
    stack: str
    environment: str
    serial: int
    exit_code: int
    interrupted: bool
    elapsed_s: float
    steps: tuple[StepDocument, ...] = ()
    runs: tuple[RunDocument, ...] = ()
    outputs: dict[str, Any] = {}
    diagnostics: tuple[Diagnostic, ...] = ()


class DiagnosticsDocument(msgspec.Struct, frozen=True):
    """What the user is to mend, for editors and other programs."""

    kind: Literal["unknot.diagnostics"]
    version: Literal[1]
    errors: int
    diagnostics: tuple[Diagnostic, ...] = ()


def plan_document(plan: Plan, stats: PlanStats | None = None) -> bytes:
    """The plan as a `PlanDocument`, in JSON; changes in the order of their addresses."""
    masking = Masking(plan)
    counts = {action.value: number for action, number in plan.counts().items()}
    document = PlanDocument(
        kind="unknot.plan",
        version=VERSION,
        unknot=plan.unknot,
        stack=plan.stack,
        environment=plan.environment,
        lineage=plan.lineage,
        serial=plan.serial,
        first=plan.first,
        mode=plan.mode,
        created_at=plan.created_at,
        owner=plan.owner,
        definition_hash=plan.definition_hash,
        is_empty=plan.is_empty,
        can_apply=plan.can_apply,
        destroys=plan.destroys,
        counts=CountsDocument(
            create=counts.get("create", 0),
            update=counts.get("update", 0),
            replace=counts.get("delete-then-create", 0) + counts.get("create-then-delete", 0),
            delete=counts.get("delete", 0),
            forget=counts.get("forget", 0),
            import_=counts.get("import", 0),
            move=counts.get("move", 0),
            rename=len(plan.renames),
            unchanged=plan.unchanged,
            drift=len(plan.drift),
            runs=len(plan.runs),
        ),
        changes=tuple(_change(c, masking) for c in sorted(plan.changes, key=lambda c: c.address)),
        renames=tuple(RenameDocument(p, a) for p, a in sorted(plan.renames.items())),
        drift=tuple(
            DriftDocument(d.address, d.gone, d.owner, d.owned_by, _fields(masking.drift(d)))
            for d in sorted(plan.drift, key=lambda d: d.address)
        ),
        runs=plan.runs,
        outputs=tuple(
            OutputDocument(o.name, o.action, sensitive=True)
            if MASK in (o.prior, o.planned)
            else OutputDocument(o.name, o.action, _value(o.prior), _value(o.planned))
            for o in masking.outputs()
        ),
        unsettled=plan.unsettled,
        deposed=plan.deposed,
        unfinished=plan.unfinished,
        given_up=plan.given_up,
        cleaned_up=plan.cleaned_up,
        excluded=plan.excluded,
        policies=tuple(
            PolicyDocument(r.policy, r.level, r.passed, r.message, r.overridden) for r in plan.policy_results
        ),
        diagnostics=plan.diagnostics,
        calls=plan.calls,
        stats=msgspec.UNSET if stats is None else stats,
    )
    return msgspec.json.encode(document)


def report_document(report: "ApplyReport") -> bytes:
    """The report as a `ReportDocument`, in JSON."""
    return msgspec.json.encode(
        ReportDocument(
            kind="unknot.report",
            version=VERSION,
            stack=report.stack,
            environment=report.environment,
            serial=report.serial,
            exit_code=report.exit_code,
            interrupted=report.interrupted,
            elapsed_s=report.elapsed_s,
            steps=tuple(
                StepDocument(s.address, s.action, s.outcome, s.detail, s.elapsed_s) for s in report.steps
            ),
            runs=tuple(RunDocument(r.address, r.run, r.status, r.detail) for r in report.runs),
            outputs={name: _value(value) for name, value in report.outputs.items()},
            diagnostics=report.diagnostics,
        )
    )


def diagnostics_document(diagnostics: "Iterable[Diagnostic]") -> bytes:
    """Diagnostics as a `DiagnosticsDocument`, in JSON."""
    found = tuple(diagnostics)
    return msgspec.json.encode(
        DiagnosticsDocument("unknot.diagnostics", VERSION, sum(d.is_error for d in found), found)
    )


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas (draft 2020-12) of the documents, by the name of the file that publishes them."""
    named = {"plan": PlanDocument, "report": ReportDocument, "diagnostics": DiagnosticsDocument}
    return {
        name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}
        for name, kind in named.items()
    }


def _move(change: "Change") -> MoveDocument | None:
    move = change.move
    if move is None:
        return None
    return MoveDocument(
        id=move.id,
        source=move.source,
        target=change.target,
        phases=move.phases,
        done=move.done,
        objects=move.objects,
        bytes=move.bytes,
        seconds=move.seconds,
        usd=move.usd,
        prices=move.prices,
        shadow_runs=move.shadow_runs,
        retain_days=move.retain_days,
        takes_back=move.takes_back,
        notes=move.notes,
    )


def _change(change: "Change", masking: Masking) -> ChangeDocument:
    return ChangeDocument(
        address=change.address,
        uid=change.uid,
        action=change.action.value,
        reason=change.reason,
        type=change.type,
        provider=change.provider,
        target=change.target,
        owner=change.owner,
        prior_target=None if change.prior is None else change.prior.target,
        source=change.source,
        meaning=change.meaning,
        notes=change.notes,
        dependencies=change.dependencies,
        import_id=change.import_id,
        owned_by=change.owned_by,
        fields=_fields(masking.fields(change)),
        move=_move(change),
    )


def _fields(fields: "tuple[FieldChange, ...]") -> tuple[FieldDocument, ...]:
    return tuple(
        FieldDocument(f.path, sensitive=True, forces_replacement=f.forces_replacement)
        if f.sensitive
        else FieldDocument(f.path, _value(f.prior), _value(f.planned), False, f.forces_replacement)
        for f in fields
    )


def _value(value: Any) -> Any:
    """A value with what is unknown in it as `{"$unknown": true}`."""
    if isinstance(value, str):
        return {"$unknown": True} if value == UNKNOWN else value
    if isinstance(value, dict):
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value
