"""The REST submission protocol of Spark's standalone master (`org.apache.spark.deploy.rest`, version 1).

The master refuses Python applications in cluster mode (`SparkSubmit.error`, "Cluster deploy mode is currently not
supported for python applications on standalone clusters"); what it is given here is the class SparkSubmit, which then
starts the application in client mode on a worker.
"""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from unknot.providers.spark.options import SparkOptions
from unknot.stacks.errors import EngineError

_SUBMIT = "org.apache.spark.deploy.SparkSubmit"


class Unreachable(EngineError):
    """The master did not answer."""


def submit(options: SparkOptions, version: str, name: str, arguments: list[str], python: str) -> str:
    """The id of the submission. Raises Unreachable, EngineError."""
    given = {
        "spark.executor.memory": options.executor_memory,
        # Attempts have retries of their own, and each is recorded.
        "spark.task.maxFailures": "1",
        **({"spark.cores.max": str(options.cores)} if options.cores else {}),
        **options.settings,
    }
    flags = [word for key, value in given.items() for word in ("--conf", f"{key}={value}")]
    answer = _call(
        options,
        "/v1/submissions/create",
        {
            "action": "CreateSubmissionRequest",
            "appResource": "",
            "mainClass": _SUBMIT,
            "appArgs": ["--master", options.master, "--name", name, *flags, *arguments],
            "clientSparkVersion": version,
            "environmentVariables": {"SPARK_ENV_LOADED": "1", "PYSPARK_PYTHON": python},
            "sparkProperties": {
                "spark.app.name": name,
                "spark.master": options.master,
                "spark.submit.deployMode": "cluster",
                "spark.driver.memory": options.driver_memory,
                "spark.driver.supervise": "false",
            },
        },
    )
    if not answer.get("success"):
        raise EngineError("the Spark master did not take the run", detail=str(answer.get("message", answer)))
    return str(answer["submissionId"])


def status(options: SparkOptions, submission: str) -> tuple[str, str]:
    """The driver's state, empty for one that the master does not know, and what there is to say of it."""
    answer = _call(options, f"/v1/submissions/status/{submission}")
    if not answer.get("success"):
        return "", str(answer.get("message", ""))
    return str(answer.get("driverState", "")), str(answer.get("message", ""))


def kill(options: SparkOptions, submission: str) -> None:
    """End the driver; nothing if it has ended."""
    _call(options, f"/v1/submissions/kill/{submission}", {})


def _call(options: SparkOptions, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    if urlsplit(options.rest).scheme not in ("http", "https"):
        raise EngineError(
            f"`{options.rest}` is no address of a REST server", detail="Write `http://HOST:6066`."
        )
    request = urllib.request.Request(  # noqa: S310 - the scheme is looked at above
        f"{options.rest.rstrip('/')}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json;charset=UTF-8"},
        method="GET" if body is None else "POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=options.timeout_s) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        try:
            return dict(json.load(error))
        except ValueError as problem:
            raise EngineError(f"the Spark master refused `{path}` with {error.code}") from problem
    except (OSError, ValueError) as error:
        raise Unreachable(
            f"the Spark master at {options.rest} does not answer",
            detail=f"{error}. Its REST server (`spark.master.rest.enabled`) is the target's option `rest`.",
        ) from error
