"""Values of secrets go to the vault and nowhere else (rule S1)."""

from typing import Any

import pytest
from arm import Arm
from azure_by_hand import SUBSCRIPTION

from unknot import azure
from unknot.stacks.secret import Secret
from unknot.stacks.target import Target

CANARY = "canary-5f2b9c"


@pytest.mark.rule("S1")
def test_value_of_a_secret_is_in_the_vault_and_in_no_byte_of_ledger_or_plan(
    team: Any, target: Target, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    monkeypatch.setenv("DB_URL", CANARY)
    secret = azure.KeyVaultSecret(
        "db", target=target, vault="lab", secret_name="db", value=Secret.env("DB_URL")
    )
    plan = team.plan(secret)
    assert CANARY.encode() not in msgspec.json.encode(plan)
    assert team.apply(secret).exit_code == 0
    assert arm.vaults.secrets["lab", "db"][-1]["value"] == CANARY
    for key in team.store.list(""):
        assert CANARY.encode() not in team.store.get(key)
    assert team.plan(secret).drift == ()


def test_secret_is_deleted_and_the_name_that_waits_for_its_purge_is_told(
    team: Any, target: Target, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", CANARY)
    secret = azure.KeyVaultSecret(
        "db", target=target, vault="lab", secret_name="db", value=Secret.env("DB_URL")
    )
    assert team.apply(secret).exit_code == 0
    assert team.apply().exit_code == 0
    assert ("lab", "db") in arm.vaults.deleted
    report = team.apply(secret)
    assert report.exit_code != 0
    assert "waits for its purge" in team.problems(report)
    assert CANARY not in team.problems(report)


def test_value_is_sent_again_when_its_version_is_raised_and_not_with_every_change(
    team: Any, target: Target, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", CANARY)

    def secret(version: int, kind: str) -> azure.KeyVaultSecret:
        return azure.KeyVaultSecret(
            "db",
            target=target,
            vault="lab",
            secret_name="db",
            value=Secret.env("DB_URL"),
            value_version=version,
            content_type=kind,
            tags={"team": "data"},
        )

    assert team.apply(secret(1, "text")).exit_code == 0
    assert team.apply(secret(1, "url")).exit_code == 0
    assert len(arm.vaults.secrets["lab", "db"]) == 1
    monkeypatch.setenv("DB_URL", "another")
    assert team.apply(secret(2, "url")).exit_code == 0
    first, second = arm.vaults.secrets["lab", "db"]
    assert second["value"] == "another"
    assert second["contentType"] == "url"
    assert second["tags"]["team"] == "data"
    assert second["tags"].keys() == first["tags"].keys()
    assert team.plan(secret(2, "url")).drift == ()


def test_secrets_of_a_job_are_sent_with_every_change_and_never_told(
    team: Any, target: Target, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PUT without them would take them away."""
    monkeypatch.setenv("DB_URL", CANARY)
    environment = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/team/providers/Microsoft.App/managedEnvironments/main"
    )

    secrets: Any = {"db": Secret.env("DB_URL")}

    def job(timeout: int) -> azure.ContainerAppJob:
        return azure.ContainerAppJob(
            "etl",
            target=target,
            job_name="etl",
            environment_id=environment,
            configuration={"triggerType": "Manual", "replicaTimeout": timeout},
            template={"containers": [{"name": "etl", "image": "example.org/etl:1"}]},
            secrets=secrets,
        )

    def sent() -> Any:
        [made] = [each for key, each in arm.resources.items() if "microsoft.app/jobs" in key]
        return made["properties"]["configuration"]["secrets"]

    assert team.apply(job(60)).exit_code == 0
    assert sent() == [{"name": "db", "value": CANARY}]
    report = team.apply(job(90))
    assert report.exit_code == 0, team.problems(report)
    assert sent() == [{"name": "db", "value": CANARY}]
    assert team.plan(job(90)).drift == ()
    for key in team.store.list(""):
        assert CANARY.encode() not in team.store.get(key)


def test_secret_is_read_without_its_value_and_when_it_is_disabled(
    team: Any, target: Target, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", CANARY)
    secret = azure.KeyVaultSecret(
        "db", target=target, vault="lab", secret_name="db", value=Secret.env("DB_URL"), enabled=False
    )
    assert team.apply(secret).exit_code == 0
    arm.requests.clear()
    assert team.plan(secret).drift == ()
    assert [path for _, path in arm.requests if "/secrets/" in path] == ["/vaults/lab/secrets/db/versions"]
