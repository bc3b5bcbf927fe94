"""Addresses and uids: the stable names of resources.

A portable address is `type.name` (`workflow.train`); an address of a provider's own type is
`provider.type.name` (`aws.iam_role.reader`) and is pinned to that provider (rule N1).
Both are plain strings at run time, so that a hundred thousand of them cost little.
"""

import re
import secrets
from typing import NewType

Address = NewType("Address", str)
"""`type.name` or `provider.type.name`; never contains the target (D4)."""

Uid = NewType("Uid", str)
"""Identity given once, in the plan that first records an address; survives renames and moves."""

NAME_PATTERN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,127}")
"""What a resource's own name may be."""

_ADDRESS_PATTERN = re.compile(r"(?:[a-z][a-z0-9_]*\.){1,2}" + NAME_PATTERN.pattern)


def parse_address(text: str) -> Address:
    """Check that `text` is an address; raises ValueError with what an address looks like."""
    if _ADDRESS_PATTERN.fullmatch(text) is None:
        raise ValueError(
            f"`{text}` is not an address: expected `type.name`, such as `workflow.train`, "
            "or `provider.type.name`, such as `file.document.readme`"
        )
    return Address(text)


def type_of(address: Address) -> str:
    """The type's name: `workflow` for `workflow.train`, `file.document` for `file.document.readme`."""
    return address.rpartition(".")[0]


def name_of(address: Address) -> str:
    """The resource's own name: `train` for `workflow.train`."""
    return address.rpartition(".")[2]


def new_uid() -> Uid:
    """A new identity: 80 random bits, so that two people's plans never mint the same one."""
    return Uid(secrets.token_hex(10))
