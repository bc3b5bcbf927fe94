"""From URLs to stores."""

import subprocess
import sys
from pathlib import Path

import pytest

from unknot.state.stores.base import StoreError
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
    assert "`file:`, `memory:`" in unknown.value.detail


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
