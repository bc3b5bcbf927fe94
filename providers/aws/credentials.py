"""Who unknot is to AWS for a target: botocore's default chain, a profile, or a role that is assumed. Writes nothing."""

from typing import Any

from unknot.stacks.errors import MissingExtra, ProviderError
from unknot.stacks.target import Target
from unknot.state.stores.aws import session_of


def session(target: Target) -> Any:
    """A boto3 session for the target: `region`, and of its options `profile`, `role_arn`, `external_id`, `session_name`.

    Raises MissingExtra, and ProviderError for a profile that is not configured.
    """
    try:
        import botocore.exceptions
    except ImportError:
        raise MissingExtra("boto3", extra="aws", needed_for=f"the target `{target.name}`") from None
    options = target.options
    role = options.get("role_arn")
    try:
        return session_of(
            profile=options.get("profile"),
            region=target.region,
            role=role,
            session_name=options.get("session_name", "unknot"),
            external_id=options.get("external_id"),
            endpoint=endpoint(target),
        )
    except botocore.exceptions.ProfileNotFound as problem:
        raise ProviderError(
            f"the target `{target.name}` names an AWS profile that is not configured",
            detail=f"{problem}. Profiles are in ~/.aws/config; `aws configure --profile NAME` makes one.",
        ) from problem
    except botocore.exceptions.NoCredentialsError as problem:
        raise ProviderError(
            f"the target `{target.name}` assumes the role `{role}`, but there are no AWS credentials to do so",
            detail="Log in first (`aws sso login`, environment variables, or an instance profile).",
        ) from problem


def endpoint(target: Target) -> str | None:
    """The target's own endpoint, for servers that speak an API of AWS; None: AWS, or what AWS_ENDPOINT_URL says."""
    found = target.options.get("endpoint")
    return None if found is None else str(found)
