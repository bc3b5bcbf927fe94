"""Copy between local folders, S3, Azure Blob and GCS beside rclone: wall time, CPU seconds, requests, verification.

    python benchmarks/copying.py [--small] [--pairs s3-az,local-s3] [--latency 50] [--json FILE]

Both copy the same objects at the same concurrency, one after the other, each in a process of its own, to an empty
target. The floor is a bare HTTP client that reads each object and writes it, unsigned, with nothing remembered.
Without `rclone` (Debian: rclone) its columns are left out.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "servers"))

import places  # noqa: E402
import servers  # noqa: E402
from proxy import Proxy  # noqa: E402

WORKERS = 32

PAIRS = "local-s3,s3-local,s3-s3,s3-az,az-s3,s3-gs,gs-s3,local-az,az-local"

COPY = """
import sys
from unknot.providers.copying import Copy, Options
from unknot.providers.objects import open_place
from unknot.state.stores.opening import open_store
source, target, journal, workers = sys.argv[1:5]
copy = Copy(open_place(source), open_place(target), open_store(journal), "bench",
            Options(workers=int(workers), server_side=False))
report = copy.run()
assert report.is_complete, report
"""

VERIFY = """
import sys
from unknot.providers.copying import Manifest, verify
from unknot.providers.objects import open_place
from unknot.state.stores.opening import open_store
target, journal, workers = sys.argv[1:4]
found = verify(Manifest(open_store(journal), "bench"), open_place(target), workers=int(workers))
assert found.is_proven, found
"""

FLOOR = """
import http.client, json, sys, threading
from concurrent.futures import ThreadPoolExecutor
source, target, workers, paths = json.load(open(sys.argv[1]))
HEADERS = {"Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"}
here = threading.local()
def ask(end, method, path, body=None):
    kept = here.__dict__.setdefault(end, [None])
    if kept[0] is None:
        kept[0] = http.client.HTTPConnection(*end.split(":"))
    kept[0].request(method, path, body, HEADERS)
    answer = kept[0].getresponse()
    data = answer.read()
    assert answer.status in (200, 201), (answer.status, data[:300])
    return data
def copy(pair):
    ask(target, "PUT", pair[1], ask(source, "GET", pair[0]))
with ThreadPoolExecutor(workers) as pool:
    list(pool.map(copy, paths))
"""


class Failed(RuntimeError):
    """A measured command did not end as it must."""


def run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds of a process with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise Failed(f"{command[0]}: {done.stdout[-1000:]}{done.stderr[-3000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class End:
    """One end of a copy: how both tools reach it."""

    def __init__(self, kind: str, server: servers.Server | None, port: int | None, folder: Path) -> None:
        self.kind = kind
        self._server = server
        self._folder = folder
        self._port = port
        """Of the server, or of a proxy before it."""

    def new(self) -> str:
        """A new, empty place, by the URL that unknot takes."""
        if self._server is None:
            return f"file:{tempfile.mkdtemp(dir=self._folder)}/objects"
        return places.new_place(self.kind, self._server)

    def through(self, url: str) -> str:
        """The same place through the proxy."""
        match self.kind:
            case "s3":
                return f"{url}?endpoint=http://127.0.0.1:{self._port}"
            case "gs":
                return f"{url}?endpoint=http://127.0.0.1:{self._port}"
        return url

    def environment(self) -> dict[str, str]:
        """For unknot."""
        if self._server is None:
            return {}
        given = dict(self._server.environment)
        if self.kind == "az":
            text = given["AZURE_STORAGE_CONNECTION_STRING"]
            blob = urlsplit(self._server.url)
            given["AZURE_STORAGE_CONNECTION_STRING"] = text.replace(
                f"BlobEndpoint=http://{blob.netloc}/", f"BlobEndpoint=http://127.0.0.1:{self._port}/"
            )
        return given

    def rclone(self, url: str) -> str:
        """The place as rclone names it."""
        parts = urlsplit(url)
        path = f"{parts.netloc}{parts.path}"
        address = f"http://127.0.0.1:{self._port}"
        match self.kind:
            case "local":
                return url.removeprefix("file:")
            case "s3":
                return (
                    f":s3,provider=Other,endpoint='{address}',access_key_id=testing,"
                    f"secret_access_key=testing,region=us-east-1:{path}"
                )
            case "az":
                # An address with a port is only taken as the URL of a shared access signature.
                token = _azure_token(parts.netloc)
                where = f"{address}/{servers.AZURITE_ACCOUNT}/{parts.netloc}?{token}"
                return f":azureblob,sas_url='{where}':{path}"
            case "gs":
                # Anonymous, and its own path of the API is part of the endpoint.
                return f":gcs,anonymous=true,endpoint='{address}/storage/v1/':{path}"
        raise ValueError(self.kind)

    def raw(self, url: str) -> tuple[str, str] | None:
        """Address and path of the place for a bare client; None where it must sign."""
        parts = urlsplit(url)
        return (f"127.0.0.1:{self._port}", f"/{parts.netloc}{parts.path}") if self.kind == "s3" else None


def _azure_token(container: str) -> str:
    from azure.storage.blob import ContainerSasPermissions, generate_container_sas

    return generate_container_sas(
        servers.AZURITE_ACCOUNT,
        container,
        account_key=servers.AZURITE_KEY,
        permission=ContainerSasPermissions(read=True, write=True, create=True, list=True, delete=True),
        expiry=datetime.now(UTC) + timedelta(hours=6),
    )


def fill(folder: Path, small: int, large: int, large_mb: int) -> list[str]:
    """Random files; their keys."""
    keys = []
    for n in range(small):
        keys.append(f"small/{n // 1000:03d}/object-{n:06d}.bin")
        path = folder / keys[-1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.urandom(10_000))
    for n in range(large):
        keys.append(f"large-{n:03d}.bin")
        (folder / keys[-1]).write_bytes(os.urandom(large_mb * 2**20))
    return keys


@contextmanager
def delayed(port: int, milliseconds: float) -> Iterator[int]:
    """A proxy before a port that delays what is asked."""
    if not milliseconds:
        yield port
        return
    ours = servers.free_port()
    process = subprocess.Popen(
        [sys.executable, str(HERE / "latency.py"), str(ours), str(port), str(milliseconds)]
    )
    try:
        while not servers._listens(ours):
            time.sleep(0.05)
        yield ours
    finally:
        process.kill()
        process.wait()


def measured(
    pair: str, ends: Mapping[str, End], data: Path, keys: Sequence[str], bytes_: int
) -> dict[str, Any]:
    """One pair."""
    first, second = pair.split("-")
    source, target = ends[first], ends[second]
    environment = {**os.environ, **source.environment(), **target.environment()}
    environment.pop("AWS_CA_BUNDLE", None)  # rclone's S3 does not start with it
    environment["RCLONE_CONFIG"] = "/dev/null"
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        origin = f"file:{data}"
        if first != "local":
            origin = source.new()
            run(
                [python, "-c", COPY, f"file:{data}", source.through(origin), f"file:{folder}/fill", "16"],
                environment,
            )
        destination, journal = target.new(), f"file:{folder}/journal"
        ends_ = [source.through(origin), target.through(destination)]
        wall, cpu = run([python, "-c", COPY, *ends_, journal, str(WORKERS)], environment)
        verify_s, verify_cpu = run([python, "-c", VERIFY, ends_[1], journal, str(WORKERS)], environment)
        result: dict[str, Any] = {
            "pair": pair,
            "unknot_s": wall,
            "unknot_cpu_s": cpu,
            "unknot_mb_per_s": bytes_ / wall / 1e6,
            "verify_s": verify_s,
            "verify_cpu_s": verify_cpu,
            "copy_and_verify_to_copy": (wall + verify_s) / wall,
        }
        if shutil.which("rclone"):
            command = ["rclone", "copy", source.rclone(origin), target.rclone(target.new())]
            command += ["--transfers", str(WORKERS), "--checkers", str(WORKERS), "--retries", "1"]
            try:
                wall_r, cpu_r = run(command, environment)
                result |= {"rclone_s": wall_r, "rclone_cpu_s": cpu_r, "throughput_to_rclone": wall_r / wall}
            except Failed as failed:
                result["rclone"] = f"cannot: {str(failed).strip().splitlines()[-1][:200]}"
        raw = source.raw(origin), target.raw(target.new() if second != "local" else "")
        if raw[0] is not None and raw[1] is not None:
            paths = [(f"{raw[0][1]}/{key}", f"{raw[1][1]}/{key}") for key in keys]
            job = Path(folder) / "job"
            job.write_text(json.dumps([raw[0][0], raw[1][0], WORKERS, paths]))
            result["floor_s"], result["floor_cpu_s"] = run([python, "-c", FLOOR, str(job)], environment)
    return result


def requests_per_object(server: servers.Server, folder: Path) -> dict[str, float]:
    """Of a copy of small objects from S3 to S3, counted by a proxy."""
    data = folder / "counted"
    count = len(fill(data, 200, 0, 0))
    answer: dict[str, float] = {}
    with Proxy(server.url) as proxy:
        port = urlsplit(proxy.url).port
        end = End("s3", server, port, folder)
        environment = {**os.environ, **end.environment(), "RCLONE_CONFIG": "/dev/null"}
        environment.pop("AWS_CA_BUNDLE", None)
        origin = end.new()
        run(
            [sys.executable, "-c", COPY, f"file:{data}", end.through(origin), f"file:{folder}/f", "8"],
            environment,
        )
        proxy.requests.clear()
        target = end.through(end.new())
        run([sys.executable, "-c", COPY, end.through(origin), target, f"file:{folder}/j", "8"], environment)
        answer["unknot"] = len(proxy.requests) / count
        proxy.requests.clear()
        run([sys.executable, "-c", VERIFY, target, f"file:{folder}/j", "8"], environment)
        answer["unknot_verify"] = len(proxy.requests) / count
        proxy.requests.clear()
        if shutil.which("rclone"):
            command = ["rclone", "copy", end.rclone(origin), end.rclone(end.new()), "--transfers", "8"]
            run(command, environment)
            answer["rclone"] = len(proxy.requests) / count
    return answer


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--small", action="store_true", help="1,000 objects of 10 KB and 4 of 16 MB")
    parser.add_argument("--pairs", default=PAIRS)
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds added to each request")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    small, large, large_mb = (1000, 4, 16) if asked.small else (10_000, 20, 64)
    document: dict[str, Any] = {
        "objects_of_10_kb": small,
        f"objects_of_{large_mb}_mb": large,
        "latency_ms": asked.latency,
        "workers": WORKERS,
        "pairs": [],
    }
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        keys = fill(place / "data", small, large, large_mb)
        bytes_ = small * 10_000 + large * large_mb * 2**20
        for pair in asked.pairs.split(","):
            # New servers for each pair: they keep everything in memory, and get slower with it.
            with ExitStack() as running:
                ends: dict[str, End] = {}
                for kind in dict.fromkeys(pair.split("-")):
                    if kind == "local":
                        ends[kind] = End(kind, None, None, place)
                        continue
                    server = running.enter_context(servers.STARTERS[places.SERVERS[kind]]())
                    port = urlsplit(server.inner).port
                    assert port is not None
                    ours = running.enter_context(delayed(port, asked.latency))
                    ends[kind] = End(kind, server, ours, place)
                document["pairs"].append(measured(pair, ends, place / "data", keys, bytes_))
                print(json.dumps(document["pairs"][-1]), file=sys.stderr, flush=True)
        if not asked.latency:
            server = stack.enter_context(servers.moto())
            document["requests_per_small_object"] = requests_per_object(server, place)
    text = json.dumps(document, indent=2)
    if asked.json:
        asked.json.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
