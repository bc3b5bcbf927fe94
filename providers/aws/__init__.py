"""Amazon Web Services: resource types declared over botocore's service models, carried out by boto3.

The provider is imported when it is asked for: a stack that only names resources needs none of it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unknot.providers.aws.provider import AwsProvider

__all__ = ["AwsProvider"]


def __getattr__(name: str) -> object:
    if name == "AwsProvider":
        from unknot.providers.aws.provider import AwsProvider

        return AwsProvider
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
