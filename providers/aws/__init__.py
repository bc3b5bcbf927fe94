"""Amazon Web Services: resource types declared over botocore's service models, carried out by boto3."""

from unknot.providers.aws.provider import AwsProvider

__all__ = ["AwsProvider"]
