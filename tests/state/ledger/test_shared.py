"""Many processes at one shared ledger, some killed: a smaller one of `benchmarks/shared_ledgers.py`."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[3] / "benchmarks" / "shared_ledgers.py"


@pytest.mark.slow
@pytest.mark.rule("L1")
@pytest.mark.rule("L4")
@pytest.mark.parametrize("kind", ["local", "s3", "gs", "az", "postgresql"])
def test_nothing_is_lost_or_doubled(kind: str, new_store_url: Callable[[str], str]) -> None:
    command = [
        sys.executable,
        str(BENCHMARK),
        "--url",
        new_store_url(kind),
        "--processes",
        "3",
        "--events",
        "45",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["given"]
    assert found["chain"] == "whole"
    assert found["without_lease"] | {"seconds": 0, "events_per_second": 0} == {
        "events": 45,
        "told": 45,
        "lost": 0,
        "doubled": 0,
        "unanswered": 0,
        "failed": 0,
        "seconds": 0,
        "events_per_second": 0,
    }
    taken = found["lease_taken_over"]
    assert (taken["kills"], taken["leases"], taken["lost"], taken["doubled"]) == (3, 6, 0, 0)
