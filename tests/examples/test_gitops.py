"""The scripts of examples/gitops, run as CI runs them, without GitHub."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.stake(25)]

EXAMPLE = Path(__file__).parents[2] / "examples" / "gitops"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the example, as a runner has it."""
    folder = tmp_path / "repository"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".unknot", "__pycache__"))
    return folder


def ci(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script with unknot on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def plan(folder: Path, **environment: str) -> str:
    """Plan; the hash that reviewers see."""
    done = ci(folder, "ci/plan.sh", **environment)
    assert done.returncode == 0, done.stderr
    plan_hash = (folder / "plan.hash").read_text().strip()
    assert plan_hash in (folder / "comment.md").read_text()
    return plan_hash


def test_reviewed_plan_is_applied_after_the_merge(checkout: Path) -> None:
    plan_hash = plan(checkout)
    done = ci(checkout, "ci/apply.sh", "plan.unknot", plan_hash)
    assert done.returncode == 0, done.stderr
    assert (checkout / "site" / "motd.txt").read_text() == "hello\n"


def test_plan_that_was_not_reviewed_is_refused(checkout: Path) -> None:
    plan(checkout)
    done = ci(checkout, "ci/apply.sh", "plan.unknot", "f" * 64)
    assert done.returncode == 1
    assert "not the one that was reviewed" in done.stderr


def test_tree_that_was_merged_differently_is_refused(checkout: Path) -> None:
    plan_hash = plan(checkout)
    stack = checkout / "stack.py"
    stack.write_text(stack.read_text().replace('"hello"', '"another merge"'))
    done = ci(checkout, "ci/apply.sh", "plan.unknot", plan_hash)
    assert done.returncode == 1
    assert "not the one that the plan was made from" in done.stderr
    assert not (checkout / "site").exists()


def test_expired_plan_is_refused(checkout: Path) -> None:
    done = ci(checkout, "unknot", "plan", "--out", "plan.unknot", "--expires", "-1")
    plan_hash = done.stderr.split("hash ")[1].split()[0]
    refused = ci(checkout, "ci/apply.sh", "plan.unknot", plan_hash)
    assert refused.returncode == 1
    assert "expired" in refused.stderr


def test_plan_of_a_fork_touches_nothing_outside(checkout: Path) -> None:
    plan_hash = plan(checkout, FORK="true")
    assert ci(checkout, "ci/apply.sh", "plan.unknot", plan_hash).returncode == 0


def test_workflows_never_use_pull_request_target() -> None:
    for file in (EXAMPLE / ".github" / "workflows").glob("*.yml"):
        lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
        assert not any("pull_request_target" in line for line in lines)
