"""What a run comes to when unknot walks its graph, whatever carries out the attempts: here processes of this machine."""

import os
import signal
import threading
import time
from pathlib import Path

import msgspec
import pytest
from laboratory import CODE, WAIT_S, Lab, by_id, call, flow, op, summing, wait_for

from unknot.providers.engine import (
    RunProgress,
    RunQuery,
    TaskProgress,
)
from unknot.providers.local import LocalEngine
from unknot.providers.runner import claiming, closing, record
from unknot.providers.runner.artifacts import read_artifact
from unknot.stacks.address import Uid
from unknot.stacks.graph import (
    Choice,
    CommandCode,
    Condition,
    Element,
    Gathered,
    LiteralValue,
    Mapped,
    Resources,
    TaskOutput,
)
from unknot.stacks.run import NOT_TAKEN, RunRequest


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    (tmp_path / "flow.py").write_text(CODE)
    return Lab(LocalEngine(), tmp_path, Uid("0123456789abcdef0123"))


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_each_task_runs_in_a_process_of_its_own(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("where", output="builtins:dict", resources=Resources(cpu=2)), call("where", "a", n=1)),
            (op("where", output="builtins:dict", resources=Resources(cpu=2)), call("where", "b", n=2)),
        )
    )

    a, b = (lab.value(task) for task in manifest.tasks)
    assert len({a["pid"], b["pid"], os.getpid()}) == 3
    assert a["cwd"] != b["cwd"]
    assert a["cores"] == "2"


@pytest.mark.slow
@pytest.mark.rule("F1")
def test_failed_warning_check_does_not_keep_outputs_from_being_published(lab: Lab) -> None:
    manifest = lab.run(summing(lab, 9, severity="warning"))

    assert manifest.status == "succeeded"
    assert by_id(manifest)["small"].passed is False
    assert set(manifest.published) == {"doubled"}


@pytest.mark.slow
def test_task_over_its_memory_limit_fails_and_says_so(lab: Lab) -> None:
    hungry = op("hungry", output="builtins:int", resources=Resources(memory="200MiB"))
    manifest = lab.run(flow(lab, (hungry, call("hungry", n=1))))

    [task] = manifest.tasks
    assert task.status == "failed"
    assert "more than its limit of 200MiB" in task.error


@pytest.mark.slow
def test_task_that_crashes_is_recorded_with_what_it_printed(lab: Lab) -> None:
    query = lab.trigger(lab.deploy(flow(lab, (op("crash", output="builtins:int"), call("crash", n=1)))))
    progress = lab.engine.wait(query, WAIT_S)

    assert progress.tasks[0].error == "`the task` was killed by SIGSEGV before it was done"
    assert lab.engine.logs(query)["crash"][0].text == "about to crash"


@pytest.mark.slow
def test_cache_can_be_refused_and_a_named_task_forced(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    refused = lab.run(summing(lab, 2), use_cache=False)
    forced = lab.run(summing(lab, 2), from_task="total")

    assert {task.status for task in refused.tasks} == {"succeeded"}
    statuses = {task.task: task.status for task in forced.tasks}
    assert statuses == {"numbers": "reused", "double": "reused", "total": "succeeded", "small": "succeeded"}


@pytest.mark.slow
def test_changed_code_runs_again_with_what_reads_it_only_if_its_output_changed(lab: Lab) -> None:
    lab.run(summing(lab, 2))
    changed = flow(
        lab,
        (op("numbers", fingerprint="2"), call("numbers", count=2)),
        (op("double"), call("double", values=TaskOutput("numbers"))),
    )
    manifest = lab.run(changed)

    assert {task.task: task.status for task in manifest.tasks} == {"numbers": "succeeded", "double": "reused"}


def test_value_without_a_serializer_names_op_output_type_and_what_to_do(lab: Lab) -> None:
    manifest = lab.run(flow(lab, (op("unknown"), call("unknown", n=1))))

    [task] = manifest.tasks
    assert task.status == "failed"
    for part in (
        "unserialisable artifact",
        "`value`",
        "op `unknown`",
        "TextIOWrapper",
        "register_serializer",
    ):
        assert part in task.error


@pytest.mark.rule("R2")
def test_of_two_claims_at_once_one_wins(lab: Lab) -> None:
    barrier = threading.Barrier(8)
    won: list[str] = []

    def claim(run: str) -> None:
        barrier.wait()
        if claiming.claim(lab.store, lab.uid, "2024-05-01T03:00:00Z", run).verdict == "ours":
            won.append(run)

    threads = [threading.Thread(target=claim, args=(f"run-{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert claiming.claimed_by(lab.store, lab.uid, "2024-05-01T03:00:00Z") == won[0]


@pytest.mark.rule("R1")
def test_manifest_is_sealed_once(lab: Lab) -> None:
    query = lab.trigger(lab.deploy(summing(lab, 2)))
    lab.engine.wait(query, WAIT_S)
    manifest = lab.manifest(query)
    started = record.read_started(lab.store, lab.uid, query.run)

    assert closing.seal(lab.store, started, (), status="lost") == manifest
    assert closing.seal_if_over(lab.store, lab.uid, query.run) == manifest
    assert lab.manifest(query) == manifest


@pytest.mark.slow
def test_list_of_artifacts_is_one_input(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("odd", output="builtins:bool"), call("odd", n=3)),
            (op("rows", output="builtins:int"), call("rows", part=Element(TaskOutput("tables")))),
            (op("tables"), call("tables", count=2)),
            (
                op("gathered"),
                call(
                    "gathered",
                    values=Gathered((LiteralValue(5), LiteralValue(6))),
                    extra=Gathered((TaskOutput("odd"), LiteralValue("x")), "tuple"),
                    both=Gathered((TaskOutput("odd"), TaskOutput("rows")), "dict", ("a", "b")),
                ),
            ),
            published={"both": Gathered((TaskOutput("odd"), LiteralValue(2)))},
        )
    )

    tasks = by_id(manifest)
    assert lab.value(tasks["gathered"]) == [11, (True, "x"), {"a": True, "b": [1, 2]}]
    assert tasks["gathered"].inputs["extra[0]"] == tasks["odd"].outputs["value"].hash
    assert tasks["gathered"].inputs["both[b]"] == tasks["rows"].outputs["value"].hash
    assert read_artifact(manifest.published["both"], lab.store, lab.project) == [True, 2]


@pytest.mark.slow
def test_each_over_an_empty_list_gives_an_empty_list(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("numbers"), call("numbers", count=0)),
            (op("half", output="builtins:int"), call("half", n=Element(TaskOutput("numbers")))),
            (op("gathered"), call("gathered", values=TaskOutput("half"))),
        )
    )

    assert [(task.task, task.status) for task in manifest.tasks] == [
        ("numbers", "succeeded"),
        ("half", "succeeded"),
        ("gathered", "succeeded"),
    ]
    assert lab.value(by_id(manifest)["gathered"])[0] == 0


@pytest.mark.slow
def test_branch_may_differ_from_element_to_element(lab: Lab) -> None:
    numbers, odd, half = (Element(TaskOutput(name)) for name in ("numbers", "odd", "half"))
    mapped = msgspec.structs.replace(call("half", n=numbers), when=(Condition(odd, False),))
    manifest = lab.run(
        flow(
            lab,
            (op("numbers"), call("numbers", count=6)),
            (op("odd", output="builtins:bool"), call("odd", n=numbers)),
            (op("half", output="builtins:int"), mapped),
            (op("gathered"), call("gathered", values=Mapped(Choice(odd, numbers, half)), extra=0)),
        )
    )

    tasks = by_id(manifest)
    assert manifest.status == "succeeded", tasks["half"].error
    assert [tasks[f"half[{n}]"].reason for n in range(6)] == ["", NOT_TAKEN] * 3
    assert lab.value(tasks["gathered"])[0] == 0 + 1 + 1 + 3 + 2 + 5


@pytest.mark.slow
def test_one_element_that_fails_fails_the_gathering_and_the_others_are_done(lab: Lab) -> None:
    manifest = lab.run(
        flow(
            lab,
            (op("numbers"), call("numbers", count=5)),
            (op("half", output="builtins:int"), call("half", n=Element(TaskOutput("numbers")))),
            (op("gathered"), call("gathered", values=TaskOutput("half"))),
        )
    )

    tasks = by_id(manifest)
    assert manifest.status == "failed"
    assert [tasks[f"half[{n}]"].status for n in range(5)] == [*["succeeded"] * 3, "failed", "succeeded"]
    assert tasks["half"].status == "failed"
    assert tasks["half"].error == "1 of 5 elements failed; `half[3]`: ValueError: three"
    assert (tasks["gathered"].status, tasks["gathered"].reason) == ("skipped", "skipped because of half")


@pytest.mark.slow
def test_retry_does_the_failed_element_alone(lab: Lab) -> None:
    marker = lab.project / "marker"
    deployment = flow(
        lab,
        (op("numbers"), call("numbers", count=5)),
        (
            op("mended", output="builtins:int"),
            call("mended", n=Element(TaskOutput("numbers")), marker=str(marker)),
        ),
    )
    first = lab.run(deployment)
    marker.touch()
    second = lab.run(deployment, retry_of="run-1", use_cache=False)

    assert first.status == "failed"
    assert second.status == "succeeded"
    statuses = {task.task: task.status for task in second.tasks}
    assert statuses == {
        "numbers": "reused",
        "mended": "succeeded",
        **{f"mended[{n}]": "succeeded" if n == 3 else "reused" for n in range(5)},
    }
    assert by_id(second)["mended"].reason == "5 elements, 4 reused"


@pytest.mark.slow
def test_run_from_one_element_does_it_and_what_follows(lab: Lab) -> None:
    folder = lab.project / "touched"
    folder.mkdir()
    deployment = flow(
        lab,
        (op("numbers"), call("numbers", count=3)),
        (
            op("touched", output="builtins:int"),
            call("touched", n=Element(TaskOutput("numbers")), folder=str(folder)),
        ),
        (op("gathered"), call("gathered", values=TaskOutput("touched"))),
    )
    lab.run(deployment)
    one = lab.run(deployment, from_task="touched[1]")
    lab.run(deployment, from_task="touched")

    assert by_id(one)["gathered"].status == "succeeded"
    assert by_id(one)["touched[0]"].status == "reused"
    assert {file.name: len(file.read_text()) for file in folder.iterdir()} == {"0": 2, "1": 3, "2": 2}


@pytest.mark.slow
def test_cancelled_run_stops_the_elements_that_run_and_begins_no_other(lab: Lab) -> None:
    signal_file = lab.project / "signal"
    query = lab.trigger(
        lab.deploy(
            flow(
                lab,
                (op("numbers"), call("numbers", count=20)),
                (
                    op("paused", output="builtins:int"),
                    call("paused", n=Element(TaskOutput("numbers")), signal=str(signal_file)),
                ),
                (op("gathered"), call("gathered", values=TaskOutput("paused"))),
            )
        )
    )
    wait_for(signal_file)
    lab.engine.cancel(query)
    lab.engine.wait(query, WAIT_S)

    manifest = lab.manifest(query)
    assert manifest.status == "cancelled"
    statuses = {task.task: task.status for task in manifest.tasks}
    assert len(statuses) == 23
    assert statuses.pop("numbers") == "succeeded"
    assert set(statuses.values()) == {"cancelled"}


@pytest.mark.slow
def test_what_a_condition_or_a_list_must_be_is_said_where_it_is_not(lab: Lab) -> None:
    number = msgspec.structs.replace(call("half", n=4), when=(Condition(TaskOutput("touched"), True),))
    manifest = lab.run(
        flow(
            lab,
            (op("touched", output="builtins:int"), call("touched", n=1, folder=str(lab.project))),
            (op("half", output="builtins:int"), number),
            (op("double"), call("double", values=Element(TaskOutput("touched")))),
        )
    )

    tasks = by_id(manifest)
    assert manifest.status == "failed"
    assert tasks["half"].error.startswith("`when` goes by `True` or `False`, and was given `int`")
    assert tasks["double"].error.startswith("`each` goes over a list, and was given `int`")


@pytest.mark.slow
def test_word_of_a_command_is_repeated_for_each_artifact_of_a_list(lab: Lab) -> None:
    show = op(
        "show",
        output="builtins:str",
        code=CommandCode(("sh", "-c", 'echo "$@"; cat "$@" > {value}', "-", "{parts}")),
        inputs={"parts": "builtins:list"},
    )
    manifest = lab.run(
        flow(
            lab,
            (op("numbers"), call("numbers", "one", count=1)),
            (op("numbers"), call("numbers", "two", count=2)),
            (show, call("show", parts=Gathered((TaskOutput("one"), TaskOutput("two"))))),
        )
    )

    assert manifest.status == "succeeded", manifest.tasks
    assert lab.value(by_id(manifest)["show"]) == "[0][0,1]"


@pytest.mark.slow
@pytest.mark.rule("R1")
def test_run_whose_coordinator_was_killed_is_lost_and_a_new_one_reuses_what_succeeded(lab: Lab) -> None:
    signal_file, gate = lab.project / "signal", lab.project / "gate"
    deployment = lab.deploy(
        flow(
            lab,
            (op("numbers"), call("numbers", count=3)),
            (op("double"), call("double", values=TaskOutput("numbers"))),
            (op("gated", output="builtins:int"), call("gated", signal=str(signal_file), gate=str(gate))),
        )
    )
    coordinator = lab.trigger_elsewhere(RunRequest("killed", deployment))
    query = RunQuery(lab.context, lab.uid, "killed")
    wait_for(signal_file)
    deadline = time.monotonic() + WAIT_S
    while done(lab.engine.status(query)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert lab.engine.status(query).status == "running"
    coordinator.send_signal(signal.SIGKILL)
    coordinator.wait()

    assert lab.engine.status(query).status == "lost"
    while status_of(lab.engine.status(query), "gated") == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert status_of(lab.engine.status(query), "gated") == "lost"  # the task noticed and ended
    gate.touch()
    manifest = lab.run(deployment, retry_of="killed")
    assert {task.task: task.status for task in manifest.tasks} == {
        "numbers": "reused",
        "double": "reused",
        "gated": "succeeded",
    }
    assert closing.seal_unended(lab.store, lab.uid, "killed", "lost").status == "lost"


def done(progress: RunProgress) -> int:
    return sum(task.status == "succeeded" for task in progress.tasks)


def status_of(progress: RunProgress, task: str) -> str:
    found: TaskProgress = next(item for item in progress.tasks if item.task == task)
    return found.status
