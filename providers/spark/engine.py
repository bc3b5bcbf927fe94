"""The Spark engine on a standalone cluster: runs are applications, submitted to the master's REST server."""

import sys
from pathlib import Path

from unknot.providers.base import Context
from unknot.providers.engine import Abilities, Capability
from unknot.providers.engines.driven import DrivenEngine, driver_arguments
from unknot.providers.engines.options import is_locked, options_of
from unknot.providers.engines.stored import EngineState
from unknot.providers.runner import layout
from unknot.providers.spark import rest
from unknot.providers.spark.executor import SparkExecutor
from unknot.providers.spark.options import SparkOptions
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError, MissingExtra
from unknot.stacks.run import RunStarted
from unknot.stacks.target import Target
from unknot.state.stores.base import Store

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
        Capability.DETACHED,
    }
)
_NOTES = {
    Capability.SCHEDULES: "Spark keeps none: `unknot serve` does",
    Capability.GPU: "set Spark's own resources by the option `settings`",
    Capability.RETRIES: "by the run's driver, an application of the cluster",
    Capability.MEMORY_LIMIT: "of the attempt's process; executors have `executor_memory` besides",
    Capability.SECRETS: "read by the worker, from its own environment or files",
    Capability.CONTAINERS: "start the workers in the image",
}
_WORDS = {"SUBMITTED": "waiting", "QUEUED": "waiting", "RELAUNCHING": "waiting", "RUNNING": "running"}
"""`org.apache.spark.deploy.master.DriverState`; all others are ends."""


class SparkEngine(DrivenEngine):
    """Runs workflows on a standalone Spark cluster."""

    def __init__(self) -> None:
        self.name = "spark"
        self.capabilities = _CAPABILITIES

    def abilities(self, target: Target) -> Abilities:
        options = options_of(target, SparkOptions)
        return Abilities(
            capabilities=self.capabilities,
            notes=_NOTES,
            makes_environments=is_locked(target),
            python=options.python,
            platform=options.platform,
            shares_files=options.shares_files,
        )

    def executor(self, context: Context) -> SparkExecutor:
        from pyspark.sql import SparkSession

        return SparkExecutor(SparkSession.builder.getOrCreate())

    def job_name(self, uid: Uid, run: str) -> str:
        return f"unknot-{uid}-{run}"

    def submit(self, context: Context, started: RunStarted, store: Store) -> None:
        options = options_of(context.target, SparkOptions)
        uid, run = started.request.deployment.uid, started.request.run
        if store.size(_key(uid, run)) is not None:
            return  # it was submitted before
        try:
            from pyspark import __version__ as version
        except ImportError:
            raise MissingExtra("pyspark", extra="spark", needed_for="the engine `spark`") from None
        file = options.driver_file or str(Path(__file__).resolve().with_name("application.py"))
        arguments = [file, *driver_arguments(store.url, uid, run)]
        submission = rest.submit(
            options, version, started.engine_run, arguments, options.interpreter or sys.executable
        )
        layout.put_once(store, _key(uid, run), submission.encode())

    def stop(self, context: Context, started: RunStarted) -> None:
        submission = self._submission(context, started)
        if submission:
            rest.kill(options_of(context.target, SparkOptions), submission)

    def engine_state(self, context: Context, started: RunStarted) -> EngineState:
        submission = self._submission(context, started)
        if not submission:
            return EngineState("unknown", "it is not known under which name Spark has it")
        try:
            state, said = rest.status(options_of(context.target, SparkOptions), submission)
        except EngineError as error:
            return EngineState("unknown", f"{error.summary}. {error.detail}")
        if not state:
            return EngineState("gone", f"the Spark master does not know `{submission}`. {said}".strip())
        if state == "KILLED":
            return EngineState("cancelled", f"`{submission}` was killed in Spark")
        word = _WORDS.get(state)
        return EngineState(
            "ended" if word is None else "waiting" if word == "waiting" else "running", f"{state} {said}"
        )

    def _submission(self, context: Context, started: RunStarted) -> str:
        """Spark's name of the application, which it gave when the run was submitted."""
        from unknot.providers.engines.stored import opened

        with opened(context) as store:
            found = store.get(_key(started.request.deployment.uid, started.request.run))
        return found.decode() if found else ""


def _key(uid: str, run: str) -> str:
    return f"{layout.run_prefix(uid, run)}submission"
