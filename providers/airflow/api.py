"""The few requests of Airflow's REST API v2 that the engine makes (Airflow 3: docs, "Airflow REST API", stable).

Errors of HTTP become EngineErrors that name the request and what Airflow said.
"""

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from unknot.providers.airflow.options import AirflowOptions
from unknot.stacks.errors import EngineError, MissingExtra
from unknot.stacks.secret import Secret

if TYPE_CHECKING:
    import requests

_SAID_CHARACTERS = 500

_TURN_S = 30.0
"""For the scheduler to end the turn that it is in: it beats every five seconds by default."""


class NotThere(EngineError):
    """Airflow has no object of that name."""


class StillRunning(EngineError):
    """Airflow does not do it as long as tasks run."""


class Api:
    """One Airflow. Threads may share it."""

    def __init__(self, options: AirflowOptions) -> None:
        try:
            import requests
        except ImportError:
            raise MissingExtra("requests", extra="airflow", needed_for="the engine `airflow`") from None
        self._requests = requests
        self._options = options
        self._url = options.url.rstrip("/")
        self._lock = threading.Lock()
        self._token = ""

    def dag(self, dag: str) -> dict[str, Any]:
        """Raises NotThere."""
        return self._call("GET", f"/dags/{quote(dag, safe='')}")

    def pause(self, dag: str, *, is_paused: bool) -> None:
        self._call("PATCH", f"/dags/{quote(dag, safe='')}", {"is_paused": is_paused})

    def settle(self, dag: str, timeout_s: float) -> None:
        """Wait until no run of a DAG is under way, pause it, and wait until the scheduler has let go of it.

        Airflow's scheduler ends with an ObjectDeletedError when a run goes that it has in hand (seen with 3.3.2), and
        with it all of Airflow stands still. Runs of a DAG that is paused already never end: they are marked as failed.
        Nothing if there is no such DAG. Raises EngineError if something still runs after `timeout_s`.
        """
        import tenacity

        wait = tenacity.wait_fixed(0.5)
        try:
            if self.dag(dag).get("is_paused"):
                for run in self._under_way(dag):
                    self.end(dag, run)
            patient = tenacity.Retrying(
                retry=tenacity.retry_if_exception_type(StillRunning),
                stop=tenacity.stop_after_delay(timeout_s),
                wait=wait,
                reraise=True,
            )
            patient(self._must_be_quiet, dag)
            self.pause(dag, is_paused=True)
        except NotThere:
            return
        seen = self.heartbeat()
        turn = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda beat: beat == seen),
            stop=tenacity.stop_after_delay(_TURN_S),
            wait=wait,
            retry_error_callback=lambda _state: None,  # a scheduler that is down has nothing in hand
        )
        turn(self.heartbeat)

    def delete_dag(self, dag: str, timeout_s: float) -> None:
        """The DAG with its runs; nothing if there is none. Only when it is settled and its file is gone.

        Airflow's processor of DAG files ends with a StaleDataError when a DAG goes that it is just about to mark as
        stale, its file being gone (seen with 3.3.2). So it is waited for, `timeout_s` at most.
        """
        import tenacity

        noticed = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda found: not found.get("is_stale")),
            stop=tenacity.stop_after_delay(timeout_s),
            wait=tenacity.wait_fixed(0.5),
            retry_error_callback=lambda _state: None,  # a processor that is down is about to do nothing
        )
        try:
            noticed(self.dag, dag)
            self._call("DELETE", f"/dags/{quote(dag, safe='')}")
        except NotThere:
            return

    def heartbeat(self) -> str:
        """The scheduler's last sign of life, as Airflow writes it; it comes once a turn."""
        found = self._call("GET", "/monitor/health").get("scheduler") or {}
        return str(found.get("latest_scheduler_heartbeat"))

    def _must_be_quiet(self, dag: str) -> None:
        """Raises StillRunning while the DAG has a run under way."""
        for run in self._under_way(dag):
            raise StillRunning(
                f"Airflow still runs `{run}` of `{dag}`", detail="Wait for it, or cancel it, then try again."
            )

    def _under_way(self, dag: str) -> list[str]:
        path = f"/dags/{quote(dag, safe='')}/dagRuns?limit=100&state=running&state=queued"
        return [run["dag_run_id"] for run in self._call("GET", path)["dag_runs"]]

    def trigger(self, dag: str, run: str, conf: dict[str, Any]) -> None:
        """Start a run of that name; one that is there stays."""
        body = {"dag_run_id": run, "logical_date": None, "conf": conf}
        self._call("POST", f"/dags/{quote(dag, safe='')}/dagRuns", body, conflict_is_fine=True)

    def run(self, dag: str, run: str) -> dict[str, Any]:
        """Raises NotThere."""
        return self._call("GET", _run_path(dag, run))

    def runs(self, dag: str, limit: int = 100) -> list[dict[str, Any]]:
        """The latest runs, newest first."""
        path = f"/dags/{quote(dag, safe='')}/dagRuns?limit={limit}&order_by=-run_after"
        found: list[dict[str, Any]] = self._call("GET", path)["dag_runs"]
        return found

    def end(self, dag: str, run: str) -> None:
        """Mark a run as failed: Airflow ends its tasks. Nothing if there is none."""
        try:
            self._call("PATCH", _run_path(dag, run), {"state": "failed"})
        except NotThere:
            return

    def import_errors(self, file: str) -> list[str]:
        """What Airflow says against a DAG file of that name."""
        found = self._call("GET", "/importErrors?limit=100")["import_errors"]
        return [
            error["stack_trace"].strip() for error in found if str(error.get("filename", "")).endswith(file)
        ]

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, conflict_is_fine: bool = False
    ) -> dict[str, Any]:
        answer = self._send(method, path, body)
        if answer.status_code == 401:
            with self._lock:
                self._token = ""
            answer = self._send(method, path, body)
        if answer.status_code == 404:
            raise NotThere(f"Airflow has no `{path.partition('?')[0]}`", detail=self._options.url)
        if answer.status_code == 409 and conflict_is_fine:
            return {}
        if not answer.ok:
            kind = StillRunning if answer.status_code == 409 else EngineError
            raise kind(
                f"Airflow refused `{method} {path.partition('?')[0]}` with {answer.status_code}",
                detail=answer.text[:_SAID_CHARACTERS],
            )
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> "requests.Response":
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        return self._request(method, f"{self._url}/api/v2{path}", headers=headers, json=body)

    def _bearer(self) -> str:
        if self._options.token:
            return Secret.parse(self._options.token).resolve()
        with self._lock:
            if not self._token:
                self._token = self._new_token()
            return self._token

    def _new_token(self) -> str:
        """From the auth manager, as "Public API: token" of Airflow's docs says."""
        options = self._options
        if options.username:
            password = Secret.parse(options.password).resolve() if options.password else ""
            answer = self._request(
                "POST", f"{self._url}/auth/token", json={"username": options.username, "password": password}
            )
        else:
            answer = self._request("GET", f"{self._url}/auth/token")
        if not answer.ok:
            raise EngineError(
                f"Airflow at {options.url} gives no token: {answer.status_code}",
                detail="Give the target the options `username` and `password`, or `token`, as references to secrets.",
            )
        token: str = answer.json()["access_token"]
        return token

    def _request(self, method: str, url: str, **given: Any) -> "requests.Response":
        try:
            return self._requests.request(method, url, timeout=self._options.timeout_s, **given)
        except self._requests.RequestException as error:
            raise EngineError(
                f"Airflow at {self._options.url} does not answer",
                detail=f"{type(error).__name__}. Its address is the target's option `url`.",
            ) from error


def _run_path(dag: str, run: str) -> str:
    return f"/dags/{quote(dag, safe='')}/dagRuns/{quote(run, safe='')}"
