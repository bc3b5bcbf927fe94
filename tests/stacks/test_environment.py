"""Environments: typed values from files and the command line, and one diagnostic for each wrong one."""

from pathlib import Path
from typing import Literal

import pytest

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.environment import Environment, build, read_values
from unknot.stacks.errors import DefinitionError


class Env(Environment):
    size: Literal["small", "full"] = "small"
    workers: int = 1
    password: str = ""


def refusals(**values: object) -> list[Diagnostic]:
    with pytest.raises(DefinitionError) as caught:
        build(Env, "prod", values, {}, "envs/prod.toml")
    return list(caught.value.diagnostics())


def test_command_line_wins_over_the_file_and_is_converted() -> None:
    made = build(Env, "prod", {"size": "full", "workers": 2}, {"workers": "8"}, "")
    assert (made.size, made.workers) == ("full", 8)


def test_every_wrong_value_is_shown_with_its_origin() -> None:
    found = refusals(size="huge", workers="many")
    assert [d.summary for d in found] == [
        "the value `size` of environment `prod` is wrong",
        "the value `workers` of environment `prod` is wrong",
    ]
    assert all("envs/prod.toml" in d.detail for d in found)


def test_unknown_value_suggests_the_nearest() -> None:
    (found,) = refusals(worker=2)
    assert found.detail.startswith("Did you mean `workers`?")


def test_values_are_not_shown() -> None:
    found = refusals(password={"hunter2": 1})
    assert "hunter2" not in found[0].summary + found[0].detail


@pytest.mark.parametrize("content", [b"size = \n", b"\xff\xfe"])
def test_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "prod.toml"
    file.write_bytes(content)
    with pytest.raises(DefinitionError, match=r"`prod\.toml` is not TOML"):
        read_values(file)


def test_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="cannot be read"):
        read_values(tmp_path / "gone.toml")
