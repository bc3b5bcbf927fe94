"""What is Dask's own: resources of workers, clusters that unknot starts, and what becomes of runs when parts of one go."""

from collections.abc import Iterator
from pathlib import Path

import dask_place
import psutil
import pytest
from laboratory import CODE, WAIT_S, Lab, by_id, call, flow, op, summing, wait_for, wait_until
from servers import Server

from unknot.providers.dask.cluster import running
from unknot.providers.dask.executor import asked
from unknot.providers.dask.options import DaskOptions
from unknot.providers.engine import Capability
from unknot.providers.registry import engine
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import Resources, TaskOutput
from unknot.stacks.target import Target

UID = Uid("0123456789abcdef0123")


def lab_on(address: str, project: Path) -> Lab:
    (project / "flow.py").write_text(CODE)
    return Lab(engine("dask"), project, UID, {"address": address} if address else {})


@pytest.fixture
def cluster() -> Iterator[tuple[Server, Server]]:
    """Of the test's own, since it ends parts of it."""
    with dask_place.cluster() as parts:
        yield parts


def test_resources_are_asked_for_as_the_workers_name_them() -> None:
    workers = [{"CPU": 4.0, "MEMORY": 8e9, "GPU": 1.0}, {"CPU": 2.0}]

    assert asked(Resources(cpu=2, memory="1GiB"), DaskOptions(), workers) == (
        {"CPU": 2.0, "MEMORY": 2.0**30},
        "",
    )
    assert asked(Resources(cpu=64), DaskOptions(), workers) == ({"CPU": 4.0}, "")
    assert asked(Resources(cpu=2, gpu=1), DaskOptions(), workers) == ({"CPU": 2.0, "GPU": 1.0}, "")
    assert asked(Resources(cpu=2, memory="1GiB"), DaskOptions(), [{}]) == ({}, "")


def test_gpu_that_no_worker_has_is_said_in_place_of_waiting_for_ever() -> None:
    _, lacking = asked(Resources(gpu=2), DaskOptions(), [{"GPU": 1.0}, {}])
    assert lacking.startswith("it asks for 2 GPU, and the worker with most has 1")


def test_option_that_does_not_exist_is_named_with_the_nearest() -> None:
    target = Target("cluster", engine="dask", options={"adress": "tcp://127.0.0.1:8786"})
    with pytest.raises(EngineError, match="an option `adress`") as raised:
        engine("dask").abilities(target)
    assert "`address`" in raised.value.detail


def test_option_of_the_wrong_type_is_named() -> None:
    target = Target("cluster", engine="dask", options={"timeout_s": "soon"})
    with pytest.raises(EngineError) as raised:
        engine("dask").abilities(target)
    assert "timeout_s" in raised.value.detail


def test_cluster_on_another_machine_does_not_see_the_files_of_this_one() -> None:
    there = engine("dask").abilities(Target("t", engine="dask", options={"address": "tcp://10.0.0.5:8786"}))
    here = engine("dask").abilities(Target("t", engine="dask", options={"address": "tcp://127.0.0.1:8786"}))
    assert (there.shares_files, here.shares_files) == (False, True)
    assert Capability.GPU in there.capabilities


def test_scheduler_that_does_not_answer_is_named(tmp_path: Path) -> None:
    lab = lab_on("tcp://127.0.0.1:9", tmp_path)
    lab.options["timeout_s"] = 0.5
    with pytest.raises(EngineError, match="the Dask scheduler of the target `here` does not answer"):
        lab.deploy(summing(lab))


@pytest.mark.parts
@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_whose_worker_is_killed_is_carried_on_by_another(
    cluster: tuple[Server, Server], tmp_path: Path
) -> None:
    scheduler, first = cluster
    lab = lab_on(scheduler.url, tmp_path)
    signal, gate = tmp_path / "signal", tmp_path / "gate"
    deployment = flow(
        lab,
        (op("numbers"), call("numbers", count=3)),
        (op("double"), call("double", values=TaskOutput("numbers"))),
        (op("gated", output="builtins:int"), call("gated", signal=str(signal), gate=str(gate))),
    )
    query = lab.trigger(lab.deploy(deployment))
    wait_for(signal)
    wait_until(lambda: sum(task.status == "succeeded" for task in lab.engine.status(query).tasks) == 2)
    first.kill()
    gate.touch()
    with dask_place.worker(scheduler.url):
        lab.engine.wait(query, WAIT_S)
        tasks = by_id(lab.manifest(query))

    assert lab.manifest(query).status == "succeeded"
    assert tasks["double"].attempts == 1  # done before, and not again
    assert tasks["gated"].attempts == 2


@pytest.mark.parts
@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_cancelled_before_a_worker_was_free_is_closed(tmp_path: Path) -> None:
    with dask_place.cluster(threads=1) as (scheduler, worker):
        lab = lab_on(scheduler.url, tmp_path)
        deployment = lab.deploy(summing(lab))
        worker.kill()
        query = lab.trigger(deployment)
        assert lab.engine.status(query).status == "running"
        lab.engine.cancel(query)

        assert lab.engine.status(query).status == "cancelled"
        assert {task.status for task in lab.manifest(query).tasks} == {"cancelled"}


@pytest.mark.parts
@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_that_was_cancelled_on_the_scheduler_is_lost_and_says_so(
    cluster: tuple[Server, Server], tmp_path: Path
) -> None:
    scheduler, worker = cluster
    lab = lab_on(scheduler.url, tmp_path)
    worker.kill()  # so that it waits
    query = lab.trigger(lab.deploy_unasked(summing(lab)))
    from distributed import Client, Future

    with Client(scheduler.url, set_as_default=False) as client:
        client.cancel([Future(f"unknot-{UID}-{query.run}", client=client)], force=True)
    wait_until(lambda: lab.engine.status(query).status != "running")

    found = lab.engine.status(query)
    assert found.status == "lost"
    assert "does not know the task that drives the run" in found.problem


@pytest.mark.parts
@pytest.mark.slow
def test_cluster_that_unknot_starts_runs_workflows_and_ends_when_it_is_idle(tmp_path: Path) -> None:
    lab = lab_on("", tmp_path)
    lab.options["idle_timeout_s"] = 3.0
    manifest = lab.run(summing(lab, 2))
    assert manifest.status == "succeeded"

    folder = tmp_path / ".unknot" / "dask" / "here"
    mine = [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(folder) in " ".join(process.info["cmdline"] or ())  # none of one that has just ended
    ]
    assert len(mine) == 2
    psutil.wait_procs(mine, timeout=WAIT_S)
    assert running(folder) is None
    assert not any(process.is_running() for process in mine)
    again = lab.run(summing(lab, 2))
    assert {task.status for task in again.tasks} == {"reused"}
    for process in psutil.process_iter(["cmdline"]):
        if str(folder) in " ".join(process.info["cmdline"] or ()):
            process.kill()
