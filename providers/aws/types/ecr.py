"""Amazon ECR: repositories of container images."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
)

REPOSITORY: Final = Declaration(
    type="aws.ecr_repository",
    service="ecr",
    doc="A repository of container images.",
    create=Call("create_repository"),
    identity=Identity("{repositoryName}", {"repositoryName": "input.repository_name"}),
    read=Reading(
        Call("describe_repositories", params={"repositoryNames": "[key.repositoryName]"}),
        result="repositories[0]",
        absent=("RepositoryNotFoundException",),
    ),
    listing=(
        Listing(
            Call("describe_repositories"),
            items="repositories",
            keys={"repositoryName": "repositoryName"},
            fields=("*",),
            outputs=("*",),
        ),
    ),
    update=(Call("put_image_scanning_configuration"), Call("put_image_tag_mutability")),
    delete=Call("delete_repository", params={"force": "input.force_delete"}),
    omit=("registryId",),
    fields=(
        Field("repository_name", physical_name=True),
        Field("image_tag_mutability", default="MUTABLE"),
        Field("image_scanning_configuration", default={"scanOnPush": False}),
        Field(
            "lifecycle_policy",
            shape="put_lifecycle_policy.lifecyclePolicyText",
            format="json",
            read="lifecyclePolicyText",
            doc="Which images are deleted when, as a lifecycle policy.",
        ),
        Field(
            "policy",
            shape="set_repository_policy.policyText",
            format="policy",
            read="policyText",
            doc="Who may pull and push, as a resource policy.",
        ),
        Field(
            "force_delete",
            shape="boolean",
            readable=False,
            doc="Delete the repository with the images in it.",
        ),
    ),
    aspects=(
        Aspect(
            ("lifecycle_policy",),
            put=Call("put_lifecycle_policy", params={"lifecyclePolicyText": "input.lifecycle_policy"}),
            reading=Reading(Call("get_lifecycle_policy"), absent=("LifecyclePolicyNotFoundException",)),
            unset=Call("delete_lifecycle_policy", ignore=("LifecyclePolicyNotFoundException",)),
        ),
        Aspect(
            ("policy",),
            put=Call("set_repository_policy", params={"policyText": "input.policy"}),
            reading=Reading(Call("get_repository_policy"), absent=("RepositoryPolicyNotFoundException",)),
            unset=Call("delete_repository_policy", ignore=("RepositoryPolicyNotFoundException",)),
        ),
    ),
    lasting=(
        "arn",
        "uri",
    ),
    outputs={"arn": "repositoryArn", "uri": "repositoryUri", "physical_name": "repositoryName"},
    tags=Tags(
        create="tags",
        reading=Reading(
            Call("list_tags_for_resource", params={"resourceArn": "output.arn"}),
            result="tags",
            absent=("RepositoryNotFoundException",),
        ),
        add=Call("tag_resource", params={"resourceArn": "output.arn", "tags": "added"}),
        remove=Call("untag_resource", params={"resourceArn": "output.arn", "tagKeys": "removed"}),
    ),
)

TYPES: Final = (REPOSITORY,)
