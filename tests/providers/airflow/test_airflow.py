"""What is Airflow's own: the DAG that people read, schedules and runs that it starts by itself, changes by hand."""

import ast
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine_places import Place
from laboratory import CODE, WAIT_S, Lab, by_id, call, flow, op, summing, wait_for, wait_until
from proxy import Fault, Proxy

from unknot.providers.airflow.api import Api, NotThere
from unknot.providers.airflow.dag import SEAL, dag_file, dag_id, header_of, task_ids
from unknot.providers.airflow.options import AirflowOptions
from unknot.providers.base import ReadItem, ReadRequest
from unknot.providers.engine import Inspected, RunQuery, UndeployRequest
from unknot.providers.local import LocalEngine
from unknot.providers.registry import close_run, engine
from unknot.providers.runner import layout
from unknot.providers.runner.record import read_manifest
from unknot.providers.workflow import WorkflowProvider
from unknot.stacks.address import Address, Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import Element, Resources, TaskOutput
from unknot.stacks.run import Deployment, RunRequest, RunStarted
from unknot.stacks.target import Target

UID = Uid("0123456789abcdef0123")
SINCE = "2026-11-25T00:00:00.000000Z"


@pytest.fixture
def paper(tmp_path: Path) -> Lab:
    """For deployments that are never run."""
    (tmp_path / "flow.py").write_text(CODE)
    return Lab(LocalEngine(), tmp_path, UID)


def written(deployment: Deployment, **options: str) -> str:
    return dag_file(deployment, "file:/store", AirflowOptions(**options), SINCE)  # type: ignore[arg-type]


def test_file_is_python_that_says_who_owns_it_and_where_it_comes_from(paper: Lab) -> None:
    text = written(summing(paper, 2), page="https://unknot.example/flow")
    tree = ast.parse(text)
    compile(tree, "dag.py", "exec")

    assert "Do not edit" in text
    assert "'owner': 'owner@example.com'" in text
    assert "[Back to unknot](https://unknot.example/flow)" in text
    assert "task_id='total'" in text
    assert "A metric: one number." in text


def test_file_of_the_same_deployment_is_the_same_and_an_edit_is_seen(paper: Lab) -> None:
    deployment = summing(paper, 2)
    text = written(deployment)
    assert written(deployment) == text
    header = header_of(text)
    assert header is not None
    assert (header[0].uid, header[1]) == (UID, True)
    edited = header_of(text.replace("retries=0", "retries=5"))
    assert edited is not None
    assert edited[1] is False
    assert header_of("from airflow.sdk import DAG\n") is None


def test_retries_limits_schedule_and_overlap_are_airflows(paper: Lab) -> None:
    resources = Resources(retries=3, retry_delay_s=7.0, timeout_s=60.0)
    deployment = flow(
        paper,
        (op("numbers", resources=resources), call("numbers", count=1)),
        schedule={"cron": "0 3 * * *", "tz": "America/New_York", "catch_up": True, "overlap": "skip"},
    )
    text = written(deployment)
    for part in (
        "retries=3",
        "retry_delay=datetime.timedelta(seconds=7.0)",
        "execution_timeout=datetime.timedelta(seconds=180.0)",
        "CronTriggerTimetable('0 3 * * *', timezone='America/New_York')",
        "catchup=True",
        f"start_date=datetime.datetime.fromisoformat('{SINCE}')",  # and not all times since Airflow was made
        "max_active_runs=1",
    ):
        assert part in text, part


def test_names_of_tasks_are_those_that_people_use_and_never_collide(paper: Lab) -> None:
    spec = op("numbers")
    deployment = flow(
        paper,
        (spec, call("numbers", "numbers/a b", count=1)),
        (spec, call("numbers", "numbers/a_b", count=2)),
        (op("half"), call("half", SEAL, n=1)),
        (op("double"), call("double", values=Element(TaskOutput("numbers/a_b")))),
    )
    names = task_ids(deployment)
    assert len(set(names.values())) == 4
    assert SEAL not in names.values()
    compile(written(deployment), "dag.py", "exec")


def test_options_are_checked() -> None:
    with pytest.raises(EngineError, match="an option `dag_folder`") as raised:
        engine("airflow").abilities(Target("t", engine="airflow", options={"dag_folder": "/dags"}))
    assert "Did you mean `dags_folder`?" in raised.value.detail


def test_airflow_that_does_not_answer_is_named(paper: Lab) -> None:
    (paper.project / "dags").mkdir()
    lab = Lab(engine("airflow"), paper.project, UID, {"url": "http://127.0.0.1:9", "dags_folder": "dags"})
    with pytest.raises(EngineError, match=r"Airflow at http://127\.0\.0\.1:9 does not answer"):
        lab.deploy(summing(lab, 2))


@pytest.mark.rule("R1")
def test_run_that_waits_in_an_airflow_that_does_not_answer_is_not_lost(paper: Lab) -> None:
    """Between two tasks nothing of a run gives a sign of life, so that silence says nothing about it."""
    lab = Lab(engine("airflow"), paper.project, UID, {"url": "http://127.0.0.1:9", "dags_folder": "dags"})
    deployment = lab.deploy_unasked(summing(lab, 2))
    started = RunStarted(RunRequest("run-1", deployment), SINCE, "elsewhere", 0, "flow/unknot__run-1")
    layout.put_struct_once(lab.store, layout.started_key(UID, "run-1"), started)

    found = lab.engine.status(RunQuery(lab.context, UID, "run-1"))
    assert found.status == "running"
    assert "does not answer" in found.problem


def test_folder_that_is_not_there_is_named(paper: Lab) -> None:
    lab = Lab(engine("airflow"), paper.project, UID, {"dags_folder": "/no/such/folder"})
    with pytest.raises(EngineError, match="there is no folder `/no/such/folder`"):
        lab.deploy(summing(lab, 2))


@pytest.mark.environment("airflow")
@pytest.mark.parts
@pytest.mark.slow
class TestOnAirflow:
    @pytest.fixture
    def lab(self, engine_place: Callable[[str], Place], tmp_path: Path) -> Iterator[Lab]:
        import secrets

        (tmp_path / "flow.py").write_text(CODE)
        place = engine_place("airflow")
        lab = Lab(place.engine, tmp_path, Uid(secrets.token_hex(10)), place.options)
        yield lab
        lab.close()

    def api(self, lab: Lab) -> Api:
        return Api(AirflowOptions(**lab.options))

    @pytest.mark.rule("R1")
    @pytest.mark.rule("R2")
    def test_run_that_airflow_starts_by_its_schedule_is_claimed_recorded_and_sealed(self, lab: Lab) -> None:
        """With no process of unknot that triggered it."""
        deployment = summing(
            lab, 2, schedule={"cron": "* * * * *", "tz": "UTC", "catch_up": False, "overlap": "skip"}
        )
        lab.deploy(deployment)
        prefix = f"runs/{lab.uid}/"
        wait_until(lambda: any(key.endswith("/sealed") for key in lab.store.list(prefix)))
        self.api(lab).pause(dag_id(deployment), is_paused=True)

        run = next(key for key in lab.store.list(prefix) if key.endswith("/sealed")).split("/")[2]
        manifest = read_manifest(lab.store, lab.uid, run)
        assert manifest is not None
        assert (manifest.status, manifest.triggered_by, manifest.owner) == (
            "succeeded",
            "schedule",
            "owner@example.com",
        )
        assert manifest.scheduled_time is not None
        assert dt.datetime.fromisoformat(manifest.scheduled_time).second == 0
        assert list(lab.store.list(f"claims/{lab.uid}/"))
        assert list(manifest.published) == ["doubled"]

    def test_file_edited_by_hand_and_dag_paused_by_hand_are_drift(self, lab: Lab) -> None:
        deployment = lab.deploy(summing(lab, 2))
        assert isinstance(lab.engine, Inspected)
        query = RunQuery(lab.context, lab.uid, "")
        assert lab.engine.differences(query) == ()

        [file] = Path(lab.options["dags_folder"]).glob(f"*{lab.uid[:6]}.py")
        file.write_text(file.read_text().replace("retries=0", "retries=9", 1))
        self.api(lab).pause(dag_id(deployment), is_paused=True)
        edited, paused = lab.engine.differences(query)
        assert edited == f"the file `{file}` of the DAG `{dag_id(deployment)}` was edited by hand"
        assert paused == f"the DAG `{dag_id(deployment)}` was paused by hand"

        item = ReadItem(Address("workflow.flow"), "workflow", lab.uid, {})
        read = WorkflowProvider(lab.engine).read_many(ReadRequest(lab.context, (item,)))
        live = read.objects[item.address]
        assert live is not None
        assert live.inputs["fingerprint"] != deployment.fingerprint
        assert [problem.summary for problem in read.diagnostics] == [edited, paused]

        since = header_of(file.read_text())
        lab.deploy(deployment)  # puts both back
        assert lab.engine.differences(query) == ()
        mended = header_of(file.read_text())
        assert since is not None
        assert mended is not None
        assert mended[0].since == since[0].since  # it was first deployed when it was
        file.unlink()
        assert lab.engine.deployed(query) is None

    def test_undeploy_leaves_no_trace_in_airflow(self, lab: Lab) -> None:
        deployment = summing(lab, 2)
        lab.run(deployment)
        lab.engine.undeploy(UndeployRequest(lab.context, lab.uid, lab.uid))

        assert list(Path(lab.options["dags_folder"]).glob(f"*{lab.uid[:6]}*")) == []
        with pytest.raises(NotThere):
            self.api(lab).dag(dag_id(deployment))

    def test_run_whose_trigger_got_no_answer_is_followed_and_not_begun_twice(self, lab: Lab) -> None:
        deployment = lab.deploy(summing(lab, 2))
        with Proxy(str(lab.options["url"])) as proxy:
            lost = Fault("lose", lambda request: request.method == "POST" and "dagRuns" in request.path)
            proxy.faults.append(lost)
            through = Lab(lab.engine, lab.project, lab.uid, {**lab.options, "url": proxy.url})
            query = through.trigger(deployment)
            assert lost.hits == 1
        lab.engine.wait(query, WAIT_S)
        assert lab.manifest(query).status == "succeeded"
        assert len(self.api(lab).runs(dag_id(deployment))) == 1

    def test_run_marked_as_failed_on_airflows_page_is_cancelled_within_one_poll(self, lab: Lab) -> None:
        signal = lab.project / "signal"
        deployment = flow(lab, (op("slow"), call("slow", signal=str(signal))))
        query = lab.trigger(lab.deploy(deployment))
        wait_for(signal)
        self.api(lab).end(dag_id(deployment), f"unknot__{query.run}")

        found = lab.engine.status(query)
        assert (found.status, "marked as failed" in found.problem) == ("cancelled", True)
        close_run(lab.store, lab.uid, query.run, "cancelled", found.problem)
        assert lab.manifest(query).status == "cancelled"

    def test_airflow_keeps_the_retries(self, lab: Lab) -> None:
        resources = Resources(retries=2, retry_delay_s=0.1)
        flaky = op("flaky", output="builtins:int", resources=resources)
        deployment = flow(lab, (flaky, call("flaky", marker=str(lab.project / "marker"))))
        query = lab.trigger(lab.deploy(deployment))
        lab.engine.wait(query, WAIT_S)

        assert by_id(lab.manifest(query))["flaky"].attempts == 3
        found = self.api(lab)._call(
            "GET", f"/dags/{dag_id(deployment)}/dagRuns/unknot__{query.run}/taskInstances/flaky"
        )
        assert found["try_number"] == 3
