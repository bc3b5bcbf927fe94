"""Move examples/flights with its data and its past runs from AWS to Google Cloud and another engine, and back again.

One command, on this machine: the clouds are servers that unknot's tests start too (README.md says what they are).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "servers"))

import servers  # noqa: E402
from places import new_place  # noqa: E402

PAST_RUNS = 10


class Failed(Exception):
    """Something is not as it should be after a move."""


class Project:
    """A user's copy of the flights project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(
            HERE.parent / "flights", folder, ignore=shutil.ignore_patterns(".*", "__pycache__", "tests")
        )

    def on(self, target: str) -> None:
        """Edit the line of the target, as a user would."""
        file = self.folder / "stack.py"
        lines = file.read_text().splitlines(keepends=True)
        [at] = [n for n, line in enumerate(lines) if line.lstrip().startswith('"laptop": Target(')]
        lines[at] = f'    "laptop": {target},\n'
        file.write_text("".join(lines))
        say(f'edit stack.py:{at + 1}   "laptop": {target},')

    def unknot(self, *arguments: str, quiet: bool = False, code: int = 0) -> str:
        """Run one command; what it wrote to stdout."""
        if not quiet:
            say(f"$ unknot {' '.join(arguments)}")
        done = subprocess.run(
            [sys.executable, "-m", "unknot", *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if quiet else None,
            text=True,
            check=False,
            env={**os.environ, "UNKNOT_ENV": "small"},
        )
        if not quiet:
            print(done.stdout, end="", flush=True)
        if done.returncode != code:
            raise Failed(f"`unknot {' '.join(arguments)}` exited with {done.returncode}\n{done.stderr or ''}")
        return done.stdout

    def document(self, *arguments: str) -> Any:
        return json.loads(self.unknot(*arguments, "--json", quiet=True))

    def history(self) -> dict[str, tuple[str, str]]:
        """Every run but shadow runs: what it was of, and how it ended."""
        found = self.document("runs", "list", "--limit", "1000")["runs"]
        return {
            run["run"]: (run["address"], run["status"])
            for run in found
            if not run["triggered_by"].startswith("shadow")
        }

    def outputs(self, run: str) -> dict[str, str]:
        """Content of everything that a run wrote."""
        detail = self.document("runs", "show", run)["detail"]
        return {f"{a['task']}.{a['output']}": a["artifact"]["hash"] for a in detail["artifacts"]}


def main() -> int:
    started = time.monotonic()
    with clouds() as (aws, gcp), tempfile.TemporaryDirectory(prefix="unknot-migration-") as folder:
        project = Project(Path(folder) / "flights")
        title("1. The flights project runs on AWS, and has a past")
        on_aws, on_gcp = f'Target("laptop", store="{aws}")', f'Target("laptop", engine="dask", store="{gcp}")'
        project.on(on_aws)
        project.unknot("apply", "--yes")
        for _ in range(PAST_RUNS - 1):
            project.unknot("run", "train", quiet=True)
        history = project.history()
        require(len(history) >= PAST_RUNS + 1, f"{len(history)} runs are recorded")

        title("2. It moves to Google Cloud, and to Dask: the plan says what that takes")
        project.on(on_gcp)
        project.unknot("plan")
        project.unknot("apply", "--yes")
        check_moved(project, history, "Google Cloud")

        title("3. It runs there, with equal results")
        before = project.outputs(max(run for run, (of, _) in history.items() if of == "workflow.train"))
        project.unknot("run", "train", "--no-cache")
        latest = max(run for run, (of, _) in project.history().items() if of == "workflow.train")
        require(
            project.outputs(latest) == before, f"all {len(before)} outputs of the new run are byte-identical"
        )

        title("4. And back: the same line, the same commands; what was run meanwhile comes along")
        history = project.history()
        project.on(on_aws)
        project.unknot("apply", "--yes")
        check_moved(project, history, "AWS")

        title("5. What was left at Google Cloud is deleted, when you say so")
        forward = [m["id"] for m in project.document("moves")["moves"]]
        project.unknot("apply", "--yes", *(part for move in forward[-5:] for part in ("--clean-up", move)))
        project.unknot("moves")
        require(project.history() == history, "the history is whole")
        left = left_behind(gcp)
        require(not left, "nothing of the workflows is left at Google Cloud")
    print(f"\nDone in {time.monotonic() - started:.0f} s.")
    return 0


def check_moved(project: Project, history: dict[str, tuple[str, str]], where: str) -> None:
    project.unknot("ps")
    require(project.history() == history, f"all {len(history)} runs are in the history on {where}")
    for address in ("dataset.flights", "workflow.train", "workflow.score"):
        project.unknot("verify", address)
    project.unknot("plan", "--detailed-exitcode", quiet=True)
    require(True, "the next plan has nothing to do")


def left_behind(url: str) -> list[str]:
    """Objects of runs and deployments in a store. What is shared by content goes by `unknot gc`."""
    from unknot.state.stores.opening import open_store

    store = open_store(url)
    return [key for prefix in ("runs/", "deployments/", "claims/", "datasets/") for key in store.list(prefix)]


@contextmanager
def clouds() -> Iterator[tuple[str, str]]:
    """An empty bucket on each of two clouds."""
    with servers.moto() as aws, servers.gcs() as gcp:
        os.environ.update({**aws.environment, **gcp.environment})
        yield new_place("s3", aws), new_place("gs", gcp)


def require(holds: bool, what: str) -> None:
    if not holds:
        raise Failed(f"it does not hold that {what}")
    say(f"ok: {what}")


def title(text: str) -> None:
    print(f"\n{text}\n{'=' * len(text)}", flush=True)


def say(text: str) -> None:
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, servers.PartMissing) as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(1)
