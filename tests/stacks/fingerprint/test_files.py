"""Fingerprints of declared files and of notebooks."""

import json
from pathlib import Path

import pytest

from unknot.stacks.fingerprint import (
    CodePart,
    Fingerprint,
    FingerprintError,
    combine,
    compare,
    fingerprint_files,
    fingerprint_notebook,
)

pytestmark = pytest.mark.rule("F2")


def notebook(path: Path, cells: list[tuple[str, str]], *, outputs: int = 0) -> Path:
    document = {
        "nbformat": 4,
        "cells": [
            {
                "cell_type": kind,
                "source": text.splitlines(keepends=True),
                "outputs": [outputs],
                "execution_count": outputs,
            }
            for kind, text in cells
        ],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_content_counts_and_time_does_not(tmp_path: Path) -> None:
    file = tmp_path / "train.sh"
    file.write_bytes(b"echo \xff\n")
    first = fingerprint_files([file], tmp_path)
    file.touch()
    assert compare(first, fingerprint_files([Path("train.sh")], tmp_path)).verdict == "unchanged"
    file.write_bytes(b"echo 2\n")
    found = compare(first, fingerprint_files([file], tmp_path))
    assert found.sentences == ("`train.sh` changed",)


def test_folder_stands_for_its_files(tmp_path: Path) -> None:
    for name in ("sql/a.sql", "sql/deep/b.sql", "sql/.hidden", "sql/__pycache__/x.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    parts = fingerprint_files([Path("sql")], tmp_path).parts
    assert [part.name for part in parts] == ["file:sql/a.sql", "file:sql/deep/b.sql"]


def test_same_file_named_twice_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a.sql").touch()
    twice = fingerprint_files([Path("a.sql"), tmp_path / "a.sql"], tmp_path)
    assert twice == fingerprint_files([Path("a.sql")], tmp_path)


def test_name_of_a_file_counts(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("1")
    (tmp_path / "b.sql").write_text("1")
    one, other = (fingerprint_files([Path(name)], tmp_path) for name in ("a.sql", "b.sql"))
    assert one.digest != other.digest


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FingerprintError, match=r"`gone\.sql` cannot be read: there is no such file"):
        fingerprint_files([Path("gone.sql")], tmp_path)


def test_file_outside_of_the_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sql").touch()
    (tmp_path / "project").mkdir()
    with pytest.raises(FingerprintError, match="outside of the project"):
        fingerprint_files([tmp_path / "a.sql"], tmp_path / "project")


def test_declared_files_join_a_function(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("1")
    function = Fingerprint("f", 1, (CodePart("ops:train", "d", "ops.py", 1),), ("ops.py:1 eval(x)",))
    both = combine(function, fingerprint_files([Path("a.sql")], tmp_path))
    assert [part.name for part in both.parts] == ["file:a.sql", "ops:train"]
    assert both.widened == function.widened
    (tmp_path / "a.sql").write_text("2")
    found = compare(both, combine(function, fingerprint_files([Path("a.sql")], tmp_path)))
    assert found.sentences == ("`a.sql` changed",)


CELLS = [("markdown", "# Title"), ("code", "import json\nx = 1"), ("code", "y = x + 1\ny")]


@pytest.mark.parametrize(
    "cells",
    [
        [("markdown", "# Other"), *CELLS[1:]],
        [*CELLS, ("markdown", "more"), ("raw", "text")],
        [*CELLS, ("code", "# only a comment\n")],
        [CELLS[0], ("code", "import json  # why\n\nx = (1)"), CELLS[2]],
    ],
)
def test_text_outputs_and_comments_of_a_notebook_do_not_count(
    tmp_path: Path, cells: list[tuple[str, str]]
) -> None:
    before = fingerprint_notebook(notebook(tmp_path / "n.ipynb", CELLS))
    after = fingerprint_notebook(notebook(tmp_path / "n.ipynb", cells, outputs=3))
    assert compare(before, after).verdict == "unchanged"


@pytest.mark.parametrize(
    "cells",
    [
        [*CELLS[:2], ("code", "y = x + 2\ny")],
        [CELLS[0], CELLS[2], CELLS[1]],
        CELLS[:2],
        [*CELLS, ("code", "%time y")],
    ],
)
def test_code_of_a_notebook_counts(tmp_path: Path, cells: list[tuple[str, str]]) -> None:
    before = fingerprint_notebook(notebook(tmp_path / "n.ipynb", CELLS))
    assert compare(before, fingerprint_notebook(notebook(tmp_path / "n.ipynb", cells))).verdict == "changed"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"cells": [1]}', "\udcff", '{"cells": [{"cell_type": "code", "source": 1}]}']
)
def test_what_is_no_notebook_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "n.ipynb").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(FingerprintError, match=r"`n\.ipynb` is not a notebook"):
        fingerprint_notebook(tmp_path / "n.ipynb")


def test_missing_notebook_is_named(tmp_path: Path) -> None:
    with pytest.raises(FingerprintError, match=r"`n\.ipynb` cannot be read"):
        fingerprint_notebook(tmp_path / "n.ipynb")
