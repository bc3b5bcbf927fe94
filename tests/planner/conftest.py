"""Makers for the planner's tests: a world of fakes, its ledger, and stacks that are planned and applied against them."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from unknot.planner.apply import ApplyOptions, ApplyReport, Progress, apply
from unknot.planner.archive import SavedPlan, bind
from unknot.planner.diff import OtherStack
from unknot.planner.plan import Change, Mode, Plan
from unknot.planner.planning import PlanOptions, make_plan
from unknot.planner.services import Services
from unknot.providers import registry
from unknot.providers.base import Provider
from unknot.providers.fake import FakeObject, FakeProvider, Gate, World
from unknot.providers.fake.rules import Verb
from unknot.stacks.address import Address
from unknot.stacks.definition import Definition
from unknot.stacks.errors import ProviderError
from unknot.stacks.resource import Resource
from unknot.stacks.stack import Stack
from unknot.state.ledger import Ledger
from unknot.state.snapshot import ResourceState, Snapshot
from unknot.state.stores.base import Store
from unknot.state.stores.memory import MemoryStore


class Site:
    """One stack's ledger and the world that it describes, for one or several people."""

    def __init__(self, project: Path, store: Store | None = None, key: str | None = None) -> None:
        self.fake = FakeProvider()
        self.second = FakeProvider("second")
        self.store = store or MemoryStore()
        self.project = project
        self.others: dict[str, OtherStack] = {}
        self.services = Services(project=project, provider=self._provider, other_stack=self.others.get)
        self.key = key
        self.ledger = self.somebody_else()

    def _provider(self, name: str) -> Provider:
        return {"fake": self.fake, "second": self.second}.get(name) or registry.provider(name)

    @property
    def world(self) -> World:
        return self.fake.world

    def somebody_else(self) -> Ledger:
        """The same ledger as another process sees it."""
        return Ledger.open(self.store, "demo/default", key=self.key)

    def stack(self, *resources: Resource) -> Stack:
        made = Stack("demo", owner="team@example.org")
        for resource in resources:
            made.add(resource)
        return made

    def plan(
        self,
        *resources: Resource,
        stack: Stack | None = None,
        definition: Definition | None = None,
        ledger: Ledger | None = None,
        mode: Mode = "normal",
        refresh: bool = True,
        **options: Any,
    ) -> SavedPlan:
        """The plan for these resources, or for a whole stack, bound as a saved one is."""
        wanted = stack or self.stack(*resources)
        data = definition or wanted.definition(root=self.project)
        at = ledger or self.ledger
        plan = make_plan(
            data,
            at.reader().snapshot() if at.exists else None,
            self.services,
            options=PlanOptions(mode=mode, refresh=refresh, **options),
            diagnostics=wanted.diagnostics,
            vault=at.vault(),
        )
        return bind(plan, data.bundles)

    def apply(
        self,
        saved: SavedPlan,
        *,
        ledger: Ledger | None = None,
        stop: threading.Event | None = None,
        progress: Progress | None = None,
        parallelism: int = 4,
        resume: bool = False,
        term_s: float = 30.0,
        wait_s: float = 0.0,
    ) -> ApplyReport:
        return apply(
            saved.plan,
            saved.hash,
            ledger or self.ledger,
            self.services,
            options=ApplyOptions(
                parallelism=parallelism, resume=resume, lease_term_s=term_s, lease_wait_s=wait_s
            ),
            bundles=saved,
            stop=stop,
            progress=progress,
        )

    def up(self, *resources: Resource, **options: Any) -> ApplyReport:
        """Plan and apply, which must succeed."""
        saved = self.plan(*resources, **options)
        assert saved.plan.can_apply, [d.summary for d in saved.plan.diagnostics]
        report = self.apply(saved)
        assert report.exit_code == 0, report.steps
        return report

    def killed(self, saved: SavedPlan, verb: str, name: str, *, made: bool) -> "Site":
        """The same world after a `kill -9` of this apply: before a call, or after it was `made` but not recorded.

        What was durable at that instant is copied; the apply itself then ends in a ledger that nobody looks at.
        """
        on: Verb[Any, Any] = getattr(self.fake, f"on_{verb}")
        gate = Gate()
        on(name, gate=gate, after=made, times=1, raises=None if made else ProviderError("killed"))
        with ThreadPoolExecutor(1) as pool:
            applying = pool.submit(self.apply, saved, parallelism=1)
            gate.wait_reached()
            left = MemoryStore()
            for key in list(self.store.list("")):
                left.put_if_absent(key, self.store.get(key) or b"")
            gate.open()
            applying.result()
        after = Site(self.project, left, self.key)
        after.fake, after.others = self.fake, self.others
        after.services = msgspec.structs.replace(after.services, other_stack=after.others.get)
        lease = after.snapshot().lease
        assert lease is not None
        after.ledger.break_lease(lease.id, by="test")
        return after

    def snapshot(self) -> Snapshot:
        """What is recorded, as somebody who has just come reads it."""
        return self.somebody_else().reader().snapshot()

    def recorded(self, address: str) -> ResourceState:
        return self.snapshot().resources[Address(address)]

    def object(self, address: str) -> FakeObject:
        """The one object that there is for an address or a name."""
        (there,) = self.world.of(address)
        return there

    def bytes_everywhere(self) -> bytes:
        """Everything in the ledger's store."""
        return b"\n".join(self.store.get(key) or b"" for key in self.store.list(""))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def make_site(tmp_path: Path) -> Callable[..., Site]:
    """For tests that need several, or a store of their own."""
    return lambda store=None, key=None: Site(tmp_path, store, key)


@pytest.fixture(scope="session")
def verbs() -> Callable[[Plan], dict[str, str]]:
    """Address to action of a plan's changes."""
    return lambda plan: {change.address: change.action.value for change in plan.changes}


@pytest.fixture(scope="session")
def change_of() -> Callable[[Plan, str], Change]:
    def find(plan: Plan, address: str) -> Change:
        return next(change for change in plan.changes if change.address == address)

    return find


@pytest.fixture(scope="session")
def outcomes() -> Callable[[ApplyReport], dict[str, str]]:
    """Address to outcome of a report's steps."""
    return lambda report: {step.address: step.outcome for step in report.steps}


@pytest.fixture(scope="session")
def with_timeout() -> Callable[[SavedPlan, float], SavedPlan]:
    """The same plan with calls that must end sooner, so that a short lease stays short."""

    def shorten(saved: SavedPlan, timeout_s: float) -> SavedPlan:
        changes = tuple(msgspec.structs.replace(c, timeout_s=timeout_s) for c in saved.plan.changes)
        return saved.of(msgspec.structs.replace(saved.plan, changes=changes))

    return shorten
