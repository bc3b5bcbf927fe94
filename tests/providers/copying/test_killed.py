"""`kill -9` at any moment: the copy goes on where it was, and the target is what the source is."""

import os
import random
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from unknot.providers.copying import Copy, Options, verify
from unknot.providers.objects import open_place
from unknot.state.stores.opening import open_store

MIB = 2**20
KILLS = 20

CHILD = textwrap.dedent("""
    import os, sys
    from unknot.providers.copying import Copy, Options
    from unknot.providers.objects import open_place
    from unknot.state.stores.opening import open_store

    source, target, journal, log = sys.argv[1:]
    place = open_place(target)
    marks = open(log, "ab", buffering=0)
    write, send = place.write, place.send

    def counted_write(key, data, attributes, sha256):
        made = write(key, data, attributes, sha256)
        marks.write(b"%d\\n" % len(data))
        return made

    def counted_send(upload, number, data):
        part = send(upload, number, data)
        marks.write(b"%d\\n" % len(data))
        return part

    place.write, place.send = counted_write, counted_send
    options = Options(workers=4, part_bytes=5 * 2**20, bytes_per_s=25e6)
    copy = Copy(open_place(source), place, open_store(journal), "copy", options)
    print("begins", flush=True)
    report = copy.run()
    print(report.is_complete, flush=True)
""")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["local", "s3"])
def test_copy_killed_twenty_times_is_whole_and_copies_little_again(
    kind: str, new_store_url: Callable[[str], str], folder_of: Callable[..., Path], tmp_path: Path
) -> None:
    numbers = random.Random(20)
    tree = {f"{n % 10}/k{n:04d}": numbers.randbytes(10_000) for n in range(2000)}
    tree |= {f"{n}/large": numbers.randbytes(13 * MIB + n) for n in range(8)}
    source, target = f"file:{folder_of('source', tree)}", new_store_url(kind)
    journal, log = f"file:{tmp_path}/journal", tmp_path / "log"
    command = [sys.executable, "-c", CHILD, source, target, journal, str(log)]

    kills = 0
    while True:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "begins\n"
        if kills < KILLS:
            try:
                child.wait(numbers.uniform(0.0, 0.45))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                kills += 1
                child.communicate()
                continue
        assert child.communicate()[0] == "True\n"
        assert child.returncode == 0
        break
    assert kills == KILLS, "the copy was too quick for so many kills"

    copy = Copy(open_place(source), open_place(target), open_store(journal), "copy", Options())
    place = open_place(target)
    assert {info.key: place.read(info).data for info in place.list()} == tree
    assert verify(copy.manifest(), place).is_proven
    assert {entry.key: entry.size for entry in copy.manifest().entries()} == {
        key: len(data) for key, data in tree.items()
    }
    assert not list(open_store(journal).list("copy/log/"))
    size = sum(map(len, tree.values()))
    moved = sum(map(int, log.read_text().split()))
    assert moved - size <= 0.02 * size
