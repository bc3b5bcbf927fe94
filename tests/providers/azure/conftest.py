"""Azure in this process: a server of its own for each test, of which one can say what goes wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path

import azure_by_hand
import pytest
from arm import Arm
from proxy import Proxy
from servers import Server

from unknot.planner.apply import ApplyOptions, ApplyReport, apply
from unknot.planner.archive import bind
from unknot.planner.plan import Plan
from unknot.planner.planning import PlanOptions, make_plan
from unknot.planner.services import Services
from unknot.providers.azure import following, transport
from unknot.providers.azure.client import AzureApi
from unknot.providers.base import Context
from unknot.providers.declared.calls import Tally
from unknot.stacks.resource import Resource
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore


@pytest.fixture
def arm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Arm]:
    """Azure Resource Manager and vaults. Retries hardly pause."""
    monkeypatch.setattr(transport, "BACKOFF_S", 0.001)
    monkeypatch.setattr(transport, "GROWTH", 0.001)
    monkeypatch.setattr(following, "INTERVAL_S", 0.01)
    for name in ("AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT", "AZURE_SUBSCRIPTION_ID"):
        monkeypatch.delenv(name, raising=False)
    with Arm() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def target(arm: Arm) -> Target:
    return Target("here", cloud="azure", region="westeurope", options=azure_by_hand.options())


@pytest.fixture
def api(target: Target) -> AzureApi:
    return AzureApi(target)


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.fixture
def context(target: Target, tmp_path: Path) -> Context:
    return Context(project=tmp_path, lineage="lineage", target=target)


class Team:
    """A ledger, and a stack that is planned and applied against it."""

    def __init__(self, project: Path) -> None:
        self.services = Services(project=project)
        self.store = MemoryStore()
        self.ledger = Ledger.open(self.store, "demo/default")

    def stack(self, *resources: Resource) -> Stack:
        stack = Stack("demo", owner="team@example.org")
        for resource in resources:
            stack.add(resource)
        return stack

    def plan(self, *resources: Resource) -> Plan:
        return self.planned(self.stack(*resources))

    def planned(self, stack: Stack) -> Plan:
        return make_plan(
            stack.definition(root=self.services.project),
            self.ledger.reader().snapshot() if self.ledger.exists else None,
            self.services,
            options=PlanOptions(),
            diagnostics=stack.diagnostics,
        )

    def apply(self, *resources: Resource) -> ApplyReport:
        saved = bind(self.plan(*resources), {})
        assert saved.plan.can_apply, [f"{d.summary}: {d.detail}" for d in saved.plan.diagnostics]
        return apply(
            saved.plan, saved.hash, self.ledger, self.services, options=ApplyOptions(), bundles=saved
        )

    def problems(self, report: ApplyReport) -> str:
        return "\n".join(step.detail for step in report.steps if step.outcome != "done")


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


@pytest.fixture
def storage(azurite_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Proxy]]:
    """Puts a proxy before one service (`Blob`, `Queue`, `Table`) of azurite."""
    monkeypatch.setattr(transport, "BACKOFF_S", 0.001)
    monkeypatch.setattr(transport, "GROWTH", 0.001)
    connection = azurite_server.environment["AZURE_STORAGE_CONNECTION_STRING"]
    proxies: list[Proxy] = []

    def before(service: str) -> Proxy:
        parts = dict(part.split("=", 1) for part in connection.split(";") if part)
        upstream, _, account = parts[f"{service}Endpoint"].rpartition("/")
        proxy = Proxy(upstream)
        proxies.append(proxy)
        parts[f"{service}Endpoint"] = f"{proxy.url}/{account}"
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", text)
        return proxy

    yield before
    for proxy in proxies:
        proxy.__exit__()
