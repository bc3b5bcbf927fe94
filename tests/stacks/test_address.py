"""Addresses: what they look like, and what they are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unknot.stacks.address import name_of, new_uid, parse_address, type_of


@given(
    st.lists(st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True), min_size=1, max_size=2),
    st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,127}", fullmatch=True),
)
def test_address_is_its_type_and_name(types: list[str], name: str) -> None:
    address = parse_address(".".join([*types, name]))
    assert (type_of(address), name_of(address)) == (".".join(types), name)


@pytest.mark.parametrize(
    "text",
    ["", "train", ".train", "workflow.", "Workflow.x", "a.b.c.d", "a.b c", "a.-x", "a.x\n", "a." + "x" * 129],
)
def test_what_is_no_address_says_what_one_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"type\.name"):
        parse_address(text)


def test_uids_differ() -> None:
    assert len({new_uid() for _ in range(1000)}) == 1000
