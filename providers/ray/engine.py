"""The Ray engine: runs are jobs of a cluster, submitted through Ray's Jobs API; their attempts are Ray tasks."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from unknot.providers.base import Context
from unknot.providers.engine import Abilities, Capability
from unknot.providers.engines.driven import DrivenEngine, driver_command
from unknot.providers.engines.options import is_locked, options_of
from unknot.providers.engines.stored import EngineState
from unknot.providers.ray.executor import RayExecutor
from unknot.providers.ray.head import local_head, running
from unknot.providers.ray.options import RayOptions
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError, MissingExtra
from unknot.stacks.run import RunStarted
from unknot.stacks.secret import Secret
from unknot.stacks.target import Target
from unknot.state.stores.base import Store

if TYPE_CHECKING:
    from ray.job_submission import JobSubmissionClient

_CAPABILITIES = frozenset(
    {
        Capability.GPU,
        Capability.RETRIES,
        Capability.TIME_LIMIT,
        Capability.MEMORY_LIMIT,
        Capability.SECRETS,
        Capability.COMMANDS,
        Capability.NOTEBOOKS,
        Capability.CANCEL,
        Capability.LIVE_LOGS,
        Capability.DYNAMIC,
        Capability.DETACHED,
    }
)
_NOTES = {
    Capability.SCHEDULES: "Ray keeps none: `unknot serve` does",
    Capability.GPU: "Ray's `num_gpus`",
    Capability.RETRIES: "by the run's driver, a job of the cluster",
    Capability.MEMORY_LIMIT: "of the attempt's process; Ray's `memory` decides where it fits",
    Capability.SECRETS: "read by the worker, from its own environment or files",
    Capability.CONTAINERS: "start the nodes in the image",
}
_WORDS = {
    "PENDING": "waiting",
    "RUNNING": "running",
    "STOPPED": "cancelled",
    "SUCCEEDED": "ended",
    "FAILED": "ended",
}
"""Ray's `JobStatus` (ray.job_submission, 2.x) to the engine's word."""

_LOG_CHARACTERS = 500


class RayEngine(DrivenEngine):
    """Runs workflows on a Ray cluster."""

    def __init__(self) -> None:
        self.name = "ray"
        self.capabilities = _CAPABILITIES

    def abilities(self, target: Target) -> Abilities:
        options = options_of(target, RayOptions)
        host = urlsplit(options.address).hostname
        is_here = host in (None, "127.0.0.1", "::1", "localhost")
        return Abilities(
            capabilities=self.capabilities if options.address else self.capabilities - {Capability.GPU},
            notes=_NOTES,
            makes_environments=is_locked(target),
            python=options.python,
            platform=options.platform,
            shares_files=is_here,
        )

    def executor(self, context: Context) -> RayExecutor:
        import ray

        if not ray.is_initialized():
            ray.init(address="auto", log_to_driver=False, logging_level="warning")
        return RayExecutor(options_of(context.target, RayOptions))

    def job_name(self, uid: Uid, run: str) -> str:
        return f"unknot-{uid}-{run}"

    def submit(self, context: Context, started: RunStarted, store: Store) -> None:
        options = options_of(context.target, RayOptions)
        deployment = started.request.deployment
        client = self._client(context, options)
        command = driver_command(store.url, deployment.uid, started.request.run, python=options.interpreter)
        try:
            client.submit_job(
                entrypoint=shlex.join(command),
                submission_id=started.engine_run,
                runtime_env=options.runtime_env or None,
                metadata={
                    "workflow": deployment.address,
                    "owner": deployment.owner,
                    "run": started.request.run,
                },
            )
        except OSError as error:
            raise _unreachable(context.target, error) from error
        except (RuntimeError, ValueError) as error:
            # Ray refuses a second job of one name: an answer that was lost is then no second run.
            if self._word(client, started.engine_run) == "gone":
                raise EngineError("Ray did not take the run", detail=str(error)[:_LOG_CHARACTERS]) from error

    def stop(self, context: Context, started: RunStarted) -> None:
        client = self._client(context, options_of(context.target, RayOptions))
        try:
            client.stop_job(started.engine_run)
        except OSError as error:
            raise _unreachable(context.target, error) from error
        except RuntimeError:
            return  # there is no such job

    def engine_state(self, context: Context, started: RunStarted) -> EngineState:
        options = options_of(context.target, RayOptions)
        if not options.address and running(_folder(context)) is None:
            return EngineState("gone", "the head node that unknot started has ended")
        try:
            client = self._client(context, options)
            word = self._word(client, started.engine_run)
            if word == "gone":
                return EngineState("gone", f"Ray has no job `{started.engine_run}`")
            if word == "ended":
                log: str = client.get_job_logs(started.engine_run)
                return EngineState("ended", log.strip()[-_LOG_CHARACTERS:])
            if word == "cancelled":
                return EngineState("cancelled", "its job was stopped")
            return EngineState("waiting" if word == "waiting" else "running")
        except EngineError as error:
            return EngineState("unknown", f"{error.summary}. {error.detail}")
        except (OSError, RuntimeError) as error:
            return EngineState("unknown", str(error))

    def _word(self, client: "JobSubmissionClient", job: str) -> str:
        try:
            return _WORDS[client.get_job_status(job).value]
        except RuntimeError as error:
            if "does not exist" in str(error):
                return "gone"
            raise

    def _client(self, context: Context, options: RayOptions) -> "JobSubmissionClient":
        """Raises EngineError if the cluster does not answer."""
        try:
            from ray.job_submission import JobSubmissionClient
        except ImportError:
            raise MissingExtra("ray", extra="ray", needed_for="the engine `ray`") from None
        address = options.address or local_head(_folder(context), options.idle_timeout_s)
        headers = {name: Secret.parse(reference).resolve() for name, reference in options.headers.items()}
        try:
            return JobSubmissionClient(address, headers=headers or None)
        except (OSError, RuntimeError) as error:
            raise _unreachable(context.target, error) from error


def _unreachable(target: Target, error: Exception) -> EngineError:
    return EngineError(
        f"the Ray cluster of the target `{target.name}` does not answer",
        detail=f"{str(error)[:_LOG_CHARACTERS]}. Its dashboard's address is the target's option `address`.",
    )


def _folder(context: Context) -> Path:
    return context.project / ".unknot" / "ray" / context.target.name
