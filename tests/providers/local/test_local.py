"""What is the local engine's own: budgets of the machine, relative stores, containers, processes."""

import threading
from pathlib import Path

import pytest

from unknot.providers.engine import Capability, Engine
from unknot.providers.engines.executor import Cancellation
from unknot.providers.engines.stored import store_url
from unknot.providers.local import LocalEngine
from unknot.providers.local.machine import Machine
from unknot.providers.registry import engine
from unknot.providers.runner import containers
from unknot.providers.runner.limits import memory_bytes, merged, thread_environment
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import Resources


def test_engine_is_found_by_its_name() -> None:
    found: Engine = engine("local")
    assert isinstance(found, LocalEngine)
    assert Capability.MEMORY_LIMIT in found.capabilities
    assert Capability.GPU not in found.capabilities


def test_containers_are_offered_only_with_a_runtime(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    containers.runtime.cache_clear()
    assert Capability.CONTAINERS not in LocalEngine().capabilities
    program = tmp_path / "podman"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    containers.runtime.cache_clear()
    assert Capability.CONTAINERS in LocalEngine().capabilities
    containers.runtime.cache_clear()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("file:.unknot/store", "file:/project/.unknot/store"),
        (".unknot/store", "file:/project/.unknot/store"),
        ("file:/data/store", "file:/data/store"),
        ("file:///data/store", "file:///data/store"),
        ("memory:x", "memory:x"),
        ("s3://bucket/prefix", "s3://bucket/prefix"),
    ],
)
def test_relative_store_is_under_the_project(url: str, expected: str) -> None:
    assert store_url(url, Path("/project")) == expected


def test_machine_lets_no_more_run_than_it_has() -> None:
    machine = Machine(2.0, 1000)
    stopped = Cancellation()
    second_has = threading.Event()

    def second() -> None:
        with machine.share(Resources(cpu=1.5), stopped) as has_share:
            assert has_share
            second_has.set()

    with machine.share(Resources(cpu=1), stopped) as first:
        assert first
        thread = threading.Thread(target=second)
        thread.start()
        with machine.share(Resources(cpu=1), stopped) as third:
            assert third
        assert not second_has.is_set()
    thread.join()
    assert second_has.is_set()


def test_task_that_asks_for_more_than_there_is_runs_alone() -> None:
    with Machine(2.0, 1000).share(Resources(cpu=64, memory="1TiB"), Cancellation()) as has_share:
        assert has_share


def test_stopped_task_gets_no_share() -> None:
    stopped = Cancellation()
    stopped.set()
    with Machine(2.0, 1000).share(Resources(), stopped) as has_share:
        assert not has_share


@pytest.mark.parametrize(
    ("text", "size"), [("512MiB", 512 * 2**20), ("1.5 GB", 1_500_000_000), ("10B", 10), (None, None)]
)
def test_memory_is_read_with_its_unit(text: str | None, size: int | None) -> None:
    assert memory_bytes(Resources(memory=text)) == size


def test_memory_without_a_unit_is_an_error() -> None:
    with pytest.raises(EngineError, match="not an amount"):
        memory_bytes(Resources(memory="lots"))


def test_override_takes_precedence_field_by_field() -> None:
    assert merged(Resources(cpu=1, retries=2), Resources(cpu=4)) == Resources(cpu=4, retries=2)
    assert thread_environment(Resources(cpu=2.5))["OMP_NUM_THREADS"] == "2"
    assert thread_environment(Resources(cpu=0.5))["OMP_NUM_THREADS"] == "1"
