"""Names: what a portable resource is called in the world, and what its parts are called in the stack."""

import hashlib
import re

import msgspec

from unknot.stacks.address import Address, name_of, type_of

_PART = "--"
"""Between a resource's own name and that of a further part of it."""


class NameRule(msgspec.Struct, frozen=True):
    """What one cloud lets an object of one type be called, as far as made-up names must know."""

    longest: int = 63
    separator: str = "-"
    """The one character, besides lower-case letters and digits, that made-up names have."""


def made_up_name(stack: str, environment: str, name: str, of: tuple[str, str, str], rule: NameRule) -> str:
    """`demo-prod-raw-1a2b3c4d`: readable first, then what keeps it from being anybody else's.

    `of` is lineage, uid and target: the same resource has another name on another target, since a move between
    two regions of one cloud needs both at once.
    """
    digest = hashlib.sha256("/".join(of).encode()).hexdigest()[:8]
    separator = rule.separator
    words = re.sub(r"[^a-z0-9]+", separator, f"{stack}-{environment}-{name}".lower())
    words = words.lstrip(separator + "0123456789")[: rule.longest - len(digest) - len(separator)]
    words = words.rstrip(separator) or "u"
    return f"{words}{separator}{digest}"


def part_name(owner: str, role: str = "") -> str:
    """The own name of a part: its owner's for the main one of each type, `raw--dead` for another in that role."""
    return f"{owner}{_PART}{role}" if role else owner


def is_part_name(name: str, owner: str) -> bool:
    """Whether a part may be called that."""
    return name == owner or name.startswith(f"{owner}{_PART}")


def renamed_part(part: Address, prior: Address, address: Address) -> Address:
    """The address of a part after its owner `prior` became `address`."""
    return Address(f"{type_of(part)}.{name_of(address)}{name_of(part).removeprefix(name_of(prior))}")
