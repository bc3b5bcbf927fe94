"""Every golden case: text for people, the review comment, and the JSON document."""

from pathlib import Path
from typing import Protocol

import msgspec
import pytest

from unknot.planner.plan import Plan
from unknot.planner.render.document import plan_document
from unknot.planner.render.review import review_markdown
from unknot.planner.render.text import plan_text

FOLDER = Path(__file__).parent
CASES = sorted(file.parent for file in FOLDER.glob("*/plan.json"))


class Golden(Protocol):
    def check(self, file: Path, rendered: str) -> None: ...


@pytest.mark.stake(8)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_plan_is_rendered_as_kept(case: Path, golden: Golden) -> None:
    plan = msgspec.json.decode((case / "plan.json").read_bytes(), type=Plan)

    golden.check(case / "plan.txt", plan_text(plan, color=False, width=None))
    golden.check(case / "review.md", review_markdown(plan, "0" * 64) + "\n")
    golden.check(
        case / "plan.pretty.json", msgspec.json.format(plan_document(plan), indent=2).decode() + "\n"
    )


def test_every_case_that_the_issue_names_is_there() -> None:
    assert {case.name for case in CASES} >= {
        "first_plan", "no_changes", "update_in_place", "replace_delete_first", "replace_create_first", "delete",
        "drift", "behaviour_changed", "metadata_only", "runs_with_reuse", "sensitive", "unknown_values",
        "policies", "import", "rename", "refresh_only", "destroy",
    }  # fmt: skip
