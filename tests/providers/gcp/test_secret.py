"""The value of a secret goes to Secret Manager and is nowhere else."""

import base64
from collections.abc import Mapping
from typing import Any, Protocol

import google_by_hand
import pytest
from google_schema import SchemaServer
from proxy import Proxy

from unknot.planner.apply import ApplyReport
from unknot.planner.plan import Plan
from unknot.providers.declared.calls import Tally
from unknot.providers.gcp import resources as gcp
from unknot.providers.gcp.client import GcpApi
from unknot.stacks.resource import Resource
from unknot.stacks.secret import Secret
from unknot.stacks.target import Target
from unknot.state.stores.memory import MemoryStore

CANARY = "CANARY-4711"


class Team(Protocol):
    """The fixture of that name."""

    store: MemoryStore

    def plan(self, *resources: Resource) -> tuple[Plan, Any]: ...
    def apply(self, *resources: Resource) -> ApplyReport: ...
    def changes(self, *resources: Resource) -> Mapping[str, str]: ...


@pytest.fixture(autouse=True)
def canary(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", CANARY)
    monkeypatch.setenv("GOOGLE_SCHEMA_HOST", target.options["endpoint"])


def _secret(target: Target, **inputs: Any) -> gcp.SecretManagerSecret:
    value = Secret.env("DB_PASSWORD")
    return gcp.SecretManagerSecret("db", target=target, secret_id="db", value=value, **inputs)


def _value() -> str:
    """As Google's own client reads it."""
    name = "projects/testing/secrets/db/versions/latest"
    answer = google_by_hand.call("secretmanager.projects.secrets.versions.access", {"name": name})
    return base64.b64decode(answer["payload"]["data"]).decode()


def test_value_is_in_secret_manager_and_nowhere_else(
    team: Team, target: Target, proxy: Proxy, schema: SchemaServer
) -> None:
    report = team.apply(_secret(target))
    assert report.exit_code == 0
    assert _value() == CANARY
    everything = b"".join(team.store.get(key) or b"" for key in team.store.list(""))
    for text in (everything.decode(errors="replace"), repr(report), repr(team.plan(_secret(target))[0])):
        assert CANARY not in text
        assert base64.b64encode(CANARY.encode()).decode() not in text


def test_other_changes_do_not_send_the_value_again(team: Team, target: Target, schema: SchemaServer) -> None:
    team.apply(_secret(target))
    assert team.changes(_secret(target)) == {}
    team.apply(_secret(target, annotations={"why": "the lake"}, labels={"team": "data"}))
    assert schema.requests.count("secretmanager.projects.secrets.addVersion") == 1


def test_value_is_sent_again_as_a_new_version_when_its_version_is_raised(
    team: Team, target: Target, schema: SchemaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    team.apply(_secret(target, value_version=1))
    monkeypatch.setenv("DB_PASSWORD", "CANARY-next")
    assert team.changes(_secret(target, value_version=1)) == {}
    assert team.apply(_secret(target, value_version=2)).exit_code == 0
    assert _value() == "CANARY-next"
    assert schema.requests.count("secretmanager.projects.secrets.addVersion") == 2


def test_secret_of_no_value_has_no_version(team: Team, target: Target, schema: SchemaServer) -> None:
    team.apply(gcp.SecretManagerSecret("db", target=target, secret_id="db"))
    assert "secretmanager.projects.secrets.addVersion" not in schema.requests
    assert GcpApi(target).call(
        "secretmanager",
        "secretmanager.projects.secrets.get",
        {"name": "projects/testing/secrets/db"},
        Tally(),
    )
