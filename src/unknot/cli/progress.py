"""Progress of apply and of runs, on stderr: a line for each thing that ended, and what is going on at the moment."""

import sys
import threading
import time
from types import TracebackType
from typing import Self

from unknot.cli.console import wants_color
from unknot.planner.apply.report import StepEnded, StepProgressed, StepStarted
from unknot.planner.running import RunProgressed
from unknot.stacks.graph import label_of

MANY = 200
"""With more changes than this, single successes are not told: the count is."""

_MARKS = {
    "done": "ok",
    "succeeded": "ok",
    "reused": "reused",
    "failed": "FAILED",
    "skipped": "skipped",
    "refused": "REFUSED",
    "not-started": "not started",
    "cancelled": "cancelled",
    "lost": "LOST",
}


class ApplyProgress:
    """Tells of steps and runs as they end. Methods may be called from several threads."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._lock = threading.Lock()
        self._live = not quiet and sys.stderr.isatty()
        self._color = wants_color(sys.stderr)
        self._told: dict[tuple[str, str], str] = {}
        self._status = ""
        self._since = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._clear()

    def step(self, event: StepStarted | StepProgressed | StepEnded) -> None:
        """A step of apply began, came further, or ended."""
        if self._quiet:
            return
        with self._lock:
            if isinstance(event, StepStarted):
                self._show(f"{event.action.value} {event.address}")
                return
            if isinstance(event, StepProgressed):
                text = f"{event.address}  {event.text}"
                if self._live:
                    self._show(text)
                else:
                    self._line(text)
                return
            report = event.report
            if report.outcome != "done" or event.total <= MANY:
                detail = f"  {report.detail}" if report.detail else ""
                took = f" ({report.elapsed_s:.1f} s)" if report.elapsed_s >= 1 else ""
                self._line(f"{report.address}  {report.action} {_MARKS[report.outcome]}{took}{detail}")
            self._show(f"{event.done} of {event.total} changes")

    def run(self, event: RunProgressed) -> None:
        """A run has come further."""
        if self._quiet:
            return
        with self._lock:
            running = []
            for task in event.progress.tasks:
                key = (event.progress.run, task.task)
                if task.status == "running":
                    running.append(label_of(event.labels, task.task))
                if self._told.get(key) == task.status:
                    continue
                self._told[key] = task.status
                if task.status in _MARKS:
                    label = label_of(event.labels, task.task)
                    self._line(f"{event.address}  {label}  {_task_text(task)}")
            if running:
                self._show(f"{event.address}: running {', '.join(running)}")

    def _line(self, text: str) -> None:
        self._clear()
        sys.stderr.write(text + "\n")
        if self._status:
            self._draw()
        sys.stderr.flush()

    def _show(self, status: str) -> None:
        self._status = status
        if self._live:
            self._clear()
            self._draw()
            sys.stderr.flush()

    def _draw(self) -> None:
        if self._live:
            sys.stderr.write(f"\r{self._status} [{time.monotonic() - self._since:.0f} s]"[:100])

    def _clear(self) -> None:
        if self._live:
            sys.stderr.write("\r\x1b[K")


def _task_text(task: object) -> str:
    from unknot.providers.engine import TaskProgress

    assert isinstance(task, TaskProgress)
    text = _MARKS[task.status]
    if task.metric is not None:
        text += f"  {task.metric:g}"
    if task.passed is not None:
        text += "  passed" if task.passed else "  did not pass"
    if task.elapsed_s >= 0.05:
        text += f"  {task.elapsed_s:.1f} s"
    if task.reason or task.error:
        text += f"  {task.reason or task.error}"
    return text
