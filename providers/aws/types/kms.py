"""AWS KMS: keys."""

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

KEY: Final = Declaration(
    type="aws.kms_key",
    service="kms",
    doc="A key that encrypts and signs without ever leaving KMS.",
    create=Call("create_key"),
    identity=Identity("{KeyId}", {"KeyId": "created.KeyMetadata.KeyId"}),
    read=Reading(
        Call("describe_key"),
        result="KeyMetadata",
        absent=("NotFoundException",),
        gone="KeyState == 'PendingDeletion' || KeyState == 'PendingReplicaDeletion'",
    ),
    listing=(Listing(Call("list_keys"), items="Keys", keys={"KeyId": "KeyId"}),),
    update=(Call("update_key_description"),),
    delete=Call(
        "schedule_key_deletion",
        params={"PendingWindowInDays": "input.deletion_window_in_days"},
        ignore=("KMSInvalidStateException:pending deletion",),
    ),
    only=("Description", "KeyUsage", "KeySpec", "Origin", "MultiRegion"),
    fields=(
        Field("description", default=""),
        Field("key_usage", default="ENCRYPT_DECRYPT"),
        Field("key_spec", default="SYMMETRIC_DEFAULT"),
        Field("origin", default="AWS_KMS"),
        Field("multi_region", default=False),
        Field(
            "policy",
            shape="put_key_policy.Policy",
            format="policy",
            read="Policy",
            doc="Who may use and manage the key; without it, the account's own policies decide.",
        ),
        Field(
            "enable_key_rotation",
            shape="boolean",
            member="KeyRotationEnabled",
            default=False,
            read="KeyRotationEnabled",
            doc="Make new key material every year.",
        ),
        Field(
            "deletion_window_in_days",
            shape="schedule_key_deletion.PendingWindowInDays",
            readable=False,
            doc="Days between the deletion and the loss of the key, 7 to 30; without it, 30.",
        ),
    ),
    aspects=(
        Aspect(
            ("policy",),
            put=Call("put_key_policy", params={"PolicyName": "'default'", "Policy": "input.policy"}),
            reading=Reading(Call("get_key_policy", params={"PolicyName": "'default'"})),
        ),
        Aspect(
            ("enable_key_rotation",),
            before_put=(Call("disable_key_rotation", when="input.enable_key_rotation != `true`"),),
            put=Call("enable_key_rotation", when="input.enable_key_rotation == `true`"),
            reading=Reading(Call("get_key_rotation_status")),
        ),
    ),
    lasting=(
        "key_id",
        "arn",
    ),
    outputs={"key_id": "KeyId", "arn": "Arn"},
    tags=Tags(
        key="TagKey",
        value="TagValue",
        reading=Reading(Call("list_resource_tags"), result="Tags", absent=("NotFoundException",)),
        add=Call("tag_resource", params={"Tags": "added"}),
        remove=Call("untag_resource", params={"TagKeys": "removed"}),
    ),
)

TYPES: Final = (KEY,)
