"""`kill -9` at every recorded step of an apply, and around every call of a provider: what follows ends as wanted.

A helper process, which has loaded everything and runs one thread, forks a child for each step to be killed at.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from unknot import format as join
from unknot.planner.apply import ApplyOptions, ApplyReport, apply
from unknot.planner.archive import SavedPlan, bind
from unknot.planner.planning import PlanOptions, make_plan
from unknot.planner.services import Services
from unknot.providers import registry
from unknot.providers.base import Provider
from unknot.providers.fake import FakeProvider, Marked, Thing, Unique, World
from unknot.providers.file import Document
from unknot.stacks.definition import Definition
from unknot.stacks.resource import Resource
from unknot.stacks.resource_type import Lifecycle
from unknot.stacks.stack import Stack
from unknot.state.ledger import Ledger
from unknot.state.stores.base import PutResult
from unknot.state.stores.local import LocalStore

FIRST = Lifecycle(create_before_destroy=True)
CALL_S = 0.05
"""Longest time of a call here, so that the lease need not outlast more."""


def before() -> Iterator[Resource]:
    base = Marked("base", value="one")
    replaced = Thing("replaced", kind="x", value=base.echo)
    yield from (base, replaced)
    yield Thing("updated", value=base.echo)
    yield Unique("swapped", physical_name="one", value=base.echo, lifecycle=FIRST)
    yield Thing("leaving", value=replaced.url)
    yield Document("kept", path="kept.txt", content=join("from {it}\n", it=base.echo))
    yield Document("moved", path="here.txt", content="the same\n")


def wanted() -> Iterator[Resource]:
    base = Marked("base", value="two")
    replaced = Thing("replaced", kind="y", value=base.echo)
    arriving = Thing("arriving", value=replaced.url)
    yield from (base, replaced, arriving)
    yield Thing("updated", value=base.echo)
    yield Unique("swapped", physical_name="two", value=base.echo, lifecycle=FIRST)
    yield Document("kept", path="kept.txt", content=join("from {it}\n", it=base.echo))
    yield Document("moved", path="there.txt", content="the same\n", lifecycle=FIRST)
    yield Document("new", path="new.txt", content=join("{it}\n", it=arriving.url))


CREATED = {"base": 1, "replaced": 2, "updated": 1, "swapped": 2, "leaving": 1, "arriving": 1}
"""How often each fake object is made in all, when the first definition and then the second is applied."""


class Site:
    """A project, its ledger on disk, and a world in a file: what outlives a process."""

    def __init__(self, folder: Path, store: Any = None) -> None:
        self.folder = folder
        os.environ["UNKNOT_FAKE_WORLD"] = str(folder / "world.jsonl")
        self.fake = FakeProvider()
        self.services = Services(project=folder / "project", provider=self._provider)
        self.ledger = Ledger.open(store or LocalStore(folder / "store"), "demo/default")

    def _provider(self, name: str) -> Provider:
        return self.fake if name == "fake" else registry.provider(name)

    def plan(self, resources: Iterator[Resource], *, refresh: bool = True) -> SavedPlan:
        snapshot = self.ledger.reader().snapshot() if self.ledger.exists else None
        plan = make_plan(
            definition_of(resources), snapshot, self.services, options=PlanOptions(refresh=refresh)
        )
        assert plan.can_apply, plan.diagnostics
        return bind(plan, {})

    def apply(self, saved: SavedPlan, *, term_s: float = 30.0, wait_s: float = 0.0) -> ApplyReport:
        options = ApplyOptions(lease_term_s=term_s, lease_wait_s=wait_s)
        return apply(saved.plan, saved.hash, self.ledger, self.services, options=options)


def definition_of(resources: Iterator[Resource]) -> Definition:
    stack = Stack("demo", owner="team@example.org")
    for resource in resources:
        stack.add(resource)
    definition = stack.definition()
    quick = {
        address: msgspec.structs.replace(d, info=msgspec.structs.replace(d.info, timeout_s=CALL_S))
        for address, d in definition.resources.items()
    }
    return msgspec.structs.replace(definition, resources=quick)


class KillingStore:
    """Kills this process at its n-th put: before anything is written, or when it is durable but unanswered."""

    def __init__(self, inner: LocalStore, at: int, *, after: bool) -> None:
        self._inner = inner
        self._at = at
        self._after = after
        self._puts = 0
        self.url = inner.url

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        self._puts += 1
        if self._puts == self._at and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = self._inner.put_if_absent(key, data)
        if self._puts == self._at and self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def helper() -> None:
    """For each line `folder where n term`: apply in a child that is killed there; answer with how it ended."""
    for line in sys.stdin:
        folder, where, n, term_s = json.loads(line)
        child = os.fork()
        if child == 0:
            store: Any = LocalStore(Path(folder) / "store")
            if where == "call":
                os.environ["UNKNOT_FAKE_KILL"] = str(n)
            else:
                store = KillingStore(store, n, after=where == "after")
            try:
                site = Site(Path(folder), store)
                code = site.apply(site.plan(wanted()), term_s=term_s).exit_code
            except BaseException as problem:  # noqa: BLE001 - the child ends here, whatever happened
                sys.stderr.write(f"{problem!r}\n")
                os._exit(9)
            os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


@pytest.fixture(scope="module")
def killer() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def killed_at(killer: subprocess.Popen[str], *what: object) -> int:
    assert killer.stdin is not None
    assert killer.stdout is not None
    killer.stdin.write(json.dumps(what) + "\n")
    killer.stdin.flush()
    return int(killer.stdout.readline())


@pytest.fixture(scope="module", params=["first", "change"])
def start(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the applies begin from: nothing, or what the first definition made."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    (folder / "project").mkdir()
    (folder / "store").mkdir()
    if request.param == "change":
        site = Site(folder)
        assert site.apply(site.plan(before())).exit_code == 0
    return folder


@pytest.fixture(autouse=True)
def _own_world() -> Iterator[None]:
    yield
    os.environ.pop("UNKNOT_FAKE_WORLD", None)


@pytest.mark.slow
@pytest.mark.stake(21)
@pytest.mark.rule("A1")
@pytest.mark.rule("A3")
@pytest.mark.rule("A5")
@pytest.mark.parametrize("where", ["before", "after", "call"])
def test_apply_that_was_killed_anywhere_ends_as_wanted_with_nothing_made_twice_and_nothing_lost(
    start: Path, tmp_path: Path, killer: subprocess.Popen[str], where: str
) -> None:
    n = 0
    while True:
        n += 1
        folder = tmp_path / f"{n}"
        shutil.copytree(start, folder)
        waits = n % 8 == 4
        code = killed_at(killer, str(folder), where, n, 0.5 if waits else 30.0)
        if code == 0:
            break
        assert code == -signal.SIGKILL, f"{where} {n}: ended with {code}"
        site = Site(folder)
        if site.ledger.exists:
            names_every_object(site)
            held = site.ledger.reader().snapshot().lease
            if held is not None and not waits:
                site.ledger.break_lease(held.id, by="test")
        report = site.apply(site.plan(wanted(), refresh=n % 2 == 0), wait_s=10)
        assert report.exit_code == 0, (where, n, report)
        is_as_wanted(Site(folder), changed=start.name.startswith("change"))
        shutil.rmtree(folder)
    assert n > 8, f"{n} steps are too few to be a test of anything"
    is_as_wanted(Site(tmp_path / f"{n}"), changed=start.name.startswith("change"))


def names_every_object(site: Site) -> None:
    """After the kill, the plan names every object that exists."""
    snapshot = site.ledger.reader().snapshot()
    plan = site.plan(wanted()).plan
    recorded = {i.id for state in snapshot.resources.values() for i in state.instances}
    for there in site.fake.world.objects():
        assert there.id in recorded or there.address in plan.unsettled, there
    for file in site.folder.glob("project/*.txt"):
        assert file.name in recorded or any(a.startswith("file.") for a in plan.unsettled), file


def is_as_wanted(site: Site, *, changed: bool) -> None:
    snapshot = site.ledger.reader().snapshot()
    assert snapshot.lease is None
    assert not snapshot.intents
    world: World = site.fake.world
    recorded = {i.id: s.address for s in snapshot.resources.values() for i in s.instances}
    fakes = {each.id: each.address for each in world.objects()}
    assert fakes.items() <= recorded.items(), "an object is not recorded"
    files = {file.name for file in site.folder.glob("project/*.txt")}
    assert files == {"kept.txt", "there.txt", "new.txt"}
    assert recorded.keys() == fakes.keys() | files, "something is recorded that does not exist"
    assert set(recorded.values()) == {resource.address for resource in wanted()}
    for name, often in CREATED.items():
        expected = often if changed else 0 if name == "leaving" else 1
        assert world.count("create", name) == expected, f"{name} was made {world.count('create', name)} times"
    (arriving,), (replaced,) = world.of("arriving"), world.of("replaced")
    assert arriving.inputs["value"] == replaced.outputs["url"]
    assert replaced.inputs["kind"] == "y"
    assert (site.folder / "project/new.txt").read_text() == f"{arriving.outputs['url']}\n"
    assert (site.folder / "project/kept.txt").read_text() == "from two\n"
    assert site.plan(wanted()).plan.is_empty


if __name__ == "__main__":
    helper()
