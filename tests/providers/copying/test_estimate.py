"""What a copy will take: exact bytes, money from the table, unknown said as unknown."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot.providers.copying import Copy, Prices, Sample, Survey, estimate, load_prices, measure
from unknot.stacks.errors import ProviderError

CopyOf = Callable[..., Copy]


def priced(tmp_path: Path, **clouds: dict[str, object]) -> Prices:
    path = tmp_path / "prices.json"
    given = {name: {"region": "r", "source": "s", **prices} for name, prices in clouds.items()}
    path.write_text(json.dumps({"date": "2026-10", "clouds": given}))
    return load_prices(path)


@pytest.fixture
def survey() -> Survey:
    """Ten thousand objects of 1 MB."""
    return Survey(10_000, 10**10, 10**6, 10_000, (), 0, (), 0, False)


def test_built_in_prices_are_dated_and_name_their_sources() -> None:
    prices = load_prices()
    assert set(prices.clouds) == {"s3", "gs", "az", "local"}
    assert len(prices.date) == 7
    for kind in ("s3", "gs", "az"):
        assert prices.clouds[kind].source.startswith("https://")


def test_money_follows_from_the_table(dict_place: Any, tmp_path: Path, survey: Survey) -> None:
    source, target = dict_place("a"), dict_place("b")
    source.kind, target.kind = "here", "there"
    prices = priced(
        tmp_path,
        here={"egress_gb": 0.1, "write_1000": 1.0, "read_1000": 0.1},
        there={"egress_gb": 0.2, "write_1000": 2.0, "read_1000": 0.2, "storage_gb_month": 0.05},
    )
    found = estimate(survey, source, target, prices, Sample(100.0, 1e8, 100.0))
    assert (found.objects, found.bytes) == (10_000, 10**10)
    assert found.egress_usd == pytest.approx(10 * 0.1 + 10 * 0.2)
    assert found.requests_usd == pytest.approx(0.02 * 1.0 + (10 + 0.01) * 2.0 + 10 * 0.1 + 10 * 0.2)
    assert found.storage_usd_month == pytest.approx(0.5)
    assert found.usd == pytest.approx(3.0 + 0.02 + 20.02 + 3.0)
    assert found.prices == "2026-10"
    assert found.unknown == ()
    without = estimate(survey, source, target, prices, Sample(100.0, 1e8, 100.0), verified=False)
    assert without.egress_usd == pytest.approx(1.0)
    assert without.seconds is not None
    assert found.seconds is not None
    assert without.seconds < found.seconds


def test_unknown_is_said_as_unknown(dict_place: Any, tmp_path: Path, survey: Survey) -> None:
    source, target = dict_place("a"), dict_place("b")
    source.kind, target.kind = "here", "there"
    found = estimate(survey, source, target, priced(tmp_path, here={"egress_gb": 0.1}))
    assert found.seconds is None
    assert found.usd is found.egress_usd is found.requests_usd is found.storage_usd_month is None
    assert "prices of `there`: not in the table" in found.unknown
    assert any(text.startswith("time:") for text in found.unknown)


def test_sample_writes_nothing(dict_place: Any) -> None:
    source = dict_place("a", {f"k{n}": b"x" for n in range(50)} | {"large": b"y" * 300_000})
    target = dict_place("b")
    sample = measure(source, target, workers=4)
    assert sample.reads_per_s is not None
    assert sample.read_bytes_per_s is not None
    assert {verb for verb, _ in target.requests} == {"describe"}
    assert {verb for verb, _ in source.requests} == {"list", "read"}


def test_empty_source_takes_no_time(dict_place: Any, copy_of: CopyOf) -> None:
    source, target = dict_place("a"), dict_place("b")
    found = estimate(
        copy_of(source, target).survey(), source, target, load_prices(), measure(source, target, workers=2)
    )
    assert found.seconds == 0.0
    assert found.bytes == 0


def test_bytes_of_the_estimate_are_those_of_the_copy(dict_place: Any, copy_of: CopyOf) -> None:
    source = dict_place("a", {f"k{n}": b"x" * n for n in range(50)})
    copy = copy_of(source, dict_place("b"))
    found = copy.survey()
    report = copy.run()
    assert (found.objects, found.bytes) == (report.objects, report.bytes)


@pytest.mark.parametrize("text", ["", "[]", '{"date": 1, "clouds": {}}'])
def test_file_that_is_no_price_table_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(text)
    with pytest.raises(ProviderError, match="is no price table"):
        load_prices(path)
    with pytest.raises(ProviderError, match="cannot be read"):
        load_prices(tmp_path / "not-there.json")
