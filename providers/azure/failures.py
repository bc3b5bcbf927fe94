"""What errors of Azure's SDKs mean, as `CallFailed`, with what to do about the common ones."""

from typing import Any, Final

from unknot.providers.declared.calls import CallFailed
from unknot.stacks.errors import UnknotError

_EXPIRED: Final = frozenset(
    {"ExpiredAuthenticationToken", "TokenExpired", "AuthenticationFailedTokenExpired", "LoginExpired"}
)
_DENIED: Final = frozenset(
    {
        "AuthorizationFailed",
        "AuthorizationPermissionMismatch",
        "AuthorizationFailure",
        "LinkedAuthorizationFailed",
        "Forbidden",
        "ForbiddenByRbac",
        "ForbiddenByPolicy",
        "InsufficientAccountPermissions",
    }
)
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})

_ADVICE: Final = {
    "RequestDisallowedByPolicy": "A policy of the subscription forbids it: the message names it.",
    "MissingSubscriptionRegistration": "Register the resource provider once: `az provider register --namespace NAME`.",
    "SubscriptionNotFound": "Correct the target's option `subscription`, and check which tenant you are logged in to.",
    "InvalidAuthenticationTokenTenant": "The token is of another tenant: give the target the option `tenant`.",
    "ObjectIsDeletedButRecoverable": "A deleted secret of that name waits for its purge: recover it "
    "(`az keyvault secret recover`) and import it, purge it, or choose another name.",
    "ContainerBeingDeleted": "A container of that name is being deleted. Apply again in a minute.",
    "QueueBeingDeleted": "A queue of that name is being deleted. Apply again in a minute.",
    "TableBeingDeleted": "A table of that name is being deleted. Apply again in a minute.",
    "PublicAccessNotPermitted": "The storage account forbids public access: set its `allow_blob_public_access`.",
    "StorageAccountAlreadyTaken": "Names of storage accounts are unique in the whole of Azure. Choose another one.",
}

_BEING_DELETED: Final = frozenset({"ContainerBeingDeleted", "QueueBeingDeleted", "TableBeingDeleted"})


class Wrapping:
    """Turns errors of the SDKs into CallFailed."""

    def __init__(self, service: str, operation: str) -> None:
        self._operation = f"{service}.{operation.replace(':', '.')}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if problem is None or isinstance(problem, CallFailed | UnknotError):
            return
        import azure.core.exceptions as errors

        if isinstance(problem, errors.HttpResponseError) and _status(problem):
            raise _refused(problem, self._operation) from problem
        if isinstance(problem, errors.ClientAuthenticationError):
            raise CallFailed(
                type(problem).__name__, _first_line(problem), operation=self._operation, detail=_LOG_IN
            ) from problem
        if isinstance(problem, errors.AzureError):
            raise CallFailed(
                type(problem).__name__,
                _first_line(problem),
                operation=self._operation,
                retryable=isinstance(problem, errors.ServiceRequestError | errors.ServiceResponseError),
                detail="Check the network and the endpoint, then repeat the command.",
            ) from problem
        if isinstance(problem, ValueError | TypeError):
            raise CallFailed(
                "InvalidRequest",
                _first_line(problem),
                operation=self._operation,
                detail="The SDK does not take these parameters, or an option of the target is wrong.",
            ) from problem


_LOG_IN: Final = (
    "Log in (`az login`), set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET, or run where a managed "
    "identity is. `unknot doctor` shows which identity is used."
)


def _status(problem: Any) -> int:
    return int(problem.status_code or getattr(problem.response, "status_code", 0) or 0)


def _refused(problem: Any, operation: str) -> CallFailed:
    status, code, message = _status(problem), _code(problem), _message(problem)
    detail = _ADVICE.get(code, "")
    if code in _EXPIRED or (status == 401 and "expired" in message.lower()):
        detail = "The credentials have expired: log in again, then repeat the command."
    elif status == 401 or code in ("AuthenticationFailed", "InvalidAuthenticationInfo"):
        detail = f"Azure does not accept these credentials, or this machine's clock is wrong. {_LOG_IN}"
    elif not detail and (status == 403 or code in _DENIED):
        detail = "The identity lacks the permission. `unknot doctor` shows what is missing."
    return CallFailed(
        code,
        message,
        status=status,
        operation=operation,
        retryable=status in _PASSING or code in _BEING_DELETED,
        detail=detail,
    )


def _code(problem: Any) -> str:
    """Azure's own word for it."""
    for found in (
        getattr(problem, "error_code", None),
        getattr(_inner(problem), "code", None),
        getattr(getattr(problem, "error", None), "code", None),
        problem.response.headers.get("x-ms-error-code") if problem.response is not None else None,
    ):
        if found:
            return str(getattr(found, "value", found))
    return _WITHOUT_BODY.get(_status(problem), f"HTTP {_status(problem)}")


_WITHOUT_BODY: Final = {
    404: "ResourceNotFound",
    401: "Unauthorized",
    403: "Forbidden",
    429: "TooManyRequests",
}
"""Answers to HEAD have no body to tell it in."""


def _inner(problem: Any) -> Any:
    """Key Vault says inside what its outer code (`Conflict`) leaves open."""
    error = getattr(problem, "error", None)
    inner = getattr(error, "innererror", None)
    return _Coded(inner["code"]) if isinstance(inner, dict) and inner.get("code") else None


class _Coded:
    def __init__(self, code: str) -> None:
        self.code = code


def _message(problem: Any) -> str:
    error = getattr(problem, "error", None)
    return _first_line(getattr(error, "message", None) or problem.message or "no reason is given")


def _first_line(problem: Any) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0].strip() if lines else type(problem).__name__
