"""A million keys: nothing holds them all."""

import json
import subprocess
import sys
import textwrap

import pytest

CHILD = textwrap.dedent("""
    import json, re, sys, tempfile
    from pathlib import Path
    from unknot.providers.copying import Copy, Manifest, Options, survey, verify
    from unknot.providers.objects import Attributes, ObjectInfo, Read, Traits
    from unknot.providers.objects.base import Limits
    from unknot.state.stores.local import LocalStore
    import hashlib

    EMPTY = Attributes()

    def peak_mb():
        # proc(5): of this program alone; getrusage(2) begins with the size of the process that forked it.
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1000

    class Synthetic:
        "Objects that are made when they are asked for, and taken without being kept."
        kind, traits = "synthetic", Traits()
        limits = Limits(parts_max=10_000, part_bytes_min=1, whole_bytes_max=2**30, object_bytes_max=2**40)

        def __init__(self, url, count):
            self.url, self.count = url, count

        def refuses(self, key):
            return ""

        def list(self, start_after=None):
            for n in range(self.count):
                key = f"data/part={n // 1000:05d}/a-file-name-of-usual-length-{n:09d}.parquet"
                if start_after is None or key > start_after:
                    yield ObjectInfo(key, 4, hashlib.md5(key.encode()).hexdigest())

        def read(self, info):
            return Read(b"data", EMPTY)

        def read_range(self, info, start, length):
            return b"data"[start:start + length]

        def write(self, key, data, attributes, sha256):
            return ObjectInfo(key, 4, hashlib.md5(key.encode()).hexdigest())

        def copies_from(self, source):
            return False

        def keeps_history(self):
            return None

        def settle(self):
            pass

    count, whole = int(sys.argv[1]), sys.argv[2] == "copy"
    source, target = Synthetic("a:", count), Synthetic("b:", 0)
    found = survey(source, target, part_bytes=2**23)
    answer = {"surveyed": found.objects, "survey_mb": peak_mb()}
    if whole:
        with tempfile.TemporaryDirectory() as folder:
            copy = Copy(source, target, LocalStore(folder), "copy", Options(workers=8))
            answer["copied"] = copy.run().objects
            answer["unchanged"] = copy.run().unchanged
            target.count = count
            answer["proven"] = verify(copy.manifest(), target, workers=8).objects
    answer["peak_mb"] = peak_mb()
    print(json.dumps(answer))
""")


def measured(count: int, what: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(count), what], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_survey_of_a_million_keys_takes_less_than_300_mb() -> None:
    found = measured(1_000_000, "survey")
    assert found["surveyed"] == 1_000_000
    assert found["peak_mb"] < 300


@pytest.mark.slow
def test_copy_of_many_keys_takes_less_than_300_mb() -> None:
    found = measured(60_000, "copy")
    assert found["copied"] == found["unchanged"] == found["proven"] == 60_000
    assert found["peak_mb"] < 300
