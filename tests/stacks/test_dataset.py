"""The resource type `dataset`: where its source is, its digest, and what it stands for in `bind`."""

from pathlib import Path

import pandas as pd
import pytest

from unknot.stacks.dataset import Dataset, file_digest, locate, package_file
from unknot.stacks.stack import Stack
from unknot.stacks.workflow import ArtifactInput, bound_artifact_of


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    file = tmp_path / "flights.csv"
    file.write_text("a\n1\n")
    return file


def test_content_is_part_of_the_definition(csv: Path) -> None:
    prior = Dataset("flights", pd.DataFrame, source=csv)
    csv.write_text("a\n2\n")
    desired = Dataset("flights", pd.DataFrame, source=csv)

    assert prior.content == file_digest_of("a\n1\n", csv.parent)
    assert desired.content != prior.content
    assert desired.source == str(csv)


def file_digest_of(text: str, folder: Path) -> str:
    file = folder / "other"
    file.write_text(text)
    return file_digest(file)


def test_kind_is_recorded_by_name(csv: Path) -> None:
    assert Dataset("flights", pd.DataFrame, source=csv).kind == "pandas:DataFrame"
    assert Dataset("flights", Path, source=csv).kind == "pathlib:Path"


def test_kind_that_another_process_cannot_find_is_a_problem(csv: Path) -> None:
    class Local:
        pass

    assert Dataset("flights", Local, source=csv).problems


def test_missing_source_is_a_problem_with_the_place_that_was_looked_at(tmp_path: Path) -> None:
    stack = Stack("s", owner="o")
    stack.add(Dataset("flights", pd.DataFrame, source=tmp_path / "gone.csv"))
    (problem,) = stack.diagnostics

    assert problem.is_error
    assert str(tmp_path / "gone.csv") in problem.detail
    assert problem.source is not None
    assert problem.source.file == __file__


def test_misspelt_input_is_named(csv: Path) -> None:
    dataset = Dataset("flights", pd.DataFrame, source=csv, option={"sep": ";"})  # type: ignore[call-arg]
    assert any("Did you mean `options`" in problem.detail for problem in dataset.problems)


def test_file_of_a_package_is_found_without_importing_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "carried"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "table.csv").write_text("a\n1\n")
    monkeypatch.syspath_prepend(tmp_path)
    dataset = Dataset("flights", pd.DataFrame, source=package_file("carried", "table.csv"))

    assert not dataset.problems
    assert dataset.source == "package:carried/table.csv"
    assert locate(dataset.source, Path("elsewhere")) == package / "table.csv"


def test_package_that_is_not_installed_is_a_problem() -> None:
    dataset = Dataset("flights", pd.DataFrame, source=package_file("not_installed", "table.csv"))
    assert dataset.problems


def test_relative_source_is_under_the_project(tmp_path: Path) -> None:
    assert locate("data/flights.csv", tmp_path) == tmp_path / "data" / "flights.csv"
    assert locate("/data/flights.csv", tmp_path) == Path("/data/flights.csv")


def test_digest_of_a_folder_is_of_names_and_contents(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "a").write_text("1")
    first = file_digest(folder)
    (folder / "inner" / "a").rename(folder / "b")
    renamed = file_digest(folder)
    (folder / "b").write_text("2")

    assert len({first, renamed, file_digest(folder)}) == 3


def test_value_stands_for_the_artifact(csv: Path) -> None:
    dataset = Dataset("flights", pd.DataFrame, source=csv)
    value: object = dataset.value
    assert isinstance(value, ArtifactInput)
    bound = bound_artifact_of(value)

    assert (bound.address, bound.path, bound.type) == ("dataset.flights", ("artifact",), pd.DataFrame)
