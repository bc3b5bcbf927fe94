"""Read a secret from Secrets Manager where a task needs it: the kind `aws-secret` of references."""

from unknot.stacks.errors import MissingExtra, ProviderError


def read_secret(arn: str) -> str:
    """The secret's current value, with the credentials of whoever asks. Raises ProviderError, without the value."""
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError as missing:
        raise MissingExtra("boto3", extra="aws", needed_for="secrets of AWS") from missing
    region = arn.split(":")[3] if arn.startswith("arn:") else None
    try:
        client = boto3.client("secretsmanager", region_name=region)
        answer = client.get_secret_value(SecretId=arn)
    except (BotoCoreError, ClientError) as problem:
        code = getattr(problem, "response", {}).get("Error", {}).get("Code", type(problem).__name__)
        raise ProviderError(
            f"Secrets Manager did not give it: {code}",
            detail="Whoever runs the task needs `secretsmanager:GetSecretValue`: grant it with `grants.use`.",
        ) from problem
    value = answer.get("SecretString")
    if not isinstance(value, str):
        raise ProviderError(
            "it holds bytes and no text", detail="Put it in as text: `Secret(..., value=...)`."
        )
    return value
