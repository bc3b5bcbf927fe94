"""Peak memory of each step of a copy, over keys that are made as they are listed.

    python benchmarks/copying_memory.py [--keys 1000000] [--steps survey,copy]

Each step is a process of its own: the survey with its estimate, the first pass, a second pass with nothing to do, the
verification, and the verification of what a cloud copied by itself, which finds hashes. The journal is a local folder.
"""
# ruff: noqa: ARG002 - a place that keeps nothing has no use for most of what it is given

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from unknot.providers.copying import Copy, Manifest, Options, estimate, load_prices, measure, survey, verify
from unknot.providers.objects import Attributes, ObjectInfo, Part, Place, Read, Traits, Upload
from unknot.providers.objects.base import Limits
from unknot.state.stores.local import LocalStore

STEPS = "survey,copy,unchanged,verify,cloud-copy,cloud-verify"
DATA = b"data"
EMPTY = Attributes()


class Synthetic:
    """Objects that are made when they are asked for, and taken without being kept."""

    kind = "synthetic"
    traits = Traits()
    limits = Limits(parts_max=10_000, part_bytes_min=1, whole_bytes_max=2**30, object_bytes_max=2**40)

    def __init__(self, name: str, count: int, *, by_cloud: bool = False) -> None:
        self.url = f"synthetic:{name}"
        self._count = count
        self._by_cloud = by_cloud

    def refuses(self, key: str) -> str:
        return ""

    def list(self, start_after: str | None = None) -> Iterator[ObjectInfo]:
        for n in range(self._count):
            key = f"data/part={n // 1000:05d}/a-file-name-of-usual-length-{n:09d}.parquet"
            if start_after is None or key > start_after:
                yield self._info(key)

    def describe(self, key: str) -> tuple[ObjectInfo, Attributes] | None:
        return None

    def read(self, info: ObjectInfo) -> Read:
        return Read(DATA, EMPTY)

    def read_range(self, info: ObjectInfo, start: int, length: int) -> bytes:
        return DATA[start : start + length]

    def write(self, key: str, data: bytes, attributes: Attributes, sha256: bytes) -> ObjectInfo:
        return self._info(key)

    def begin(self, key: str, size: int, part_bytes: int, attributes: Attributes) -> Upload:
        raise NotImplementedError

    def send(self, upload: Upload, number: int, data: bytes) -> Part:
        raise NotImplementedError

    def sent(self, upload: Upload) -> Mapping[int, Part]:
        raise NotImplementedError

    def finish(self, upload: Upload, parts: Sequence[Part]) -> ObjectInfo:
        raise NotImplementedError

    def abort(self, upload: Upload) -> None:
        raise NotImplementedError

    def copies_from(self, source: Place) -> bool:
        return self._by_cloud

    def copy_from(self, source: Place, info: ObjectInfo, key: str) -> ObjectInfo:
        return self._info(key)

    def delete(self, key: str) -> None:
        raise NotImplementedError

    def keeps_history(self) -> bool | None:
        return None

    def settle(self) -> None:
        pass

    def renew(self) -> None:
        pass

    def _info(self, key: str) -> ObjectInfo:
        tag = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
        return ObjectInfo(key, len(DATA), tag, checksums={"md5": tag})


def peak_mb() -> float:
    """Of this program alone: getrusage(2) begins with the size of the process that forked it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024 / 1e6


def step(name: str, count: int, folder: str) -> int:
    """Do one step; how many objects it was about."""
    by_cloud = name.startswith("cloud-")
    source = Synthetic("source", count)
    journal, workers = LocalStore(Path(folder)), 8
    copying = "by-cloud" if by_cloud else "copy"
    if name == "survey":
        found = survey(source, Synthetic("target", 0), part_bytes=2**23)
        sample = measure(source, Synthetic("target", 0), workers=workers)
        return estimate(found, source, Synthetic("target", 0), load_prices(), sample).objects
    if name.endswith("verify"):
        proven = verify(Manifest(journal, copying), Synthetic("target", count), source, workers=workers)
        return proven.objects
    target = Synthetic("target", 0, by_cloud=by_cloud)
    report = Copy(source, target, journal, copying, Options(workers=workers)).run()
    return report.objects or report.unchanged


def main() -> None:
    """Print one JSON document: for each step its objects, peak memory and seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--steps", default=STEPS)
    parser.add_argument("--in-folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.in_folder:
        begun = time.monotonic()
        objects = step(asked.steps, asked.keys, asked.in_folder)
        answer = {"objects": objects, "peak_mb": round(peak_mb(), 1)}
        print(json.dumps({**answer, "seconds": round(time.monotonic() - begun, 1)}))
        return
    document: dict[str, object] = {"keys": asked.keys}
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.steps.split(","):
            command = [sys.executable, __file__, "--keys", str(asked.keys), "--in-folder", folder]
            done = subprocess.run([*command, "--steps", name], stdout=subprocess.PIPE, text=True, check=True)
            document[name] = json.loads(done.stdout)
            print(f"{name}: {done.stdout.strip()}", file=sys.stderr, flush=True)
    print(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
