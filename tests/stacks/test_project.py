"""Projects: found upwards, and a wrong setting is located."""

from pathlib import Path

import pytest

from unknot.stacks.errors import DefinitionError
from unknot.stacks.project import find_project


def refusal(folder: Path) -> tuple[str, str, int | None]:
    with pytest.raises(DefinitionError) as caught:
        find_project(folder)
    (found,) = caught.value.diagnostics()
    return found.summary, found.detail, found.source.line if found.source else None


def test_project_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    (tmp_path / "unknot.toml").write_text('stack = "infra.py"\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    project = find_project(inner)
    assert (project.root, project.stack_file.name) == (tmp_path.resolve(), "infra.py")


def test_stack_file_alone_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "stack.py").write_text("")
    assert find_project(tmp_path).config.stack == "stack.py"


def test_table_of_pyproject_is_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.unknot]\nbackend = "file:/x"\n')
    assert find_project(tmp_path).config.backend == "file:/x"


def test_misspelt_setting_is_located(tmp_path: Path) -> None:
    (tmp_path / "unknot.toml").write_text('# mine\nstack = "x.py"\nbackand = "y"\n')
    summary, detail, line = refusal(tmp_path)
    assert summary == "`unknot.toml` has a wrong setting"
    assert "Did you mean `backend`?" in detail
    assert line == 3


@pytest.mark.parametrize("content", [b"stack = ", b"\xff\xfe"])
def test_what_is_not_toml_is_said_to_be_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "unknot.toml").write_bytes(content)
    assert refusal(tmp_path)[0] == "`unknot.toml` is not TOML"


def test_no_project_says_how_to_make_one(tmp_path: Path) -> None:
    assert "unknot init" in refusal(tmp_path)[1]
