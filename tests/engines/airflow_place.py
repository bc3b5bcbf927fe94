"""Airflow as few processes as it needs: API server, scheduler with its local executor, processor of DAG files."""

import contextlib
import importlib.util
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
    """The engine on an Airflow of its own. Raises PartMissing."""
    if importlib.util.find_spec("airflow") is None:
        raise PartMissing("Airflow is not installed here (`make test-airflow` makes an environment with it)")
    with airflow() as server:
        options = {
            "url": server.url,
            "dags_folder": str(server.folder / "dags"),
            "deploy_timeout_s": 120.0,
            "timeout_s": 30.0,
        }
        yield Place(engine("airflow"), options, lambda _pid, command: "airflow" in command, server)


def airflow() -> Server:
    """All of it as one group of processes."""
    folder = Path(tempfile.mkdtemp(prefix="airflow-"))
    (folder / "dags").mkdir()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    program = str(Path(sys.executable).parent / "airflow")
    script = (
        # If one of them ends, all do: a test then says that Airflow is gone, and not that something takes long.
        f"{program} db migrate && ({program} scheduler & {program} dag-processor & {program} api-server & wait -n; kill 0)"
    )
    return Server(
        "airflow",
        ("bash", "-c", script),
        folder,
        url=url,
        environment={},
        ready=lambda: _is_ready(url),
        variables={
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "16",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__BASE_URL": url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of this test alone, long enough",
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "1",
            "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
            # A file that is new or was written is read at once: reading all others again and again takes a core.
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
            "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        },
        start_s=240.0,
    )


def _is_ready(url: str) -> bool:
    """Whether the API answers, and the scheduler and the processor of files have said that they are there."""
    try:
        with urllib.request.urlopen(f"{url}/api/v2/monitor/health", timeout=5) as answer:
            import json

            health = json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return False
    return all(health.get(part, {}).get("status") == "healthy" for part in ("scheduler", "dag_processor"))
