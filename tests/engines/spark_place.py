"""A standalone Spark master with its REST server, and one worker, as somebody would start them by hand."""

import contextlib
import importlib.util
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from engine_places import Place
from servers import PartMissing, Server, free_port

from unknot.providers.registry import engine


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """The engine on a cluster of its own. Raises PartMissing."""
    if importlib.util.find_spec("pyspark") is None:
        raise PartMissing("PySpark is not installed here (`make test-spark` makes an environment with it)")
    if shutil.which("java") is None:
        raise PartMissing("Spark needs Java 17 (Debian: openjdk-17-jre-headless)")
    port, rest = free_port(), free_port()
    with master(port, rest) as head, worker(port):
        options = {"master": f"spark://127.0.0.1:{port}", "rest": f"http://127.0.0.1:{rest}", "cores": 2}
        yield Place(engine("spark"), options, lambda _pid, command: "pyspark.daemon" in command, head)


def master(port: int, rest: int) -> Server:
    """The master, whose page tells of the cluster as JSON."""
    page = free_port()
    flags = (
        f"-Dspark.master.rest.enabled=true -Dspark.master.rest.host=127.0.0.1 -Dspark.master.rest.port={rest}"
    )
    return _server(
        "spark master",
        ("Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(page)),
        page,
        {"SPARK_MASTER_OPTS": flags},
    )


def worker(port: int) -> Server:
    """A worker with room for the driver and two tasks at a time."""
    page = free_port()
    return _server(
        "spark worker",
        (
            *("Worker", f"spark://127.0.0.1:{port}", "--host", "127.0.0.1", "--webui-port", str(page)),
            *("--cores", "8", "--memory", "8g"),
        ),
        page,
        {},
    )


def _server(name: str, command: tuple[str, ...], page: int, variables: dict[str, str]) -> Server:
    folder = Path(tempfile.mkdtemp(prefix="spark-"))
    home = Path(importlib.util.find_spec("pyspark").origin or "").parent  # type: ignore[union-attr]
    role, *arguments = command
    package = "master" if role == "Master" else "worker"
    return Server(
        name,
        (str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{package}.{role}", *arguments),
        folder,
        url=f"http://127.0.0.1:{page}",
        environment={},
        ready=lambda: _answers(f"http://127.0.0.1:{page}/json/"),
        variables={
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_WORKER_DIR": str(folder / "work"),
            "PYSPARK_PYTHON": sys.executable,
            **variables,
        },
        start_s=120.0,
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (OSError, urllib.error.URLError):
        return False
