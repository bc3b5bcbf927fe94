"""Values that are not known yet: every use that would need them is refused with a way out (rule F1)."""

from collections.abc import Callable
from typing import Any

import pytest

from unknot.stacks.address import Address
from unknot.stacks.output import Joined, Output, OutputMisuse, format  # noqa: A004 - the public name

URL: Output[str] = Output(Address("bucket.raw"), ("url",))


@pytest.mark.rule("F1")
@pytest.mark.parametrize(
    "misuse",
    [
        lambda: f"{URL}/x",
        lambda: str(URL),
        lambda: bool(URL),
        lambda: URL == "x",
        lambda: URL != "x",
        lambda: "x" in {URL: 1},
        lambda: len(URL),
        lambda: list(URL),
        lambda: URL + "x",
        lambda: "x" + URL,
        lambda: URL * 2,
        lambda: URL < "x",
    ],
)
def test_computing_with_an_output_is_refused(misuse: Callable[[], Any]) -> None:
    with pytest.raises(OutputMisuse, match=r"bucket\.raw\.url.*unknot\.format"):
        misuse()


def test_output_can_be_indexed() -> None:
    inner = URL["a"][0]
    assert (inner.address, inner.path) == ("bucket.raw", ("url", "a", 0))


def test_format_keeps_text_and_outputs_in_order() -> None:
    joined = format("s3://{bucket}/{n:03d}/{{x}}", bucket=URL, n=7)
    assert isinstance(joined, Joined)
    assert "".join(part if isinstance(part, str) else "URL" for part in joined.parts) == "s3://URL/007/{x}"


def test_format_of_known_values_is_plain_text() -> None:
    assert format("{a}-{b:.1f}", a="x", b=1.25) == "x-1.2"


def test_format_nests() -> None:
    inner = format("{u}/raw", u=URL)
    outer = format("{i}?x", i=inner)
    assert isinstance(outer, Joined)
    assert "".join(p if isinstance(p, str) else "URL" for p in outer.parts) == "URL/raw?x"


def test_format_lacking_a_name_says_which() -> None:
    with pytest.raises(KeyError, match="bucket"):
        format("{bucket}", b=1)
