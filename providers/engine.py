"""The protocol of engines, which run workflows: requests in, responses out, so that a field can be added without breaking
anyone.

An engine is found by its name through the registry. Most are made of what is in `providers/engines`.
"""

import enum
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol, runtime_checkable

import msgspec

from unknot.providers.base import Context
from unknot.stacks.address import Uid
from unknot.stacks.run import Deployment, RunRequest, RunStatus, TaskStatus
from unknot.stacks.target import Target


class Capability(enum.Enum):
    """What an engine may or may not be able to do (D8). What it lacks it does not list."""

    SCHEDULES = "schedules"
    """Keeps schedules by itself; those of an engine that does not are kept by `unknot serve`."""
    GPU = "gpu"
    RETRIES = "retries"
    TIME_LIMIT = "time limit"
    MEMORY_LIMIT = "memory limit"
    CONTAINERS = "containers"
    SECRETS = "secrets"
    COMMANDS = "commands"
    NOTEBOOKS = "notebooks"
    CANCEL = "cancel"
    LIVE_LOGS = "live logs"
    DYNAMIC = "dynamic shape"
    """Tasks whose number, or whether they are done, is known only when the workflow runs (`each`, `when`)."""
    DETACHED = "detached runs"
    """A run goes on, and is closed, whether the process that triggered it lives or not."""


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine can do on one target (D8), as far as that can be told without touching it. What is empty is unlimited
    or not known."""

    capabilities: frozenset[Capability]
    notes: dict[Capability, str] = {}
    """How, in a few words, where there is something to say: of what it has and of what it lacks."""
    level: Literal["real", "schema", "request"] = "real"
    """How it is tested: against the engine itself; against a server that holds requests against the published schema and
    executes them; or requests only."""
    time_limit_s: float | None = None
    """Longest time of one task."""
    memory_limit: str = ""
    """Most that one task can have, with a unit."""
    cpu_limit: float | None = None
    bundle_limit: str = ""
    """Largest bundle with its requirements, with a unit."""
    python: str = ""
    """Minor version of the interpreter of its workers, such as `3.11`."""
    platform: str = ""
    """Of its workers, as wheels name it: `manylinux_2_28_x86_64`."""
    makes_environments: bool = True
    """Whether tasks get the versions that the workflow is locked to, the interpreter's too, whatever the worker has."""
    shares_files: bool = True
    """Whether its workers see the files of this machine, and so a store in a folder of it."""


class TaskProgress(msgspec.Struct, frozen=True):
    """One task as far as it has come."""

    task: str
    status: TaskStatus
    attempt: int = 0
    reason: str = ""
    error: str = ""
    metric: float | None = None
    passed: bool | None = None
    elapsed_s: float = 0.0


class RunProgress(msgspec.Struct, frozen=True):
    run: str
    status: RunStatus
    tasks: tuple[TaskProgress, ...] = ()
    problem: str = ""
    """What the engine says of a run that was lost or stopped; of one that is running: why it could not be asked."""


class DeployRequest(msgspec.Struct, frozen=True):
    context: Context
    deployment: Deployment
    bundle: bytes


class DeployResponse(msgspec.Struct, frozen=True):
    id: str
    outputs: dict[str, Any] = {}


class UndeployRequest(msgspec.Struct, frozen=True):
    context: Context
    uid: Uid
    id: str


class TriggerRequest(msgspec.Struct, frozen=True):
    context: Context
    request: RunRequest
    progress: Callable[[RunProgress], None] | None = None
    """Called from the engine's thread whenever a task changes its status."""


class TriggerResponse(msgspec.Struct, frozen=True):
    engine_run: str


class RunQuery(msgspec.Struct, frozen=True):
    context: Context
    uid: Uid
    run: str
    task: str | None = None
    """For logs: of this task only."""


class LogLine(msgspec.Struct, frozen=True):
    task: str
    attempt: int
    stream: str
    text: str
    at: str = ""


class Engine(Protocol):
    """Runs workflows. Every method may be called again after a crash and then finishes what it began."""

    name: str
    capabilities: frozenset[Capability]
    """On any target; `abilities` says more of one."""

    def abilities(self, target: Target) -> Abilities:
        """What it can do on a target; nothing is touched. Raises EngineError for options of the target that it does
        not have."""
        ...

    def deploy(self, request: DeployRequest) -> DeployResponse:
        """Put bundle and deployment where the engine finds them. Repeating it changes nothing."""
        ...

    def undeploy(self, request: UndeployRequest) -> None:
        """Leave no schedule and no code behind; runs and artifacts stay."""
        ...

    def suspend(self, request: UndeployRequest) -> None:
        """Start nothing by itself any more, after a move to another engine; what is there stays to be looked at."""
        ...

    def withdraw(self, request: UndeployRequest) -> None:
        """Take away what the engine itself holds; the store, which another engine may use now, is left alone."""
        ...

    def deployed(self, request: RunQuery) -> Deployment | None:
        """What is deployed for `uid` now, read from the world, for refresh. `run` is ignored."""
        ...

    def trigger(self, request: TriggerRequest) -> TriggerResponse:
        """Start a run and return at once."""
        ...

    def wait(self, query: RunQuery, timeout_s: float | None = None) -> RunProgress:
        """Return when the run is over, or after `timeout_s`, with what is known then."""
        ...

    def status(self, query: RunQuery) -> RunProgress: ...

    def cancel(self, query: RunQuery) -> None:
        """Ask the run to stop; `wait` tells when it has."""
        ...

    def logs(self, query: RunQuery) -> Mapping[str, tuple[LogLine, ...]]:
        """Lines by task, secrets redacted."""
        ...


@runtime_checkable
class Inspected(Protocol):
    """An engine on whose side people can change what is deployed. Optional: a refresh asks."""

    def differences(self, query: RunQuery) -> tuple[str, ...]:
        """What was changed by hand, a sentence each. `run` is ignored."""
        ...
