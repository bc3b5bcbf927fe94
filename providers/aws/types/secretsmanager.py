"""AWS Secrets Manager: secrets."""

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

SECRET: Final = Declaration(
    type="aws.secretsmanager_secret",
    service="secretsmanager",
    doc="A secret value, kept encrypted and given to those who may read it.",
    create=Call("create_secret"),
    identity=Identity("{SecretId}", {"SecretId": "created.ARN"}),
    read=Reading(
        Call("describe_secret"), absent=("ResourceNotFoundException",), gone="DeletedDate != `null`"
    ),
    listing=(
        Listing(
            Call("list_secrets"),
            items="SecretList",
            keys={"SecretId": "ARN"},
            fields=("secret_name", "description", "kms_key_id"),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(Call("update_secret"), Call("put_secret_value")),
    update_fields={
        "update_secret": ("description", "kms_key_id"),
        "put_secret_value": ("secret_string", "secret_binary", "value_version"),
    },
    delete=Call(
        "delete_secret",
        params={
            "RecoveryWindowInDays": "(input.recovery_window_in_days != `0` && input.recovery_window_in_days) || `null`",
            "ForceDeleteWithoutRecovery": "(input.recovery_window_in_days == `0`) || `null`",
        },
    ),
    omit=("ForceOverwriteReplicaSecret", "CrossAccountPrimaryARN", "Type"),
    fields=(
        Field("secret_name", member="Name", physical_name=True),
        Field(
            "secret_string",
            write_only=True,
            doc="The value, as a reference: `Secret.env(...)` or `Secret.file(...)`.",
        ),
        Field("secret_binary", write_only=True, doc="The value as bytes in base64, as a reference."),
        Field(
            "value_version",
            shape="integer",
            readable=False,
            doc="Raise it to send the value again. With a key of the ledger, another value is noticed without it.",
        ),
        Field("add_replica_regions", read="ReplicationStatus[].{Region: Region}", unordered=True),
        Field(
            "recovery_window_in_days",
            shape="delete_secret.RecoveryWindowInDays",
            readable=False,
            doc="Days for which a deleted secret can be restored, 7 to 30; 0: it is gone at once. Without it, 30.",
        ),
        Field(
            "resource_policy",
            shape="put_resource_policy.ResourcePolicy",
            format="policy",
            read="ResourcePolicy",
            doc="Who may read the secret, as a resource policy.",
        ),
    ),
    aspects=(
        Aspect(
            ("resource_policy",),
            put=Call("put_resource_policy"),
            reading=Reading(Call("get_resource_policy"), absent=("ResourceNotFoundException",)),
            unset=Call("delete_resource_policy"),
        ),
    ),
    lasting=("arn",),
    outputs={"arn": "ARN", "physical_name": "Name"},
    tags=Tags(
        read="Tags",
        add=Call("tag_resource", params={"Tags": "added"}),
        remove=Call("untag_resource", params={"TagKeys": "removed"}),
    ),
)

TYPES: Final = (SECRET,)
