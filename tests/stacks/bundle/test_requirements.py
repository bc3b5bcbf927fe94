"""The lock of the requirements: found, resolved or taken from what is installed, never with credentials."""

import importlib.metadata
from pathlib import Path

import pytest

from unknot.stacks.bundle import requirements
from unknot.stacks.bundle.requirements import installed_lock, lock_requirements, stated_requirements
from unknot.stacks.errors import DefinitionError


@pytest.fixture(autouse=True)
def without_uv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network in these tests, and no requirements above the test's folder."""
    monkeypatch.setattr(requirements, "find_uv", lambda: None)
    (tmp_path / ".git").mkdir()


def test_requirements_come_from_pyproject_before_a_requirements_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["click>=8"]\n')
    (tmp_path / "requirements.txt").write_text("rich\n")
    lock = lock_requirements(tmp_path, tmp_path / "cache")

    assert lock.source == "pyproject.toml"
    assert lock.text == f"click=={importlib.metadata.version('click')}\n"
    assert lock.resolved_by == "installed"


def test_pyproject_without_dependencies_gives_way(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n")
    (tmp_path / "requirements.txt").write_text("click\n")
    assert lock_requirements(tmp_path, tmp_path / "cache").source == "requirements.txt"


@pytest.mark.rule("S1")
def test_options_comments_and_credentials_are_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    (tmp_path / "more.txt").write_text("rich  # pretty\n")
    file.write_text(
        "--index-url https://user:canary@index.example/simple\n-r more.txt\n# note\n"
        "thing @ git+https://user:canary@example.com/thing.git\nclick>=8 \\\n  --hash=sha256:00\n"
    )
    assert stated_requirements(file) == ("click>=8", "rich", "thing @ git+https://example.com/thing.git")
    assert "canary" not in lock_requirements(tmp_path, tmp_path / "cache").text


def test_installed_lock_follows_what_requirements_need_and_names_what_is_missing() -> None:
    text, missing = installed_lock(["rich>=1", "no-such-distribution-here", "click; python_version < '3'"])
    names = [line.partition("==")[0] for line in text.splitlines()]
    assert names == sorted(names)
    assert {"rich", "pygments"} <= set(names)
    assert "click" not in names
    assert missing == ("no-such-distribution-here",)


def test_what_is_no_requirement_has_a_diagnostic_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("click\npandas >>> 2\n")
    with pytest.raises(DefinitionError) as raised:
        lock_requirements(tmp_path, tmp_path / "cache")
    source = raised.value.diagnostics()[0].source
    assert source is not None
    assert source.line == 2


def test_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"no requirements file `reqs\.txt`"):
        lock_requirements(tmp_path, tmp_path / "cache", "reqs.txt")


def test_resolution_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements.txt").write_text("click\n")
    asked: list[tuple[str, ...]] = []

    def resolve(stated: tuple[str, ...]) -> tuple[str | None, str]:
        asked.append(stated)
        return "click==8.1.0\n", ""

    monkeypatch.setattr(requirements, "_resolved", resolve)
    first = lock_requirements(tmp_path, tmp_path / "cache")
    second = lock_requirements(tmp_path, tmp_path / "cache")
    assert (first, first.resolved_by) == (second, "uv")
    assert asked == [("click",)]


def test_project_without_requirements_has_an_empty_lock(tmp_path: Path) -> None:
    assert lock_requirements(tmp_path, tmp_path / "cache").text == ""
