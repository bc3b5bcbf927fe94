"""What Google's APIs answer: errors as CallFailed with what to do about the common ones, and operations in the background.

Forms of errors: https://cloud.google.com/apis/design/errors and, of older APIs,
https://cloud.google.com/storage/docs/json_api/v1/status-codes.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from unknot.providers.declared.calls import CallFailed

RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses of passing faults: https://cloud.google.com/storage/docs/retry-strategy#retryable."""

_RATE: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
"""Reasons of a 403 that means: later."""

_OPERATION: Final = re.compile(r"(^|/)operations/[^/]+$")

_CODES: Final = {
    1: "CANCELLED", 2: "UNKNOWN", 3: "INVALID_ARGUMENT", 4: "DEADLINE_EXCEEDED", 5: "NOT_FOUND", 6: "ALREADY_EXISTS",
    7: "PERMISSION_DENIED", 8: "RESOURCE_EXHAUSTED", 9: "FAILED_PRECONDITION", 10: "ABORTED", 11: "OUT_OF_RANGE",
    12: "UNIMPLEMENTED", 13: "INTERNAL", 14: "UNAVAILABLE", 16: "UNAUTHENTICATED",
}  # fmt: skip
"""https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto"""

_STATUSES: Final = {3: 400, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 13: 500, 14: 503, 16: 401}


def refused(status: int, body: Any, operation: str, permission: str) -> CallFailed:
    """The error that an answer with a status of 400 or more stands for."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        text = str(error or (body if isinstance(body, str) else "") or "no reason is given")
        return _failed(f"http{status}", text[:500], status, operation, permission)
    reasons = [entry.get("reason") for entry in error.get("errors", ()) if isinstance(entry, Mapping)]
    details = [entry for entry in error.get("details", ()) if isinstance(entry, Mapping)]
    reasons += [entry.get("reason") for entry in details]
    code = next((str(each) for each in reasons if each), str(error.get("status") or f"http{status}"))
    message = str(error.get("message") or "no reason is given")
    for entry in details:
        for violation in entry.get("fieldViolations", ()):
            message += f" `{violation.get('field', '')}`: {violation.get('description', '')}"
    return _failed(code, message, status, operation, permission)


def failed_operation(error: Mapping[str, Any], operation: str, permission: str) -> CallFailed:
    """The error that an operation in the background ended with."""
    number = int(error.get("code", 2))
    return _failed(
        _CODES.get(number, str(number)), str(error.get("message") or "no reason is given"),
        _STATUSES.get(number, 0), operation, permission,
    )  # fmt: skip


def is_operation(answer: Any) -> bool:
    """Whether an answer is an operation that goes on in the background, and not an object."""
    return isinstance(answer, Mapping) and bool(_OPERATION.search(str(answer.get("name", ""))))


def _failed(code: str, message: str, status: int, operation: str, permission: str) -> CallFailed:
    return CallFailed(
        code,
        message,
        status=status,
        operation=operation,
        retryable=status in RETRIED or code in _RATE or code == "ABORTED",
        detail=_advice(code, message, status, permission),
    )


def _advice(code: str, message: str, status: int, permission: str) -> str:
    if code in _RATE or status == 429:
        return "Google limits how often this may be asked: wait a little, then repeat the command."
    if code in ("SERVICE_DISABLED", "accessNotConfigured"):
        return "Enable the API for the project, as the message says, then repeat the command."
    if status == 401:
        if "expired" in message.lower():
            return "The credentials have expired: log in again with `gcloud auth application-default login`."
        return "Google does not take these credentials. `unknot doctor` shows which are used."
    if code in ("BILLING_DISABLED", "accountDisabled"):
        return "Billing is off for the project: switch it on, then repeat the command."
    if status == 403:
        return f"The identity lacks the permission `{permission}`. `unknot doctor` shows what is missing."
    return ""
