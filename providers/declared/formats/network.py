"""Blocks of addresses, and names of container images."""

import re
from collections.abc import Iterator
from typing import Any, Final

from unknot.providers.declared.problem import Problem

_PART: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST: Final = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?"
)
_IMAGE: Final = re.compile(
    rf"(?:{_HOST}/)?{_PART}(?:/{_PART})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(?:@[a-z0-9+._-]+:[0-9a-fA-F]{{32,}})?"
)
"""https://github.com/distribution/reference: a repository in lower case, a tag, a digest."""


def cidr(value: Any) -> Iterator[Problem]:
    """A network, not one address in it."""
    import ipaddress

    text = str(value)
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        yield Problem(
            "",
            f"cannot be `{text[:60]}`",
            "A block is an address and a length: `10.0.0.0/16`, `2001:db8::/32`.",
        )
        return
    if "/" not in text:
        yield Problem(
            "", f"cannot be `{text[:60]}`", f"The length is missing: `{network}` is this one address."
        )
    elif ipaddress.ip_interface(text).ip != network.network_address:
        yield Problem(
            "", f"cannot be `{text[:60]}`", f"It names an address in the block: the block is `{network}`."
        )


def image(value: Any) -> Iterator[Problem]:
    """Where an image is pulled from."""
    if not _IMAGE.fullmatch(str(value)):
        yield Problem(
            "",
            f"cannot be `{str(value)[:70]}`",
            "An image is `registry/repository:tag`, the repository in lower case.",
        )
