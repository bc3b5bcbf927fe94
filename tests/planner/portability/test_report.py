"""What holds a workflow to one cloud or machine is found in its code, its lock and its deployment, with file and line."""

from pathlib import Path

import pytest

from unknot.planner.portability import packages
from unknot.planner.portability.report import planned_portability, portability
from unknot.planner.portability.workload import Workload, workload_of
from unknot.providers.registry import engine
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic, Severity
from unknot.stacks.loading import load
from unknot.stacks.project import find_project
from unknot.stacks.target import Target

FLOWS = """\
import os

import boto3
from helpers import load

from unknot import op, workflow

CACHE = {}


@op
def fetch(count: int) -> int:
    '''Reads s3://documented/only in words.'''
    return load("s3://acme-raw/flights", os.environ["REGION"], os.environ["TOKEN"])


@op
def keep(value: int) -> int:
    global CACHE
    CACHE = {"value": value}
    with open("/data/shared/value.txt", "w") as file:
        file.write(os.getenv("USERNAME", "nobody"))
    return value


def never_called() -> str:
    return "s3://not-reached/at-all"


@workflow(name="train")
def train(count: int = 1) -> int:
    return keep(fetch(count))
"""

HELPERS = """\
def load(url: str, region: str, token: str) -> int:
    return len(f"http://localhost:8080/{url}")
"""

STACK = """\
from flows import train

from unknot import Cron, Secret, Stack, Target

FAR = Target(
    "far",
    engine="dask",
    store="file:.unknot/far",
    cloud="gcp",
    options={"address": "tcp://10.0.0.5:8786", "python": "3.9", "environment": "worker"},
)


def stack() -> Stack:
    s = Stack("test", owner="me@example.org", targets=[FAR])
    s.deploy(
        train.bind(),
        secrets={"TOKEN": Secret.env("TOKEN")},
        schedule=Cron("0 3 * * *"),
    )
    return s
"""


@pytest.fixture
def work(tmp_path: Path) -> Workload:
    for name, text in (("flows.py", FLOWS), ("helpers.py", HELPERS), ("stack.py", STACK)):
        (tmp_path / name).write_text(text)
    loaded = load(find_project(tmp_path))
    assert not loaded.diagnostics.has_errors, list(loaded.diagnostics)
    definition = loaded.definition
    found = workload_of(
        definition.resources[Address("workflow.train")], definition.bundles, definition.targets["far"]
    )
    assert found is not None
    return found


def report(work: Workload, tmp_path: Path) -> list[Diagnostic]:
    return portability(work, engine(work.target.engine), tmp_path / "cache")


def placed(found: list[Diagnostic], text: str) -> list[str]:
    """`file: the line itself` of findings with that in their summary."""
    files = {"flows.py": FLOWS, "helpers.py": HELPERS, "stack.py": STACK}
    lines = []
    for problem in found:
        if text in problem.summary:
            assert problem.source is not None
            name = Path(problem.source.file).name
            lines.append(f"{name}: {files[name].splitlines()[problem.source.line - 1].strip()}")
    return lines


def test_what_names_another_cloud_is_found_where_ops_reach_and_nowhere_else(
    work: Workload, tmp_path: Path
) -> None:
    found = report(work, tmp_path)
    assert placed(found, "is of aws") == [
        'flows.py: return load("s3://acme-raw/flights", os.environ["REGION"], os.environ["TOKEN"])'
    ]
    assert placed(found, "`boto3`") == ["flows.py: import boto3"]


def test_what_is_of_one_machine_is_found(work: Workload, tmp_path: Path) -> None:
    found = report(work, tmp_path)
    assert placed(found, "`/data/shared/value.txt`") == [
        'flows.py: with open("/data/shared/value.txt", "w") as file:'
    ]
    assert placed(found, "http://localhost:8080") == [
        'helpers.py: return len(f"http://localhost:8080/{url}")'
    ]
    assert placed(found, "environment variable `REGION`")
    assert placed(found, "environment variable `USERNAME`")
    assert not placed(found, "environment variable `TOKEN`")  # it is among the secrets
    assert placed(found, "keeps `CACHE` in memory") == ["flows.py: global CACHE"]


def test_deployment_says_what_is_not_there(work: Workload, tmp_path: Path) -> None:
    summaries = {problem.summary: problem.severity for problem in report(work, tmp_path)}
    assert summaries["workers of the target `far` do not see its store `file:.unknot/far`"] is Severity.ERROR
    assert summaries["the secret `TOKEN` is read where the worker is: `env:TOKEN`"] is Severity.WARNING
    assert summaries["its schedule is kept by `unknot serve`: the engine `dask` keeps none"] is Severity.NOTE
    [python] = [text for text in summaries if "Python 3.9" in text]
    assert summaries[python] is Severity.ERROR


def test_every_finding_has_a_place_and_advice_and_errors_come_first(work: Workload, tmp_path: Path) -> None:
    found = report(work, tmp_path)
    assert all(problem.source is not None and problem.detail for problem in found)
    order = [problem.severity for problem in found]
    assert order == sorted(order, key=list(Severity).index)


def test_target_like_the_present_one_has_nothing_against_it(work: Workload, tmp_path: Path) -> None:
    here = Workload(work.address, work.inputs, work.bundle, Target("here", cloud="aws"), work.source)
    assert {problem.severity for problem in report(here, tmp_path)} <= {Severity.NOTE, Severity.WARNING}
    assert placed(report(here, tmp_path), "is of aws") == []
    assert placed(report(here, tmp_path), "/data") == []


def test_plan_of_what_is_new_has_no_notes(tmp_path: Path, work: Workload) -> None:
    definition = load(find_project(tmp_path)).definition
    new = list(planned_portability(definition, {}, engine, tmp_path / "cache"))
    assert {problem.severity for problem in new} == {Severity.WARNING}  # of the laptop: `global`, and URLs


@pytest.mark.parametrize(
    ("tag", "platform"),
    [
        ("manylinux_2_28_x86_64", "x86_64-manylinux_2_28"),
        ("manylinux2014_aarch64", "aarch64-manylinux2014"),
        ("linux_x86_64", "x86_64-unknown-linux-gnu"),
        ("macosx_11_0_arm64", "aarch64-apple-darwin"),
        ("any", ""),
    ],
)
def test_platform_of_a_wheel_in_the_words_of_uv(tag: str, platform: str) -> None:
    assert packages.uv_platform(tag) == platform


@pytest.mark.parts
@pytest.mark.slow
def test_package_without_a_wheel_for_the_platform_is_named_and_asked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = "pyspark==4.0.0\nsix==1.17.0\nnumpy==1.24.4\n"
    found = packages.lacking_wheels(lock, "aarch64-pc-windows-msvc", "3.11", tmp_path)
    assert found == (packages.Lacking(("numpy==1.24.4",), ("pyspark==4.0.0",)), "")
    monkeypatch.setattr(packages, "find_uv", lambda: None)
    assert packages.lacking_wheels(lock, "aarch64-pc-windows-msvc", "3.11", tmp_path) == found
    _, why = packages.lacking_wheels(lock, "aarch64-manylinux_2_28", "3.12", tmp_path)
    assert why.startswith("uv is not installed")


def test_secret_that_another_cloud_keeps_is_told(work: Workload, tmp_path: Path) -> None:
    inputs = {
        **work.inputs,
        "secrets": {"TOKEN": "aws-secret:db", "OTHER": "gcp-secret:projects/p/secrets/s"},
    }
    moved = Workload(work.address, inputs, work.bundle, work.target, work.source)
    found = [
        problem.summary
        for problem in report(moved, tmp_path)
        if problem.summary.startswith("the secret `") and "is kept by" in problem.summary
    ]
    assert found == ["the secret `TOKEN` is kept by `aws`, and the target is on `gcp`"]
