"""Portable resources from the command line, on this machine, as a user meets them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[[str, str], Path]

CANARY = "canary-3Kp8-stored"

FLOWS = """\
import os

from unknot import op, workflow


@op
def length() -> int:
    print("token", os.environ["TOKEN"])
    return len(os.environ["TOKEN"])


@workflow(name="measure")
def measure() -> int:
    return length()
"""

STACK = """\
from flows import measure
from unknot import Bucket, Identity, Secret, Stack, grants

stack = Stack("demo", owner="team@example.org")
db = stack.add(Secret("db", value=Secret.env("DB_TOKEN")))
raw = stack.add(Bucket("raw", labels={"team": "data"}))
stack.add(Identity("etl", may=[grants.read(raw), grants.use(db)]))
stack.deploy(measure.bind(), secrets={"TOKEN": db})
"""


@pytest.mark.slow
@pytest.mark.rule("S1")
def test_workflow_reads_a_secret_that_the_stack_keeps(
    unknot: Run, write: Write, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_TOKEN", CANARY)
    write("flows.py", FLOWS)
    write("stack.py", STACK)

    assert unknot("apply", "-y").code == 0
    monkeypatch.delenv("DB_TOKEN")
    logs = unknot("logs", "measure")

    assert "token ***" in logs.out, logs
    kept = [file for file in (project / ".unknot" / "local" / "secrets").iterdir() if file.is_file()]
    holders = [file for file in project.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]
    assert len(holders) == 1
    assert holders[0] in kept


def test_parts_follow_their_owner_in_state_commands(
    unknot: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_TOKEN", CANARY)
    write("stack.py", STACK.replace("from flows import measure\n", "").rpartition("stack.deploy")[0])
    assert unknot("apply", "-y").code == 0

    shown = unknot("state", "show", "local.bucket.raw").out
    assert "part of  bucket.raw" in shown
    assert "parts =" not in unknot("state", "show", "bucket.raw").out
    assert unknot("state", "mv", "bucket.raw", "bucket.bronze").code == 0
    listed = unknot("state", "list").out.split()
    assert {"bucket.bronze", "local.bucket.bronze"} <= set(listed)
    assert not {"bucket.raw", "local.bucket.raw"} & set(listed)
    assert unknot("state", "rm", "bucket.bronze").code == 0
    assert "bucket.bronze" not in unknot("state", "list").out


def test_existing_folder_is_imported_by_its_name(unknot: Run, write: Write, project: Path) -> None:
    (project / ".unknot" / "local" / "buckets" / "theirs").mkdir(parents=True)
    write(
        "stack.py",
        'from unknot import Bucket, Stack\n\nstack = Stack("demo", owner="t@example.org")\n'
        'stack.add(Bucket("raw"))\n',
    )

    done = unknot("import", "bucket.raw", "theirs", "-y")

    assert done.code == 0, done
    plan = unknot("plan", "--json").document
    assert plan["is_empty"], plan["changes"]
    assert '"theirs"' in unknot("state", "show", "bucket.raw").out


def test_validate_says_what_a_cloud_cannot_do(unknot: Run, write: Write) -> None:
    write(
        "stack.py",
        'from unknot import Bucket, Stack, Target\n\nstack = Stack("demo", owner="t@example.org")\n'
        'stack.add(Bucket("raw", encryption_key="k"))\n'
        'stack.add(Bucket("far", target=Target("prod", cloud="acme")))\n',
    )

    done = unknot("validate", "--json")

    assert done.code == 1
    found = {(d["summary"], d["source"]["line"]) for d in done.document["diagnostics"]}
    assert ("`bucket.raw`: the cloud `local` does not have `encryption_key`", 4) in found
    assert ("no cloud is called `acme`", 5) in found


def test_graph_draws_the_parts(unknot: Run, write: Write) -> None:
    write(
        "stack.py",
        'from unknot import Bucket, Stack\n\nstack = Stack("demo", owner="t@example.org")\n'
        'stack.add(Bucket("raw"))\n',
    )

    assert unknot("graph").out.splitlines()[1:] == ["local.bucket raw", "└─ bucket raw"]
