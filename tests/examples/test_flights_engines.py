"""The flights example on every engine, by changing one line of its stack: the same outputs, metrics and checks."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from engine_places import Place, engines_here

from unknot.stacks.run import RunManifest

LINE = '"laptop": Target("laptop"),'


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        names = [name for name in engines_here(metafunc.config.getoption("--environment")) if name != "local"]
        marks = (pytest.mark.parts, pytest.mark.slow)
        given = [pytest.param(name, marks=(*marks, pytest.mark.xdist_group(name))) for name in names]
        metafunc.parametrize("name", given)


def apply(folder: Path) -> dict[str, RunManifest]:
    """Apply the small environment; the run of each workflow."""
    done = subprocess.run(
        [sys.executable, "-m", "unknot", "apply", "--env", "small", "--yes"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = {}
    for file in (folder / ".unknot" / "store" / "runs").glob("*/*/sealed"):
        manifest = msgspec.json.decode(file.read_bytes(), type=RunManifest)
        found[str(manifest.address)] = manifest
    return found


def test_outputs_metrics_and_checks_are_those_of_the_laptop(
    name: str, flights: Path, engine_place: Callable[[str], Place]
) -> None:
    place = engine_place(name)
    expected = apply(flights)
    (flights / ".unknot").rename(flights / "on-the-laptop")

    stack = flights / "stack.py"
    # With the worker's own versions, which here are the laptop's: a lock of other versions may train another model.
    options = {**place.options, "environment": "worker"}
    text = stack.read_text()
    assert text.count(LINE) == 1
    stack.write_text(text.replace(LINE, f'"laptop": Target("laptop", engine="{name}", options={options!r}),'))
    found = apply(flights)

    assert found.keys() == expected.keys() == {"workflow.train", "workflow.score"}
    for address, there in found.items():
        here = expected[address]
        assert (there.engine, there.status) == (name, "succeeded")
        assert {k: ref.hash for k, ref in there.published.items()} == {
            k: ref.hash for k, ref in here.published.items()
        }
        assert outcome(there) == outcome(here)


def outcome(manifest: RunManifest) -> list[tuple[object, ...]]:
    """What must be equal byte for byte."""
    return [
        (
            task.task,
            task.status,
            task.metric,
            task.passed,
            sorted(ref.hash for ref in task.outputs.values()),
        )
        for task in manifest.tasks
    ]
