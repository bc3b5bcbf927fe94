"""AWS as moto has it, behind a proxy that makes things go wrong."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from proxy import Proxy
from servers import Server

from unknot.planner.apply import ApplyReport, apply
from unknot.planner.archive import bind
from unknot.planner.plan import Plan
from unknot.planner.planning import make_plan
from unknot.planner.services import Services
from unknot.stacks.resource import Resource
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore

REGION = "eu-west-1"


@pytest.fixture
def proxy(moto_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with Proxy(moto_server.url) as found:
        yield found


@pytest.fixture
def target(proxy: Proxy) -> Target:
    """A target whose every service is behind the proxy."""
    return Target("here", cloud="aws", region=REGION, options={"endpoint": proxy.url})


class Team:
    """A stack of one team, with a ledger in memory."""

    def __init__(self, project: Path, target: Target) -> None:
        self.target = target
        self.services = Services(project=project)
        self.ledger = Ledger.open(MemoryStore(), "demo/default")
        self.unique = secrets.token_hex(4)

    def plan(self, *resources: Resource) -> tuple[Plan, Any]:
        stack = Stack("demo", owner="team@example.org")
        for resource in resources:
            stack.add(resource)
        definition = stack.definition(root=self.services.project)
        snapshot = self.ledger.reader().snapshot() if self.ledger.exists else None
        return make_plan(definition, snapshot, self.services, diagnostics=stack.diagnostics), definition

    def apply(self, *resources: Resource) -> ApplyReport:
        plan, definition = self.plan(*resources)
        assert [f"{each.summary}: {each.detail}" for each in plan.diagnostics if each.is_error] == []
        saved = bind(plan, definition.bundles)
        return apply(saved.plan, saved.hash, self.ledger, self.services, bundles=saved)

    def changes(self, *resources: Resource) -> Mapping[str, str]:
        plan, _ = self.plan(*resources)
        return {each.address: each.action.value for each in plan.changes}


@pytest.fixture
def team(tmp_path: Path, target: Target) -> Team:
    return Team(tmp_path, target)


@pytest.fixture
def made_team() -> Callable[[Path, Target], Team]:
    """For a team on a target of the test's own."""
    return Team


@pytest.fixture
def client(moto_server: Server) -> Any:
    """A client of a service, past the proxy: what a person sees."""
    return lambda service, **more: boto3.client(
        service, endpoint_url=moto_server.url, **{"region_name": REGION, **more}
    )
