"""Amazon Elastic Kubernetes Service. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, eks 2017-11-01.
"""

from typing import Annotated, ClassVar

from unknot.providers.declared.resource import DeclaredResource
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "EksCluster",
]


class EksCluster(DeclaredResource, type="aws.eks_cluster", provider="aws", resolve_by="none", timeout_s=60.0):
    """A Kubernetes cluster that exists: imported and read, never made, changed or deleted."""

    cluster_name: Annotated[Input[str], Immutable()]
    """The name of your cluster."""
    arn: ClassVar[Computed[str]] = computed()
    """The Amazon Resource Name (ARN) of the cluster."""
    endpoint: ClassVar[Computed[str]] = computed()
    """The endpoint for your Kubernetes API server."""
    version: ClassVar[Computed[str]] = computed()
    """The Kubernetes server version for the cluster."""
    status: ClassVar[Computed[str]] = computed()
    """The current status of the cluster."""
    certificate_authority: ClassVar[Computed[str]] = computed()
    """The cluster's certificate authority, in base64."""
    oidc_issuer: ClassVar[Computed[str]] = computed()
    """URL of the cluster's OpenID Connect issuer."""
