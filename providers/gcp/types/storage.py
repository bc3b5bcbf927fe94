"""Cloud Storage: buckets with all that can be set on them, objects, notifications, and who may touch a bucket."""

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
from unknot.providers.gcp.bindings import iam_member

_NOT_THERE: Final = ("404",)

MAX_CONTENT_BYTES: Final = 1024 * 1024
"""It is recorded in full: larger files belong in a store, as artifacts or datasets."""

_METADATA: Final = (
    "content_type",
    "content_encoding",
    "content_language",
    "content_disposition",
    "cache_control",
    "custom_time",
    "event_based_hold",
    "temporary_hold",
)
"""What can be changed of an object without its content."""

_CONTENT_CHANGED: Final = "contains(changed, 'media') || contains(changed, 'storageClass')"

BUCKET: Final = Declaration(
    type="gcp.storage_bucket",
    service="storage",
    doc="A bucket, with what can be set on it.",
    create=Call(
        "storage.buckets.insert",
        params={"project": "place.project", "location": "input.location || place.region"},
    ),
    identity=Identity("{bucket}", {"bucket": "input.bucket_name"}),
    read=Reading(Call("storage.buckets.get"), absent=_NOT_THERE),
    listing=(
        Listing(
            Call("storage.buckets.list", params={"project": "place.project", "maxResults": "`1000`"}),
            items="items",
            keys={"bucket": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(Call("storage.buckets.patch", merges=True),),
    delete=Call("storage.buckets.delete"),
    only=(
        "name",
        "location",
        "storageClass",
        "versioning",
        "lifecycle",
        "retentionPolicy",
        "softDeletePolicy",
        "iamConfiguration",
        "encryption",
        "cors",
        "website",
        "logging",
        "autoclass",
        "rpo",
        "billing",
        "defaultEventBasedHold",
        "hierarchicalNamespace",
        "customPlacementConfig",
    ),
    fields=(
        Field("bucket_name", member="name", physical_name=True, format="gcs_bucket_name"),
        Field(
            "location",
            format="gcp_location",
            immutable=True,
            doc="Where the data is: a region, a dual region or a multi-region; the target's region if it is not given.",
        ),
        Field("storage_class", default="STANDARD"),
        Field("rpo", default="DEFAULT"),
        Field("default_event_based_hold", default=False),
        # Without what the service adds of its own: when they took effect.
        Field(
            "retention_policy", read="retentionPolicy.{retentionPeriod: retentionPeriod, isLocked: isLocked}"
        ),
        Field(
            "soft_delete_policy", read="softDeletePolicy.{retentionDurationSeconds: retentionDurationSeconds}"
        ),
        Field(
            "force_destroy",
            shape="boolean",
            readable=False,
            doc="Delete it although it is not empty, with all versions. Takes effect when it is recorded: apply it before "
            "the bucket leaves the stack.",
        ),
        Field("hierarchical_namespace", immutable=True),
        Field("custom_placement_config", immutable=True),
        Field(
            "iam_bindings",
            shape="storage.buckets.setIamPolicy.bindings",
            unordered=True,
            read="bindings",
            default=[],
            doc="Everybody who may touch the bucket: all bindings of its IAM policy, so that others are taken out. "
            "For a single one, `StorageBucketIamMember`.",
        ),
    ),
    aspects=(
        Aspect(
            ("iam_bindings",),
            put=Call(
                "storage.buckets.setIamPolicy",
                params={"bindings": "input.iam_bindings || `[]`", "version": "`3`"},
            ),
            reading=Reading(
                Call("storage.buckets.getIamPolicy", params={"optionsRequestedPolicyVersion": "`3`"}),
                absent=_NOT_THERE,
            ),
        ),
    ),
    not_empty=("409:not empty", "412:must be empty"),  # the second is that of an emulator
    sweeps=(
        Sweep(
            "objects",
            Call("storage.objects.list", params={"versions": "`true`", "maxResults": "`1000`"}),
            items="items[].{name: name, generation: generation}",
            delete=Call(
                "storage.objects.delete",
                params={"object": "items[0].name", "generation": "items[0].generation"},
                ignore=_NOT_THERE,
            ),
        ),
    ),
    timeout_s=900.0,
    outputs={
        "physical_name": "key.bucket",
        "url": "join('', ['gs://', key.bucket])",
        "self_link": "selfLink",
        "project_number": "to_number(projectNumber)",
    },
    lasting=(
        "self_link",
        "project_number",
    ),
    output_docs={
        "physical_name": "The bucket's name.",
        "url": "The bucket as Google's tools write it: `gs://NAME`.",
    },
    tags=Tags(
        field="labels",
        form="map",
        create="labels",
        read="labels",
        replace=Call("storage.buckets.patch", params={"labels": "merge(nulls(removed), tags)"}, merges=True),
        characters="label",
    ),
)

OBJECT: Final = Declaration(
    type="gcp.storage_object",
    service="storage",
    doc="One small object in a bucket; data sets and artifacts are kept in stores instead.",
    # Only if there is none: a bucket keeps one object under a name, and an upload would go over somebody else's.
    create=Call("storage.objects.insert", params={"ifGenerationMatch": "`0`"}),
    identity=Identity("{bucket}/{object}", {"bucket": "input.bucket", "object": "input.object_name"}),
    read=Reading(Call("storage.objects.get"), absent=_NOT_THERE),
    listing=(
        Listing(
            Call("storage.objects.list", params={"maxResults": "`1000`"}),
            items="items",
            keys={"bucket": "bucket", "object": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("bucket",),
        ),
    ),
    update=(
        Call(
            "storage.objects.insert",
            params={"name": "key.object", "metadata": "tags"},
            when=_CONTENT_CHANGED,
        ),
        Call(
            "storage.objects.patch",
            merges=True,
            when=f"!({_CONTENT_CHANGED})",
        ),
    ),
    delete=Call("storage.objects.delete"),
    only=(
        "bucket",
        "name",
        "media",
        "contentType",
        "contentEncoding",
        "contentLanguage",
        "contentDisposition",
        "cacheControl",
        "customTime",
        "storageClass",
        "eventBasedHold",
        "temporaryHold",
    ),
    fields=(
        Field("bucket", required=True, format="gcs_bucket_name"),
        Field("object_name", member="name", required=True, doc="The object's name, `folder/file.txt`."),
        Field(
            "content",
            member="media",
            digest="md5",
            read="md5Hash",
            required=True,
            sensitive=False,
            maximum=MAX_CONTENT_BYTES,
            doc="What is in it: bytes, or text that is the base64 of them. It is recorded in the ledger, so at most 1 MiB; "
            "read by its MD5 only.",
        ),
        Field("storage_class", doc="The bucket's if it is not given."),
        Field("metadata", doc="Names and values of your own, kept with the object."),
    ),
    update_fields={
        "storage.objects.insert": ("content", "storage_class", *_METADATA),
        "storage.objects.patch": _METADATA,
    },
    outputs={
        "url": "join('', ['gs://', key.bucket, '/', key.object])",
        "generation": "to_number(generation)",
        "md5_hash": "md5Hash",
        "crc32c": "crc32c",
        "media_link": "mediaLink",
        "size": "to_number(size)",
    },
    output_docs={"url": "The object as Google's tools write it: `gs://BUCKET/NAME`."},
    tags=Tags(
        field="metadata",
        form="map",
        create="metadata",
        read="metadata",
        replace=Call(
            "storage.objects.patch",
            params={"metadata": "merge(nulls(removed), tags)"},
            merges=True,
            when=f"!({_CONTENT_CHANGED})",
        ),
        characters="label",
    ),
)

NOTIFICATION: Final = Declaration(
    type="gcp.storage_notification",
    service="storage",
    doc="A topic that is told of what happens in a bucket. Messages bear our mark as attributes.",
    create=Call(
        "storage.notifications.insert",
        params={"payload_format": "input.payload_format || 'JSON_API_V1'"},
    ),
    identity=Identity("{bucket}/{notification}", {"bucket": "input.bucket", "notification": "created.id"}),
    read=Reading(Call("storage.notifications.get"), absent=_NOT_THERE),
    listing=(
        Listing(
            Call("storage.notifications.list"),
            items="items",
            keys={
                "bucket": "split(split(selfLink, '/b/')[1], '/')[0]",
                "notification": "id",
            },
            fields=("*",),
            outputs=("*",),
            tags=True,
            under=("bucket",),
        ),
    ),
    delete=Call("storage.notifications.delete"),
    only=("bucket", "topic", "event_types", "object_name_prefix", "payload_format"),
    fields=(
        Field("bucket", required=True, format="gcs_bucket_name"),
        Field(
            "topic",
            format="gcp_topic_url",
            doc="The topic: the output `url` of a Pub/Sub topic. Cloud Storage's service agent must be allowed to "
            "publish to it.",
        ),
        Field("event_types", unordered=True),
        Field("payload_format", default="JSON_API_V1"),
        Field("custom_attributes", doc="Attributes that every message gets beside those of the event."),
    ),
    outputs={"notification_id": "id", "self_link": "selfLink"},
    tags=Tags(
        field="custom_attributes",
        form="map",
        create="custom_attributes",
        read="custom_attributes",
        characters="label",
    ),
    permissions={
        "storage.notifications.insert": ("storage.buckets.update",),
        "storage.notifications.get": ("storage.buckets.get",),
        "storage.notifications.list": ("storage.buckets.get",),
        "storage.notifications.delete": ("storage.buckets.update",),
    },
)

BUCKET_IAM_MEMBER: Final = iam_member(
    "gcp.storage_bucket_iam_member",
    "storage.buckets",
    Field("bucket", format="gcs_bucket_name"),
    key="bucket",
    value="input.bucket",
    what="a bucket",
    class_name="StorageBucketIamMember",
)

TYPES: Final = (BUCKET, OBJECT, NOTIFICATION, BUCKET_IAM_MEMBER)
