"""Calls of AWS by name, through boto3: plain data in and out, botocore's errors wrapped once, its retries relied on."""

import base64
import datetime
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from unknot.providers.aws.credentials import endpoint, session
from unknot.providers.aws.permissions import missing
from unknot.providers.declared.calls import CallFailed, Tally
from unknot.stacks.target import Target

THREADS: Final = 10
"""Calls at once for one target. AWS throttles by service and account; the adaptive retry mode slows down when it does."""


class _Place(Mapping[str, Any]):
    """`region` and `account`; the account is asked for when it is first used."""

    def __init__(self, api: "AwsApi") -> None:
        self._api = api

    def __getitem__(self, name: str) -> Any:
        match name:
            case "region":
                return self._api.region
            case "account":
                return self._api.account()
            case "partition":
                return self._api.partition
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(("region", "account", "partition"))

    def __len__(self) -> int:
        return 3


class AwsApi:
    """AWS as one target reaches it. boto3 clients may be used by many threads; sessions may not."""

    threads = THREADS

    def __init__(self, target: Target) -> None:
        self._target = target
        self._session = session(target)
        self._lock = threading.RLock()
        self._clients: dict[str, Any] = {}
        self._account = ""
        self.place: Mapping[str, Any] = _Place(self)

    @property
    def region(self) -> str:
        """Raises CallFailed when neither the target nor the environment names one."""
        found = self._session.region_name
        if not found:
            raise CallFailed(
                "NoRegion",
                f"no region is set for the target `{self._target.name}`",
                detail="Give the target a region: `Target(..., region='eu-central-1')`.",
            )
        return str(found)

    @property
    def partition(self) -> str:
        return str(self._session.get_partition_for_region(self.region))

    def account(self) -> str:
        """The account's number, asked of STS once."""
        with self._lock:
            if not self._account:
                self._account = self.call("sts", "get_caller_identity", {}, Tally())["Account"]
            return self._account

    def whoami(self, tally: Tally) -> str:
        """The ARN of the identity, which anybody may ask for. Raises CallFailed."""
        return str(self.call("sts", "get_caller_identity", {}, tally)["Arn"])

    def lacking(self, permissions: Sequence[str], tally: Tally) -> tuple[str, ...]:
        """Those of `permissions` that the identity has not. Raises CallFailed when that cannot be told."""
        return missing(self, self.whoami(tally), permissions, tally)

    def client(self, service: str) -> Any:
        """The boto3 client of a service."""
        with self._lock:
            found = self._clients.get(service)
            if found is None:
                from botocore.config import Config

                with _Wrapping(service, "", Tally()):
                    found = self._session.client(
                        service,
                        endpoint_url=endpoint(self._target),
                        config=Config(
                            retries={
                                "mode": self._target.options.get("retry_mode", "adaptive"),
                                "total_max_attempts": 8,
                            },
                            max_pool_connections=THREADS * 2,
                            user_agent_extra="unknot",
                            # Time limits of calls are the engine's, of whole changes.
                            connect_timeout=10,
                            read_timeout=60,
                            s3=_S3_STYLE if endpoint(self._target) else None,
                        ),
                    )
                self._clients[service] = found
        return found

    def takes(self, service: str, operation: str) -> frozenset[str]:
        shape = self._model(service, operation).input_shape
        return frozenset(() if shape is None else shape.members)

    def tokens(self, service: str, operation: str) -> tuple[str, ...]:
        shape = self._model(service, operation).input_shape
        if shape is None:
            return ()
        return tuple(
            name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")
        )

    def call(self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally) -> Any:
        client = self.client(service)
        with _Wrapping(service, operation, tally):
            answer = getattr(client, operation)(**self._given(service, operation, parameters))
            tally.add(1 + int(answer.get("ResponseMetadata", {}).get("RetryAttempts", 0)))
            return plain(answer)

    def pages(
        self, service: str, operation: str, parameters: Mapping[str, Any], tally: Tally
    ) -> Iterator[Any]:
        client = self.client(service)
        if not client.can_paginate(operation):
            yield self.call(service, operation, parameters, tally)
            return
        pages = iter(client.get_paginator(operation).paginate(**self._given(service, operation, parameters)))
        while True:
            with _Wrapping(service, operation, tally):
                page = next(pages, None)
                if page is None:
                    return
                tally.add(1 + int(page.get("ResponseMetadata", {}).get("RetryAttempts", 0)))
                page = plain(page)
            yield page

    def _model(self, service: str, operation: str) -> Any:
        client = self.client(service)
        return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])

    def _given(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        shape = self._model(service, operation).input_shape
        return {
            name: _given(value, shape.members[name]) if name in shape.members else value
            for name, value in parameters.items()
        }


_S3_STYLE: Final = {"addressing_style": "path"}
"""A server of one's own rarely has a host name for each bucket."""


def _given(value: Any, shape: Any) -> Any:
    """What the SDK takes: bytes for blobs, whole numbers where JSON had 1.0, text for text."""
    match shape.type_name:
        case "structure" if isinstance(value, Mapping):
            return {
                name: _given(entry, shape.members[name]) if name in shape.members else entry
                for name, entry in value.items()
            }
        case "list" if isinstance(value, list):
            return [_given(entry, shape.member) for entry in value]
        case "map" if isinstance(value, Mapping):
            return {key: _given(entry, shape.value) for key, entry in value.items()}
        case "blob" if isinstance(value, str):
            try:
                return base64.b64decode(value, validate=True)
            except ValueError:
                return value.encode()
        case "integer" | "long" if isinstance(value, float) and value.is_integer():
            return int(value)
        case "string" if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        case _:
            return value


def plain(value: Any) -> Any:
    """An answer of boto3 as JSON data, without its metadata."""
    match value:
        case dict():
            return {key: plain(entry) for key, entry in value.items() if key != "ResponseMetadata"}
        case list() | tuple():
            return [plain(entry) for entry in value]
        case datetime.datetime():
            return value.isoformat()
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
        case _ if hasattr(value, "read"):
            return base64.b64encode(value.read()).decode()
        case _:
            return value


class _Wrapping:
    """Turns botocore's errors into CallFailed, with what to do about the common ones."""

    def __init__(self, service: str, operation: str, tally: Tally) -> None:
        self._service = service
        self._operation = f"{service}:{operation}" if operation else ""
        self._tally = tally

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if problem is None or isinstance(problem, CallFailed | StopIteration):
            return
        import botocore.exceptions as errors
        from botocore.parsers import ResponseParserError

        if isinstance(problem, errors.ClientError):
            metadata = problem.response.get("ResponseMetadata", {})
            self._tally.add(1 + int(metadata.get("RetryAttempts", 0)))
            raise _refused(problem, self._operation) from problem
        if isinstance(problem, ResponseParserError):  # which is no BotoCoreError
            raise CallFailed(
                "UnreadableAnswer",
                "the answer is none of this API",
                operation=self._operation,
                retryable=True,
                detail="Something between here and AWS may have answered: check the proxy and the endpoint.",
            ) from problem
        if isinstance(problem, errors.BotoCoreError):
            raise CallFailed(
                type(problem).__name__,
                str(problem),
                operation=self._operation,
                retryable=isinstance(problem, errors.HTTPClientError | errors.ConnectionError),
                detail=_advice(problem),
            ) from problem


_THROTTLED: Final = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "SlowDown",
        "TooManyRequestsException",
    }
    | {
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "ProvisionedThroughputExceededException",
        "RequestTimeout",
    }
    | {
        "InternalError",
        "ServiceUnavailable",
        "InternalFailure",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    }
)
_EXPIRED: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
_SKEWED: Final = frozenset({"RequestTimeTooSkewed", "SignatureNotYetCurrent", "RequestInTheFuture"})
_OTHER_PERMISSIONS: Final = {
    "s3:get_bucket_encryption": "s3:GetEncryptionConfiguration",
    "s3:get_bucket_lifecycle_configuration": "s3:GetLifecycleConfiguration",
    "s3:get_public_access_block": "s3:GetBucketPublicAccessBlock",
    "s3:head_bucket": "s3:ListBucket",
    "s3:head_object": "s3:GetObject",
    "s3:list_buckets": "s3:ListAllMyBuckets",
    "s3:list_objects_v2": "s3:ListBucket",
    "s3:put_bucket_encryption": "s3:PutEncryptionConfiguration",
    "s3:put_bucket_lifecycle_configuration": "s3:PutLifecycleConfiguration",
    "s3:put_public_access_block": "s3:PutBucketPublicAccessBlock",
}
"""Operations that are not called as their permission is (Service Authorization Reference, Amazon S3)."""
_WRONG: Final = frozenset(
    {
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "UnrecognizedClientException",
    }
)


def _refused(problem: Any, operation: str) -> CallFailed:
    error = problem.response.get("Error", {})
    code, message = str(error.get("Code", "Unknown")), str(error.get("Message", "") or "no reason is given")
    status = int(problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    detail = ""
    if code in _EXPIRED:
        detail = "The credentials have expired: log in again, then repeat the command."
    elif code in _SKEWED:
        detail = (
            "The clock of this machine differs too much from that of AWS. Set it, then repeat the command."
        )
    elif code == "400":  # the answer to a HEAD has no body that would say more
        detail = "Credentials that have expired are refused so: log in again. `unknot doctor` says more."
    elif code in _WRONG:
        detail = "AWS does not know these credentials. `unknot doctor` shows which are used."
    elif status == 403 or "AccessDenied" in code or "Unauthorized" in code:
        detail = f"The identity lacks the permission `{_permission(operation)}`. `unknot doctor` shows what is missing."
    return CallFailed(
        code,
        message,
        status=status,
        operation=operation,
        retryable=code in _THROTTLED or status >= 500 or status == 429,
        detail=detail,
        repeated=int(problem.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)) > 0,
    )


def _permission(operation: str) -> str:
    if operation in _OTHER_PERMISSIONS:
        return _OTHER_PERMISSIONS[operation]
    service, _, name = operation.partition(":")
    return f"{service}:{''.join(part.capitalize() for part in name.split('_'))}"


def _advice(problem: Any) -> str:
    import botocore.exceptions as errors

    if isinstance(problem, errors.NoCredentialsError | errors.PartialCredentialsError):
        return "Log in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    if isinstance(problem, errors.NoRegionError):
        return "Give the target a region, or set AWS_REGION."
    if isinstance(problem, errors.UnauthorizedSSOTokenError | errors.TokenRetrievalError | errors.SSOError):
        return "Log in again with `aws sso login`."
    if isinstance(problem, errors.HTTPClientError | errors.ConnectionError):
        return "Check the network and the endpoint, then repeat the command."
    if isinstance(problem, errors.ParamValidationError):
        return "The service's model does not take these parameters."
    return ""
