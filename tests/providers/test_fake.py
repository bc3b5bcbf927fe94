"""The fake: rules, gates, a log, and a world that outlives the process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from unknot.providers.base import CreateRequest, CreateResponse, ReadItem, ReadRequest
from unknot.providers.fake import Blind, FakeProvider, Gate, Marked, Tokened, Unique, World
from unknot.stacks.errors import ProviderError


@pytest.fixture
def fake() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def job(asking: Callable[[str], Any]) -> Any:
    return asking("fake.job.train")


@pytest.fixture
def data(asking: Callable[[str], Any]) -> Any:
    return asking("fake.bucket.data")


def test_rule_concerns_only_the_named_resource(fake: FakeProvider, job: Any, data: Any) -> None:
    fake.on_create("train", raises=ProviderError("quota"))
    fake.create(data.create())
    with pytest.raises(ProviderError, match="quota"):
        fake.create(job.create(token="t2"))
    assert [each.address for each in fake.world.objects()] == ["fake.bucket.data"]
    assert fake.log[-1].what == "failed"


def test_rule_for_some_calls_ends(fake: FakeProvider, job: Any) -> None:
    fake.on_create("train", raises=ProviderError("slow down", retryable=True), times=2)
    for _ in range(2):
        with pytest.raises(ProviderError):
            fake.create(job.create())
    fake.create(job.create())
    assert fake.count("create", "train") == 3
    assert fake.world.count("create") == 1


def test_lost_response_leaves_the_object_to_be_found(fake: FakeProvider, job: Any) -> None:
    fake.on_create("train", raises=ProviderError("connection reset"), after=True)
    with pytest.raises(ProviderError):
        fake.create(job.create())
    found = fake.find(job.find()).object
    assert found is not None
    assert found.mark == job.mark


def test_gate_holds_a_call_in_flight(fake: FakeProvider, job: Any, data: Any) -> None:
    gate = fake.on_create("train", gate=Gate())
    with ThreadPoolExecutor(2) as pool:
        held = pool.submit(fake.create, job.create())
        gate.wait_reached()
        fake.create(data.create(token="t2"))
        assert not held.done()
        assert [each.address for each in fake.world.objects()] == ["fake.bucket.data"]
        gate.open()
        held.result()
    assert [(s.address, s.what) for s in fake.log if s.what == "ended"] == [
        ("fake.bucket.data", "ended"),
        ("fake.job.train", "ended"),
    ]


def test_assigned_function_replaces_the_verb(fake: FakeProvider, job: Any) -> None:
    def create(request: CreateRequest) -> CreateResponse:
        return CreateResponse(f"mine-{request.address}")

    fake.on_create = create
    assert fake.create(job.create()).id == "mine-fake.job.train"
    fake.reset()
    assert fake.create(job.create()).id == "job-1"


def test_throttling_refuses_every_nth_call_as_retryable(fake: FakeProvider, job: Any) -> None:
    fake.throttle_every = 2
    fake.create(job.create())
    with pytest.raises(ProviderError) as caught:
        fake.create(job.create())
    assert caught.value.retryable


def test_failed_read_is_a_diagnostic_and_hides_no_other(fake: FakeProvider, job: Any, data: Any) -> None:
    made = fake.create(data.create())
    fake.on_read("train", raises=ProviderError("denied"))
    items = (ReadItem(job.address, job.type, "job-9", {}), ReadItem(data.address, data.type, made.id, {}))
    response = fake.read_many(ReadRequest(job.context, items))
    assert response.objects.keys() == {data.address}
    assert [d.summary for d in response.diagnostics] == ["denied"]
    assert response.calls == 1


def test_each_way_of_settling_a_crash_has_its_type() -> None:
    ways = [model.type_info.resolve_by for model in (Tokened, Marked, Unique, Blind)]
    assert ways == ["token", "mark", "unique-name-with-proof", "none"]


def test_blind_objects_are_made_again_and_cannot_be_found(
    fake: FakeProvider, asking: Callable[[str], Any]
) -> None:
    blind = asking("fake.blind.b")
    assert fake.create(blind.create()) != fake.create(blind.create())
    with pytest.raises(ProviderError):
        fake.find(blind.find())


def test_write_only_input_is_not_kept(
    tmp_path: Path, fake: FakeProvider, asking: Callable[[str], Any]
) -> None:
    os.environ["UNKNOT_FAKE_WORLD"] = str(tmp_path / "world.jsonl")
    try:
        fake.create(asking("fake.thing.a").create(key="canary", value=1))
    finally:
        del os.environ["UNKNOT_FAKE_WORLD"]
    assert b"canary" not in (tmp_path / "world.jsonl").read_bytes()


def test_world_in_a_file_is_one_for_all_processes(tmp_path: Path) -> None:
    file = tmp_path / "world.jsonl"
    one, two = World(file), World(file)
    one.put("fake.bucket", "a", size=1)
    two.edit("a", size=2)
    assert [each.inputs for each in one.objects()] == [{"size": 2}]
    assert two.remove("a")
    assert not one.remove("a")
    assert one.objects() == ()


def test_half_a_line_of_a_killed_writer_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "world.jsonl"
    World(file).put("fake.bucket", "a")
    with file.open("ab") as torn:
        torn.write(b'{"verb":"create","obj')
    world = World(file)
    world.put("fake.bucket", "b")
    assert [each.id for each in World(file).objects()] == ["a", "b"]


KILLED = """
import sys
from pathlib import Path
from unknot.providers.base import Context, CreateRequest, Mark
from unknot.providers.fake import FakeProvider
from unknot.stacks.target import LAPTOP
context = Context(Path(), "line", LAPTOP)
FakeProvider().create(CreateRequest(context, "fake.job.train", "fake.job", {}, "t", Mark("line", "u"), 1, 20.0))
print("done")
"""


@pytest.mark.parametrize(
    ("step", "made", "status"), [(1, 0, -signal.SIGKILL), (2, 1, -signal.SIGKILL), (3, 1, 0)]
)
def test_process_kills_itself_at_the_step_it_is_told(
    tmp_path: Path, step: int, made: int, status: int
) -> None:
    world = tmp_path / "world.jsonl"
    environment = {**os.environ, "UNKNOT_FAKE_WORLD": str(world), "UNKNOT_FAKE_KILL": str(step)}
    done = subprocess.run([sys.executable, "-c", KILLED], env=environment, capture_output=True, check=False)
    assert done.returncode == status
    assert World(world).count("create", "train") == made
