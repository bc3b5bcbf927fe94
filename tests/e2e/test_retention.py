"""`unknot gc`: what it keeps, that it shows before it deletes, and that everything works afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

FLOWS = """\
from unknot import op, workflow


@op
def numbers(count: int) -> list[int]:
    return list(range(1000, 1000 + count))


@op
def described(values: list[int]) -> str:
    return ", ".join(map(str, values))


@workflow(name="make")
def make(count: int = 4) -> list[int]:
    return numbers(count)


@workflow(name="use")
def use(values: list[int]) -> str:
    return described(values)
"""

STACK = """\
from flows import make, use
from unknot import Environment, Stack


class Env(Environment):
    count: int = 4


def stack(env: Env) -> Stack:
    s = Stack("demo", owner="team@example.org")
    made = s.deploy(make.bind(count=env.count))
    s.deploy(use.bind(values=made.published))
    return s
"""


@pytest.fixture
def store(write: Write, project: Path) -> Path:
    write("flows.py", FLOWS)
    write("stack.py", STACK)
    write("envs/prod.toml", "count = 50\n")
    return project / ".unknot" / "store"


def artifacts(store: Path) -> set[str]:
    return {file.name for file in (store / "artifacts").rglob("*") if file.is_file()}


@pytest.mark.slow
def test_gc_shows_first_deletes_when_told_and_keeps_what_is_published(unknot: Run, store: Path) -> None:
    unknot("apply", "--yes")
    for count in ("5", "6"):
        assert unknot("run", "make", "--param", f"count={count}", "--publish").code == 0
    before = artifacts(store)
    assert "0 objects" in unknot("gc").out  # all are younger than the retention
    shown = unknot("gc", "--older-than", "0h", "--json").document
    assert shown["deleted"] is False
    assert artifacts(store) == before
    told = unknot("gc", "--older-than", "0h")  # without a terminal to ask on, nothing is deleted
    assert (told.code, artifacts(store)) == (0, before)
    assert unknot("gc", "--older-than", "0h", "--yes").code == 0
    gone = before - artifacts(store)
    assert gone == {
        item["key"].rpartition("/")[2] for item in shown["garbage"] if "artifacts/" in item["key"]
    }
    assert len(gone) == 1  # of the count 5: what `use` read last, of the count 4, counts too
    used = unknot("run", "use", "--json")
    assert used.code == 0, used
    again = unknot("run", "make", "--param", "count=5", "--json").document["runs"][0]
    assert [task["status"] for task in again["tasks"]] == [
        "succeeded"
    ]  # its cache entry went with its artifact
    assert "0 objects, 0 bytes" not in unknot("gc", "--older-than", "0h").out


@pytest.mark.slow
def test_gc_of_one_environment_keeps_what_another_one_published(unknot: Run, store: Path) -> None:
    assert unknot("apply", "--yes", "--env", "prod").code == 0
    of_prod = artifacts(store)
    assert unknot("apply", "--yes").code == 0
    assert unknot("gc", "--older-than", "0h", "--yes").code == 0
    assert of_prod <= artifacts(store)
    used = unknot("run", "use", "--env", "prod", "--no-cache", "--json")
    assert used.code == 0, used


@pytest.mark.slow
def test_wrong_age_is_told(unknot: Run, store: Path) -> None:
    unknot("apply", "--yes", "--no-runs")
    answer = unknot("gc", "--older-than", "soon")
    assert (answer.code, "30d" in answer.err) == (1, True)


@pytest.mark.slow
def test_record_that_cannot_be_read_keeps_gc_from_deleting(unknot: Run, store: Path) -> None:
    unknot("apply", "--yes")
    broken = store / "runs" / "someone" / "20240101T000000-abcdef" / "sealed"
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    answer = unknot("gc", "--older-than", "0h", "--yes")
    assert answer.code == 1
    assert "20240101T000000-abcdef/sealed" in answer.err
    assert "unknot failed" not in answer.err
