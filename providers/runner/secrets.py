"""Secrets of a task: read from their references, and taken out of everything that is recorded (rule S1).

Artifacts are data and are not searched: an op that returns a secret has published it.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from unknot.stacks.errors import EngineError
from unknot.stacks.secret import Secret

MASK = "***"


def resolve(references: Mapping[str, str]) -> dict[str, str]:
    """Environment variable to secret value. Raises EngineError or SecretUnavailable, naming references only."""
    values = {}
    for variable, reference in references.items():
        try:
            values[variable] = Secret.parse(reference).resolve()
        except ValueError as error:
            # The text may be the secret itself, written where a reference belongs: it is not shown.
            raise EngineError(
                f"the secret `{variable}` is not given by a reference",
                detail="Write `env:NAME` or `file:PATH`.",
            ) from error
    return values


def referred(value: Any) -> list[str]:
    """References to secrets (`{"$secret": ...}`) anywhere in a plain value."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get("$secret"), str):
            return [value["$secret"]]
        return [found for item in value.values() for found in referred(item)]
    if isinstance(value, list):
        return [found for item in value for found in referred(item)]
    return []


class Redactor:
    """Replaces secrets, and the forms in which they are likely to be printed, by `***`."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return text

    def value(self, value: Any) -> Any:
        """A plain value with secrets replaced, in keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value

    def complete(self, text: str) -> int:
        """How much of the beginning of `text` holds no secret, and no part of one, that may go on after it."""
        cut = len(text) - self._open_at_end(text)
        while True:
            crossing = [at for form in self._forms if (at := _start_across(text, form, cut)) is not None]
            if not crossing:
                return cut
            cut = min(crossing)

    def _open_at_end(self, text: str) -> int:
        held = 0
        for form in self._forms:
            for length in range(min(len(form) - 1, len(text)), held, -1):
                if text.endswith(form[:length]):
                    held = length
                    break
        return held


class RedactedText:
    """A redactor for text that comes in pieces: a secret cut in two is still found."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._pending = ""

    def feed(self, text: str) -> str:
        """What of the text so far can be shown."""
        pending = self._pending + text
        cut = self._redactor.complete(pending)
        self._pending = pending[cut:]
        return self._redactor.text(pending[:cut])

    def end(self) -> str:
        """The rest."""
        rest, self._pending = self._redactor.text(self._pending), ""
        return rest


def _start_across(text: str, form: str, cut: int) -> int | None:
    """Where a `form` begins that lies on both sides of `cut`."""
    at = text.find(form, max(0, cut - len(form) + 1), cut + len(form) - 1)
    return at if 0 <= at < cut else None


def _forms(secret: str) -> set[str]:
    """The secret as it is, as Python, JSON and URLs write it, in base 64, and the lines of a long one."""
    forms = {
        secret,
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode(),
        base64.urlsafe_b64encode(secret.encode()).decode(),
    }
    lines = [line.strip() for line in secret.splitlines()]
    if len(lines) > 1:
        forms |= {line for line in lines if len(line) >= 8}
    return {form for form in forms if form}
