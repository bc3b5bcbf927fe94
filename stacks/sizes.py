"""Amounts of memory as people write them: a number and a unit."""

import re

_UNITS = {
    "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
}  # fmt: skip
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]i?B|B)")


def bytes_of(text: str) -> int:
    """`512MiB` as a number of bytes. Raises ValueError for text that is not a size with a unit."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{text}` is not an amount of memory")
    return int(float(match.group(1)) * _UNITS[match.group(2)])
