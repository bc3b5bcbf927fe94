"""Two fingerprints of one op compared: whether its behaviour changed, and which parts of the code are why.

A difference of the bundle's text while fingerprints are equal is a change of metadata only (comments, formatting).
That verdict is the caller's: the text is not seen here.
"""

from typing import Literal, TypeAlias

import msgspec

from unknot.stacks.fingerprint.closure import WIDE
from unknot.stacks.graph import CodePart, Fingerprint

Verdict: TypeAlias = Literal["unchanged", "changed", "cannot-tell"]

_FACTS = {"python": "Python", "platform": "platform", "lock": "requirement lock"}


class FingerprintChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """What differs between the fingerprint that is recorded and the one that is wanted."""

    verdict: Verdict
    reason: str = ""
    """One sentence without a full stop; empty if nothing changed."""
    changed: tuple[CodePart, ...] = ()
    """As they are now."""
    added: tuple[CodePart, ...] = ()
    removed: tuple[CodePart, ...] = ()
    sentences: tuple[str, ...] = ()
    """What a plan says, one for each part: "`clean` (features.py:12) changed"."""
    widened: tuple[str, ...] = ()
    """Of the wanted fingerprint: why a change may not be told from none."""


def compare(prior: Fingerprint, desired: Fingerprint) -> FingerprintChange:
    """Compare by parts. `cannot-tell` if only code differs that may or may not be used, or the format itself does."""
    if prior.version != desired.version:
        reason = f"fingerprint format changed from {prior.version} to {desired.version}"
        return FingerprintChange("cannot-tell", reason, widened=desired.widened)
    if prior.digest == desired.digest:
        return FingerprintChange("unchanged")
    before = {part.name: part for part in prior.parts}
    after = {part.name: part for part in desired.parts}
    changed = tuple(
        part for name, part in after.items() if name in before and before[name].digest != part.digest
    )
    added = tuple(part for name, part in after.items() if name not in before)
    removed = tuple(part for name, part in before.items() if name not in after)
    sentences = (
        *(_changed(before[part.name], part) for part in changed),
        *(f"{describe(part)} is new" for part in added),
        *(f"{describe(part)} is no longer used" for part in removed),
    )
    differing = (*changed, *added, *removed)
    certain = [part for part in differing if not is_wide(part)]
    verdict: Verdict = "changed" if certain or not differing else "cannot-tell"
    reason = _reason(verdict, sentences, desired)
    return FingerprintChange(verdict, reason, changed, added, removed, sentences, desired.widened)


def is_wide(part: CodePart) -> bool:
    """True for code that counts only because a construct could not be resolved."""
    return part.name.partition(":")[2].startswith(WIDE)


def describe(part: CodePart) -> str:
    """The part as a plan names it, with file and line: "`clean` (features.py:12)"."""
    if part.name in _FACTS:
        return _FACTS[part.name]
    kind, _, name = part.name.partition(":")
    if kind == "requirement":
        return f"requirement `{name}`"
    if kind == "file":
        return f"`{name}`"
    name = name.removeprefix(f"{WIDE}.").removeprefix(WIDE)
    place = f"{part.file}:{part.line}"
    if name in ("", "<import>"):
        return f"what `{part.file}` does on import (line {part.line})" if name else f"`{part.file}`"
    return f"`{name}` ({place})"


def _changed(before: CodePart, after: CodePart) -> str:
    shown = describe(after)
    if after.name == "lock":
        return f"{shown} changed"
    if after.name in _FACTS or after.name.startswith("requirement:"):
        return f"{shown} changed from {before.digest} to {after.digest}"
    return f"{shown} changed"


def _reason(verdict: Verdict, sentences: tuple[str, ...], desired: Fingerprint) -> str:
    first = sentences[0] if sentences else "the fingerprint changed"
    more = f", and {len(sentences) - 1} more" if len(sentences) > 1 else ""
    if verdict == "cannot-tell":
        causes = ", ".join(f"`{each}`" for each in desired.widened[:2])
        return f"{first}{more}; whether the op uses it cannot be told, because of {causes or 'code no longer there'}"
    return f"{first}{more}"
