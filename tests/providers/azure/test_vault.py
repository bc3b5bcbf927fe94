"""Values of secrets go to the vault and nowhere else (rule S1)."""

from typing import Any

import pytest
from arm import Arm

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
