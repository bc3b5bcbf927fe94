"""Google Cloud as its discovery documents describe it, in this process, behind a proxy that makes things go wrong."""

import secrets
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from google_schema import SchemaServer
from proxy import Proxy

from unknot.planner.apply import ApplyOptions, ApplyReport, apply
from unknot.planner.archive import bind
from unknot.planner.plan import Plan
from unknot.planner.planning import PlanOptions, make_plan
from unknot.planner.services import Services
from unknot.providers.base import Context
from unknot.providers.declared.calls import Tally
from unknot.providers.gcp import client
from unknot.providers.gcp.client import GcpApi
from unknot.stacks.resource import Resource
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore


@pytest.fixture
def schema(monkeypatch: pytest.MonkeyPatch) -> Iterator[SchemaServer]:
    """A server of its own for each test. Retries do not pause."""
    monkeypatch.setattr(client, "RETRY_FIRST_S", 0.001)
    monkeypatch.setattr(client, "RETRY_LONGEST_S", 0.001)
    monkeypatch.setattr(client, "RETRY_S", 120.0)
    monkeypatch.setattr(client, "FIRST_POLL_S", 0.001)
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    server = SchemaServer(0)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def proxy(schema: SchemaServer) -> Iterator[Proxy]:
    with Proxy(f"http://127.0.0.1:{schema.server_port}") as found:
        yield found


@pytest.fixture
def target(proxy: Proxy) -> Target:
    """A target whose every service is behind the proxy."""
    options = {"endpoint": proxy.url, "project": "testing"}
    return Target("here", cloud="gcp", region="europe-west1", options=options)


@pytest.fixture
def api(target: Target) -> GcpApi:
    return GcpApi(target)


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.fixture
def context(target: Target, tmp_path: Path) -> Context:
    return Context(tmp_path, "a1b2c3", target)


class Team:
    """A stack of one team, with a ledger in memory."""

    def __init__(self, project: Path, target: Target) -> None:
        self.target = target
        self.services = Services(project=project)
        self.store = MemoryStore()
        self.ledger = Ledger.open(self.store, "demo/default")
        self.unique = secrets.token_hex(4)

    def plan(self, *resources: Resource, imports: Mapping[str, str] | None = None) -> tuple[Plan, Any]:
        stack = Stack("demo", owner="team@example.org")
        for resource in resources:
            stack.add(resource)
        for address, object_id in (imports or {}).items():
            stack.import_(address, id=object_id)
        definition = stack.definition(root=self.services.project)
        snapshot = self.ledger.reader().snapshot() if self.ledger.exists else None
        plan = make_plan(
            definition, snapshot, self.services, options=PlanOptions(), diagnostics=stack.diagnostics
        )
        return plan, definition

    def apply(self, *resources: Resource, imports: Mapping[str, str] | None = None) -> ApplyReport:
        plan, definition = self.plan(*resources, imports=imports)
        problems = [f"{each.summary}: {each.detail}" for each in plan.diagnostics if each.is_error]
        assert problems == []
        saved = bind(plan, definition.bundles)
        return apply(
            saved.plan, saved.hash, self.ledger, self.services, options=ApplyOptions(), bundles=saved
        )

    def changes(self, *resources: Resource) -> Mapping[str, str]:
        plan, _ = self.plan(*resources)
        return {each.address: each.action.value for each in plan.changes if each.action.value != "no-op"}


@pytest.fixture
def team(tmp_path: Path, target: Target) -> Team:
    return Team(tmp_path, target)
