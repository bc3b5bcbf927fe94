"""Errors of Google's APIs, in the forms in which they are documented, as users are told of them.

The bodies are those of https://cloud.google.com/storage/docs/json_api/v1/status-codes,
https://cloud.google.com/apis/design/errors and https://cloud.google.com/iam/docs/permission-error-messages.
"""

from typing import Any

import pytest

from unknot.providers.gcp.answers import failed_operation, is_operation, refused


def _old(status: int, reason: str, message: str) -> dict[str, Any]:
    return {
        "error": {
            "code": status,
            "message": message,
            "errors": [{"domain": "global", "reason": reason, "message": message}],
        }
    }


def _new(status: int, name: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": status, "status": name, "message": message, "details": list(details)}}


DISABLED = {
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    "reason": "SERVICE_DISABLED",
    "domain": "googleapis.com",
}
FIELDS = {
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    "fieldViolations": [{"field": "job.template", "description": "is required"}],
}


@pytest.mark.parametrize(
    ("status", "body", "code", "is_retryable", "told"),
    [
        (404, _old(404, "notFound", "The specified bucket does not exist."), "notFound", False, ""),
        (401, _old(401, "authError", "Invalid Credentials"), "authError", False, "does not take these credentials"),
        (401, _new(401, "UNAUTHENTICATED", "The access token has expired."), "UNAUTHENTICATED", False, "have expired"),
        (403, _old(403, "forbidden", "does not have storage.buckets.create access"), "forbidden", False, "`storage.buckets.create`"),
        (403, _new(403, "PERMISSION_DENIED", "Cloud Run Admin API has not been used", DISABLED), "SERVICE_DISABLED", False, "Enable the API"),
        (403, _old(403, "rateLimitExceeded", "Exceeded rate limits"), "rateLimitExceeded", True, "how often"),
        (429, _new(429, "RESOURCE_EXHAUSTED", "Quota exceeded"), "RESOURCE_EXHAUSTED", True, "how often"),
        (409, _new(409, "ALREADY_EXISTS", "Resource already exists"), "ALREADY_EXISTS", False, ""),
        (409, _new(409, "ABORTED", "There were concurrent policy changes."), "ABORTED", True, ""),
        (412, _old(412, "conditionNotMet", "At least one of the pre-conditions"), "conditionNotMet", False, ""),
        (503, _old(503, "backendError", "Service Unavailable"), "backendError", True, ""),
        (502, "<html>Bad Gateway</html>", "http502", True, ""),
        (500, {"error": "internal"}, "http500", True, ""),
    ],
)  # fmt: skip
def test_error_is_told_with_what_to_do(
    status: int, body: Any, code: str, is_retryable: bool, told: str
) -> None:
    found = refused(status, body, "storage.buckets.insert", "storage.buckets.create")
    assert (found.code, found.status, found.retryable) == (code, status, is_retryable)
    assert told in found.detail


def test_what_is_there_already_may_be_ours_by_409_and_412() -> None:
    assert refused(409, _old(409, "conflict", "You already own this bucket."), "x.y.z", "").is_taken
    assert refused(412, _old(412, "conditionNotMet", "..."), "x.y.z", "").is_taken


def test_fields_that_were_refused_are_named() -> None:
    found = refused(400, _new(400, "INVALID_ARGUMENT", "The request is invalid.", FIELDS), "x.y.z", "")
    assert "`job.template`: is required" in found.message


def test_operation_that_failed_has_the_name_of_its_code() -> None:
    found = failed_operation(
        {"code": 7, "message": "no"}, "run.projects.locations.jobs.create", "run.jobs.create"
    )
    assert (found.code, found.status) == ("PERMISSION_DENIED", 403)
    assert "`run.jobs.create`" in found.detail
    assert failed_operation({"code": 14, "message": "later"}, "x.y.z", "").retryable


def test_operations_are_told_from_objects() -> None:
    assert is_operation({"name": "projects/p/locations/l/operations/1", "done": True})
    assert is_operation({"name": "operations/cp.1"})
    assert not is_operation({"name": "projects/p/locations/l/jobs/operations"})
    assert not is_operation({"name": "operations/x/y"})
    assert not is_operation([])
