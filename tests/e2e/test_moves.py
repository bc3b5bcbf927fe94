"""Moving: a changed target in the stack carries data, code and history to the other side, proven, and back again."""

import os
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from servers import Server

from unknot.cli import app
from unknot.providers.engines.driver import begin_scheduled
from unknot.providers.runner import claiming
from unknot.providers.runner.record import read_manifest
from unknot.stacks.address import Uid
from unknot.state.stores.local import LocalStore
from unknot.state.stores.opening import open_store

Unknot = Callable[..., Any]

STACK = """
import os
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from unknot import Cron, Dataset, Environment, Lifecycle, Move, Stack, Target, check, metric, op, workflow

TARGETS = {
    "here": Target("here", store="file:here"),
    "there": Target("there", store="file:there"),
}


class Env(Environment):
    target: str = "here"
    schedule: str | None = None
    days: int = 30
    tolerance: float = 0.0


class Scores(NamedTuple):
    table: pd.DataFrame
    mean: float


@op
def double(table: pd.DataFrame) -> pd.DataFrame:
    return table * 2


@metric
def mean(table: pd.DataFrame) -> float:
    drift = Path(os.environ["DRIFT"]) if "DRIFT" in os.environ else None
    return float(table["a"].mean()) + (float(drift.read_text()) if drift is not None else 0.0)


@check
def positive(mean: float) -> bool:
    return mean > 0


@workflow(name="score")
def score(table: pd.DataFrame) -> Scores:
    doubled = double(table)
    found = mean(doubled)
    positive(found)
    return Scores(doubled, found)


def stack(env: Env) -> Stack:
    stack = Stack("moving", owner="ml@airline.example")
    target = TARGETS[env.target]
    move = Lifecycle(move=Move(retain_days=env.days, tolerances={"mean": env.tolerance}))
    raw = stack.add(Dataset("raw", pd.DataFrame, source="raw.csv", target=target, lifecycle=move))
    stack.deploy(
        score.bind(table=raw.value),
        target=target,
        schedule=Cron(env.schedule, tz="UTC") if env.schedule else None,
        lifecycle=move,
    )
    return stack
"""


@pytest.fixture
def moving(project: Path, unknot: Unknot) -> Path:
    """Applied at `here`, and run twice."""
    (project / "unknot.toml").write_text('backend = "file:.unknot/ledger"\n')
    (project / "stack.py").write_text(STACK)
    (project / "raw.csv").write_text("a\n1\n2\n3\n")
    answer = unknot("apply", "--yes")
    assert answer.code == 0, answer
    answer = unknot("run", "workflow.score", "--no-cache")
    assert answer.code == 0, answer
    return project


def runs(unknot: Unknot) -> list[str]:
    document = unknot("runs", "list", "workflow.score", "--json").document
    return sorted(run["run"] for run in document["runs"] if "move" not in run["run"])


def moves(unknot: Unknot) -> dict[str, Any]:
    return {move["id"]: move for move in unknot("moves", "--json").document["moves"]}


def uid_of(unknot: Unknot, address: str) -> Uid:
    document = unknot("state", "show", address, "--json").document
    return Uid(document["resource"]["uid"])


def artifacts_of(lineage: Any) -> set[str]:
    return {node["id"] for node in lineage["nodes"] if node["kind"] == "artifact"}


def fingerprint(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_want_1_plan_says_what_moves_how_much_how_it_is_proven_and_how_to_go_back(
    moving: Path, unknot: Unknot
) -> None:
    before = fingerprint(moving)
    answer = unknot("plan", "--var", "target=there")
    assert answer.code == 0, answer
    for part in (
        "~> dataset.raw  (stack.py:",
        "here -> there)",
        "data          1 object, ",
        "$0.01 (prices of ",
        "every object is read at the target and compared by SHA-256",
        "phases        provision, copy, verify, shadow (1 run), cutover, retire",
        "way back      `unknot plan --rollback move-2`, for 30 days after the cutover",
        "Plan: 0 to create, 0 to update, 0 to delete, 2 to move; 0 unchanged",
    ):
        assert part in answer.out, part
    after = fingerprint(moving)
    assert {k: v for k, v in after.items() if not k.startswith(".unknot/")} == {
        k: v for k, v in before.items() if not k.startswith(".unknot/")
    }

    document = unknot("plan", "--var", "target=there", "--json").document
    by_address = {change["address"]: change for change in document["changes"]}
    assert by_address["workflow.score"]["action"] == "move"
    move = by_address["workflow.score"]["move"]
    assert move["objects"] > 10
    assert move["bytes"] > 1000
    assert move["usd"] is not None
    assert move["prices"]
    assert {c["action"] for c in document["changes"]} == {"move"}


@pytest.mark.slow
@pytest.mark.rule("A5")
def test_want_2_and_3_identity_runs_metrics_and_values_survive_the_move(moving: Path, unknot: Unknot) -> None:
    known, uid = runs(unknot), uid_of(unknot, "workflow.score")
    lineage = unknot("lineage", "workflow.score", "--json").document["lineage"]
    answer = unknot("apply", "--yes", "--var", "target=there")
    assert answer.code == 0, answer

    assert runs(unknot) == known
    assert unknot("ps", "--json").document["resources"][0]["run"] == known[-1]  # and not its shadow
    assert uid_of(unknot, "workflow.score") == uid
    assert unknot("plan", "--var", "target=there", "--detailed-exitcode").code == 0
    shutil.rmtree(moving / "here")  # nothing of it is needed to read the history or to go on
    shown = unknot("runs", "show", known[0], "--json").document["detail"]["run"]
    assert (shown["status"], shown["target"]) == ("succeeded", "here")
    assert unknot("logs", known[0]).code == 0
    document = unknot("lineage", "workflow.score", "--json").document
    assert artifacts_of(document["lineage"]) >= artifacts_of(lineage)
    answer = unknot("run", "workflow.score")
    assert answer.code == 0, answer
    assert "reused" in answer.out + answer.err
    row = unknot("ps", "--json").document["resources"][0]
    assert (row["target"], row["status"]) == ("there", "succeeded")
    assert [stay["target"] for stay in row["before"]] == ["here"]


@pytest.mark.slow
def test_want_5_shadow_run_that_differs_stops_the_move_before_the_cutover(
    moving: Path, unknot: Unknot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (moving / "drift").write_text("0.5")
    monkeypatch.setenv("DRIFT", str(moving / "drift"))
    answer = unknot("apply", "--yes", "--var", "target=there")
    assert answer.code == 1
    assert "gives other results on `there`" in answer.out + answer.err
    assert "the metric `mean` is 4.5, and was 4.0" in answer.out + answer.err
    assert moves(unknot)["move-2"]["state"] == "moving"
    assert unknot("state", "show", "workflow.score", "--json").document["resource"]["target"] == "here"

    # Within a tolerance it goes on from there: what was carried is not carried again.
    answer = unknot("plan", "--var", "target=there", "--var", "tolerance=0.2")
    assert "provision (done), copy (done), verify (done), shadow (1 run), cutover" in answer.out
    answer = unknot("apply", "--yes", "--var", "target=there", "--var", "tolerance=0.2")
    assert answer.code == 0, answer
    assert moves(unknot)["move-2"]["state"] == "moved"


@pytest.mark.slow
def test_move_that_is_wanted_no_more_is_given_up_and_leaves_nothing_at_its_target(
    moving: Path, unknot: Unknot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (moving / "drift").write_text("0.5")
    monkeypatch.setenv("DRIFT", str(moving / "drift"))
    assert unknot("apply", "--yes", "--var", "target=there").code == 1
    uid = uid_of(unknot, "workflow.score")
    store = open_store(f"file:{moving}/there")
    assert list(store.list(f"runs/{uid}/"))

    answer = unknot("plan", "--exclude", "dataset.raw")
    assert "no longer wanted" in answer.out
    assert "move-2" in answer.out
    assert unknot("apply", "--yes", "--exclude", "dataset.raw").code == 0
    assert moves(unknot)["move-2"]["state"] == "given-up"
    for prefix in ("runs", "deployments", "claims", "cutovers", "published"):
        assert list(store.list(f"{prefix}/{uid}/")) == []


@pytest.mark.slow
def test_want_6_rollback_is_a_plan_and_brings_back_what_was_run_since(moving: Path, unknot: Unknot) -> None:
    assert unknot("apply", "--yes", "--var", "target=there").code == 0
    assert unknot("run", "workflow.score", "--no-cache").code == 0
    known = runs(unknot)

    answer = unknot("plan", "--rollback", "move-2", "--var", "target=there")
    assert answer.code == 0, answer
    assert "takes back    move-2, which moved it from here" in answer.out
    assert "Set its target to `here` there as well" in answer.err
    answer = unknot("apply", "--yes", "--rollback", "move-2", "--var", "target=there")
    assert answer.code == 0, answer
    assert moves(unknot)["move-2"]["state"] == "taken-back"
    assert runs(unknot) == known
    shutil.rmtree(moving / "there" / "runs")
    assert unknot("logs", known[-1]).code == 0

    answer = unknot("plan", "--rollback", "move-2", "--var", "target=there")
    assert answer.code == 1
    assert "`move-2` cannot be taken back" in answer.err
    assert "Did you mean `move-3`?" in unknot("plan", "--rollback", "moove-3").err


@pytest.mark.slow
def test_clean_up_is_an_approval_of_its_own_and_ends_the_way_back(moving: Path, unknot: Unknot) -> None:
    uid = uid_of(unknot, "workflow.score")
    assert unknot("apply", "--yes", "--var", "target=there", "--var", "days=0").code == 0
    source = open_store(f"file:{moving}/here")
    assert list(source.list(f"runs/{uid}/"))
    assert unknot("plan", "--var", "target=there", "--var", "days=0", "--detailed-exitcode").code == 0

    answer = unknot("plan", "--clean-up", "expired", "--var", "target=there", "--var", "days=0")
    assert "there is no way back then" in answer.out
    answer = unknot("apply", "--yes", "--clean-up", "expired", "--var", "target=there", "--var", "days=0")
    assert answer.code == 0, answer
    assert {move["state"] for move in moves(unknot).values()} == {"cleaned-up"}
    assert list(source.list(f"runs/{uid}/")) == []
    assert list(source.list(f"claims/{uid}/")) == []
    assert unknot("plan", "--rollback", "move-2", "--var", "target=there").code == 1
    answer = unknot("run", "workflow.score", "--no-cache")
    assert answer.code == 0, answer


@pytest.mark.slow
def test_want_7_verify_finds_one_flipped_byte_and_one_missing_object(moving: Path, unknot: Unknot) -> None:
    assert unknot("apply", "--yes", "--var", "target=there").code == 0
    answer = unknot("verify", "workflow.score")
    assert answer.code == 0, answer
    assert "is what move-2 carried" in answer.out

    uid = uid_of(unknot, "workflow.score")
    carried = min((moving / "there" / "runs" / uid).rglob("*/started"))
    data = bytearray(carried.read_bytes())
    data[10] ^= 1
    carried.chmod(0o644)
    carried.write_bytes(bytes(data))
    min((moving / "there" / "runs" / uid).rglob("commits/*")).unlink()
    answer = unknot("verify", "workflow.score", "--json")
    assert answer.code == 1
    assert answer.document["fault_count"] == 2
    assert {fault.rpartition(": ")[2] for fault in answer.document["faults"]} == {"content", "missing"}
    assert "was never carried" in unknot("verify", "dataset.other").err


@pytest.mark.slow
@pytest.mark.rule("R2")
def test_with_both_schedulers_left_on_each_time_is_run_by_one_side(moving: Path, unknot: Unknot) -> None:
    schedule = ("--var", "schedule=0 3 * * *")
    assert unknot("apply", "--yes", *schedule).code == 0
    uid = uid_of(unknot, "workflow.score")
    answer = unknot("apply", "--yes", "--var", "target=there", *schedule)
    assert answer.code == 0, answer
    here, there = (open_store(f"file:{moving}/{name}") for name in ("here", "there"))
    side = claiming.last_side(there, uid)
    assert side is not None
    assert [span.store for span in side.spans] == [here.url, there.url]
    for time in ("2026-11-20T03:00:00Z", "2099-01-01T03:00:00Z"):
        begun = [begin_scheduled(store, uid, time, triggered_by="schedule") for store in (here, there)]
        ended = [read_manifest(s, uid, b.request.run) for s, b in zip((here, there), begun, strict=True)]
        assert [m.status for m in ended if m is not None] == ["superseded"]


@pytest.mark.slow
def test_target_that_means_another_place_moves_all_that_is_on_it(
    moving: Path, unknot: Unknot, edit: Callable[[str, str, str], None]
) -> None:
    """The one-line way: `engine=` and `store=` of a target, whose name stays."""
    known = runs(unknot)
    edit("stack.py", 'Target("here", store="file:here")', 'Target("here", store="file:new", engine="dask")')
    answer = unknot("plan")
    assert "2 to move" in answer.out, answer
    assert re.search(r"workflow\.score  \(.*here@\d+ -> here\)", answer.out)
    answer = unknot("apply", "--yes")
    assert answer.code == 0, answer
    shutil.rmtree(moving / "here")
    assert runs(unknot) == known
    assert unknot("logs", known[0]).code == 0
    row = unknot("ps", "--json").document["resources"][0]
    assert (row["engine"], [stay["target"].partition("@")[0] for stay in row["before"]]) == ("dask", ["here"])

    # Another engine over the same store carries nothing.
    edit("stack.py", 'store="file:new", engine="dask"', 'store="file:new"')
    answer = unknot("plan")
    assert "none: both targets keep it in the same store" in answer.out
    answer = unknot("apply", "--yes")
    assert answer.code == 0, answer
    assert runs(unknot) == known
    assert unknot("plan", "--detailed-exitcode").code == 0


def test_dataset_that_moves_and_changes_at_once_is_refused(moving: Path, unknot: Unknot) -> None:
    (moving / "raw.csv").write_text("a\n7\n")
    answer = unknot("plan", "--var", "target=there")
    assert answer.code == 1
    assert "`dataset.raw` moves and changes at once" in answer.err
    assert "stack.py:" in answer.err


@pytest.mark.slow
@pytest.mark.parts
@pytest.mark.parametrize(("first", "second"), [("s3", "gs"), ("gs", "az"), ("az", "s3")])
def test_move_from_cloud_to_cloud_and_back(
    project: Path, unknot: Unknot, new_store_url: Callable[[str], str], first: str, second: str
) -> None:
    """With nothing on this machine but the ledger."""
    (project / "unknot.toml").write_text('backend = "file:.unknot/ledger"\n')
    text = STACK.replace('"file:here"', repr(new_store_url(first)))
    (project / "stack.py").write_text(text.replace('"file:there"', repr(new_store_url(second)), 1))
    (project / "raw.csv").write_text("a\n1\n2\n3\n")
    answer = unknot("apply", "--yes")
    assert answer.code == 0, answer
    known = runs(unknot)
    answer = unknot("plan", "--var", "target=there")
    assert "less than $0.01 (prices of " in answer.out, answer
    for target in ("there", "here"):
        answer = unknot("apply", "--yes", "--var", f"target={target}")
        assert answer.code == 0, answer
        assert "could not be read" not in answer.err
        assert unknot("verify", "workflow.score").code == 0
        assert runs(unknot) == known
        assert unknot("plan", "--var", f"target={target}", "--detailed-exitcode").code == 0


BUCKETS = """
from unknot import Bucket, Environment, Stack, Target

TARGETS = {"here": Target("here"), "aws": Target("aws", cloud="aws", region="eu-west-1")}


class Env(Environment):
    target: str = "here"


def stack(env: Env) -> Stack:
    stack = Stack("lake", owner="ml@airline.example")
    raw = stack.add(Bucket("raw", target=TARGETS[env.target]))
    stack.output("raw", raw.url)
    return stack
"""


@pytest.mark.slow
@pytest.mark.parts
def test_bucket_moves_to_another_cloud_with_what_is_in_it_and_back(
    project: Path, unknot: Unknot, moto_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    (project / "unknot.toml").write_text('backend = "file:.unknot/ledger"\n')
    (project / "stack.py").write_text(BUCKETS)
    assert unknot("apply", "--yes").code == 0
    folder = Path(unknot("output", "raw").out.strip().strip('"').removeprefix("file:"))
    for key in ("a.txt", "deep/b.txt", "ünï.txt"):
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_text(f"this is {key}")

    answer = unknot("plan", "--var", "target=aws")
    assert answer.code == 0, answer
    assert "~> bucket.raw" in answer.out
    assert "3 objects" in answer.out, answer.out
    assert "+ aws.s3_bucket.raw" in answer.out
    assert "to delete" not in answer.out.replace("0 to delete", "")
    answer = unknot("apply", "--yes", "--var", "target=aws")
    assert answer.code == 0, answer
    name = unknot("output", "raw").out.strip().strip('"').removeprefix("s3://")
    client = boto3.client("s3", endpoint_url=moto_server.url, region_name="eu-west-1")

    def there() -> dict[str, bytes]:
        found = client.list_objects_v2(Bucket=name).get("Contents", [])
        return {o["Key"]: client.get_object(Bucket=name, Key=o["Key"])["Body"].read() for o in found}

    assert there() == {k: f"this is {k}".encode() for k in ("a.txt", "deep/b.txt", "ünï.txt")}
    assert unknot("plan", "--var", "target=aws", "--detailed-exitcode").code == 0
    assert unknot("verify", "bucket.raw").code == 0

    # What is written, changed and deleted there since comes along on the way back.
    client.put_object(Bucket=name, Key="new.txt", Body=b"new")
    client.put_object(Bucket=name, Key="a.txt", Body=b"changed")
    client.delete_object(Bucket=name, Key="deep/b.txt")
    answer = unknot("apply", "--yes", "--rollback", "move-1", "--var", "target=aws")
    assert answer.code == 0, answer
    found = {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}
    assert {k: v for k, v in found.items() if not k.startswith(".")} == {
        "a.txt": "changed",
        "new.txt": "new",
        "ünï.txt": "this is ünï.txt",
    }
    assert unknot("plan", "--detailed-exitcode").code == 0

    answer = unknot("apply", "--yes", "--clean-up", "move-2")
    assert answer.code == 0, answer
    assert name not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
    assert unknot("plan", "--detailed-exitcode").code == 0


def killed(arguments: tuple[str, ...], at: int) -> bool:
    """Run a command in a process that is killed at its `at`-th durable write; whether it was."""
    pid = os.fork()
    if pid == 0:
        put, count = LocalStore.put_if_absent, 0

        def dying(self: LocalStore, key: str, data: bytes) -> Any:
            nonlocal count
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return put(self, key, data)

        LocalStore.put_if_absent = dying  # type: ignore[method-assign]
        code = 1
        try:
            code = app.run(arguments)
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.slow
@pytest.mark.rule("A5")
@pytest.mark.parametrize("at", [3, 9, 16, 30, 50])
def test_move_killed_anywhere_goes_on_and_loses_nothing(moving: Path, unknot: Unknot, at: int) -> None:
    known = runs(unknot)
    wanted = ("apply", "--yes", "--var", "target=there")
    was_killed = killed(wanted, at)
    answer = unknot(*wanted)
    held = re.search(r"`unknot unlock ([0-9a-f]+)", answer.err)
    if held is not None:
        assert was_killed
        assert unknot("unlock", held.group(1)).code == 0
        answer = unknot(*wanted)
    assert answer.code == 0, answer
    assert unknot("plan", "--var", "target=there", "--detailed-exitcode").code == 0
    assert runs(unknot) == known
    assert unknot("verify", "workflow.score").code == 0
    assert {move["state"] for move in moves(unknot).values()} == {"moved"}


def test_documents_follow_their_schemas(moving: Path, unknot: Unknot) -> None:
    import jsonschema

    from unknot.cli.documents import schemas

    jsonschema.validate(unknot("moves", "--json").document, schemas()["moves"])
    assert msgspec.json.encode(schemas()["verification"])
