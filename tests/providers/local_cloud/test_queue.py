"""The queue of this machine: at least once, nobody's twice while it is out, dropped or buried when its time is over."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.providers.local_cloud.queue import MessageQueue
from unknot.stacks.errors import ProviderError


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_queue(tmp_path: Path, clock: Clock) -> Callable[..., MessageQueue]:
    def make(name: str = "jobs", **settings: Any) -> MessageQueue:
        queue = MessageQueue(tmp_path / f"{name}.sqlite", clock)
        queue.configure({"visibility_timeout_s": 30, "retention_s": 3600, **settings})
        return queue

    return make


def test_received_message_is_hidden_until_its_time_is_over(
    new_queue: Callable[..., MessageQueue], clock: Clock
) -> None:
    queue = new_queue()
    queue.put("línea")

    (first,) = queue.receive()
    assert (first.body.decode(), first.receives) == ("línea", 1)
    assert queue.receive() == ()
    clock.now += 30
    (second,) = queue.receive()
    assert (second.id, second.receives) == (first.id, 2)

    assert not queue.acknowledge(first.receipt), "somebody else has it now"
    assert queue.acknowledge(second.receipt)
    assert queue.depth() == 0


def test_released_message_is_delivered_at_once(new_queue: Callable[..., MessageQueue]) -> None:
    queue = new_queue()
    queue.put(b"\x00\xff")
    (out,) = queue.receive(visibility_timeout_s=3600)

    assert queue.release(out.receipt)
    assert queue.receive()[0].body == b"\x00\xff"
    assert not queue.release(out.receipt)


def test_delayed_message_is_not_delivered_before_its_time(
    new_queue: Callable[..., MessageQueue], clock: Clock
) -> None:
    queue = new_queue()
    queue.put("later", delay_s=5)

    assert queue.receive() == ()
    clock.now += 5
    assert len(queue.receive()) == 1


def test_message_is_dropped_when_it_was_kept_long_enough(
    new_queue: Callable[..., MessageQueue], clock: Clock
) -> None:
    queue = new_queue(retention_s=60)
    queue.put("old")
    clock.now += 60

    assert queue.receive() == ()
    assert queue.depth() == 0


def test_message_that_nobody_could_use_is_moved_to_the_dead_letter_queue(
    new_queue: Callable[..., MessageQueue], clock: Clock
) -> None:
    dead = new_queue("dead")
    queue = new_queue(dead_letter=f"sqlite:{dead.path}", max_receives=2)
    poison = queue.put("poison")
    for _ in range(2):
        assert len(queue.receive()) == 1
        clock.now += 30

    assert queue.receive() == ()
    assert queue.depth() == 0
    assert [m.id for m in dead.receive()] == [poison]


def test_settings_can_change_while_messages_are_in_it(new_queue: Callable[..., MessageQueue]) -> None:
    queue = new_queue()
    queue.put("stays")
    queue.configure({"visibility_timeout_s": 1, "retention_s": 60})

    assert queue.settings() == {"visibility_timeout_s": 1, "retention_s": 60}
    assert queue.depth() == 1


def test_queue_that_is_not_there_says_so_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="cannot be used"):
        MessageQueue.open(f"sqlite:{tmp_path}/none.sqlite").put("lost")

    assert list(tmp_path.iterdir()) == []


def test_file_that_is_no_queue_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"not a database, but long enough to be looked at" * 40)

    with pytest.raises(ProviderError, match="cannot be used"):
        MessageQueue(tmp_path / "x.sqlite").receive()


def test_writes_go_ahead_in_a_log(new_queue: Callable[..., MessageQueue]) -> None:
    with sqlite3.connect(new_queue().path) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


CONSUMER = """
import sys
from pathlib import Path
from unknot.providers.local_cloud.queue import MessageQueue

queue = MessageQueue(Path(sys.argv[1]))
sys.stdin.readline()
while batch := queue.receive(7):
    for message in batch:
        assert queue.acknowledge(message.receipt)
        print(message.body.decode())
"""


@pytest.mark.slow
def test_processes_that_receive_at_once_share_the_messages(tmp_path: Path) -> None:
    queue = MessageQueue(tmp_path / "shared.sqlite")
    queue.configure({"visibility_timeout_s": 600, "retention_s": 3600})
    for number in range(100):
        queue.put(str(number))
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", CONSUMER, str(queue.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    taken = [int(line) for worker in workers for line in worker.communicate(timeout=60)[0].split()]

    assert [worker.returncode for worker in workers] == [0, 0, 0]
    assert sorted(taken) == list(range(100))
    assert queue.depth() == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["put", "receive", "acknowledge", "release", "wait"]), max_size=25))
def test_no_message_is_lost_or_delivered_twice_while_it_is_out(
    tmp_path_factory: pytest.TempPathFactory, moves: list[str]
) -> None:
    clock = Clock()
    queue = MessageQueue(tmp_path_factory.mktemp("queue") / "q.sqlite", clock)
    queue.configure({"visibility_timeout_s": 10, "retention_s": 10**9})
    waiting: set[str] = set()
    out: dict[str, str] = {}
    for move in moves:
        match move:
            case "put":
                waiting.add(queue.put("x"))
            case "receive":
                for message in queue.receive(2):
                    assert message.id in waiting
                    waiting.remove(message.id)
                    out[message.id] = message.receipt
            case "acknowledge" if out:
                _, receipt = out.popitem()
                assert queue.acknowledge(receipt)
            case "release" if out:
                id_, receipt = out.popitem()
                assert queue.release(receipt)
                waiting.add(id_)
            case "wait":
                clock.now += 10
                waiting |= out.keys()
                out.clear()
    assert queue.depth() == len(waiting) + len(out)
