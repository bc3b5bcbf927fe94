"""Amazon EKS: Kubernetes clusters that exist, to be read and referred to."""

from typing import Final

from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Reading,
)

CLUSTER: Final = Declaration(
    type="aws.eks_cluster",
    service="eks",
    doc="A Kubernetes cluster that exists: imported and read, never made, changed or deleted.",
    create=None,
    identity=Identity("{name}", {"name": "input.cluster_name"}),
    read=Reading(Call("describe_cluster"), result="cluster", absent=("ResourceNotFoundException",)),
    fields=(Field("cluster_name", member="name", shape="describe_cluster.name", required=True, read="name"),),
    lasting=("arn",),
    outputs={
        "arn": "arn",
        "endpoint": "endpoint",
        "version": "version",
        "status": "status",
        "certificate_authority": "certificateAuthority.data",
        "oidc_issuer": "identity.oidc.issuer",
    },
    output_docs={
        "certificate_authority": "The cluster's certificate authority, in base64.",
        "oidc_issuer": "URL of the cluster's OpenID Connect issuer.",
    },
    resolve_by="none",
)

TYPES: Final = (CLUSTER,)
