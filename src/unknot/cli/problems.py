"""Show what went wrong: diagnostics for what a user can mend, one readable paragraph for what is ours."""

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import UnknotError
from unknot.state.stores.base import StoreError


def show_problem(problem: Exception, *, as_json: bool = False) -> int:
    """Write it to stderr, or as a document to stdout; the exit code."""
    from unknot.cli import console

    found = _diagnostics(problem)
    if as_json:
        from unknot.planner.render.document import diagnostics_document

        console.out_bytes(diagnostics_document(found))
    else:
        console.show_diagnostics(found)
    return problem.exit_code if isinstance(problem, UnknotError) else 1


def _diagnostics(problem: Exception) -> Sequence[Diagnostic]:
    if isinstance(problem, UnknotError):
        return problem.diagnostics()
    if isinstance(problem, StoreError):
        return (Diagnostic.error(problem.summary, detail=problem.detail),)
    if isinstance(problem, OSError):
        where = f" `{problem.filename}`" if problem.filename else ""
        return (Diagnostic.error(f"{problem.strerror or problem}{where}"),)
    report = _write_report(problem)
    return (
        Diagnostic.error(
            f"unknot failed: {type(problem).__name__}: {problem}"[:200],
            detail=f"This is a defect of unknot, not of your stack. Details are in `{report}`: please report it.",
        ),
    )


def _write_report(problem: Exception) -> Path:
    """The traceback, in a file of its own. Only code places and the message: no values of variables."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix="unknot-failure-", suffix=".txt")
    with os.fdopen(handle, "w") as file:
        file.write("".join(traceback.format_exception(problem)))
        file.write(f"\npython {sys.version}\n")
    return Path(name)
