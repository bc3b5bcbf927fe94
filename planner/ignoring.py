"""`ignore_changes`: inputs, or parts of inputs, that stay as they are whatever the stack says."""

from collections.abc import Iterable, Mapping
from typing import Any


def ignoring(wanted: Mapping[str, Any], prior: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """`wanted` with what `paths` (`labels`, `labels.team`) name taken from `prior`."""
    kept = dict(wanted)
    for path in paths:
        head, _, rest = path.partition(".")
        inner, before = kept.get(head), prior.get(head)
        if not rest:
            if head in prior:
                kept[head] = before
            else:
                kept.pop(head, None)
        elif isinstance(inner, dict) and isinstance(before, dict):
            kept[head] = ignoring(inner, before, (rest,))
    return kept
