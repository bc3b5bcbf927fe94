"""The local engine: tasks as processes of this machine, everything else as objects in the target's store."""

import sysconfig
import threading

import msgspec

from unknot.providers.base import Context
from unknot.providers.engine import (
    Abilities,
    Capability,
    DeployRequest,
    DeployResponse,
    TriggerRequest,
    TriggerResponse,
)
from unknot.providers.engines.coordinated import CoordinatedEngine
from unknot.providers.engines.options import is_locked, options_of
from unknot.providers.local.executor import MachineExecutor
from unknot.providers.local.machine import Machine
from unknot.providers.runner.containers import runtime
from unknot.providers.runner.environment import python_version
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import ContainerCode, WorkflowGraph
from unknot.stacks.target import Target

_CAPABILITIES = frozenset(
    {
        Capability.RETRIES,
        Capability.TIME_LIMIT,
        Capability.MEMORY_LIMIT,
        Capability.SECRETS,
        Capability.COMMANDS,
        Capability.NOTEBOOKS,
        Capability.CANCEL,
        Capability.LIVE_LOGS,
        Capability.DYNAMIC,
    }
)


_NOTES = {
    Capability.SCHEDULES: "kept by `unknot serve`",
    Capability.DETACHED: "a run ends with the process that triggered it",
    Capability.CONTAINERS: "with docker or podman",
}


class _Options(msgspec.Struct, frozen=True):
    """It has none of its own."""


class LocalEngine(CoordinatedEngine):
    """Runs workflows on this machine."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "local"
        self.capabilities = _CAPABILITIES | ({Capability.CONTAINERS} if runtime() else frozenset())
        self._made = threading.Lock()
        self._executor: MachineExecutor | None = None

    def abilities(self, target: Target) -> Abilities:
        options_of(target, _Options)
        return Abilities(
            capabilities=self.capabilities,
            notes=_NOTES,
            makes_environments=is_locked(target),
            python=python_version().rpartition(".")[0],
            platform=sysconfig.get_platform().replace("-", "_").replace(".", "_"),
        )

    def deploy(self, request: DeployRequest) -> DeployResponse:
        self._check(request.deployment.graph)
        return super().deploy(request)

    def trigger(self, request: TriggerRequest) -> TriggerResponse:
        self._check(request.request.deployment.graph)
        return super().trigger(request)

    def executor(self, context: Context) -> MachineExecutor:
        """One for all targets: they share the machine."""
        with self._made:
            if self._executor is None:
                self._executor = MachineExecutor(Machine.here())
            return self._executor

    def _check(self, graph: WorkflowGraph) -> None:
        if Capability.CONTAINERS in self.capabilities:
            return
        for op in graph.ops.values():
            if isinstance(op.code, ContainerCode):
                raise EngineError(
                    f"op `{op.name}` needs a container runtime, and none can be used here",
                    detail="Install docker or podman and start its daemon, or choose a target that runs containers.",
                )
