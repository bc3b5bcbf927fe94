"""Runs as data: deployments, artifact references, the events of a task's stream, sealed manifests.

Written by the runner, read by the index and the engines: the one meaning of a run, whatever the engine.
Layout in the target's store (rule R1), `<uid>` being the workflow's:

    bundles/<sha256>                              the packed code
    artifacts/<sha256 of the content>             what ops wrote
    cache/<key>                                   outputs of a task by fingerprint and inputs
    deployments/<uid>/<generation>/<n>            a Deployment; the last is in force, n counts updates in place (6 digits)
    runs/<uid>/<run>/started                      a RunStarted
    runs/<uid>/<run>/tasks/<task>/<attempt>/<n>   a batch of TaskEvents, n with 6 digits
    runs/<uid>/<run>/commits/<task>               a TaskCommit: the one attempt whose outputs count (put-if-absent, rule R2)
    runs/<uid>/<run>/sealed                       a RunManifest
    runs/<uid>/<run>/beats/<time>                 signs of life of a coordinator
    runs/<uid>/<run>/cancel                       exists when somebody asked the run to stop
    runs/<uid>/<run>/notified/<channel>           a message about the run, written before it is sent
    published/<uid>/<time>-<run>                  points to a run that published, if that run is sealed
    claims/<uid>/<scheduled time>                 the run that owns a scheduled time (rule R2)
    cutovers/<uid>/<n>                            since when which store answers for the claims, of a workflow that moved
    datasets/<uid>/<generation>/<revision>        a DatasetRecord of the provider `dataset`: its artifact is in use
"""

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.graph import Resources, WorkflowGraph
from unknot.stacks.target import Target

RunStatus: TypeAlias = Literal["running", "succeeded", "failed", "cancelled", "lost", "superseded"]
TaskStatus: TypeAlias = Literal[
    "waiting", "running", "succeeded", "failed", "cancelled", "lost", "skipped", "reused"
]

NOT_TAKEN = "branch not taken"
"""Reason of a task that was skipped because `when` took the other branch: nothing is wrong with it."""


class ArtifactRef(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value that an op wrote, by content."""

    hash: str
    """SHA-256 of the stored bytes, hex."""
    type: str
    """`module:qualname` of the value."""
    serializer: str
    """Name of the serializer that wrote it and can read it."""
    size_bytes: int
    location: str
    """Key in the store."""
    store: str = ""
    """URL of the store; empty for the store of the target that the reader runs on."""
    rows: int | None = None
    schema: dict[str, str] = {}
    """Column name to type, of a table."""
    file_name: str = ""
    """Of a file: what it was called, for readers that go by the suffix."""
    run: str = ""
    task: str = ""
    output: str = ""
    items: tuple["ArtifactRef", ...] = ()
    """Of a list or the like whose elements are artifacts of their own: these, in order."""

    def whole(self) -> Iterator["ArtifactRef"]:
        """The artifact and all that it is made of: what must be kept and copied for it to be read."""
        yield self
        for item in self.items:
            yield from item.whole()


class Deployment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A workflow as deployed on a target: all an engine and the runner need, without unknot's ledger."""

    address: Address
    uid: Uid
    generation: int
    stack: str
    environment: str
    lineage: str
    owner: str
    target: Target
    graph: WorkflowGraph
    bundle: str
    """SHA-256 of the packed code."""
    fingerprint: str
    """Of the whole workflow: every op, binding and parameter."""
    inputs: dict[str, ArtifactRef] = {}
    """Workflow inputs that are fixed when deployed (datasets)."""
    published_inputs: dict[str, tuple[Uid, str]] = {}
    """Workflow inputs that follow another workflow: its uid and the output's name; the latest published value is read when a run starts."""
    schedule: dict[str, Any] | None = None
    """`{"cron": ..., "tz": ..., "catch_up": ..., "overlap": ...}` or `{"after": <uid>}`."""
    overrides: dict[str, Resources] = {}
    """Op name to resources that take precedence."""
    secrets: dict[str, str] = {}
    """Environment variable of the task to a reference, such as `env:DB_URL` (rule S1: never a value)."""
    channels: tuple[str, ...] = ()
    """Where to notify: references or URLs without secrets in them."""
    lock: str = ""
    """Hash of the requirements' lock."""


class RunRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to run."""

    run: str
    deployment: Deployment
    scheduled_time: str | None = None
    """RFC 3339, UTC; None for a run triggered by hand."""
    inputs: dict[str, ArtifactRef] = {}
    """Every workflow input, resolved."""
    use_cache: bool = True
    from_task: str | None = None
    """Run this task and what depends on it again, whatever the cache holds."""
    retry_of: str | None = None
    """An earlier run: its succeeded tasks are reused, the rest runs again."""
    triggered_by: str = ""
    """`apply`, `run`, `schedule`, `after:<run>`, with who did it."""
    withheld: str = ""
    """Why nothing is published however it ends, such as `parameters given by hand`; empty: it publishes."""


class RunStarted(msgspec.Struct, frozen=True, omit_defaults=True):
    """First object of a run."""

    request: RunRequest
    at: str
    host: str
    pid: int
    engine_run: str = ""
    """The engine's own name of the run."""


class AttemptStarted(
    msgspec.Struct, frozen=True, omit_defaults=True, tag="attempt-started", tag_field="kind"
):
    at: str
    host: str
    pid: int
    python: str
    versions: dict[str, str] = {}
    """Distribution name to version, of what the task's environment has."""


class LogWritten(msgspec.Struct, frozen=True, omit_defaults=True, tag="log", tag_field="kind"):
    at: str
    stream: Literal["stdout", "stderr"]
    text: str
    """Secrets replaced by `***`."""


class Heartbeat(msgspec.Struct, frozen=True, omit_defaults=True, tag="heartbeat", tag_field="kind"):
    at: str
    memory_bytes: int = 0


class ArtifactWritten(msgspec.Struct, frozen=True, omit_defaults=True, tag="artifact", tag_field="kind"):
    at: str
    artifact: ArtifactRef


class MetricMeasured(msgspec.Struct, frozen=True, omit_defaults=True, tag="metric", tag_field="kind"):
    at: str
    name: str
    value: float


class CheckDone(msgspec.Struct, frozen=True, omit_defaults=True, tag="check", tag_field="kind"):
    at: str
    name: str
    passed: bool
    severity: Literal["warning", "error"]


class AttemptEnded(msgspec.Struct, frozen=True, omit_defaults=True, tag="attempt-ended", tag_field="kind"):
    at: str
    status: TaskStatus
    error: str = ""
    """One line: the exception's type and message."""
    traceback: str = ""
    """User frames only."""


TaskEvent: TypeAlias = (
    AttemptStarted | LogWritten | Heartbeat | ArtifactWritten | MetricMeasured | CheckDone | AttemptEnded
)


class TaskRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """One task as it ended."""

    task: str
    op: str
    kind: Literal["op", "metric", "check"]
    status: TaskStatus
    attempts: int = 0
    started_at: str = ""
    ended_at: str = ""
    outputs: dict[str, ArtifactRef] = {}
    inputs: dict[str, str] = {}
    """Parameter name to artifact hash, or JSON of a literal."""
    metric: float | None = None
    passed: bool | None = None
    severity: Literal["warning", "error"] = "error"
    reason: str = ""
    """Why it was reused or skipped: `inputs and code unchanged since run 3f2a`, `skipped because of fit`."""
    error: str = ""
    fingerprint: str = ""
    host: str = ""

    @property
    def ended_badly(self) -> bool:
        """Whether what reads from it cannot be done."""
        if self.status == "skipped":
            return self.reason != NOT_TAKEN
        return self.status in ("failed", "cancelled", "lost")


class TaskCommit(msgspec.Struct, frozen=True, omit_defaults=True):
    """The one attempt of a task whose outputs count; also what the cache keeps of a task."""

    run: str
    attempt: int
    cache_key: str
    """Over code and inputs; empty when the task must never be reused."""
    record: TaskRecord
    nonce: str = ""
    """Random, so that two attempts never write equal bytes."""


class RunManifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """A run that is over. Its hash goes into the ledger (rule R1)."""

    run: str
    uid: Uid
    address: Address
    stack: str
    environment: str
    owner: str
    target: str
    engine: str
    status: RunStatus
    started_at: str
    ended_at: str
    fingerprint: str
    bundle: str
    lock: str = ""
    generation: int = 1
    scheduled_time: str | None = None
    triggered_by: str = ""
    parameters: dict[str, Any] = {}
    inputs: dict[str, ArtifactRef] = {}
    tasks: tuple[TaskRecord, ...] = ()
    published: dict[str, ArtifactRef] = {}
    """Empty unless the run succeeded and every check of severity error passed."""
    versions: dict[str, str] = {}
    host: str = ""
    withheld: str = ""
    """Why it publishes nothing however it ended (`RunRequest.withheld`)."""
