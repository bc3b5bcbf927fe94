"""What users see of a call that failed."""

from unknot.providers.declared.calls import CallFailed
from unknot.stacks.errors import ProviderError


def explained(problem: CallFailed, summary: str) -> ProviderError:
    """The error that users see: what was tried, what the service said, and what to do."""
    said = f"`{problem.operation}` was refused: {problem.code}" if problem.operation else problem.code
    detail = f"{said}. {problem.message.rstrip('.')}."
    if problem.detail:
        detail = f"{detail} {problem.detail}"
    return ProviderError(summary, detail=detail, retryable=problem.retryable)
