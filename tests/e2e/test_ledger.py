"""What can happen to a ledger under the command line: damage, encryption, two at once, ctrl-C, a full disk."""

import contextlib
import hashlib
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]
Edit = Callable[[str, str, str], None]
Wait = Callable[[Callable[[], Any]], Any]

STACK = """\
from unknot import Stack
from unknot.providers.null import Node


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    first = s.add(Node("first", value="one-of-a-kind"))
    s.add(Node("second", value=first.output))
    return s
"""

GATED = """\
import os
import time
from pathlib import Path

from unknot import Stack
from unknot.providers import registry
from unknot.providers.fake import Bucket, FakeProvider

HERE = Path({here!r})


def slowly(request):
    from unknot.providers.base import CreateResponse

    (HERE / "reached").touch()
    while not (HERE / "open").exists():
        time.sleep(0.02)
    return fake._create(request)


fake = registry.provider("fake")
if "GATED" in os.environ:
    fake.on_create("first", does=slowly)


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    first = s.add(Bucket("first"))
    s.add(Bucket("second", region=first.url))
    return s
"""


@pytest.fixture
def applied(unknot: Run, write: Write, project: Path) -> Path:
    """A ledger with two resources; its segments' folder."""
    write("stack.py", STACK)
    assert unknot("apply", "--yes").code == 0
    log = project / ".unknot" / "ledger" / "demo" / "default" / "log"
    assert log.is_dir()
    return log


def segments(log: Path) -> list[Path]:
    return sorted(file for file in log.rglob("*") if file.is_file())


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


def refused(answer: Any, *words: str) -> None:
    """Exit 1 with a diagnostic that says these words, and no traceback."""
    said = answer.out + answer.err
    assert answer.code == 1, answer
    assert "Traceback" not in said
    assert "unknot failed" not in said, answer
    for word in words:
        assert word in said, answer


@pytest.mark.rule("L6")
@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("state", "list"), ("ps",)])
def test_flipped_byte_names_the_file(
    unknot: Run, applied: Path, project: Path, command: tuple[str, ...]
) -> None:
    victim = segments(applied)[1]
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(bytes(data))
    answer = unknot(*command)
    refused(answer, victim.name)


@pytest.mark.rule("L2")
def test_missing_segment_is_named(unknot: Run, applied: Path) -> None:
    victim = segments(applied)[1]
    victim.unlink()
    refused(unknot("plan"), victim.name)


@pytest.mark.rule("L6")
def test_missing_end_of_the_ledger_is_noticed(unknot: Run, applied: Path) -> None:
    unknot("plan")
    segments(applied)[-1].unlink()
    refused(unknot("plan"), "shorter")


def test_foreign_file_among_the_segments_is_named(unknot: Run, applied: Path) -> None:
    (applied / "notes.txt").write_text("do not look at me")
    answer = unknot("plan")
    assert "Traceback" not in answer.err
    assert "notes.txt" in answer.out + answer.err, answer


def test_ledger_of_a_newer_unknot_is_refused_with_what_to_do(unknot: Run, applied: Path) -> None:
    last = segments(applied)[-1]
    data = last.read_bytes()
    checksum = data[-65:-1]
    content = next(data[:n] for n in range(len(data), 0, -1) if digest(data[:n]) == checksum)
    newer = content.replace(b'"format":1,', b'"format":99,')
    assert newer != content
    last.chmod(0o644)
    last.write_bytes(newer + data[len(content) : -65] + digest(newer) + b"\n")
    for command in (("plan",), ("apply", "--yes"), ("state", "list")):
        refused(unknot(*command), "format 99", "Upgrade")


@pytest.mark.rule("L7")
def test_encrypted_ledger_shows_nothing_and_needs_its_key(
    unknot: Run, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("unknot.toml", '[encryption]\nkey = "env:LEDGER_KEY"\n')
    write("stack.py", STACK)
    monkeypatch.setenv("LEDGER_KEY", "ab" * 32)
    assert unknot("apply", "--yes").code == 0
    assert "one-of-a-kind" in unknot("state", "pull").out
    for file in (project / ".unknot").rglob("*"):
        if file.is_file():
            assert b"one-of-a-kind" not in file.read_bytes(), file
    monkeypatch.setenv("LEDGER_KEY", "cd" * 32)
    refused(unknot("plan"), "key")
    monkeypatch.delenv("LEDGER_KEY")
    refused(unknot("plan"), "LEDGER_KEY")
    monkeypatch.setenv("LEDGER_KEY", "ab" * 32)
    assert unknot("plan", "--detailed-exitcode").code == 0


@pytest.fixture
def gated(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stack whose first create waits for the file `open`, in processes started with GATED."""
    monkeypatch.setenv("UNKNOT_FAKE_WORLD", str(tmp_path / "world.jsonl"))
    write("stack.py", GATED.format(here=str(tmp_path)))
    return tmp_path


@pytest.mark.slow
@pytest.mark.rule("L3")
def test_of_two_applies_at_once_one_goes_on_and_the_other_names_it(
    unknot: Run, start: Callable[..., Any], gated: Path, wait_until: Wait
) -> None:
    one = start("apply", "--yes", GATED="1")
    wait_until((gated / "reached").exists)
    two = start("apply", "--yes").end()
    refused(two, "apply", str(one.process.pid))
    (gated / "open").touch()
    assert one.end().code == 0
    assert unknot("plan", "--detailed-exitcode").code == 0


@pytest.mark.slow
def test_first_interrupt_finishes_what_is_in_flight_and_records_it(
    unknot: Run, start: Callable[..., Any], gated: Path, wait_until: Wait
) -> None:
    applying = start("apply", "--yes", GATED="1")
    wait_until((gated / "reached").exists)
    applying.signal(signal.SIGINT)
    applying.wait_said("Finishing what is in flight")
    (gated / "open").touch()
    answer = applying.end()
    assert answer.code == 130, answer
    assert unknot("state", "list").out.split() == ["fake.bucket.first"]
    assert "1 to create" in unknot("plan").out
    assert unknot("apply", "--yes").code == 0
    assert unknot("plan", "--detailed-exitcode").code == 0


@pytest.mark.slow
@pytest.mark.rule("A3")
def test_second_interrupt_stops_at_once_and_leaves_a_truthful_ledger(
    unknot: Run, start: Callable[..., Any], gated: Path, wait_until: Wait
) -> None:
    applying = start("apply", "--yes", GATED="1")
    wait_until((gated / "reached").exists)
    applying.signal(signal.SIGINT)
    applying.wait_said("Finishing what is in flight")
    applying.signal(signal.SIGINT)
    answer = applying.end()
    assert answer.code == 130, answer
    assert "Traceback" not in answer.err
    assert unknot("state", "list").out == ""
    planned = unknot("plan")
    assert planned.code == 0
    assert "fake.bucket.first" in planned.out + planned.err
    held = unknot("apply", "--yes")
    if held.code != 0:  # its lease goes on until it expires, or somebody ends it
        lease = held.err.split("unknot unlock ")[1].split("`")[0].split()[0]
        assert unknot("unlock", lease, "--reason", "it was interrupted").code == 0
        assert unknot("apply", "--yes").code == 0
    assert unknot("plan", "--detailed-exitcode").code == 0
    made = (gated / "world.jsonl").read_text().splitlines()
    assert len(made) == 2


@pytest.fixture
def small_disk(project: Path) -> Iterator[Path]:
    """A file system of 4 MiB, mounted as `.unknot`."""
    folder = project / ".unknot"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"this machine lets nothing be mounted: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(ballast: Path) -> None:
    """Write until the disk is full."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


@pytest.mark.slow
def test_full_disk_is_told_and_work_goes_on_when_there_is_room(
    unknot: Run, write: Write, edit: Edit, small_disk: Path
) -> None:
    write("stack.py", STACK)
    assert unknot("apply", "--yes").code == 0
    ballast = small_disk / "ballast"
    fill(ballast)
    edit("stack.py", "one-of-a-kind", "another")
    assert unknot("plan").code == 0  # only reads
    refused(unknot("apply", "--yes"), "full")
    ballast.unlink()
    again = unknot("apply", "--yes")
    assert again.code == 0, again
    assert unknot("plan", "--detailed-exitcode").code == 0


FLOW = """\
from unknot import Stack, op, workflow


@op
def numbers(count: int) -> list[int]:
    return list(range(count))


@workflow(name="w")
def w(count: int = 3) -> list[int]:
    return numbers(count)


def stack() -> Stack:
    s = Stack("demo", owner="team@example.org")
    s.deploy(w.bind())
    return s
"""


@pytest.mark.slow
def test_full_disk_in_a_run_is_told_and_the_record_stays_true(
    unknot: Run, write: Write, small_disk: Path
) -> None:
    write("stack.py", FLOW)
    assert unknot("apply", "--yes").code == 0
    fill(small_disk / "ballast")
    refused(unknot("run", "w", "--no-cache"), "full")
    assert "Traceback" not in unknot("ps").err
    (small_disk / "ballast").unlink()
    assert unknot("run", "w", "--no-cache").code == 0
    (row,) = unknot("ps", "--json").document["resources"]
    assert (row["status"], row["running"]) == ("succeeded", [])


@pytest.mark.slow
def test_read_only_checkout_can_be_planned(start: Callable[..., Any], write: Write, project: Path) -> None:
    write("stack.py", STACK)
    if os.geteuid() == 0:
        bind = subprocess.run(
            ["mount", "-t", "tmpfs", "tmpfs", str(project)], capture_output=True, text=True, check=False
        )
        if bind.returncode != 0:
            pytest.skip(f"this machine lets nothing be mounted: {bind.stderr.strip()}")
        try:
            os.chdir(project)
            write("stack.py", STACK)
            subprocess.run(["mount", "-o", "remount,ro", str(project)], check=True, capture_output=True)
            answer = start("plan").end()
        finally:
            os.chdir(project.parent)
            subprocess.run(["umount", "-l", str(project)], check=True)
    else:
        project.chmod(0o555)
        answer = start("plan").end()
        project.chmod(0o755)
    assert answer.code == 0, answer
    assert "2 to create" in answer.out
