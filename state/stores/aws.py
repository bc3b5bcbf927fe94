"""The S3 client of a store, and what its errors mean. Credentials are boto3's own business."""

import os
from collections.abc import Mapping
from typing import Any, TypeAlias

from unknot.state.stores.base import StoreDamaged, StoreDenied, StoreError, StoreLibraryMissing, StoreMissing
from unknot.state.stores.remote import CONNECT_TIMEOUT_S, CONNECTIONS, READ_TIMEOUT_S

S3Client: TypeAlias = Any
"""boto3 makes its clients when it runs: there is no type to name."""

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"}
_WRONG_KEYS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "InvalidSecurity",
    "UnrecognizedClientException",
}
_WRONG_REGION = {"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"}
_PASSING = {
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "BandwidthLimitExceeded",
    "OperationAborted",
    "ConditionalRequestConflict",
}


def require_library() -> None:
    """Raises StoreLibraryMissing."""
    try:
        import boto3  # noqa: F401
    except ImportError as error:
        raise StoreLibraryMissing(
            "stores in S3 need the package `boto3`", detail="Install it: `pip install 'unknot[aws]'`."
        ) from error


def s3_client(
    parameters: Mapping[str, str], *, connections: int = CONNECTIONS, checksums: bool = True
) -> S3Client:
    """A client for `region`, `profile`, `role` and `endpoint`, each as boto3 finds it when left out.

    Without `checksums`, only those are computed that a call needs or gives by itself. Raises StoreError.
    """
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    endpoint = parameters.get("endpoint")
    is_custom = bool(endpoint or os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"))
    settings: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "read_timeout": READ_TIMEOUT_S,
        "max_pool_connections": connections,
        "user_agent_extra": "unknot",
    }
    if not checksums:
        settings["request_checksum_calculation"] = "when_required"
        settings["response_checksum_validation"] = "when_required"
    if "AWS_RETRY_MODE" not in os.environ:
        settings["retries"] = {"mode": "standard"}
    if is_custom:  # other servers rarely have a name of its own for each bucket
        settings["s3"] = {"addressing_style": "path"}
    try:
        session = session_of(
            profile=parameters.get("profile"), region=parameters.get("region"), role=parameters.get("role")
        )
        return session.client("s3", endpoint_url=endpoint, config=Config(**settings))
    except BotoCoreError as error:
        raise explained(error, "S3") from error
    except ValueError as error:
        raise StoreError(f"S3 cannot be used: {error}", detail="Correct the store's URL.") from error


def session_of(
    *,
    profile: str | None,
    region: str | None,
    role: str | None,
    session_name: str = "unknot",
    external_id: str | None = None,
    endpoint: str | None = None,
) -> Any:
    """A boto3 session, each part as boto3 finds it when left out; of a role, the credentials renew themselves.

    `endpoint` is where the role is asked for. Raises botocore's errors: NoCredentialsError when there is nobody to
    assume the role, ProfileNotFound.
    """
    import boto3
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.exceptions import NoCredentialsError
    from botocore.session import Session

    core = Session(profile=profile)
    if region is not None:
        core.set_config_variable("region", region)
    if role is None:
        return boto3.Session(botocore_session=core)
    source = core.get_credentials()
    if source is None:
        raise NoCredentialsError

    def client(service: str, **keywords: Any) -> Any:
        return core.create_client(service, endpoint_url=endpoint, **keywords)

    extra = {"RoleSessionName": session_name}
    if external_id:
        extra["ExternalId"] = external_id
    fetcher = AssumeRoleCredentialFetcher(client, source, role, extra_args=extra)
    assumed = Session(profile=profile)
    if region is not None:
        assumed.set_config_variable("region", region)
    # As botocore's own provider of assumed roles does.
    assumed._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    return boto3.Session(botocore_session=assumed)


def status_of(error: Any) -> int:
    """Of a ClientError: the answer's HTTP status, 0 if it is not known."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def code_of(error: Any) -> str:
    """Of a ClientError: the service's own word for it."""
    return str(error.response.get("Error", {}).get("Code", ""))


def was_retried(error: Any) -> bool:
    """Of a ClientError: whether an earlier attempt may have done what the last one was refused."""
    return bool(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))


def explained(error: Exception, place: str) -> StoreError:
    """What an error of botocore means for the user. `place` is what was being read or written."""
    from botocore import exceptions as boto

    if isinstance(error, boto.ClientError):
        return _refused(error, place)
    text = str(error).rstrip(".")
    if isinstance(error, boto.FlexibleChecksumError):
        return StoreDamaged(
            f"{place} is damaged: it does not fit S3's checksum",
            detail=f"{text}. Bring that object back from the bucket's earlier versions or a backup.",
        )
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return StoreDenied(
            f"there are no AWS credentials to reach {place} with",
            detail="boto3 looked in the environment, `~/.aws`, and the machine's own role. Run `aws configure` or "
            "`aws sso login`, set `AWS_PROFILE`, or add `?profile=NAME` to the URL.",
        )
    if isinstance(error, boto.UnauthorizedSSOTokenError | boto.SSOTokenLoadError | boto.TokenRetrievalError):
        return StoreDenied(
            f"the AWS sign-in that {place} is reached with has expired",
            detail=f"{text}. Run `aws sso login` for that profile.",
        )
    if isinstance(error, boto.ProfileNotFound | boto.CredentialRetrievalError | boto.ConfigNotFound):
        return StoreDenied(f"the AWS credentials for {place} cannot be had", detail=f"{text}.")
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return StoreError(
            f"{place} cannot be reached: {text}",
            detail="Check the network, the region and the endpoint in the URL.",
            retryable=True,
        )
    return StoreError(f"{place} cannot be used: {text}")


def _refused(error: Any, place: str) -> StoreError:
    code, status = code_of(error), status_of(error)
    text = str(error.response.get("Error", {}).get("Message", "")).rstrip(".")
    said = f"S3 says: {code}, {text}." if text else f"S3 says: {code or status}."
    if code == "NoSuchBucket":
        bucket = error.response["Error"].get("BucketName", "")
        return StoreMissing(
            f"the bucket of {place} does not exist",
            detail=f"Make it first (`aws s3 mb s3://{bucket or 'BUCKET'}`), with versioning on and no lifecycle rule "
            "on the prefix, or correct the URL.",
        )
    if code in _EXPIRED:
        return StoreDenied(
            f"the AWS credentials that {place} is reached with have expired",
            detail=f"Sign in again, for example with `aws sso login`, and repeat the command. {said}",
        )
    if code == "RequestTimeTooSkewed":
        return StoreDenied(
            f"S3 refuses the request for {place}: this machine's clock is wrong",
            detail=f"Set it, for example with NTP. {said}",
        )
    if code in _WRONG_KEYS:
        return StoreDenied(
            f"S3 does not accept the credentials that {place} is reached with",
            detail=f"Check the access key, `AWS_PROFILE`, and that the secret belongs to it. {said}",
        )
    if code in _WRONG_REGION or status == 301:
        return StoreError(
            f"{place} is in another region",
            detail=f"Add `?region=REGION` to the URL. {said}",
        )
    if code in _PASSING or status == 429 or status >= 500:
        return StoreError(
            f"S3 is not answering for {place} now: {code or status}",
            detail=f"It throttles or is disturbed; boto3 asked {_attempts(error)} times. {said}",
            retryable=True,
        )
    if status in (401, 403):
        return StoreDenied(
            f"S3 denies access to {place}",
            detail="Needed on the prefix are s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload, "
            "and on the bucket s3:ListBucket. S3 answers the same for a bucket of another account. " + said,
        )
    return StoreError(f"S3 refuses the request for {place}", detail=said)


def _attempts(error: Any) -> int:
    return 1 + int(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))
