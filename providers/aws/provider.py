"""The provider `aws`. Importing it imports neither boto3 nor any declaration."""

from collections.abc import Mapping

from unknot.providers.declared.calls import Cloud
from unknot.providers.declared.connections import Connections
from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.provider import DeclaredProvider


class AwsProvider(DeclaredProvider):
    """Resources of AWS, as the target's region, profile and role reach them."""

    def __init__(self) -> None:
        super().__init__("aws", _declarations, _cloud)


def _declarations() -> Mapping[str, Declaration]:
    from unknot.providers.aws.types import DECLARATIONS

    return DECLARATIONS


def _cloud() -> Cloud:
    from unknot.providers.aws.client import AwsApi

    return Connections(AwsApi)
