from pathlib import Path

import pytest

from unknot.stacks.secret import Secret, SecretUnavailable


def test_secret_is_read_where_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", "canary-1")
    (tmp_path / "token").write_text("canary-2\n")

    assert Secret.env("DB_URL").resolve() == "canary-1"
    assert Secret.file(tmp_path / "token").resolve() == "canary-2"


@pytest.mark.rule("S1")
def test_only_the_reference_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", "canary-1")
    secret = Secret.env("DB_URL")
    secret.resolve()

    assert repr(secret) == str(secret) == f"{secret}" == "Secret(env:DB_URL)"
    assert secret.to_json() == {"$secret": "env:DB_URL"}
    assert Secret.parse(secret.reference) == secret
    assert Secret.parse("file:/run/a:b") == Secret.file("/run/a:b")


@pytest.mark.parametrize("reference", ["", "env:", "vault:x", "DB_URL", "ENV:X"])
def test_unknown_reference_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="env:NAME"):
        Secret.parse(reference)


def test_secret_that_is_not_there_is_named_by_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DB_URL", raising=False)

    with pytest.raises(SecretUnavailable, match="`env:DB_URL` is not set"):
        Secret.env("DB_URL").resolve()
    with pytest.raises(SecretUnavailable, match=r"token` cannot be read"):
        Secret.file(tmp_path / "token").resolve()
    with pytest.raises(SecretUnavailable, match="cannot be read"):
        Secret.file(tmp_path).resolve()


@pytest.mark.rule("S1")
def test_bytes_of_an_undecodable_secret_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"canary\xff\xfe")

    with pytest.raises(SecretUnavailable) as caught:
        Secret.file(tmp_path / "token").resolve()

    shown = (
        f"{caught.value} {caught.value.detail} {caught.value.__cause__} {caught.value.__suppress_context__}"
    )
    assert "canary" not in shown
    assert "0xff" not in shown
    assert caught.value.__suppress_context__
