"""Calls of Google Cloud by name, over google-auth's session: the operations are those of the committed catalogue.

Passing faults are retried as Google's own SDKs retry them, by google-api-core; operations that go on in the background
are waited for.
"""

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from unknot.providers.declared.calls import CallFailed, Tally
from unknot.providers.declared.catalogue import catalogue
from unknot.providers.declared.shapes import OperationShape
from unknot.providers.gcp import answers, rest
from unknot.providers.gcp.credentials import anonymous, credentials, endpoint, identity, is_trusted
from unknot.providers.gcp.iam import (
    has_member,
    is_member_operation,
    policy_http,
    with_member,
    without_member,
)
from unknot.providers.gcp.provider import REGION
from unknot.stacks.errors import MissingExtra, ProviderError
from unknot.stacks.target import Target

THREADS: Final = 8
"""Calls at once for one target. Google limits by project and minute, and answers 429 or 403 beyond that."""

BACKGROUND_S: Final = 150.0
"""How long an operation in the background is waited for by one call. Types that have such operations allow more."""

REGIONAL: Final = frozenset({"aiplatform"})
"""Services whose objects are reached only at the endpoint of their region."""

RETRY_FIRST_S: Final = 0.25
RETRY_LONGEST_S: Final = 20.0
RETRY_S: Final = 60.0
"""Longest first pause, which doubles; longest pause; and after which no more is tried."""

CONNECTION: Final = "connectionFailed"
"""Code of a request that had no answer."""

_TIMEOUT_S: Final = (10, 60)
"""To connect, and between two bytes. Time limits of whole changes are the engine's."""

_TEST: Final = "cloudresourcemanager.projects.testIamPermissions"
_TEST_HTTP: Final = "POST https://cloudresourcemanager.googleapis.com/v3/{+resource}:testIamPermissions"
"""Called by no declaration, so that the catalogue has it not."""

FIRST_POLL_S: Final = 0.1
LONGEST_POLL_S: Final = 5.0


class _Place(Mapping[str, Any]):
    """`project` and `region`, which are looked for when they are first used."""

    def __init__(self, api: "GcpApi") -> None:
        self._api = api

    def __getitem__(self, name: str) -> Any:
        match name:
            case "region":
                return self._api.region
            case "project":
                return self._api.project
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(("project", "region"))

    def __len__(self) -> int:
        return 2


class GcpApi:
    """Google Cloud as one target reaches it."""

    threads = THREADS

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.RLock()
        self._sessions: dict[bool, Any] = {}
        self._credentials: tuple[Any, str | None] | None = None
        self.place: Mapping[str, Any] = _Place(self)

    @property
    def region(self) -> str:
        """Raises CallFailed when the target names none."""
        found = self._target.region or os.environ.get(REGION)
        if not found:
            raise CallFailed(
                "noRegion", f"no region is set for the target `{self._target.name}`",
                detail="Give the target a region: `Target(..., region='europe-west1')`.",
            )  # fmt: skip
        return found

    @property
    def project(self) -> str:
        """The id of the project. Raises CallFailed when neither the target, the environment nor the credentials name one."""
        found = self._target.options.get("project") or os.environ.get("GOOGLE_CLOUD_PROJECT")
        if not found and not endpoint(self._target, ""):
            # Servers in the place of Google's want no credentials, but a project all the same.
            with contextlib.suppress(ProviderError):
                found = self._trusted()[1]
        if not found:
            raise CallFailed(
                "noProject", f"no project is set for the target `{self._target.name}`",
                detail="Give the target a project: `Target(..., options={'project': 'my-project'})`.",
            )  # fmt: skip
        return str(found)

    @property
    def identity(self) -> str:
        """Whose credentials are used; empty where none are wanted."""
        return identity(self._trusted()[0])

    def takes(self, service: str, operation: str) -> frozenset[str]:
        return frozenset(_shape(service, operation).members)

    def tokens(self, service: str, operation: str) -> tuple[str, ...]:
        token = _shape(service, operation).token
        return (token,) if token else ()

    def call(self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally) -> Any:
        if is_member_operation(operation):
            return self._member(service, operation, parameters, tally)
        request = self._request(service, operation, parameters)
        return self._finished(
            service, operation, request, self._send(service, operation, request, tally), tally
        )

    def pages(
        self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally
    ) -> Iterator[Any]:
        paging = _shape(service, operation).paging
        given = dict(parameters)
        while True:
            page = self.call(service, operation, given, tally)
            yield page
            token = page.get("nextPageToken") if paging and isinstance(page, Mapping) else None
            if not token or token == given.get(paging):
                return
            given[paging] = token

    def whoami(self, tally: Tally) -> str:
        """Whose credentials are used, as they say themselves; empty where servers in Google's place want none."""
        return "" if endpoint(self._target, "") else self.identity

    def lacking(self, permissions: Sequence[str], tally: Tally) -> tuple[str, ...]:
        """Those of `permissions` that the identity has not. Raises CallFailed when that cannot be told."""
        from unknot.providers.gcp.permissions import missing

        found = missing(self, permissions, tally)
        if found is None:
            raise CallFailed(
                "notTested",
                "Resource Manager does not answer for the project: its API is off, the identity may not ask, or a "
                "permission is none of projects",
            )
        return found

    def held(self, permissions: Sequence[str], tally: Tally) -> frozenset[str]:
        """Those of at most 100 permissions that the identity has in the project. Raises CallFailed."""
        service = "cloudresourcemanager"
        given = {"resource": f"projects/{self.project}", "permissions": list(permissions)}
        request = rest.made(_TEST, _TEST_HTTP, (), given, endpoint(self._target, service))
        answer = self._send(service, _TEST, request, tally)
        return frozenset(answer.get("permissions", ()))

    # one member of a policy

    def _member(self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally) -> Any:
        reading, setting = policy_http(_shape(service, operation).http)
        given = dict(parameters)
        role, member = str(given.pop("role")), str(given.pop("member"))
        for attempt in range(8):
            policy = self._policy(service, operation, reading, given, tally)
            there = has_member(policy, role, member)
            if operation.endswith("getIamMember") or there == operation.endswith("addIamMember"):
                return {"role": role, "member": member} if there else {}
            change = with_member if operation.endswith("addIamMember") else without_member
            wanted = {**change(policy, role, member), "version": 3}
            body = wanted if service == "storage" else {"policy": wanted}
            request = rest.made(operation, setting, (), {**given, **body}, endpoint(self._target, service))
            try:
                self._send(service, operation, request, tally)
            except CallFailed as problem:
                # Somebody else changed the policy in between.
                if problem.status not in (409, 412) or attempt == 7:
                    raise
                time.sleep(min(2.0, 0.05 * 2**attempt))
            else:
                return {"role": role, "member": member}
        raise AssertionError("the last attempt raises")

    def _policy(
        self, service: str, operation: str, http: str, given: Mapping[str, Any], tally: Tally
    ) -> Mapping[str, Any]:
        """Conditions are told, and kept, only by the third version of policies."""
        more: dict[str, Any] = {"optionsRequestedPolicyVersion": 3}
        query: tuple[str, ...] = tuple(more)
        if service != "storage":
            more, query = {"options.requestedPolicyVersion": 3}, ("options.requestedPolicyVersion",)
            if http.startswith("POST") and service != "iam":
                more, query = {"options": {"requestedPolicyVersion": 3}}, ()
        request = rest.made(operation, http, query, {**given, **more}, endpoint(self._target, service))
        policy: Mapping[str, Any] = self._send(service, operation, request, tally)
        return policy

    # requests

    def _request(self, service: str, operation: str, parameters: Mapping[str, Any]) -> rest.Request:
        root = endpoint(self._target, service)
        request = rest.request(operation, _shape(service, operation), parameters, root)
        if root is None and service in REGIONAL:
            return msgspec.structs.replace(request, url=rest.regional(request.url, parameters))
        return request

    def _send(self, service: str, operation: str, request: rest.Request, tally: Tally) -> Any:
        """The answer as plain data, after retries. Raises CallFailed."""
        from google.api_core import exceptions
        from google.api_core.retry import Retry

        # A POST may have been carried out although its answer says otherwise, so it is repeated only where it says
        # that it was not; whoever calls looks for what it may have made.
        retry = Retry(
            predicate=_is_refused if request.method == "POST" else _is_passing,
            initial=RETRY_FIRST_S,
            maximum=RETRY_LONGEST_S,
            timeout=RETRY_S,
        )
        try:
            return retry(self._sent)(service, operation, request, tally)
        except exceptions.RetryError as problem:
            raise problem.cause from problem

    def _sent(self, service: str, operation: str, request: rest.Request, tally: Tally) -> Any:
        """One request."""
        import requests
        from google.auth import exceptions

        session = self._session(is_trusted(request.url))
        headers = {"Content-Type": request.content_type} if request.content_type else {}
        tally.add()
        try:
            answer = session.request(
                request.method,
                request.url,
                params=request.query,
                data=request.body,
                headers=headers,
                timeout=_TIMEOUT_S,
            )
        except exceptions.GoogleAuthError as problem:
            raise _not_authenticated(problem, operation) from problem
        except requests.RequestException as problem:
            raise CallFailed(
                CONNECTION,
                str(problem)[:500],
                operation=operation,
                retryable=True,
                detail="Check the network and the endpoint, then repeat the command.",
            ) from problem
        body = _parsed(answer)
        if answer.status_code >= 400:
            raise answers.refused(answer.status_code, body, operation, _permission(operation))
        return body

    def _finished(
        self, service: str, operation: str, request: rest.Request, answer: Any, tally: Tally
    ) -> Any:
        """What an operation in the background gives in the end; any other answer is given back."""
        if not answers.is_operation(answer):
            return answer
        deadline = time.monotonic() + BACKGROUND_S
        pause = FIRST_POLL_S
        poll = rest.Request("GET", rest.operation_url(request.url, str(answer["name"])))
        while not answer.get("done"):
            if time.monotonic() + pause > deadline:
                raise CallFailed(
                    "DEADLINE_EXCEEDED", f"`{answer['name']}` has not ended yet", operation=operation, retryable=True,
                    detail="It goes on in the background. Apply again to see it through.",
                )  # fmt: skip
            time.sleep(pause)
            pause = min(LONGEST_POLL_S, pause * 1.5)
            answer = self._send(service, operation, poll, tally)
        if error := answer.get("error"):
            raise answers.failed_operation(error, operation, _permission(operation))
        return {name: value for name, value in answer.get("response", {}).items() if name != "@type"}

    def _session(self, trusted: bool) -> Any:
        with self._lock:
            found = self._sessions.get(trusted)
            if found is None:
                found = self._sessions[trusted] = _session(self._trusted()[0] if trusted else anonymous())
        return found

    def _trusted(self) -> tuple[Any, str | None]:
        """The target's credentials, and the project that they name. Raises ProviderError and MissingExtra."""
        with self._lock:
            if self._credentials is None:
                self._credentials = credentials(self._target)
            return self._credentials


def _shape(service: str, operation: str) -> OperationShape:
    return catalogue("gcp", service).operations[operation]


def _permission(operation: str) -> str:
    service, *_, resource, verb = operation.split(".")
    service = "resourcemanager" if service == "cloudresourcemanager" else service
    verb = {"insert": "create", "patch": "update"}.get(verb, verb)
    return f"{service}.{resource}.{'setIamPolicy' if verb.endswith('IamMember') else verb}"


def _session(found: Any) -> Any:
    try:
        from google.auth.transport.requests import AuthorizedSession
        from requests.adapters import HTTPAdapter
        from requests.utils import default_user_agent
    except ImportError:
        raise MissingExtra("requests", extra="gcp", needed_for="resources of Google Cloud") from None
    session = AuthorizedSession(found)  # type: ignore[no-untyped-call]
    adapter = HTTPAdapter(pool_maxsize=THREADS * 2)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = f"unknot {default_user_agent()}"
    return session


def _is_passing(problem: BaseException) -> bool:
    return isinstance(problem, CallFailed) and problem.retryable


def _is_refused(problem: BaseException) -> bool:
    """Whether the service said that it did not do what it was asked, and may do so later."""
    return _is_passing(problem) and isinstance(problem, CallFailed) and problem.status in (403, 429, 503)


def _parsed(answer: Any) -> Any:
    if not answer.content:
        return {}
    try:
        parsed = json.loads(answer.content)
    except ValueError:
        return answer.text
    return {} if parsed is None else parsed


def _not_authenticated(problem: Exception, operation: str) -> CallFailed:
    return CallFailed(
        "UNAUTHENTICATED",
        str(problem).splitlines()[0] if str(problem) else type(problem).__name__,
        status=401,
        operation=operation,
        retryable=bool(getattr(problem, "retryable", False)),
        detail="The credentials have expired or are not taken: log in again with `gcloud auth application-default login`, "
        "or check the file, the service account and who may impersonate it.",
    )
