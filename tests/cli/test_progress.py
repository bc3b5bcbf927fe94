"""What is told on stderr while an apply goes on, where stderr is no terminal."""

import pytest

from unknot.cli.progress import ApplyProgress
from unknot.planner.apply.report import StepEnded, StepProgressed, StepReport, StepStarted
from unknot.planner.plan import Action
from unknot.stacks.address import Address

RAW = Address("aws.s3_bucket.raw")
EVENTS = (
    StepStarted(RAW, Action.DELETE),
    StepProgressed(RAW, "12,000 objects deleted"),
    StepEnded(StepReport(RAW, "delete", "done", elapsed_s=2.0), 1, 1),
)


def test_step_that_takes_long_tells_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with ApplyProgress(quiet=False) as progress:
        for event in EVENTS:
            progress.step(event)
    assert capsys.readouterr().err.splitlines() == [
        "aws.s3_bucket.raw  12,000 objects deleted",
        "aws.s3_bucket.raw  delete ok (2.0 s)",
    ]


def test_nothing_is_told_where_the_answer_is_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    with ApplyProgress(quiet=True) as progress:
        for event in EVENTS:
            progress.step(event)
    assert capsys.readouterr().err == ""
