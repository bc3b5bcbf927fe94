"""Command lines with the names of inputs and outputs replaced."""

import pytest

from unknot.providers.runner.commands import filled, shown
from unknot.providers.runner.produced import Several
from unknot.stacks.errors import EngineError
from unknot.stacks.graph import CommandCode, OpSpec

OP = OpSpec("merge", "op", CommandCode(()), ())


def test_word_that_names_a_list_is_repeated_for_each_of_its_values() -> None:
    values = shown({"parts": Several(("a", "b")), "flag": True, "none": None, "plain": [1, 2]})

    assert filled(("cat", "--in={parts}", "{parts}", "{flag}", "{none}", "{plain}", "{{}}"), values, OP) == [
        "cat", "--in=a", "--in=b", "a", "b", "true", "", "[1, 2]", "{}",
    ]  # fmt: skip


def test_empty_list_leaves_no_word() -> None:
    assert filled(("cat", "{parts}"), shown({"parts": Several()}), OP) == ["cat"]


def test_word_with_two_lists_is_refused() -> None:
    values = shown({"a": Several((1,)), "b": Several((2,))})
    with pytest.raises(EngineError, match=r"names two lists: `\{a\}:\{b\}`"):
        filled(("{a}:{b}",), values, OP)


def test_unknown_name_is_refused() -> None:
    with pytest.raises(EngineError, match=r"names `\{c\}`"):
        filled(("{c}",), {}, OP)
