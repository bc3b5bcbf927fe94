"""Show what went wrong: diagnostics for what a user can mend, one readable paragraph for what is ours."""

import os
import sys
import traceback
from pathlib import Path

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import UnknotError
from unknot.state.stores.base import StoreError


def show_problem(problem: Exception) -> int:
    """Write it to stderr; the exit code."""
    from unknot.cli.console import show_diagnostics

    if isinstance(problem, UnknotError):
        show_diagnostics(problem.diagnostics())
        return problem.exit_code
    if isinstance(problem, StoreError):
        show_diagnostics([Diagnostic.error(problem.summary, detail=problem.detail)])
        return 1
    if isinstance(problem, OSError):
        where = f" `{problem.filename}`" if problem.filename else ""
        show_diagnostics([Diagnostic.error(f"{problem.strerror or problem}{where}")])
        return 1
    report = _write_report(problem)
    show_diagnostics(
        [
            Diagnostic.error(
                f"unknot failed: {type(problem).__name__}: {problem}"[:200],
                detail=f"This is a defect of unknot, not of your stack. Details are in `{report}`: please report it.",
            )
        ]
    )
    return 1


def _write_report(problem: Exception) -> Path:
    """The traceback, in a file of its own. Only code places and the message: no values of variables."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix="unknot-failure-", suffix=".txt")
    with os.fdopen(handle, "w") as file:
        file.write("".join(traceback.format_exception(problem)))
        file.write(f"\npython {sys.version}\n")
    return Path(name)
