"""Pub/Sub: topics, subscriptions, and who may publish to or take from them."""

from typing import Final

from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
)
from unknot.providers.gcp.bindings import iam_member

_NOT_THERE: Final = ("404",)
_PROJECT: Final = "join('/', ['projects', place.project])"

TOPIC: Final = Declaration(
    type="gcp.pubsub_topic",
    service="pubsub",
    doc="A topic that messages are published to.",
    create=Call("pubsub.projects.topics.create"),
    identity=Identity("{name}", {"name": "join('/', ['projects', place.project, 'topics', input.topic_id])"}),
    read=Reading(Call("pubsub.projects.topics.get", params={"topic": "key.name"}), absent=_NOT_THERE),
    listing=(
        Listing(
            Call("pubsub.projects.topics.list", params={"project": _PROJECT, "pageSize": "`1000`"}),
            items="topics",
            keys={"name": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(
        Call(
            "pubsub.projects.topics.patch",
            params={"topic": "merge(members, {name: key.name})", "updateMask": "join(',', changed)"},
        ),
    ),
    delete=Call("pubsub.projects.topics.delete", params={"topic": "key.name"}),
    omit=("name", "tags", "satisfiesPzs"),
    fields=(
        Field(
            "topic_id",
            shape="string",
            physical_name=True,
            format="gcp_topic_id",
            read="split(name, '/')[-1]",
            doc="The topic's own name, without its project.",
        ),
        Field("kms_key_name", immutable=True),
    ),
    update_fields={
        "pubsub.projects.topics.patch": (
            "message_retention_duration",
            "message_storage_policy",
            "message_transforms",
            "schema_settings",
            "ingestion_data_source_settings",
        )
    },
    outputs={
        "physical_name": "split(name, '/')[-1]",
        "resource_name": "name",
        "url": "join('', ['//pubsub.googleapis.com/', name])",
    },
    lasting=(
        "physical_name",
        "resource_name",
        "url",
    ),
    output_docs={
        "physical_name": "The topic's own name.",
        "resource_name": "The topic as APIs write it: `projects/PROJECT/topics/TOPIC`.",
        "url": "The topic as Cloud Storage's notifications write it.",
    },
    tags=Tags(
        field="labels",
        form="map",
        create="labels",
        read="labels",
        replace=Call(
            "pubsub.projects.topics.patch",
            params={"topic": "{name: key.name, labels: tags}", "updateMask": "'labels'"},
        ),
        characters="label",
    ),
    class_name="PubSubTopic",
)

SUBSCRIPTION: Final = Declaration(
    type="gcp.pubsub_subscription",
    service="pubsub",
    doc="A subscription: what is published to a topic is kept here until it is taken, or pushed on.",
    create=Call("pubsub.projects.subscriptions.create"),
    identity=Identity(
        "{name}", {"name": "join('/', ['projects', place.project, 'subscriptions', input.subscription_id])"}
    ),
    read=Reading(
        Call("pubsub.projects.subscriptions.get", params={"subscription": "key.name"}), absent=_NOT_THERE
    ),
    listing=(
        Listing(
            Call(
                "pubsub.projects.subscriptions.list",
                params={"project": _PROJECT, "pageSize": "`1000`"},
            ),
            items="subscriptions",
            keys={"name": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(
        Call(
            "pubsub.projects.subscriptions.patch",
            params={
                "subscription": "merge(members, {name: key.name})",
                "updateMask": "join(',', changed)",
            },
        ),
    ),
    delete=Call("pubsub.projects.subscriptions.delete", params={"subscription": "key.name"}),
    omit=("name", "tags", "detached"),
    fields=(
        Field(
            "subscription_id",
            shape="string",
            physical_name=True,
            format="gcp_topic_id",
            read="split(name, '/')[-1]",
            doc="The subscription's own name, without its project.",
        ),
        Field("topic", format="gcp_topic", doc="The output `resource_name` of a topic."),
        Field("ack_deadline_seconds", default=10),
        Field("message_retention_duration", default="604800s"),
        Field("retain_acked_messages", default=False),
        Field("enable_message_ordering", default=False),
        Field("enable_exactly_once_delivery", default=False),
    ),
    update_fields={
        "pubsub.projects.subscriptions.patch": (
            "ack_deadline_seconds",
            "bigquery_config",
            "bigtable_config",
            "cloud_storage_config",
            "dead_letter_policy",
            "enable_exactly_once_delivery",
            "expiration_policy",
            "message_retention_duration",
            "message_transforms",
            "push_config",
            "retain_acked_messages",
            "retry_policy",
        )
    },
    outputs={"physical_name": "split(name, '/')[-1]", "resource_name": "name"},
    lasting=(
        "physical_name",
        "resource_name",
    ),
    output_docs={
        "physical_name": "The subscription's own name.",
        "resource_name": "The subscription as APIs write it: `projects/PROJECT/subscriptions/SUBSCRIPTION`.",
    },
    tags=Tags(
        field="labels",
        form="map",
        create="labels",
        read="labels",
        replace=Call(
            "pubsub.projects.subscriptions.patch",
            params={"subscription": "{name: key.name, labels: tags}", "updateMask": "'labels'"},
        ),
        characters="label",
    ),
    class_name="PubSubSubscription",
)

TOPIC_IAM_MEMBER: Final = iam_member(
    "gcp.pubsub_topic_iam_member",
    "pubsub.projects.topics",
    Field(
        "topic",
        shape="string",
        required=True,
        format="gcp_topic",
        doc="The output `resource_name` of the topic.",
    ),
    key="resource",
    value="input.topic",
    what="a topic",
    class_name="PubSubTopicIamMember",
)

SUBSCRIPTION_IAM_MEMBER: Final = iam_member(
    "gcp.pubsub_subscription_iam_member",
    "pubsub.projects.subscriptions",
    Field(
        "subscription", shape="string", required=True, doc="The output `resource_name` of the subscription."
    ),
    key="resource",
    value="input.subscription",
    what="a subscription",
    class_name="PubSubSubscriptionIamMember",
)

TYPES: Final = (TOPIC, SUBSCRIPTION, TOPIC_IAM_MEMBER, SUBSCRIPTION_IAM_MEMBER)
