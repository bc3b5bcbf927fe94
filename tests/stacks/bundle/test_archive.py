"""Bundles: the same bytes for the same content, nothing secret in them, nothing that leads out of the folder."""

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

from unknot.stacks.bundle import BundleUnreadable, imported_files, pack, unpack
from unknot.stacks.bundle.archive import read_about
from unknot.stacks.errors import DefinitionError
from unknot.stacks.graph import WorkflowGraph

GRAPH = WorkflowGraph("flow", "flow", "flow", ops={}, tasks=())

KEY = "-----BEGIN PRIVATE KEY-----\n" + "A" * 64 + "\n-----END PRIVATE KEY-----\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    (project / "pkg").mkdir(parents=True)
    (project / "flow.py").write_text("import pkg.more\n")
    (project / "pkg" / "__init__.py").write_text("")
    (project / "pkg" / "more.py").write_text("x = 1\n")
    return project


def zipped(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return made.getvalue()


def test_equal_content_gives_equal_bytes_whatever_the_times_and_the_order(root: Path) -> None:
    first = pack(root, ["flow.py", "pkg/more.py"], GRAPH, "pandas==2\n")
    os.utime(root / "flow.py", (1, 1))
    second = pack(root, [root / "pkg" / "more.py", "flow.py", "flow.py"], GRAPH, "pandas==2\n")

    assert first == second
    assert first.files == ("flow.py", "pkg/more.py")
    assert pack(root, ["flow.py"], GRAPH).hash != first.hash


def test_unpacked_bundle_holds_files_graph_lock_and_versions(root: Path, tmp_path: Path) -> None:
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    bundle = pack(root, ["flow.py", "run.sh"], GRAPH, "pandas==2\n", paths=(".", "src"))
    folder = tmp_path / "out"
    unpack(bundle.data, folder)
    unpack(bundle.data, folder)

    assert (folder / "code" / "flow.py").read_text() == "import pkg.more\n"
    assert os.access(folder / "code" / "run.sh", os.X_OK)
    assert (folder / "requirements.lock").read_text() == "pandas==2\n"
    assert (folder / "workflow.json").is_file()
    assert read_about(folder).paths == (".", "src")


@pytest.mark.rule("S1")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".env", "A=1"),
        ("config/.env.prod", "A=1"),
        ("server.key", "x"),
        ("id_rsa", "x"),
        ("credentials.json", "{}"),
        ("notes.txt", KEY),
        ("account.json", '{"private_key": "-----BEGIN PRIVATE KEY-----"}'),
        ("aws.ini", "aws_secret_access_key = " + "A" * 40),
    ],
)
def test_secret_file_is_refused_by_name(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text(text)
    with pytest.raises(DefinitionError) as raised:
        pack(root, ["flow.py", name], GRAPH)
    assert f"`{name}`" in raised.value.diagnostics()[0].summary


def test_example_of_an_environment_file_and_a_certificate_may_be_packed(root: Path) -> None:
    (root / ".env.example").write_text("A=\n")
    (root / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    (root / "flow.py").write_text('MARK = "-----BEGIN PRIVATE KEY-----"\n')
    assert len(pack(root, [".env.example", "ca.pem", "flow.py"], GRAPH).files) == 3


def test_every_bad_file_is_named_at_once(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("")
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    with pytest.raises(DefinitionError) as raised:
        pack(root, ["../outside.py", "link.py", "missing.py"], GRAPH)
    assert [part.summary.split("`")[1] for part in raised.value.diagnostics()] == [
        "../outside.py",
        "link.py",
        "missing.py",
    ]


@pytest.mark.parametrize("name", ["../evil.py", "/tmp/evil.py", "code/../../evil.py", "C:/evil.py", "a\\b"])
def test_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BundleUnreadable):
        unpack(zipped((name, b"x")), tmp_path / "in" / "out")
    assert list((tmp_path / "in").iterdir()) == []


def test_link_in_a_bundle_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(BundleUnreadable):
        unpack(zipped((info, b"/etc/passwd")), tmp_path / "out")


@pytest.mark.parametrize("data", [b"", b"not a zip", zipped(("a", b"x" * 1000))[:-30]])
def test_damaged_bytes_leave_no_folder(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BundleUnreadable):
        unpack(data, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_imported_modules_of_the_project_are_found_with_their_packages(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / ".venv" / "lib").mkdir(parents=True)
    (root / ".venv" / "lib" / "other.py").write_text("")
    monkeypatch.syspath_prepend(str(root))
    monkeypatch.syspath_prepend(str(root / ".venv" / "lib"))
    import importlib
    import sys

    modules = [importlib.import_module(name) for name in ("pkg.more", "other")]
    for name in ("pkg.more", "pkg", "other"):
        monkeypatch.delitem(sys.modules, name)
    assert imported_files(root, modules) == (Path("pkg/__init__.py"), Path("pkg/more.py"))
