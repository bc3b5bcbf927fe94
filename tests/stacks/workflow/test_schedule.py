from collections.abc import Callable

import pytest

from unknot.stacks.address import Address
from unknot.stacks.schedule import After, Cron


@pytest.mark.parametrize(
    "expression",
    [
        "0 3 * * *",
        "*/15 * * * *",
        "0 0 1,15 * 1-5",
        "59 23 31 12 7",
        "5-50/5 0-23 1-31 JAN-Mar mon,fri",
        "  0   3 * * sun ",
    ],
)
def test_crontab_expression_is_a_schedule(expression: str) -> None:
    cron = Cron(expression, tz="Europe/Zurich", overlap="queue")

    assert list(cron.problems()) == []
    assert cron.to_json() == {
        "cron": " ".join(expression.split()),
        "tz": "Europe/Zurich",
        "catch_up": False,
        "overlap": "queue",
    }


@pytest.mark.parametrize(
    ("expression", "summary"),
    [
        ("", "cron expression `` has 0 fields, not 5"),
        ("0 3 * *", "cron expression `0 3 * *` has 4 fields, not 5"),
        ("0 0 3 * * *", "cron expression `0 0 3 * * *` has 6 fields, not 5"),
        ("60 3 * * *", "`60` cannot be the minute of a cron expression"),
        ("0 24 * * *", "`24` cannot be the hour of a cron expression"),
        ("0 3 0 * *", "`0` cannot be the day of month of a cron expression"),
        ("0 3 * 13 *", "`13` cannot be the month of a cron expression"),
        ("0 3 * * 8", "`8` cannot be the day of week of a cron expression"),
        ("0 3 * * mo", "`mo` cannot be the day of week of a cron expression"),
        ("0 5-3 * * *", "`5-3` cannot be the hour of a cron expression"),
        ("*/0 3 * * *", "`*/0` cannot be the minute of a cron expression"),
        ("5/5 3 * * *", "`5/5` cannot be the minute of a cron expression"),
        ("*-5 3 * * *", "`*-5` cannot be the minute of a cron expression"),
        ("1,,2 3 * * *", "`` cannot be the minute of a cron expression"),
        ("-1 3 * * *", "`-1` cannot be the minute of a cron expression"),
        ("٣ 3 * * *", "`٣` cannot be the minute of a cron expression"),
        ("0 0 * jan-13 *", "`jan-13` cannot be the month of a cron expression"),
    ],
)
def test_wrong_expression_is_a_diagnostic_at_its_line(expression: str, summary: str) -> None:
    [problem] = Cron(expression).problems()

    assert problem.summary == summary
    assert "`" in problem.detail
    assert problem.source is not None
    assert problem.source.file == __file__


def test_every_wrong_field_is_named() -> None:
    assert len(list(Cron("61 25 * * *", tz="Mars/Olympus").problems())) == 3


@pytest.mark.parametrize("tz", ["", "Mars/Olympus", "../UTC", "/etc/localtime"])
def test_unknown_time_zone_is_a_diagnostic(tz: str) -> None:
    [problem] = Cron("0 3 * * *", tz=tz).problems()

    assert problem.summary == f"`{tz}` is not a time zone"


def test_unknown_overlap_is_a_diagnostic() -> None:
    make: Callable[..., Cron] = Cron

    [problem] = make("0 3 * * *", overlap="never").problems()

    assert problem.summary == "`overlap='never'` is not known"


def test_no_expression_is_no_schedule() -> None:
    off = Cron(None)

    assert off.is_off
    assert off.to_json() is None
    assert list(off.problems()) == []


def test_where_it_is_written_does_not_make_a_schedule_another() -> None:
    first = Cron("0 3 * * *")
    second = Cron("0 3 * * *")

    assert first == second
    assert first != Cron("0 4 * * *")


class Deployment:
    address = Address("workflow.train")


def test_after_names_the_deployment() -> None:
    after = After(Deployment())

    assert after.address == "workflow.train"
    assert after.to_json() == {"after": "workflow.train"}
    assert list(after.problems()) == []
