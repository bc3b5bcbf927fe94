"""Files: never another's, never half written, known again after a crash."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot.providers.base import UNKNOWN, ImportRequest, Mark, PlanItem, PlanRequest, ReadItem, ReadRequest
from unknot.providers.file import MAX_CONTENT_BYTES, FileProvider
from unknot.stacks.address import Address, Uid
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import ProviderError

OTHER = Mark("other", Uid("u9"))


@pytest.fixture
def ask(asking: Callable[[str], Any]) -> Any:
    return asking("file.document.note")


@pytest.fixture
def provider() -> FileProvider:
    return FileProvider()


def planned(provider: FileProvider, ask: Any, **inputs: Any) -> tuple[dict[str, Any], list[Diagnostic]]:
    item = PlanItem(ask.address, ask.type, "create", None, None, inputs, ())
    opinion = provider.plan(PlanRequest(ask.context, (item,))).opinions.get(ask.address)
    return ({}, []) if opinion is None else (opinion.outputs, list(opinion.diagnostics))


def test_create_over_an_unmarked_file_is_refused_and_suggests_import(
    provider: FileProvider, ask: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("theirs")
    with pytest.raises(ProviderError) as caught:
        provider.create(ask.create(path="a.txt", content="ours"))
    assert "unknot import file.document.note a.txt" in caught.value.detail
    assert (tmp_path / "a.txt").read_text() == "theirs"


@pytest.mark.rule("A3")
def test_marker_without_its_file_does_not_claim_what_appears_there(
    provider: FileProvider, ask: Any, tmp_path: Path
) -> None:
    """Killed between marker and file; then somebody else writes there."""
    made = ask.create(path="a.txt", content="ours")
    provider.create(made)
    (tmp_path / "a.txt").unlink()
    assert provider.find(ask.find(path="a.txt", content="ours")).object is None
    (tmp_path / "a.txt").write_text("theirs")
    assert provider.find(ask.find(path="a.txt", content="ours")).object is None
    with pytest.raises(ProviderError):
        provider.create(made)
    assert (tmp_path / "a.txt").read_text() == "theirs"


@pytest.mark.rule("A3")
def test_create_killed_before_the_file_appears_is_finished_by_the_next(
    provider: FileProvider, ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", killed)
    with pytest.raises(KeyboardInterrupt):
        provider.create(ask.create(path="a.txt", content="ours"))
    monkeypatch.undo()
    assert provider.find(ask.find(path="a.txt")).object is None
    provider.create(ask.create(path="a.txt", content="ours"))
    assert (tmp_path / "a.txt").read_text() == "ours"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".unknot", "a.txt"]


def test_full_disk_leaves_the_prior_content_and_says_so(
    provider: FileProvider, ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = provider.create(ask.create(path="a.txt", content="one"))
    sync = os.fsync
    writes = []

    def full(handle: int) -> None:
        writes.append(handle)
        if len(writes) > 2:  # the marker and its folder are through
            raise OSError(errno.ENOSPC, "no space")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProviderError, match=r"`a.txt` could not be updated: no space left") as caught:
        provider.update(ask.update(made.id, path="a.txt", content="two"))
    assert "make room" in caught.value.detail
    assert (tmp_path / "a.txt").read_text() == "one"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".unknot", "a.txt"]


def test_folder_at_the_path_is_explained(provider: FileProvider, ask: Any, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ProviderError) as caught:
        provider.create(ask.create(path="a", content="x"))
    assert "folder" in caught.value.detail
    (tmp_path / "b").write_text("")
    with pytest.raises(ProviderError) as caught:
        provider.create(ask.create(path="b/c", content="x"))
    assert "a file, not a folder" in caught.value.detail


def test_one_unreadable_file_does_not_hide_the_others(
    provider: FileProvider, ask: Any, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "fine").write_text("x")
    items = tuple(
        ReadItem(Address(name), "file.document", name, {"path": name}) for name in ("folder", "fine", "gone")
    )
    response = provider.read_many(ReadRequest(ask.context, items))
    assert [d.address for d in response.diagnostics] == ["folder"]
    assert response.objects.keys() == {"fine", "gone"}
    assert response.objects[Address("gone")] is None


def test_edit_by_hand_is_drift_and_is_deleted_all_the_same(
    provider: FileProvider, ask: Any, tmp_path: Path
) -> None:
    inputs = {"path": "a.txt", "content": "one", "mode": "0600"}
    made = provider.create(ask.create(**inputs))
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    (tmp_path / "a.txt").chmod(0o644)
    response = provider.read_many(
        ReadRequest(ask.context, (ReadItem(ask.address, ask.type, made.id, inputs),))
    )
    live = response.objects[ask.address]
    assert live is not None
    assert live.inputs["mode"] == "0644"
    assert live.inputs["content"].startswith("(2 bytes, SHA-256")
    provider.delete(ask.delete(made.id))
    assert not (tmp_path / "a.txt").exists()


def test_anothers_file_is_neither_updated_nor_deleted(
    provider: FileProvider, ask: Any, tmp_path: Path
) -> None:
    made = provider.create(ask.create(mark=OTHER, path="a.txt", content="theirs"))
    for call in (
        lambda: provider.update(ask.update(made.id, path="a.txt", content="ours")),
        lambda: provider.delete(ask.delete(made.id)),
    ):
        with pytest.raises(ProviderError) as caught:
            call()
        assert ".unknot/files/" in caught.value.detail
    assert (tmp_path / "a.txt").read_text() == "theirs"


def test_adopting_import_makes_the_file_ours(provider: FileProvider, ask: Any, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("theirs")
    request = ImportRequest(ask.context, ask.address, ask.type, "a.txt", ask.mark)
    looked = provider.import_(request).object
    assert looked is not None
    assert looked.mark is None
    assert not (tmp_path / ".unknot").exists(), "planning writes nothing"
    adopted = provider.import_(
        ImportRequest(ask.context, ask.address, ask.type, "a.txt", ask.mark, adopt=True)
    ).object
    assert adopted is not None
    assert adopted.mark == ask.mark
    provider.delete(ask.delete("a.txt"))
    assert not (tmp_path / "a.txt").exists()


def test_replacement_at_the_same_path_is_refused_before_the_prior_is_lost(
    provider: FileProvider, ask: Any, tmp_path: Path
) -> None:
    provider.create(ask.create(path="a.txt", content="one"))
    with pytest.raises(ProviderError, match="prior file") as caught:
        provider.create(ask.create(token="t2", path="a.txt", content="two"))
    assert "create_before_destroy" in caught.value.detail


def test_absolute_path_and_one_inside_the_project_have_one_identity(
    provider: FileProvider, ask: Any, tmp_path: Path
) -> None:
    made = provider.create(ask.create(path=str(tmp_path / "x" / ".." / "a.txt"), content="é\r\n"))
    assert made.id == "a.txt"
    assert (tmp_path / "a.txt").read_bytes() == "é\r\n".encode()


def test_damaged_marker_proves_nothing(provider: FileProvider, ask: Any, tmp_path: Path) -> None:
    provider.create(ask.create(path="a.txt", content="one"))
    for marker in (tmp_path / ".unknot" / "files").glob("*.json"):
        marker.write_bytes(b"{\xff")
    assert provider.find(ask.find(path="a.txt", content="one")).object is None
    with pytest.raises(ProviderError):
        provider.create(ask.create(path="a.txt", content="one"))


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"path": "a", "content": "x" * (MAX_CONTENT_BYTES + 1)}, "larger than"),
        ({"path": "a\0b", "content": ""}, "not the path"),
        ({"path": "", "content": ""}, "not the path"),
        ({"path": ".unknot/ledger/x", "content": ""}, ".unknot"),
    ],
)
def test_what_must_fail_is_said_when_planning(
    provider: FileProvider, ask: Any, inputs: dict[str, str], says: str
) -> None:
    _, diagnostics = planned(provider, ask, **inputs)
    assert len(diagnostics) == 1
    assert says in diagnostics[0].summary
    assert diagnostics[0].is_error


def test_outputs_are_predicted_only_from_known_content(provider: FileProvider, ask: Any) -> None:
    assert planned(provider, ask, path="a", content="abc")[0]["size_bytes"] == 3
    assert planned(provider, ask, path="a", content=UNKNOWN) == ({}, [])
