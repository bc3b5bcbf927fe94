"""An index made in one go equals one that followed along; and it is made quickly."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.stacks.address import Uid
from unknot.state.index import Index

if TYPE_CHECKING:
    from tests.state.index.conftest import World

NOW = dt.datetime(2024, 3, 1, 10, 0, 30, tzinfo=dt.UTC)
NAMES = ("a", "b")
STEPS = (
    "deploy near",
    "deploy far",
    "start",
    "stream",
    "seal",
    "fail",
    "absorb",
    "remove",
    "swap",
    "dataset",
    "update",
)


def content(index: Index) -> Any:
    """Everything that can be asked, without what is of one file only."""
    runs = index.runs()
    return msgspec.to_builtins(
        {
            "serial": index.serial,
            "resources": index.resources(removed=True),
            "stays": {r.uid: index.stays(r.uid) for r in index.resources(removed=True)},
            "targets": index.targets(),
            "runs": [msgspec.structs.replace(run, id=0) for run in runs],
            "tasks": [index.tasks(run) for run in runs],
            "attempts": [index.attempts(run) for run in runs],
            "metrics": [index.metrics(run) for run in runs],
            "checks": [index.checks(run) for run in runs],
            "versions": [index.versions(run) for run in runs],
            "parameters": [index.parameters(run) for run in runs],
            "outputs": [index.outputs(run) for run in runs],
            "inputs": [index.inputs(run) for run in runs],
            "contents": [index.contents(Uid("uid-flights"))],
            "code": [index.code(task.fingerprint) for run in runs for task in index.tasks(run)],
        }
    )


class Story:
    """Does what drawn steps say to a world, with one index that follows now and then."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.uids: dict[str, Uid] = {}
        self.target: dict[str, str] = {}
        self.open: list[tuple[str, Uid, str, str]] = []
        self.n = 0

    def do(self, step: str, name: str, index: Index) -> None:
        self.n += 1
        run = f"20240301T10{self.n:04d}-{name}"
        if step.startswith("deploy"):
            self.target[name] = step.split()[1]
            self.uids.setdefault(name, Uid(f"u{self.n}"))
            self.world.deploy(name, uid=self.uids[name], target=self.target[name], generation=self.n)
        elif step == "update":
            self.world.update(index, NOW)
        elif step == "dataset":
            self.world.dataset("flights", f"content {self.n % 3}")
        elif step == "swap" and len(self.uids) == 2:
            self.world.rename({"a": "b", "b": "a"})
            self.uids = {"a": self.uids["b"], "b": self.uids["a"]}
            self.target = {"a": self.target["b"], "b": self.target["a"]}
            for key, uid in self.uids.items():
                self.world.deploy(key, uid=uid, target=self.target[key], generation=self.n)
        elif name in self.uids:
            self._run(step, name, run)

    def _run(self, step: str, name: str, run: str) -> None:
        world, uid, target = self.world, self.uids[name], self.target[name]
        if step == "start":
            world.start(uid, run, target=target)
            self.open.append((name, uid, run, target))
        elif step == "stream" and self.open:
            _, owner, started, where = self.open[-1]
            world.attempt(owner, started, "load", world.stream()[: self.n % 4 + 1], n=self.n, target=where)
        elif step in ("seal", "fail") and self.open:
            _, owner, started, where = self.open.pop()
            raw = world.dataset("flights", "content 1")
            world.seal(
                owner, started, target=where, raw=raw, absorb=bool(self.n % 2),
                status="failed" if step == "fail" else "succeeded",
            )  # fmt: skip
        elif step == "absorb":
            manifest = world.seal(uid, run, target=target, absorb=True)
            if self.n % 3 == 0:
                world.places[f"memory:{target}"].delete(f"runs/{uid}/{manifest.run}/sealed")
        elif step == "remove":
            world.remove(uid)
            del self.uids[name]


@pytest.mark.rule("R1")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(NAMES)), max_size=14))
def test_index_made_anew_equals_the_one_that_followed(world: "World", steps: list[tuple[str, str]]) -> None:
    fresh = type(world)()
    story = Story(fresh)
    with Index.open(None) as followed, Index.open(None) as made:
        for step, name in steps:
            story.do(step, name, followed)
        fresh.update(followed, NOW)
        fresh.update(made, NOW)
        assert content(followed) == content(made)
        fresh.update(followed, NOW)
        assert content(followed) == content(made)


@pytest.mark.slow
def test_ten_thousand_runs_are_read_once(world: "World", tmp_path: Any) -> None:
    uids = [world.deploy(name) for name in ("train", "score")]
    first = dt.datetime(2023, 1, 1)
    for n in range(10_000):
        run = f"{first + dt.timedelta(hours=n):%Y%m%dT%H%M%S}-{n:06x}"
        world.seal(uids[n % 2], run, absorb=False, error=float(n), model=f"model {n}")
    with Index.open(tmp_path / "index.sqlite") as index:
        assert world.update(index).runs_read == 10_000
        assert world.update(index).runs_read == 0
        assert len(index.last_runs()) == 2
        assert len(index.metric_series(uids[0], "error", 50)) == 50
