"""A million keys: nothing holds them all. `benchmarks/copying_memory.py` measures each step of a copy."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "copying_memory.py"


def measured(keys: int, steps: str) -> dict[str, Any]:
    command = [sys.executable, str(SCRIPT), "--keys", str(keys), "--steps", steps]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_survey_of_a_million_keys_takes_less_than_300_mb() -> None:
    found = measured(1_000_000, "survey")["survey"]
    assert found["objects"] == 1_000_000
    assert found["peak_mb"] < 300


@pytest.mark.slow
def test_copy_and_verification_take_no_more_memory_for_more_keys() -> None:
    steps = ("copy", "verify", "cloud-copy", "cloud-verify")
    few, many = (measured(keys, ",".join(steps)) for keys in (20_000, 60_000))
    for step in steps:
        assert many[step]["objects"] == 60_000
        assert many[step]["peak_mb"] < 300
        # Each key takes about 1 KB where it is kept: 40,000 of them would be seen.
        assert many[step]["peak_mb"] - few[step]["peak_mb"] < 30
