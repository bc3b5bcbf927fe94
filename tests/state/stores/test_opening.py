"""From URLs to stores."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from unknot.state.stores.base import StoreDenied, StoreError, StoreLibraryMissing
from unknot.state.stores.local import LocalStore
from unknot.state.stores.opening import open_store


def test_plain_path_and_file_urls_name_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    for url in (folder, str(folder), f"file:{folder}", f"file://{tmp_path}/a%20b"):
        store = open_store(url)
        assert isinstance(store, LocalStore)
        assert store.root == folder


def test_relative_path_is_under_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("file:.unknot/store")
    assert isinstance(store, LocalStore)
    assert store.root == tmp_path / ".unknot" / "store"


def test_memory_stores_of_one_name_share_their_objects() -> None:
    first, second, other = open_store("memory:shared"), open_store("memory:shared"), open_store("memory:")
    first.put_if_absent("a", b"x")
    assert second.get("a") == b"x"
    assert other.get("a") is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "must not be empty"),
        ("ftp://host/x", "`ftp:`"),
        ("file:", "names no folder"),
        ("file://host/x", "`host`"),
    ],
)
def test_bad_url_says_what_is_wrong(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        open_store(url)


def test_unknown_scheme_lists_the_known_ones() -> None:
    with pytest.raises(StoreError) as unknown:
        open_store("ftp://host/x")
    assert "`file:`, `gs:`, `memory:`" in unknown.value.detail


@pytest.mark.rule("R3")
def test_stores_load_nothing_else_of_unknot() -> None:
    code = (
        "import sys, unknot\nbefore = set(sys.modules)\n"
        "import unknot.state.stores.opening, unknot.state.stores.local, unknot.state.stores.memory\n"
        "print(*sorted(m for m in set(sys.modules) - before if m.startswith('unknot.') "
        "and m != 'unknot.state' and not m.startswith('unknot.state.stores')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("s3://bucket/team/state/", "s3://bucket/team/state"),
        ("s3://bucket", "s3://bucket"),
        ("s3://bucket/p?profile=prod&region=eu-west-1", "s3://bucket/p?profile=prod&region=eu-west-1"),
        ("gs://bucket/p?impersonate=a%40b.iam", "gs://bucket/p?impersonate=a@b.iam"),
        ("az://state/p?account=acme", "az://state/p?account=acme"),
    ],
)
def test_url_of_a_bucket_is_kept_in_its_shortest_form(url: str, same: str) -> None:
    assert open_store(url).url == same
    assert open_store(same).url == same


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("s3:///p", "names no bucket"),
        ("s3://bucket/a//b", "is no URL of a store"),
        ("s3://bucket/p?regoin=x", "unknown parameter `regoin`"),
        ("s3://bucket/p?region=", "needs one value"),
        ("s3://bucket/p?region=a&region=b", "needs one value"),
        ("s3://bucket/p#x", "fragment"),
        ("gs://key:canary@bucket/p", "names a user"),
        ("az://state/p?account=a&sas=canary", "unknown parameter `sas`"),
        ("s3://bucket--use1-az4--x-s3/p", "directory bucket"),
    ],
)
def test_wrong_url_of_a_bucket_says_what_is_wrong(url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as wrong:
        open_store(url)
    assert "canary" not in f"{wrong.value.summary} {wrong.value.detail}"
    assert wrong.value.detail


def test_misspelt_parameter_is_guessed() -> None:
    with pytest.raises(StoreError) as wrong:
        open_store("s3://bucket/p?regoin=x")
    assert "Did you mean `region`?" in wrong.value.detail


def test_azure_store_needs_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CONNECTION_STRING"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StoreError, match="names no storage account") as unnamed:
        open_store("az://state/p")
    assert "?account=NAME" in unnamed.value.detail
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "acme")
    assert open_store("az://state/p").url == "az://state/p?account=acme"


@pytest.mark.parametrize(
    ("url", "library", "extra"),
    [
        ("s3://b", "boto3", "aws"),
        ("gs://b", "google.cloud.storage", "gcp"),
        ("az://b?account=a", "azure.storage.blob", "azure"),
        ("postgresql://h/d", "psycopg", "postgres"),
    ],
)
def test_missing_library_says_what_to_install(
    url: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(StoreLibraryMissing) as missing:
        open_store(url)
    assert f"pip install 'unknot[{extra}]'" in missing.value.detail


def test_opening_touches_nothing() -> None:
    for url in ("s3://b/p", "gs://b/p", "az://b/p?account=a", "postgresql://nowhere.invalid/d"):
        open_store(url)


def test_role_without_credentials_to_assume_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    store = open_store("s3://ledgers/team?region=eu-west-1&role=arn:aws:iam::123456789012:role/unknot")

    with pytest.raises(StoreDenied, match="no AWS credentials"):
        store.get("a")
