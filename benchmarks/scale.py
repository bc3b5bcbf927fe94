"""One graph in unknot and in terraform, side by side: first plan, apply, and plans with little or nothing to do.

The graph is chains of ten resources, each with an input that refers to the one before: `terraform_data` there,
`null.resource` here. Both run as whole processes on real files with durable local state.

    python benchmarks/scale.py --resources 10000 --json

Terraform's own apply of 10,000 takes the better part of an hour, since its cost grows with the square. Above
`--terraform-apply-limit` its state file is written by this script instead, in the v4 format learned from a small
apply, and terraform must then report that there are no changes.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from process import Failed, Measured, measure

CHAIN = 10
UNKNOT = [str(Path(sys.executable).with_name("unknot"))]


def unknot_stack(resources: int, changed: bool = False) -> str:
    """The stack file: one call of a real resource type for each resource."""
    first = (
        f'"changed" if chain == {resources // CHAIN // 2} else f"chain {{chain}}"'
        if changed
        else 'f"chain {chain}"'
    )
    return f"""
from unknot import Stack
from unknot.providers.null import Node


def stack() -> Stack:
    s = Stack("scale", owner="bench@example.org")
    for chain in range({resources // CHAIN}):
        before = s.add(Node(f"c{{chain}}_0", value={first}))
        for link in range(1, {CHAIN}):
            before = s.add(Node(f"c{{chain}}_{{link}}", value=before.output))
    return s
"""


def terraform_configuration(resources: int, changed: bool = False) -> str:
    """The same graph in HCL."""
    parts = []
    for chain in range(resources // CHAIN):
        value = "changed" if changed and chain == resources // CHAIN // 2 else f"chain {chain}"
        parts.append(f'resource "terraform_data" "c{chain}_0" {{\n  input = "{value}"\n}}\n')
        parts.extend(
            f'resource "terraform_data" "c{chain}_{link}" {{\n'
            f"  input = terraform_data.c{chain}_{link - 1}.output\n}}\n"
            for link in range(1, CHAIN)
        )
    return "\n".join(parts)


def terraform_state(resources: int, learned: dict[str, Any]) -> dict[str, Any]:
    """A state file in which everything is applied; `learned` is the state of a small apply."""
    template = next(r for r in learned["resources"] if r["name"] == "c0_1")
    first = next(r for r in learned["resources"] if r["name"] == "c0_0")
    found = []
    for chain in range(resources // CHAIN):
        for link in range(CHAIN):
            entry = json.loads(json.dumps(first if link == 0 else template))
            entry["name"] = f"c{chain}_{link}"
            instance = entry["instances"][0]
            value = f"chain {chain}"
            instance["attributes"].update(id=str(uuid.uuid4()))
            for key in ("input", "output"):
                instance["attributes"][key] = {"value": value, "type": "string"}
            if link:
                instance["dependencies"] = [f"terraform_data.c{chain}_{n}" for n in range(link)]
            found.append(entry)
    return {**learned, "serial": 1, "resources": found}


class Side:
    """One tool's folder and commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()


class Unknot(Side):
    def write(self, resources: int, changed: bool = False) -> None:
        (self.folder / "stack.py").write_text(unknot_stack(resources, changed))

    def command(self, *arguments: str, expect: str = "", runs: int = 1) -> Measured:
        return measure([*UNKNOT, *arguments], self.folder, expect=expect, runs=runs)

    def first_apply(self, runs: int) -> Measured:
        """Apply from nothing, several times; the last one stays."""
        found = []
        for _ in range(runs):
            shutil.rmtree(self.folder / ".unknot", ignore_errors=True)
            found.append(self.command("apply", "--yes"))
        return Measured(statistics.median(m.wall_s for m in found), max(m.peak_mb for m in found), runs)


class Terraform(Side):
    def write(self, resources: int, changed: bool = False) -> None:
        (self.folder / "main.tf").write_text(terraform_configuration(resources, changed))

    def command(self, *arguments: str, expect: str = "", runs: int = 1) -> Measured:
        quiet = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
        return measure(
            ["terraform", *arguments, "-no-color"], self.folder, expect=expect, runs=runs, environment=quiet
        )

    def init(self) -> None:
        self.command("init")

    def pretend_applied(self, resources: int) -> None:
        """Write the state as if everything had been applied."""
        small = Terraform(self.folder.parent / "terraform-small")
        small.write(CHAIN)
        small.init()
        small.command("apply", "-auto-approve")
        learned = json.loads((small.folder / "terraform.tfstate").read_text())
        (self.folder / "terraform.tfstate").write_text(json.dumps(terraform_state(resources, learned)))


def run(
    resources: int, limit: int, runs: int, with_terraform: bool, log: Callable[[str], None]
) -> dict[str, Any]:
    """Every measurement at one size."""
    with tempfile.TemporaryDirectory(prefix="unknot-scale-") as place:
        ours, theirs = Unknot(Path(place) / "unknot"), Terraform(Path(place) / "terraform")
        ours.write(resources)
        found: dict[str, dict[str, Measured]] = {}
        creating = f"{resources:,} to create"
        log(f"unknot, {resources} resources")
        found["first plan"] = {"unknot": ours.command("plan", expect=creating, runs=runs)}
        found["apply"] = {"unknot": ours.first_apply(runs)}
        nothing = "No changes"
        found["plan, nothing to do"] = {
            "unknot": ours.command("plan", "--no-refresh", expect=nothing, runs=runs)
        }
        found["plan, refresh, nothing to do"] = {"unknot": ours.command("plan", expect=nothing, runs=runs)}
        target = f"null.resource.c{resources // CHAIN // 2}_0"
        ours.write(resources, changed=True)
        found["plan, one change"] = {
            "unknot": ours.command("plan", "--no-refresh", expect="10 to update", runs=runs)
        }
        found["plan, one target"] = {
            "unknot": ours.command(
                "plan", "--no-refresh", "--target", target, expect="1 to update", runs=runs
            )
        }
        if with_terraform:
            log(f"terraform, {resources} resources")
            theirs.write(resources)
            theirs.init()
            found["first plan"]["terraform"] = theirs.command("plan", expect=f"{resources} to add", runs=1)
            if resources <= limit:
                found["apply"]["terraform"] = theirs.command(
                    "apply", "-auto-approve", expect=f"{resources} added"
                )
            else:
                theirs.pretend_applied(resources)
            found["plan, nothing to do"]["terraform"] = theirs.command(
                "plan", "-refresh=false", expect=nothing, runs=runs
            )
            found["plan, refresh, nothing to do"]["terraform"] = theirs.command(
                "plan", expect=nothing, runs=1
            )
            theirs.write(resources, changed=True)
            found["plan, one change"]["terraform"] = theirs.command(
                "plan", "-refresh=false", expect="to change"
            )
            found["plan, one target"]["terraform"] = theirs.command(
                "plan",
                "-refresh=false",
                f"-target=terraform_data.c{resources // CHAIN // 2}_0",
                expect="1 to change",
            )
    return {name: _row(sides) for name, sides in found.items()}


def _row(sides: dict[str, Measured]) -> dict[str, Any]:
    row: dict[str, Any] = {name: measured.as_json() for name, measured in sides.items()}
    if "terraform" in sides:
        row["ratio_wall"] = round(sides["terraform"].wall_s / sides["unknot"].wall_s, 1)
        row["ratio_memory"] = round(sides["terraform"].peak_mb / sides["unknot"].peak_mb, 1)
    return row


def startup(runs: int = 20) -> dict[str, Any]:
    """Whole processes beside a bare interpreter."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        bare = measure([sys.executable, "-c", "pass"], folder, runs=runs)
        version = measure([*UNKNOT, "--version"], folder, runs=runs)
        help_ = measure([*UNKNOT, "--help"], folder, runs=runs)
    return {
        "python -c pass": bare.as_json(),
        "unknot --version": {**version.as_json(), "ratio": round(version.wall_s / bare.wall_s, 1)},
        "unknot --help": {**help_.as_json(), "ratio": round(help_.wall_s / bare.wall_s, 1)},
    }


def machine() -> dict[str, Any]:
    """What the figures were taken on."""
    version = ""
    if shutil.which("terraform"):
        version = subprocess.run(
            ["terraform", "version"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        ).stdout.splitlines()[0]
    return {
        "cores": os.cpu_count(),
        "python": sys.version.split()[0],
        "terraform": version,
        "load": os.getloadavg()[0],
    }


def main() -> int:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--resources", type=int, action="append", help="may be given again; default 2000 and 10000"
    )
    parser.add_argument("--runs", type=int, default=3, help="of the short commands; the median counts")
    parser.add_argument("--terraform-apply-limit", type=int, default=2000)
    parser.add_argument("--no-terraform", action="store_true")
    parser.add_argument("--json", action="store_true", help="only the document, no progress")
    options = parser.parse_args()

    def log(text: str) -> None:
        if not options.json:
            print(text, file=sys.stderr)

    theirs = not options.no_terraform and shutil.which("terraform") is not None
    if not theirs:
        print("terraform is not there: only unknot is measured", file=sys.stderr)
    document: dict[str, Any] = {"machine": machine(), "startup": startup(), "sizes": {}}
    for resources in options.resources or [2000, 10000]:
        try:
            document["sizes"][str(resources)] = run(
                resources, options.terraform_apply_limit, options.runs, theirs, log
            )
        except Failed as failed:
            print(failed, file=sys.stderr)
            return 1
    print(json.dumps(document, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
