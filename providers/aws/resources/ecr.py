"""Amazon Elastic Container Registry. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, ecr 2015-09-21.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "EcrRepository",
]

ImageTagMutability: TypeAlias = Literal[
    "MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"
]


class ImageScanningConfiguration(TypedDict, total=False):
    scanOnPush: Input[bool]
    """The setting that determines whether images are scanned after being pushed to a repository."""


ImageTagMutabilityExclusionFilterType: TypeAlias = Literal["WILDCARD"]


class ImageTagMutabilityExclusionFilter(TypedDict, total=False):
    filterType: Required[ImageTagMutabilityExclusionFilterType | Output[str]]
    """The type of filter to apply for excluding image tags from mutability settings."""
    filter: Required[Input[str]]
    """The filter value used to match image tags for exclusion from mutability settings."""


EncryptionType: TypeAlias = Literal["AES256", "KMS", "KMS_DSSE"]


class EncryptionConfiguration(TypedDict, total=False):
    encryptionType: Required[EncryptionType | Output[str]]
    """The encryption type to use."""
    kmsKey: Input[str]
    """If you use the `KMS` encryption type, specify the KMS key to use for encryption."""


class EcrRepository(
    DeclaredResource, type="aws.ecr_repository", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """A repository of container images."""

    repository_name: Annotated[Input[str] | None, Immutable()] = None
    """The name to use for the repository."""
    image_tag_mutability: ImageTagMutability | Output[str] | None = None
    """The tag mutability setting for the repository. When it is not given: `MUTABLE`."""
    image_scanning_configuration: Given[ImageScanningConfiguration] | None = None
    """The image scanning configuration for the repository. When it is not given: `{'scanOnPush': False}`."""
    lifecycle_policy: Given[str | Mapping[str, Any]] | None = None
    """Which images are deleted when, as a lifecycle policy."""
    policy: Given[str | Mapping[str, Any]] | None = None
    """Who may pull and push, as a resource policy."""
    force_delete: Input[bool] | None = None
    """Delete the repository with the images in it."""
    image_tag_mutability_exclusion_filters: (
        Given[Sequence[Given[ImageTagMutabilityExclusionFilter]]] | None
    ) = None
    """A list of filters that specify which image tags should be excluded from the repository's image tag mutability setting."""
    encryption_configuration: Annotated[Given[EncryptionConfiguration] | None, Immutable()] = None
    """The encryption configuration for the repository."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) that identifies the repository."""
    uri: ClassVar[Computed[str]] = computed()
    """The URI for the repository."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The name of the repository."""
