"""The lakehouse example, as its user runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

TOUR = Path(__file__).resolve().parents[2] / "examples" / "lakehouse" / "tour.py"


@pytest.mark.slow
@pytest.mark.parts
def test_stack_on_three_clouds_is_made_drifts_is_mended_is_added_to_and_destroyed() -> None:
    done = subprocess.run(
        [sys.executable, str(TOUR)], capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    held = [line.removeprefix("ok: ") for line in done.stdout.splitlines() if line.startswith("ok: ")]
    assert held == [
        "everything is to be created",
        "the next plan has nothing to do",
        "the drift of aws.lambda_function.inspect is shown",
        "the drift of azure.storage_container.shared is shown",
        "it is as the stack wants it again",
        "its Python was written into the project",
        "it is recorded as it is",
        "no secret is in any file here",
        "no bucket is left on AWS",
    ]
