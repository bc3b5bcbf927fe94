"""A task reads a secret from a vault, or is told what it lacks."""

import os
from typing import Any

import pytest
from arm import Arm
from azure_by_hand import Token

from unknot import azure
from unknot.providers.azure.secrets import current
from unknot.stacks.errors import ProviderError
from unknot.stacks.secret import Secret
from unknot.stacks.target import Target


@pytest.fixture
def client(arm: Arm) -> Any:
    from azure.keyvault.secrets import SecretClient

    url = os.environ["UNKNOT_TEST_VAULTS"].replace("{vault}", "lab")
    with SecretClient(url, Token(), verify_challenge_resource=False) as made:
        yield made


def test_current_version_is_read(
    team: Any, target: Target, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", "línea-1")
    secret = azure.KeyVaultSecret(
        "db", target=target, vault="lab", secret_name="db", value=Secret.env("DB_URL")
    )
    assert team.apply(secret).exit_code == 0

    assert current(client, "db") == "línea-1"


def test_secret_that_is_not_there_is_said_with_what_to_grant(client: Any) -> None:
    with pytest.raises(ProviderError, match="404") as refused:
        current(client, "none")
    assert "grants.use" in refused.value.detail
