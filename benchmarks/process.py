"""Measure a command as a whole process: wall seconds, and the peak memory that the kernel counted."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Measured(NamedTuple):
    """One command, run several times."""

    wall_s: float
    """Median."""
    peak_mb: float
    """Largest resident set of any run, in megabytes (10**6 bytes)."""
    runs: int

    def as_json(self) -> dict[str, float]:
        return {"wall_s": round(self.wall_s, 3), "peak_mb": round(self.peak_mb, 1), "runs": self.runs}


class Failed(RuntimeError):
    """A measured command did not end as it must."""


def measure(
    command: Sequence[str],
    folder: Path,
    *,
    runs: int = 1,
    expect: str = "",
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 3600,
) -> Measured:
    """Run `command` in `folder`; its output must contain `expect`. Raises Failed."""
    walls, peaks = [], []
    for _ in range(runs):
        output = folder / ".output"
        with output.open("wb") as sink:
            started = time.perf_counter()
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
            )
            _, status, usage = os.wait4(process.pid, 0)
            walls.append(time.perf_counter() - started)
            process.returncode = os.waitstatus_to_exitcode(status)
        text = output.read_text(errors="replace")
        if process.returncode != 0 or expect not in text:
            raise Failed(f"{' '.join(command)} exited with {process.returncode}:\n{text[-2000:]}")
        if walls[-1] > timeout_s:
            raise Failed(f"{' '.join(command)} took {walls[-1]:.0f} s")
        peaks.append(usage.ru_maxrss * 1024 / 1e6)
    return Measured(statistics.median(walls), max(peaks), runs)
