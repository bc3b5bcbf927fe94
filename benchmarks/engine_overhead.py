"""What unknot adds to a task on an engine, against the same function submitted with the engine's own client.

    python benchmarks/engine_overhead.py dask --json
    .venvs/ray/bin/python benchmarks/engine_overhead.py ray --json

In one run, on a cluster with two slots: tasks of one second, first by the engine's own client, then as elements of a
workflow (`each`), once with cold workers and once with warm ones. Per task is the time from the first task's start to the
last one's end, by rounds. With `dask`, also a fan-out of short ops, and how many of its slots were used.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "servers"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "engines"))

from engine_places import Place, Places
from laboratory import Lab, call, flow, op

from unknot.providers.runner.clock import parse
from unknot.stacks.address import Uid, new_uid
from unknot.stacks.graph import Element, TaskOutput
from unknot.stacks.run import RunManifest

SLOTS = 2
CODE = """
import time

def numbers(count: int) -> list:
    return list(range(count))

def second(n: int) -> int:
    time.sleep(1)
    return n

def short(n: int) -> int:
    time.sleep(0.1)
    return n
"""


def second(n: int) -> int:
    """The same function, for the engine's own client."""
    time.sleep(1)
    return n


def by_dask(place: Place, tasks: int) -> float:
    """Seconds for all tasks, in warm workers."""
    from distributed import Client

    with Client(place.options["address"], set_as_default=False) as client:
        client.gather(client.map(second, range(SLOTS), pure=False))
        begun = time.monotonic()
        client.gather(client.map(second, range(tasks), pure=False))
        return time.monotonic() - begun


def by_ray(place: Place, tasks: int) -> float:
    """Seconds for all tasks, in warm workers; within a job, as Ray's own users do it."""
    from ray.job_submission import JobSubmissionClient

    script = (
        "import ray, time\n"
        "ray.init(address='auto')\n"
        "@ray.remote\n"
        "def second(n):\n    time.sleep(1)\n    return n\n"
        f"ray.get([second.remote(n) for n in range({SLOTS})])\n"
        "begun = time.monotonic()\n"
        f"ray.get([second.remote(n) for n in range({tasks})])\n"
        "print('took', time.monotonic() - begun)\n"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(script)
        file.flush()
        client = JobSubmissionClient(place.options["address"])
        job = client.submit_job(entrypoint=f"python {file.name}")
        while client.get_job_status(job).value in ("PENDING", "RUNNING"):
            time.sleep(0.2)
        return float(client.get_job_logs(job).rpartition("took ")[2].split()[0])


NATIVE: dict[str, Callable[[Place, int], float]] = {"dask": by_dask, "ray": by_ray}


def by_unknot(place: Place, name: str, tasks: int, project: Path, uid: Uid) -> RunManifest:
    (project / "flow.py").write_text(CODE)
    lab = Lab(place.engine, project, uid, place.options)
    run = f"{name}-{time.monotonic_ns()}"
    deployment = flow(
        lab,
        (op("numbers"), call("numbers", count=tasks)),
        (op(name, output="builtins:int"), call(name, n=Element(TaskOutput("numbers")))),
    )
    manifest = lab.run(deployment, run=run, use_cache=False)
    assert manifest.status == "succeeded", manifest.tasks
    return manifest


def elapsed(manifest: RunManifest, name: str) -> float:
    """From the first element's start to the last one's end."""
    found = [task for task in manifest.tasks if task.task.startswith(f"{name}[")]
    ends = [parse(task.ended_at).timestamp() for task in found]
    return max(ends) - min(parse(task.started_at).timestamp() for task in found)


def measure(engine: str, tasks: int, fan_out: int) -> dict[str, Any]:
    """All figures of one engine."""
    rounds = tasks / SLOTS
    with Places() as places, tempfile.TemporaryDirectory() as folder:
        place = places.of(engine)
        native = NATIVE[engine](place, tasks)
        uid = new_uid()
        begun = time.monotonic()
        cold = by_unknot(place, "second", tasks, Path(folder), uid)
        cold_wall = time.monotonic() - begun
        begun = time.monotonic()
        warm = by_unknot(place, "second", tasks, Path(folder), uid)
        warm_wall = time.monotonic() - begun
        found: dict[str, Any] = {
            "engine": engine,
            "tasks": tasks,
            "native_s_per_task": native / rounds,
            "unknot_s_per_task": elapsed(warm, "second") / rounds,
            "ratio": elapsed(warm, "second") / native,
            "to_reach": 1.2,
            "cold_s_per_task": elapsed(cold, "second") / rounds,
            "run_wall_s": {"cold": cold_wall, "warm": warm_wall, "native": native},
        }
        if engine == "dask":
            wide = by_unknot(place, "short", fan_out, Path(folder), uid)
            found["fan_out"] = {
                "tasks": fan_out,
                "elapsed_s": elapsed(wide, "short"),
                "floor_s": 0.1 * fan_out / SLOTS,
            }
        return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("engine", choices=sorted(NATIVE))
    parser.add_argument("--tasks", type=int, default=20)
    parser.add_argument("--fan-out", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.engine, given.tasks, given.fan_out)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    print(
        f"{found['engine']}: {found['unknot_s_per_task']:.2f} s a task of 1 s, {found['native_s_per_task']:.2f} s by its own "
        f"client: {found['ratio']:.2f} times (to reach: {found['to_reach']}); cold {found['cold_s_per_task']:.2f} s"
    )


if __name__ == "__main__":
    main()
