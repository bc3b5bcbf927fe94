"""Environments that are made for tasks whose requirements the worker does not have, by the real uv from the registry."""

import hashlib
import sys
import threading
from pathlib import Path

import pytest
from laboratory import CODE, Lab, by_id, call, flow, op

from unknot.providers.local import LocalEngine
from unknot.providers.runner import environments
from unknot.stacks.address import Uid
from unknot.stacks.errors import EngineError

pytestmark = [pytest.mark.parts, pytest.mark.slow]

FIRST, SECOND = "six==1.16.0\n", "six==1.17.0\n"


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    (tmp_path / "flow.py").write_text(CODE)
    return Lab(LocalEngine(), tmp_path, Uid("0123456789abcdef0123"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("environments")


def test_ops_of_one_workflow_run_with_requirements_of_their_own(lab: Lab) -> None:
    asks = op("version_of", output="builtins:str")
    one = op("one", output="builtins:str", code=asks.code, requirements=("six==1.16.0",), lock=hash_of(FIRST))
    two = op(
        "two", output="builtins:str", code=asks.code, requirements=("six==1.17.0",), lock=hash_of(SECOND)
    )
    deployment = flow(
        lab,
        (one, call("one", name="six")),
        (two, call("two", name="six")),
        (asks, call("version_of", name="msgspec")),
        op_locks=(FIRST, SECOND),
    )
    tasks = by_id(lab.run(deployment))

    assert lab.value(tasks["one"]) == "1.16.0"
    assert lab.value(tasks["two"]) == "1.17.0"
    folder = lab.project / ".unknot" / "scratch" / "environments"
    assert len([made for made in folder.iterdir() if (made / ".complete").exists()]) <= 2

    before = {made: (made / ".complete").stat().st_mtime_ns for made in folder.iterdir() if made.is_dir()}
    again = lab.run(deployment, use_cache=False)
    assert again.status == "succeeded"
    assert before == {
        made: (made / ".complete").stat().st_mtime_ns for made in folder.iterdir() if made.is_dir()
    }


def test_target_that_asks_for_the_lock_runs_all_with_it(lab: Lab) -> None:
    lab.options["environment"] = "locked"
    [task] = lab.run(
        flow(lab, (op("version_of", output="builtins:str"), call("version_of", name="six")), lock_text=FIRST)
    ).tasks

    assert task.status == "succeeded", task.error
    assert lab.value(task) == "1.16.0"


def test_environment_is_made_once_however_many_ask_for_it_at_once(folder: Path) -> None:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    made: list[Path] = []
    threads = [
        threading.Thread(target=lambda: made.append(environments.environment(SECOND, python, folder)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(made)) == 1
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [made[0].name]


def test_environment_that_was_left_unfinished_is_made_again(folder: Path) -> None:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    made = environments.environment(SECOND, python, folder)
    (made / ".complete").unlink()
    (made / "bin" / "python").unlink()

    assert environments.environment(SECOND, python, folder) == made
    assert (made / "bin" / "python").exists()


def test_what_cannot_be_installed_fails_the_task_with_what_uv_says(lab: Lab) -> None:
    lock = "no-such-distribution-of-anybody==1.0\n"
    lost = op(
        "lost",
        output="builtins:str",
        code=op("version_of").code,
        requirements=(lock.strip(),),
        lock=hash_of(lock),
    )
    manifest = lab.run(flow(lab, (lost, call("lost", name="six")), op_locks=(lock,)))

    [task] = manifest.tasks
    assert (manifest.status, task.status, task.attempts) == ("failed", "failed", 1)
    assert "the environment of a task cannot be made with uv" in task.error
    assert "no-such-distribution-of-anybody" in task.error


def test_worker_with_all_that_is_locked_uses_its_own_interpreter() -> None:
    from importlib.metadata import version

    assert environments.missing(f"msgspec=={version('msgspec')}\nPyArrow=={version('pyarrow')}\n") == []
    assert environments.missing("msgspec==0.0.1\n") == ["msgspec==0.0.1"]


def test_option_that_is_neither_is_refused() -> None:
    from unknot.providers.engines.options import is_locked
    from unknot.stacks.target import Target

    with pytest.raises(EngineError, match="the option `environment` of the target `t` is `mine`"):
        is_locked(Target("t", options={"environment": "mine"}))
