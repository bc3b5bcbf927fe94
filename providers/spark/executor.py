"""Attempts as tasks of the application's executors: each is a Spark job with one task, and its Python worker runs it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from unknot.providers.engines.executor import Cancellation
from unknot.providers.runner.assignment import TaskAssignment, TaskOutcome
from unknot.providers.runner.perform import begun as begun_record
from unknot.providers.runner.perform import failed
from unknot.stacks.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkExecutor:
    """One for a run, in its driver's application."""

    at_once = 256

    def __init__(self, session: "SparkSession") -> None:
        self._session = session

    def run(
        self, assignment: TaskAssignment, begun: Callable[[], None], cancellation: Cancellation
    ) -> TaskOutcome | None:
        from py4j.protocol import Py4JError, Py4JJavaError

        if cancellation.is_set():
            return None
        told = msgspec.json.encode(msgspec.structs.replace(assignment, heeds_cancel=True))
        context = self._session.sparkContext
        context.setJobGroup(assignment.task, f"{assignment.op.name} {assignment.task}")
        begun()
        try:
            [result] = context.parallelize([told], 1).mapPartitions(_carry_out).collect()
        except Py4JJavaError as error:
            said = str(error.java_exception.getMessage() or error).splitlines()[0]
            if "SparkContext was shut down" in said:
                raise EngineError("the Spark application was ended", detail=said) from error
            lost = failed(begun_record(assignment), f"the worker that ran it is gone: {said}")
            return msgspec.structs.replace(lost, record=msgspec.structs.replace(lost.record, status="lost"))
        except (Py4JError, OSError) as error:
            raise EngineError("the Spark application is gone", detail=str(error)) from error
        return msgspec.json.decode(result, type=TaskOutcome) if result else None

    def close(self) -> None:
        """End the application."""
        self._session.stop()


def _carry_out(assignments: Iterator[bytes]) -> Iterator[bytes]:
    """Runs in a Python worker of an executor."""
    from unknot.providers.engines.worker import carry_out

    for assignment in assignments:
        yield carry_out(assignment)
