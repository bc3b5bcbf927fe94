"""Who unknot is to AWS for a target: botocore's default chain, a profile, or a role that is assumed. Writes nothing."""

from typing import Any

from unknot.stacks.errors import MissingExtra, ProviderError
from unknot.stacks.target import Target


def session(target: Target) -> Any:
    """A boto3 session for the target: `region`, and of its options `profile`, `role_arn`, `external_id`, `session_name`.

    Raises MissingExtra, and ProviderError for a profile that is not configured.
    """
    try:
        import boto3
        import botocore.exceptions
        import botocore.session
    except ImportError:
        raise MissingExtra("boto3", extra="aws", needed_for=f"the target `{target.name}`") from None
    options = target.options
    try:
        core = botocore.session.Session(profile=options.get("profile"))
        if target.region is not None:
            core.set_config_variable("region", target.region)
        if role := options.get("role_arn"):
            _assume(core, role, options, target)
        return boto3.Session(botocore_session=core)
    except botocore.exceptions.ProfileNotFound as problem:
        raise ProviderError(
            f"the target `{target.name}` names an AWS profile that is not configured",
            detail=f"{problem}. Profiles are in ~/.aws/config; `aws configure --profile NAME` makes one.",
        ) from problem


def _assume(core: Any, role: str, options: dict[str, Any], target: Target) -> None:
    """Let the session act as `role`; its credentials are fetched when first used, and again before they expire."""
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    source = core.get_credentials()
    if source is None:
        raise ProviderError(
            f"the target `{target.name}` assumes the role `{role}`, but there are no AWS credentials to do so",
            detail="Log in first (`aws sso login`, environment variables, or an instance profile).",
        )
    more = {"RoleSessionName": options.get("session_name", "unknot")}
    if external_id := options.get("external_id"):
        more["ExternalId"] = external_id

    def client(service: str, **keywords: Any) -> Any:
        return core.create_client(service, endpoint_url=endpoint(target), **keywords)

    fetcher = AssumeRoleCredentialFetcher(client, source, role, extra_args=more)
    core._credentials = DeferredRefreshableCredentials(
        fetcher.fetch_credentials, method="assume-role"
    )  # as botocore's own provider of assumed roles does


def endpoint(target: Target) -> str | None:
    """The target's own endpoint, for servers that speak an API of AWS; None: AWS, or what AWS_ENDPOINT_URL says."""
    found = target.options.get("endpoint")
    return None if found is None else str(found)
