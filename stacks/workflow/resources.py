"""Check what an op says that its tasks may use."""

import re
from collections.abc import Iterator

from unknot.stacks.graph import Resources

MEMORY_PATTERN = re.compile(r"(\d+(?:\.\d+)?)\s*(B|[KMGT]i?B)")


def resource_problems(resources: Resources) -> Iterator[tuple[str, str]]:
    """What is wrong and what to do, for each setting that cannot be."""
    if resources.memory is not None and MEMORY_PATTERN.fullmatch(resources.memory) is None:
        yield (
            f"`memory={resources.memory!r}` is not a size",
            'Write a number and a unit: `"512MiB"`, `"8GiB"`.',
        )
    for name in ("cpu", "timeout_s"):
        value = getattr(resources, name)
        if value is not None and not value > 0:
            yield f"`{name}={value!r}` is not above 0", f"Give a positive number, or leave `{name}` out."
    for name in ("gpu", "retries", "retry_delay_s"):
        value = getattr(resources, name)
        if value is not None and value < 0:
            yield f"`{name}={value!r}` is below 0", f"Give 0 or more, or leave `{name}` out."
