"""Amazon S3: buckets with all that can be set on them, and objects."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Sweep,
    Tags,
)

_NO_BUCKET: Final = ("404", "NoSuchBucket")

BUCKET: Final = Declaration(
    type="aws.s3_bucket",
    service="s3",
    doc="A bucket, with what can be set on it.",
    create=Call(
        "create_bucket",
        params={
            "CreateBucketConfiguration": "(place.region != 'us-east-1' && {LocationConstraint: place.region}) || `null`",
            "ObjectLockEnabledForBucket": "input.object_lock_enabled || (input.object_lock && `true`) || `null`",
        },
        ignore=("BucketAlreadyOwnedByYou",),
    ),
    identity=Identity("{Bucket}", {"Bucket": "input.bucket"}),
    read=Reading(Call("head_bucket"), absent=_NO_BUCKET),
    listing=(
        Listing(
            Call("list_buckets"),
            items="Buckets",
            keys={"Bucket": "Name"},
            fields=("bucket",),
            outputs=("*",),
        ),
    ),
    delete=Call("delete_bucket"),
    only=("Bucket", "ObjectLockEnabledForBucket"),
    fields=(
        Field("bucket", physical_name=True, format="bucket_name"),
        Field(
            "object_lock_enabled",
            member="ObjectLockEnabledForBucket",
            readable=False,
        ),
        Field("versioning", shape="put_bucket_versioning.VersioningConfiguration"),
        Field(
            "object_lock",
            shape="put_object_lock_configuration.ObjectLockConfiguration",
            doc="How long new objects are kept from being deleted, when nothing else is said of them. Needs versioning. "
            "A bucket that has it keeps it; taking the input away takes away the rule.",
        ),
        Field(
            "encryption",
            shape="put_bucket_encryption.ServerSideEncryptionConfiguration",
            sensitive=False,
            shown=("Rules.ApplyServerSideEncryptionByDefault.KMSMasterKeyID",),
        ),
        Field(
            "lifecycle_rules",
            shape="put_bucket_lifecycle_configuration.LifecycleConfiguration.Rules",
            unordered=True,
        ),
        Field("policy", shape="put_bucket_policy.Policy", format="resource_policy"),
        Field(
            "public_access_block",
            shape="put_public_access_block.PublicAccessBlockConfiguration",
        ),
        Field(
            "notification",
            shape="put_bucket_notification_configuration.NotificationConfiguration",
        ),
        Field(
            "force_destroy",
            shape="boolean",
            readable=False,
            doc="Delete it although it is not empty, with all versions and unfinished uploads. Takes effect when it is "
            "recorded: apply it before the bucket leaves the stack.",
        ),
        Field("cors_rules", shape="put_bucket_cors.CORSConfiguration.CORSRules"),
        Field(
            "object_ownership",
            shape="put_bucket_ownership_controls.OwnershipControls.Rules.ObjectOwnership",
        ),
    ),
    aspects=(
        Aspect(
            ("versioning",),
            put=Call("put_bucket_versioning"),
            reading=Reading(Call("get_bucket_versioning")),
            # A bucket with Object Lock keeps versions for good.
            unset=Call(
                "put_bucket_versioning",
                params={"VersioningConfiguration": "{Status: 'Suspended'}"},
                when="!(prior.object_lock || input.object_lock)",
                ignore=("InvalidBucketState",),
            ),
        ),
        Aspect(
            ("object_lock",),
            put=Call("put_object_lock_configuration"),
            reading=Reading(
                Call("get_object_lock_configuration"),
                result="ObjectLockConfiguration",
                absent=("ObjectLockConfigurationNotFoundError",),
            ),
            unset=Call(
                "put_object_lock_configuration",
                params={"ObjectLockConfiguration": "{ObjectLockEnabled: 'Enabled'}"},
            ),
        ),
        Aspect(
            ("encryption",),
            put=Call("put_bucket_encryption"),
            reading=Reading(
                Call("get_bucket_encryption"),
                result="ServerSideEncryptionConfiguration",
                absent=("ServerSideEncryptionConfigurationNotFoundError",),
            ),
            unset=Call("delete_bucket_encryption"),
        ),
        Aspect(
            ("lifecycle_rules",),
            put=Call(
                "put_bucket_lifecycle_configuration",
                params={"LifecycleConfiguration": "{Rules: input.lifecycle_rules}"},
            ),
            reading=Reading(
                Call("get_bucket_lifecycle_configuration"), absent=("NoSuchLifecycleConfiguration",)
            ),
            unset=Call("delete_bucket_lifecycle"),
        ),
        Aspect(
            ("public_access_block",),
            put=Call("put_public_access_block"),
            reading=Reading(
                Call("get_public_access_block"),
                result="PublicAccessBlockConfiguration",
                absent=("NoSuchPublicAccessBlockConfiguration",),
            ),
            unset=Call("delete_public_access_block"),
        ),
        Aspect(
            ("object_ownership",),
            put=Call(
                "put_bucket_ownership_controls",
                params={"OwnershipControls": "{Rules: [{ObjectOwnership: input.object_ownership}]}"},
            ),
            reading=Reading(
                Call("get_bucket_ownership_controls"),
                result="OwnershipControls.Rules[0]",
                absent=("OwnershipControlsNotFoundError",),
            ),
            unset=Call("delete_bucket_ownership_controls"),
        ),
        Aspect(
            ("policy",),
            put=Call("put_bucket_policy"),
            reading=Reading(Call("get_bucket_policy"), absent=("NoSuchBucketPolicy",)),
            unset=Call("delete_bucket_policy"),
        ),
        Aspect(
            ("cors_rules",),
            put=Call("put_bucket_cors", params={"CORSConfiguration": "{CORSRules: input.cors_rules}"}),
            reading=Reading(Call("get_bucket_cors"), absent=("NoSuchCORSConfiguration",)),
            unset=Call("delete_bucket_cors"),
        ),
        Aspect(
            ("notification",),
            put=Call("put_bucket_notification_configuration"),
            reading=Reading(Call("get_bucket_notification_configuration")),
            unset=Call("put_bucket_notification_configuration", params={"NotificationConfiguration": "`{}`"}),
        ),
    ),
    lasting=(
        "arn",
        "region",
        "domain_name",
    ),
    outputs={
        "physical_name": "key.Bucket",
        "arn": "join('', ['arn:', place.partition || 'aws', ':s3:::', key.Bucket])",
        "region": "place.region",
        "domain_name": "join('', [key.Bucket, '.s3.', place.region, '.amazonaws.com'])",
    },
    output_docs={
        "physical_name": "The bucket's name.",
        "arn": "The bucket's ARN.",
        "region": "The region that it is in.",
        "domain_name": "Where its objects are reached over HTTPS.",
    },
    tags=Tags(
        create="",
        reading=Reading(Call("get_bucket_tagging"), result="TagSet", absent=("NoSuchTagSet",)),
        replace=Call("put_bucket_tagging", params={"Tagging": "{TagSet: tags}"}),
    ),
    not_empty=("BucketNotEmpty",),
    sweeps=(
        Sweep(
            "objects",
            Call("list_object_versions"),
            items="[Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}",
            delete=Call("delete_objects", params={"Delete": "{Objects: items, Quiet: `true`}"}),
            batch=1000,
            refused="Errors[].join(' ', [Key, Code || '', Message || ''])",
        ),
        Sweep(
            "unfinished uploads",
            Call("list_multipart_uploads"),
            items="Uploads[].{Key: Key, UploadId: UploadId}",
            delete=Call(
                "abort_multipart_upload",
                params={"Key": "items[0].Key", "UploadId": "items[0].UploadId"},
                ignore=("NoSuchUpload",),
            ),
        ),
    ),
    permissions={
        "head_bucket": ("s3:ListBucket",),
        "list_buckets": ("s3:ListAllMyBuckets",),
        "get_bucket_encryption": ("s3:GetEncryptionConfiguration",),
        "put_bucket_encryption": ("s3:PutEncryptionConfiguration",),
        "delete_bucket_encryption": ("s3:PutEncryptionConfiguration",),
        "get_bucket_lifecycle_configuration": ("s3:GetLifecycleConfiguration",),
        "put_bucket_lifecycle_configuration": ("s3:PutLifecycleConfiguration",),
        "delete_bucket_lifecycle": ("s3:PutLifecycleConfiguration",),
        "get_public_access_block": ("s3:GetBucketPublicAccessBlock",),
        "put_public_access_block": ("s3:PutBucketPublicAccessBlock",),
        "delete_public_access_block": ("s3:PutBucketPublicAccessBlock",),
        "delete_bucket_ownership_controls": ("s3:PutBucketOwnershipControls",),
        "get_bucket_notification_configuration": ("s3:GetBucketNotification",),
        "put_bucket_notification_configuration": ("s3:PutBucketNotification",),
        "get_bucket_cors": ("s3:GetBucketCORS",),
        "put_bucket_cors": ("s3:PutBucketCORS",),
        "delete_bucket_cors": ("s3:PutBucketCORS",),
        "get_object_lock_configuration": ("s3:GetBucketObjectLockConfiguration",),
        "put_object_lock_configuration": ("s3:PutBucketObjectLockConfiguration",),
    },
    # Emptying one takes as long as it takes.
    timeout_s=900.0,
)

OBJECT: Final = Declaration(
    type="aws.s3_object",
    service="s3",
    doc="One small object in a bucket; data sets and artifacts are kept in stores instead.",
    create=Call("put_object", params={"Tagging": "query(tag_map(tags, 'Key', 'Value'))"}),
    identity=Identity("{Bucket}/{Key}", {"Bucket": "input.bucket", "Key": "input.key"}),
    read=Reading(Call("head_object"), absent=(*_NO_BUCKET, "NoSuchKey")),
    update=(Call("put_object", params={"Tagging": "query(tag_map(tags, 'Key', 'Value'))"}),),
    delete=Call("delete_object"),
    only=(
        "Bucket",
        "Key",
        "Body",
        "ContentType",
        "ContentEncoding",
        "ContentLanguage",
        "ContentDisposition",
        "CacheControl",
        "Metadata",
        "StorageClass",
        "ServerSideEncryption",
        "SSEKMSKeyId",
    ),
    fields=(
        Field("body", readable=False, required=True),
        Field("content_type", default="binary/octet-stream"),
        Field("storage_class", default="STANDARD"),
        Field("server_side_encryption", default="AES256"),
        Field("kms_key_id", member="SSEKMSKeyId", sensitive=False, immutable=False),
    ),
    outputs={"etag": "ETag", "version_id": "VersionId"},
    tags=Tags(
        create="",
        reading=Reading(Call("get_object_tagging"), result="TagSet"),
        replace=Call("put_object_tagging", params={"Tagging": "{TagSet: tags}"}),
    ),
    permissions={
        "head_object": ("s3:GetObject",),
    },
)

TYPES: Final = (BUCKET, OBJECT)
