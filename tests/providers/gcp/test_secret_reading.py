"""A task reads a secret from Secret Manager, or is told what it lacks."""

from typing import Any

import pytest
import requests

from unknot.providers.gcp import resources as gcp
from unknot.providers.gcp.secrets import latest
from unknot.stacks.errors import ProviderError
from unknot.stacks.secret import Secret, SecretUnavailable
from unknot.stacks.target import Target


def test_latest_version_is_read(team: Any, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "línea-1")
    secret = gcp.SecretManagerSecret("db", target=target, secret_id="db", value=Secret.env("DB_PASSWORD"))
    assert team.apply(secret).exit_code == 0

    with requests.Session() as session:
        found = latest(session, target.options["endpoint"], "projects/testing/secrets/db")
    assert found == "línea-1"


def test_secret_that_is_not_there_is_named_with_the_permission(team: Any, target: Target) -> None:
    with requests.Session() as session, pytest.raises(ProviderError, match="404") as refused:
        latest(session, target.options["endpoint"], "projects/testing/secrets/none")
    assert "secretmanager.versions.access" in refused.value.detail


def test_missing_credentials_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    with pytest.raises(SecretUnavailable, match="gcp-secret:projects/p/secrets/s"):
        Secret.parse("gcp-secret:projects/p/secrets/s").resolve()
