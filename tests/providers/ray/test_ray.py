"""What is Ray's own: what tasks ask for, what becomes of runs when parts of a cluster go, the head that unknot starts."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from engine_places import Place, Places
from laboratory import CODE, WAIT_S, Lab, call, flow, op, summing, wait_for, wait_until
from servers import Server

from unknot.providers.engine import RunQuery
from unknot.providers.engines.stored import opened
from unknot.providers.ray.executor import asked
from unknot.providers.ray.head import running
from unknot.providers.ray.options import RayOptions
from unknot.providers.registry import close_run, engine
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import Resources
from unknot.stacks.run import RunStarted
from unknot.stacks.target import Target

UID = Uid("0123456789abcdef0123")
NODES = [{"CPU": 4.0, "memory": 8e9, "GPU": 1.0}, {"CPU": 2.0, "memory": 4e9}]

on_ray = [pytest.mark.environment("ray"), pytest.mark.parts, pytest.mark.slow]


def lab_on(address: str, project: Path) -> Lab:
    (project / "flow.py").write_text(CODE)
    return Lab(engine("ray"), project, UID, {"address": address} if address else {})


@pytest.fixture
def head(engine_place: Callable[[str], Place]) -> Server:
    server = engine_place("ray").server
    assert server is not None
    return server


def test_resources_become_options_of_ray_tasks() -> None:
    options = RayOptions(resources={"tpu": 1.0})
    wanted, lacking = asked(Resources(cpu=2, memory="1GiB", gpu=1), options, [{**NODES[0], "tpu": 2.0}])
    assert (wanted, lacking) == (
        {"num_cpus": 2, "memory": 2**30, "num_gpus": 1, "resources": {"tpu": 1.0}},
        "",
    )


def test_task_that_asks_for_more_than_the_largest_node_gets_all_of_it_unless_the_cluster_grows() -> None:
    assert asked(Resources(cpu=64), RayOptions(), NODES)[0]["num_cpus"] == 4.0
    assert asked(Resources(cpu=64), RayOptions(autoscales=True), NODES)[0]["num_cpus"] == 64


def test_what_no_node_has_is_said_in_place_of_waiting_for_ever() -> None:
    _, lacking = asked(Resources(gpu=2), RayOptions(), NODES)
    assert lacking == "it asks for 2 GPU, and the node with most has 1"
    _, lacking = asked(Resources(), RayOptions(resources={"tpu": 1.0}), NODES)
    assert lacking == "it asks for 1 of Ray's resource `tpu`, and the node with most has 0"


def test_option_that_does_not_exist_is_named_with_the_nearest() -> None:
    with pytest.raises(EngineError, match="an option `adress`") as raised:
        engine("ray").abilities(Target("t", engine="ray", options={"adress": "http://127.0.0.1:8265"}))
    assert "Did you mean `address`?" in raised.value.detail


@pytest.mark.environment("ray")
@pytest.mark.parts
def test_cluster_that_does_not_answer_is_named(tmp_path: Path) -> None:
    lab = lab_on("http://127.0.0.1:9", tmp_path)
    deployment = lab.deploy(summing(lab))
    with pytest.raises(EngineError, match="the Ray cluster of the target `here` does not answer"):
        lab.trigger(deployment)
    # The run that could not be begun is closed, and not left open for ever.
    assert lab.engine.status(RunQuery(lab.context, UID, "run-1")).status == "lost"


class TestOnRay:
    pytestmark = on_ray

    def test_run_stopped_on_rays_own_page_is_cancelled(self, head: Server, tmp_path: Path) -> None:
        from ray.job_submission import JobSubmissionClient

        lab = lab_on(head.url, tmp_path)
        signal = tmp_path / "signal"
        query = lab.trigger(lab.deploy(flow(lab, (op("slow"), call("slow", signal=str(signal))))), run="page")
        wait_for(signal)
        JobSubmissionClient(head.url).stop_job(f"unknot-{UID}-page")
        wait_until(lambda: lab.engine.status(query).status != "running")

        assert lab.engine.status(query).status == "cancelled"
        close_run(lab.store, UID, "page", "cancelled", "")
        assert lab.manifest(query).status == "cancelled"

    def test_run_that_is_submitted_twice_is_begun_once(self, head: Server, tmp_path: Path) -> None:
        from ray.job_submission import JobSubmissionClient

        lab = lab_on(head.url, tmp_path)
        deployment = lab.deploy(summing(lab, 2))
        query = lab.trigger(deployment, run="twice")
        with opened(lab.context) as store:
            started = store.get(f"runs/{UID}/twice/started")
            assert started is not None
            import msgspec

            engine_ray = engine("ray")
            engine_ray.submit(lab.context, msgspec.json.decode(started, type=RunStarted), store)  # type: ignore[attr-defined]
        lab.engine.wait(query, WAIT_S)

        jobs = [
            job
            for job in JobSubmissionClient(head.url).list_jobs()
            if job.submission_id == f"unknot-{UID}-twice"
        ]
        assert len(jobs) == 1
        assert {task.attempts for task in lab.manifest(query).tasks} == {1}

    def test_head_that_went_away_is_said_within_one_poll(
        self, head: Server, places: Places, tmp_path: Path
    ) -> None:
        lab = lab_on(head.url, tmp_path)
        signal = tmp_path / "signal"
        query = lab.trigger(lab.deploy(flow(lab, (op("slow"), call("slow", signal=str(signal))))))
        wait_for(signal)
        head.kill()
        places.discard("ray")

        found = lab.engine.status(query)
        assert "does not answer" in found.problem

    def test_head_that_unknot_starts_runs_workflows_and_ends_when_it_is_idle(self, tmp_path: Path) -> None:
        lab = lab_on("", tmp_path)
        lab.options["idle_timeout_s"] = 5.0
        assert lab.run(summing(lab, 2)).status == "succeeded"

        folder = tmp_path / ".unknot" / "ray" / "here"
        [watcher] = [
            process
            for process in psutil.process_iter(["cmdline"])
            if str(folder) in (process.info["cmdline"] or ())
        ]
        below = watcher.children(recursive=True)
        assert below
        _, alive = psutil.wait_procs([watcher, *below], timeout=WAIT_S)
        assert alive == []
        assert running(folder) is None
