"""What every engine must do: a later one is one more entry of `PLACES` in `tests/engines/places_to_run.py`."""

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from engine_places import Place, engines_here
from laboratory import (
    CODE,
    WAIT_S,
    Lab,
    branching,
    by_id,
    call,
    flow,
    op,
    summing,
    traceback_of,
    wait_for,
    wait_until,
)

from unknot.providers.engine import (
    Capability,
    RunProgress,
    RunQuery,
    UndeployRequest,
)
from unknot.providers.registry import engine
from unknot.providers.runner import claiming, record
from unknot.providers.runner.artifacts import read_artifact
from unknot.providers.runner.environment import python_version
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import (
    CommandCode,
    Element,
    InputSpec,
    ParameterSpec,
    Resources,
    RunTime,
    TaskOutput,
    WorkflowInput,
)
from unknot.stacks.run import NOT_TAKEN, AttemptStarted, RunRequest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "place" in metafunc.fixturenames:
        names = engines_here(metafunc.config.getoption("--environment"))
        marks = [
            () if name == "local" else (pytest.mark.parts, pytest.mark.xdist_group(name)) for name in names
        ]
        given = [pytest.param(name, marks=mark) for name, mark in zip(names, marks, strict=True)]
        metafunc.parametrize("place", given, indirect=True, scope="session")


@pytest.fixture(scope="session")
def place(request: pytest.FixtureRequest, engine_place: Callable[[str], Place]) -> Place:
    return engine_place(request.param)


@pytest.fixture
def lab(place: Place, tmp_path: Path) -> Iterator[Lab]:
    (tmp_path / "flow.py").write_text(CODE)
    # A uid of its own, since a server remembers runs of earlier tests.
    lab = Lab(place.engine, tmp_path, Uid(secrets.token_hex(10)), place.options)
    yield lab
    lab.close()


def test_run_that_succeeds_records_values_metric_check_and_publishes(lab: Lab) -> None:
    seen: list[RunProgress] = []
    manifest = lab.run(summing(lab, 2), progress=seen.append)

    tasks = by_id(manifest)
    assert manifest.status == "succeeded", manifest.tasks
    assert lab.value(tasks["double"]) == [0, 2]
    assert tasks["total"].metric == 2.0
    assert tasks["small"].passed is True
    assert manifest.published == {"doubled": tasks["double"].outputs["value"]}
    assert manifest.owner == "owner@example.com"
    wait_until(lambda: bool(seen) and seen[-1].status == "succeeded")


@pytest.mark.coordination
@pytest.mark.slow
def test_unchanged_task_is_reused_with_the_reason(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    manifest = lab.run(summing(lab, 2))

    assert {task.status for task in manifest.tasks} == {"reused"}
    assert {task.reason for task in manifest.tasks} == {"inputs and code unchanged since run run-1"}
    assert by_id(manifest)["total"].metric == 2.0
    assert by_id(manifest)["small"].passed is True
    assert manifest.published


def test_failing_op_records_error_and_the_users_traceback_and_skips_what_reads_it(lab: Lab) -> None:
    query = lab.trigger(
        lab.deploy(
            flow(
                lab,
                (op("numbers"), call("numbers", count=3)),
                (op("broken"), call("broken", values=TaskOutput("numbers"))),
                (op("double"), call("double", values=TaskOutput("broken"))),
                (op("total", "metric", output="builtins:float"), call("total", values=TaskOutput("numbers"))),
                published={"numbers": TaskOutput("numbers")},
            )
        )
    )
    progress = lab.engine.wait(query, WAIT_S)
    manifest = lab.manifest(query)

    tasks = by_id(manifest)
    assert progress.status == manifest.status == "failed"
    assert tasks["broken"].error == "ValueError: cannot use 3 values"
    assert (tasks["double"].status, tasks["double"].reason) == ("skipped", "skipped because of broken")
    assert tasks["total"].status == "succeeded"  # independent of the failure
    assert manifest.published == {}
    trace = traceback_of(lab, query, "broken")
    assert 'File "flow.py"' in trace
    assert "in inner" in trace
    assert "unknot" not in trace


@pytest.mark.coordination
@pytest.mark.rule("F1")
def test_failed_error_check_keeps_outputs_from_being_published(lab: Lab) -> None:
    manifest = lab.run(summing(lab, 9))

    assert manifest.status == "failed"
    assert by_id(manifest)["small"].passed is False
    assert by_id(manifest)["double"].status == "succeeded"
    assert manifest.published == {}


@pytest.mark.slow
def test_failed_task_is_tried_again_as_often_as_allowed(lab: Lab) -> None:
    resources = Resources(retries=2, retry_delay_s=0.01)
    marker = str(lab.project / "marker")
    manifest = lab.run(
        flow(lab, (op("flaky", output="builtins:int", resources=resources), call("flaky", marker=marker)))
    )

    [task] = manifest.tasks
    assert (task.status, task.attempts) == ("succeeded", 3)
    assert lab.value(task) == 2


@pytest.mark.slow
def test_task_over_its_time_limit_fails_and_says_so(lab: Lab) -> None:
    slow = op("slow", output="builtins:int", resources=Resources(timeout_s=1.0))
    manifest = lab.run(flow(lab, (slow, call("slow", signal=str(lab.project / "signal")))))

    [task] = manifest.tasks
    assert (task.status, task.error) == ("failed", "it took longer than its time limit of 1 s")


@pytest.mark.slow
def test_cancelled_run_stops_its_tasks_and_is_sealed(lab: Lab) -> None:
    signal_file = lab.project / "signal"
    query = lab.trigger(
        lab.deploy(
            flow(
                lab,
                (op("slow"), call("slow", signal=str(signal_file))),
                (op("double"), call("double", values=TaskOutput("slow"))),
            )
        )
    )
    wait_for(signal_file)
    lab.engine.cancel(query)
    progress = lab.engine.wait(query, WAIT_S)

    assert progress.status == "cancelled"
    assert {task.status for task in lab.manifest(query).tasks} == {"cancelled"}


def test_logs_hold_all_that_a_task_and_its_children_wrote(lab: Lab) -> None:
    query = lab.trigger(lab.deploy(flow(lab, (op("noisy", output="builtins:int"), call("noisy", n=1)))))
    lab.engine.wait(query, WAIT_S)

    lines = lab.engine.logs(query)["noisy"]
    assert [line.text for line in lines if line.stream == "stdout"] == ["to stdout", "from C", "from a child"]
    assert [line.text for line in lines if line.stream == "stderr"] == ["to stderr"]


@pytest.mark.slow
def test_logs_can_be_read_while_the_task_runs(lab: Lab) -> None:
    started, gate = lab.project / "started", lab.project / "gate"
    gated = op("gated", output="builtins:int")
    seen: list[RunProgress] = []
    deployment = lab.deploy(flow(lab, (gated, call("gated", signal=str(started), gate=str(gate)))))
    query = lab.trigger(deployment, progress=seen.append)
    wait_for(started)
    wait_until(lambda: any(task.status == "running" for progress in seen for task in progress.tasks))
    wait_until(lambda: bool(lab.engine.logs(query).get("gated")))
    lines = lab.engine.logs(query)["gated"]
    live = [line.text for line in lines]
    gate.touch()
    lab.engine.wait(query, WAIT_S)

    assert live == ["first line"]
    assert [line.text for line in lab.engine.logs(query)["gated"]] == ["first line", "last line"]


@pytest.mark.coordination
@pytest.mark.slow
def test_parameter_is_recorded_and_decides_what_runs_again(lab: Lab) -> None:
    lab.run(summing(lab, 2, parameters=(ParameterSpec("count", "builtins:int", 2),)))
    manifest = lab.run(summing(lab, 3, parameters=(ParameterSpec("count", "builtins:int", 3),)))

    assert manifest.parameters == {"count": 3}
    assert by_id(manifest)["numbers"].inputs == {"count": "3"}
    assert {task.status for task in manifest.tasks} == {"succeeded"}


@pytest.mark.coordination
@pytest.mark.slow
def test_run_time_is_the_scheduled_time_and_part_of_the_inputs(lab: Lab) -> None:
    deployment = flow(lab, (op("when", output="builtins:str"), call("when", at=RunTime())))
    first = lab.run(deployment, scheduled_time="2024-05-01T03:00:00Z")
    second = lab.run(deployment, scheduled_time="2024-05-02T03:00:00Z")

    assert lab.value(first.tasks[0]) == "2024-05-01T03:00:00+00:00"
    assert second.tasks[0].status == "succeeded"


@pytest.mark.rule("S1")
def test_secret_is_in_no_byte_of_the_store(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary-7f3a91'\"\\x"
    monkeypatch.setenv("DB_TOKEN", canary)
    kept = lab.project / "token"
    kept.write_text(canary)
    deployment = flow(
        lab,
        (op("leaky", output="builtins:dict"), call("leaky", n=1)),
        secrets={"TOKEN": f"file:{kept}"},
    )
    query = lab.trigger(lab.deploy(deployment))
    progress = lab.engine.wait(query, WAIT_S)
    kept.unlink()

    assert progress.tasks[0].error == "RuntimeError: bad token ***"
    assert "token is ***" in [line.text for line in lab.engine.logs(query)["leaky"]]
    for file in (lab.project / ".unknot").rglob("*"):
        if file.is_file():
            assert b"canary" not in file.read_bytes(), file


@pytest.mark.rule("S1")
def test_secret_written_into_the_graph_is_refused_at_deploy(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_TOKEN", "canary-7f3a91")
    deployment = flow(
        lab,
        (op("numbers"), call("numbers", count="canary-7f3a91")),
        secrets={"TOKEN": "env:DB_TOKEN"},
    )
    with pytest.raises(EngineError, match="value of one of its secrets") as raised:
        lab.deploy(deployment)
    assert "canary" not in f"{raised.value} {raised.value.detail}"


@pytest.mark.rule("R2")
def test_scheduled_time_that_another_run_claimed_ends_as_superseded(lab: Lab) -> None:
    deployment = lab.deploy(summing(lab, 2))
    at = "2024-05-01T03:00:00Z"
    assert (
        claiming.claim(lab.store, lab.uid, "2024-05-01T05:00:00+02:00", "other").verdict == "ours"
    )  # the same instant
    query = lab.trigger(deployment, scheduled_time=at)
    lab.engine.wait(query, WAIT_S)
    manifest = lab.manifest(query)

    assert manifest.status == "superseded"
    assert {task.reason for task in manifest.tasks} == {"run other has this scheduled time"}
    assert manifest.published == {}


@pytest.mark.coordination
@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_that_ended_is_seen_equal_by_another_engine_object(lab: Lab) -> None:
    query = lab.trigger(lab.deploy(summing(lab, 2)))
    mine = lab.engine.wait(query, WAIT_S)
    other = type(lab.engine)()

    assert other.status(query).status == mine.status
    assert [(task.task, task.status, task.metric) for task in other.status(query).tasks] == [
        (task.task, task.status, task.metric) for task in mine.tasks
    ]
    assert other.logs(query) == lab.engine.logs(query)


@pytest.mark.coordination
@pytest.mark.slow
def test_deploying_again_changes_nothing_and_undeploying_leaves_runs(lab: Lab) -> None:
    deployment = lab.deploy(summing(lab, 2))
    lab.deploy(deployment)
    query = RunQuery(lab.context, lab.uid, "")
    assert lab.engine.deployed(query) == deployment
    assert len(list(lab.store.list("deployments/"))) == 1

    renamed = msgspec.structs.replace(deployment, owner="other@example.com")
    lab.deploy(renamed)
    assert lab.engine.deployed(query) == renamed

    lab.run(renamed)
    lab.engine.undeploy(UndeployRequest(lab.context, lab.uid, lab.uid))
    lab.engine.undeploy(UndeployRequest(lab.context, lab.uid, lab.uid))
    assert lab.engine.deployed(query) is None
    assert list(lab.store.list("bundles/")) == []
    assert record.read_manifest(lab.store, lab.uid, "run-1") is not None


@pytest.mark.slow
def test_command_op_reads_and_writes_files(lab: Lab) -> None:
    (lab.project / "flow.py").write_text(
        CODE + "\nif __name__ == '__main__':\n"
        "    import json\n"
        "    values = json.load(open(sys.argv[1]))\n"
        "    json.dump([v + int(sys.argv[3]) for v in values], open(sys.argv[2], 'w'))\n"
        "    print('added')\n"
    )
    add = op("add", code=CommandCode(("python", "flow.py", "{values}", "{value}", "{by}"), ("flow.py",)))
    query = lab.trigger(
        lab.deploy(
            flow(
                lab,
                (op("numbers"), call("numbers", count=3)),
                (add, call("add", values=TaskOutput("numbers"), by=10)),
            )
        )
    )
    lab.engine.wait(query, WAIT_S)

    assert lab.value(by_id(lab.manifest(query))["add"]) == [10, 11, 12]
    assert [line.text for line in lab.engine.logs(query)["add"]] == ["added"]


@pytest.mark.coordination
@pytest.mark.slow
def test_workflow_input_follows_what_another_workflow_published(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    publisher, lab.uid = lab.uid, Uid("fedcba98765432100000")
    reader = flow(
        lab,
        (op("double"), call("double", values=WorkflowInput("numbers"))),
        inputs_wanted=(InputSpec("numbers", "builtins:list"),),
        published_inputs={"numbers": (publisher, "doubled")},
    )
    manifest = lab.run(reader)

    assert lab.value(manifest.tasks[0]) == [0, 4]
    assert manifest.inputs["numbers"].run == "run-1"


@pytest.mark.slow
def test_fan_out_of_fifty_tasks(lab: Lab) -> None:
    spec = op("numbers")
    manifest = lab.run(flow(lab, *((spec, call("numbers", f"n{n}", count=n)) for n in range(50))))

    assert manifest.status == "succeeded"
    assert [len(lab.value(task)) for task in manifest.tasks] == list(range(50))


@pytest.mark.slow
def test_fan_out_over_fifty_elements_known_only_when_it_runs_and_fan_in(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("tables"), call("tables", count=50)),
            (op("rows", output="builtins:int"), call("rows", part=Element(TaskOutput("tables")), more=1)),
            (op("gathered"), call("gathered", values=TaskOutput("rows"))),
            published={"rows": TaskOutput("rows")},
        )
    )

    tasks = by_id(manifest)
    assert manifest.status == "succeeded", tasks["rows"].error
    assert [lab.value(tasks[f"rows[{n}]"]) for n in range(50)] == list(range(2, 52))
    assert lab.value(tasks["rows"]) == list(range(2, 52))
    assert lab.value(tasks["gathered"])[0] == sum(range(2, 52))
    assert lab.value(tasks["tables"])[3].num_rows == 4
    parts = tasks["tables"].outputs["value"].items
    assert [tasks[f"rows[{n}]"].inputs["part"] for n in range(50)] == [part.hash for part in parts]
    assert [task.task for task in manifest.tasks][1:4] == ["rows", "rows[0]", "rows[1]"]
    assert manifest.published["rows"] == tasks["rows"].outputs["value"]


@pytest.mark.coordination
@pytest.mark.slow
def test_branch_that_is_not_taken_is_skipped_and_the_run_succeeds(lab: Lab) -> None:
    odd, even = lab.run(branching(lab, 1)), lab.run(branching(lab, 2))

    for manifest, done, skipped, value in ((odd, "half", "numbers", 4), (even, "numbers", "half", [0, 1, 2])):
        tasks = by_id(manifest)
        assert manifest.status == "succeeded"
        assert tasks[done].status == "succeeded"
        assert (tasks[skipped].status, tasks[skipped].reason) == ("skipped", NOT_TAKEN)
        assert lab.value(tasks["gathered"])[1] == value
    assert odd.published["chosen"] == by_id(odd)["half"].outputs["value"]
    assert read_artifact(even.published["chosen"], lab.store, lab.project) == "none"


@pytest.mark.slow
def test_large_artifact(lab: Lab) -> None:
    rows = 20_000_000
    manifest = lab.run(
        flow(
            lab,
            (op("big", output="numpy:ndarray"), call("big", rows=rows)),
            (op("length", output="builtins:int"), call("length", values=TaskOutput("big"))),
        )
    )

    tasks = by_id(manifest)
    assert tasks["big"].outputs["value"].size_bytes > 8 * rows
    assert lab.value(tasks["length"]) == rows


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_each_op_runs_in_a_worker_of_the_engine(lab: Lab, place: Place) -> None:
    """And not in a process of unknot's, unless the engine is this machine."""
    manifest = lab.run(
        flow(lab, *((op("ancestry"), call("ancestry", name, n=n)) for n, name in enumerate(("a", "b"))))
    )

    for task in manifest.tasks:
        ancestors = lab.value(task)
        worker = next((n for n, found in enumerate(ancestors) if place.is_worker(*found)), None)
        assert worker is not None, f"{task.task} ran in none of the engine's workers: {ancestors}"
        assert os.getpid() not in [pid for pid, _ in ancestors[:worker]]


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_record_of_a_run_is_whole_and_of_one_shape_whatever_the_engine(lab: Lab, tmp_path: Path) -> None:
    manifest = lab.run(summing(lab, 2))
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "flow.py").write_text(CODE)
    here = Lab(engine("local"), folder, lab.uid)
    expected = here.run(summing(here, 2))

    assert shape(manifest) == shape(expected)
    assert manifest.engine == lab.engine.name
    started = record.read_started(lab.store, lab.uid, manifest.run)
    assert started.engine_run
    for task in manifest.tasks:
        first = lab.attempt(manifest.run, task.task)[0]
        assert isinstance(first, AttemptStarted)
        assert first.python == python_version()
        assert "msgspec" in first.versions


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_goes_on_and_is_closed_when_the_process_that_triggered_it_is_killed(lab: Lab) -> None:
    if Capability.DETACHED not in lab.engine.capabilities:
        pytest.skip(f"runs of the engine `{lab.engine.name}` end with the process that triggered them")
    signal_file, gate = lab.project / "signal", lab.project / "gate"
    deployment = lab.deploy(
        flow(
            lab,
            (op("gated", output="builtins:int"), call("gated", signal=str(signal_file), gate=str(gate))),
            (op("half", output="builtins:int"), call("half", n=TaskOutput("gated"))),
            published={"half": TaskOutput("half")},
        )
    )
    elsewhere = lab.trigger_elsewhere(RunRequest("orphan", deployment))
    wait_for(signal_file)
    elsewhere.kill()
    elsewhere.wait()
    query = RunQuery(lab.context, lab.uid, "orphan")
    assert lab.engine.status(query).status == "running"
    gate.touch()
    lab.engine.wait(query, WAIT_S)

    manifest = lab.manifest(query)
    assert manifest.status == "succeeded"
    assert list(manifest.published) == ["half"]


def shape(value: object, name: str = "") -> object:
    """What must be the same on every engine: all but times, places and names of the engine's own."""
    if isinstance(value, msgspec.Struct):
        return {field: shape(getattr(value, field), field) for field in value.__struct_fields__}
    if name in ("started_at", "ended_at", "host", "target", "engine", "store", "versions"):
        return bool(value)
    if isinstance(value, dict):
        return {key: shape(item, key) for key, item in value.items()}
    if isinstance(value, tuple):
        return [shape(item) for item in value]
    return value
