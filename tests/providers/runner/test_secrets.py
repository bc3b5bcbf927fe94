"""Redaction: no piece of a secret is shown, however the text is cut."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unknot.providers.runner.secrets import RedactedText, Redactor, resolve
from unknot.stacks.errors import EngineError

pytestmark = pytest.mark.rule("S1")


@given(
    st.lists(st.text("ab\n", min_size=1, max_size=4), min_size=1, max_size=3),
    st.lists(st.text("abc\n", max_size=6), max_size=12),
)
def test_text_in_pieces_never_shows_a_secret(secrets: list[str], pieces: list[str]) -> None:
    shown = RedactedText(Redactor(secrets))
    text = "".join(shown.feed(piece) for piece in pieces) + shown.end()
    assert not any(secret in text for secret in secrets)


@given(st.text("xyz", max_size=20), st.integers(0, 40), st.text("xyz", max_size=20))
def test_text_around_a_secret_is_kept_wherever_it_is_cut(before: str, cut: int, after: str) -> None:
    whole = f"{before}s3cret{after}"
    shown = RedactedText(Redactor(["s3cret"]))
    assert shown.feed(whole[:cut]) + shown.feed(whole[cut:]) + shown.end() == f"{before}***{after}"


def test_forms_in_which_secrets_are_printed_are_found() -> None:
    secret = 'pa"ss/wörd\\'
    redactor = Redactor([secret])
    for form in (secret, repr(secret), json.dumps(secret), base64.b64encode(secret.encode()).decode()):
        assert "ss/w" not in redactor.text(f"<{form}>")
        assert "***" in redactor.text(f"<{form}>")


def test_values_are_redacted_at_every_depth() -> None:
    assert Redactor(["canary"]).value({"a": ["x canary", ({"canary": 1},)]}) == {"a": ["x ***", [{"***": 1}]]}


def test_secret_in_the_place_of_a_reference_is_not_shown() -> None:
    with pytest.raises(EngineError) as raised:
        resolve({"TOKEN": "canary"})
    assert "canary" not in f"{raised.value}{raised.value.detail}"
    assert "`TOKEN`" in str(raised.value)
