"""The migration example, as its user runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

MIGRATE = Path(__file__).resolve().parents[2] / "examples" / "migration" / "migrate.py"


@pytest.mark.slow
@pytest.mark.parts
def test_flights_move_with_their_history_to_another_cloud_and_engine_and_back() -> None:
    done = subprocess.run(
        [sys.executable, str(MIGRATE)], capture_output=True, text=True, check=False, timeout=1800
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    held = [line.removeprefix("ok: ") for line in done.stdout.splitlines() if line.startswith("ok: ")]
    assert held == [
        "11 runs are recorded",
        "all 11 runs are in the history on Google Cloud",
        "the next plan has nothing to do",
        "all 14 outputs of the new run are byte-identical",
        "all 12 runs are in the history on AWS",
        "the next plan has nothing to do",
        "the history is whole",
        "nothing of the workflows is left at Google Cloud",
    ]
