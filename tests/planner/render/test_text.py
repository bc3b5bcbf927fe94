import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from unknot.planner.apply.report import ApplyReport, StepReport
from unknot.planner.plan import Action, Change, Drift, FieldChange, Plan
from unknot.planner.render.text import diagnostics_text, plan_text, report_text
from unknot.planner.running import RunReport
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic, SourceLocation

ChangeOf = Callable[..., Change]
PlanOf = Callable[..., Plan]


def text(plan: Plan) -> str:
    return plan_text(plan, color=False, width=None)


@pytest.mark.stake(5)
def test_nothing_to_do_is_a_result_of_its_own(plan_of: PlanOf) -> None:
    assert "No changes." in text(plan_of())


def test_piped_text_has_no_escape_codes_and_loads_no_rich() -> None:
    program = (
        "import sys, unknot.planner.render.text; print('rich' in sys.modules, 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_colour_adds_codes_and_no_words(change: ChangeOf, plan_of: PlanOf) -> None:
    import re

    plan = plan_of(change("bucket.raw", Action.DELETE), change("bucket.b"))
    colored = plan_text(plan, color=True, width=None)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == text(plan)


def test_value_cannot_send_codes_to_the_terminal(change: ChangeOf, plan_of: PlanOf) -> None:
    evil = "\x1b[2Jgone \u202e right to left \x07"
    shown = text(
        plan_of(change("bucket.raw", Action.UPDATE, FieldChange("a", evil, evil + "x"), reason=evil))
    )
    assert not set(shown) & {"\x1b", "\u202e", "\x07"}


@pytest.mark.stake(17)
def test_live_value_beside_a_masked_one_is_masked(plan_of: PlanOf) -> None:
    import msgspec

    drift = Drift(Address("db.user.a"), fields=(FieldChange("token", "(sensitive)", "canary"),))
    assert "canary" not in text(msgspec.structs.replace(plan_of(), drift=(drift,)))


def test_field_that_forces_replacement_is_never_left_out(change: ChangeOf, plan_of: PlanOf) -> None:
    fields = [FieldChange(f"f{n}", 1, 2) for n in range(40)] + [FieldChange("region", 1, 2, False, True)]
    shown = text(plan_of(change("bucket.raw", Action.DELETE_THEN_CREATE, *fields)))
    assert "region: 1 -> 2  # forces replacement" in shown
    assert "... and 28 more fields" in shown


def test_verbose_folds_nothing(change: ChangeOf, plan_of: PlanOf) -> None:
    long = "x" * 1000
    plan = plan_of(change("bucket.raw", Action.CREATE, FieldChange("a", None, long)))
    assert long not in text(plan)
    assert "(882 more characters)" in text(plan)
    assert long in plan_text(plan, color=False, width=80, verbose=True)


def test_order_of_changes_does_not_matter(change: ChangeOf, plan_of: PlanOf) -> None:
    a, b, c = change("bucket.a"), change("bucket.b", Action.DELETE), change("bucket.c")
    assert text(plan_of(a, b, c)) == text(plan_of(c, b, a))


@pytest.mark.slow
def test_ten_thousand_changes_are_all_shown(change: ChangeOf, plan_of: PlanOf) -> None:
    fields = (FieldChange("path", None, "a.txt"), FieldChange("content", None, "text"))
    plan = plan_of(*(change(f"bucket.b{n}", Action.CREATE, *fields, reason="new") for n in range(10_000)))
    shown = text(plan)
    assert shown.count("bucket.b") == 10_000


def test_diagnostic_quotes_the_line_it_is_about(tmp_path: Path) -> None:
    (tmp_path / "stack.py").write_text("a = 1\nb = Bucket('raw')\n")
    found = Diagnostic.error(
        "`bucket.raw` is wrong",
        detail="Do this.\nThen that.",
        source=SourceLocation(f"{tmp_path}/stack.py", 2),
    )
    assert diagnostics_text([found], color=False, root=tmp_path).splitlines() == [
        "error: `bucket.raw` is wrong",
        " --> stack.py:2",
        "   |",
        " 2 | b = Bucket('raw')",
        "   |",
        "  Do this.",
        "  Then that.",
    ]


@pytest.mark.parametrize(
    ("file", "line"), [("missing.py", 1), ("stack.py", 99), ("stack.py", 0), ("a\0b", 1)]
)
def test_diagnostic_whose_line_cannot_be_read_is_still_shown(tmp_path: Path, file: str, line: int) -> None:
    (tmp_path / "stack.py").write_bytes(b"\xff\xfe\n")
    shown = diagnostics_text(
        [Diagnostic.warning("w", source=SourceLocation(file, line))], color=False, root=tmp_path
    )
    assert shown.startswith("warning: w\n --> ")


def test_report_tells_what_failed_what_waited_and_what_to_do() -> None:
    report = ApplyReport(
        "flights",
        "dev",
        14,
        steps=(
            StepReport(Address("bucket.a"), "create", "done"),
            StepReport(Address("bucket.b"), "create", "failed", "quota\nof the account"),
            StepReport(Address("bucket.c"), "create", "skipped", "because of `bucket.b`"),
        ),
        runs=(RunReport(Address("workflow.t"), "20261124T1", "failed", "`fit`: no memory"),),
        elapsed_s=1.23,
    )
    shown = report_text(report, color=False)
    assert "  x bucket.b  create\n      quota\n      of the account" in shown
    assert "because of `bucket.b`" in shown
    assert "Applied in part: 1 done, 1 failed, 1 skipped, 0 of 1 run succeeded in 1.2 s" in shown
    assert "unknot logs workflow.t" in shown


def test_artifact_is_shown_by_what_it_holds(change: ChangeOf, plan_of: PlanOf) -> None:
    def table(letter: str, **more: object) -> dict[str, object]:
        location = f"artifacts/{letter * 64}"
        return {
            "hash": letter * 64, "type": "pandas:DataFrame", "serializer": "parquet", "size_bytes": 1234,
            "location": location, **more,
        }  # fmt: skip

    field = FieldChange(
        "bindings",
        {"flights": table("a", rows=178), "model": table("c")},
        {"flights": table("b", rows=179), "model": table("d", file_name="trained.bin")},
    )
    shown = text(plan_of(change("workflow.w", Action.UPDATE, field)))
    assert "bindings.flights: artifact aaaaaaaaaaaa (178 rows) -> artifact bbbbbbbbbbbb (179 rows)\n" in shown
    assert (
        "bindings.model: artifact cccccccccccc (1,234 bytes) -> artifact dddddddddddd (trained.bin, 1,234 bytes)"
        in shown
    )
