"""Amazon SNS: topics."""

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


def _attribute(field: str, attribute: str) -> Aspect:
    """Attributes of a topic are set one by one."""
    return Aspect(
        (field,),
        put=Call(
            "set_topic_attributes",
            params={"AttributeName": f"'{attribute}'", "AttributeValue": f"input.{field}"},
        ),
        reading=None,
    )


TOPIC: Final = Declaration(
    type="aws.sns_topic",
    service="sns",
    doc="Sends each message to all who subscribe.",
    create=Call("create_topic", params={"Attributes": "strings({FifoTopic: input.fifo_topic})"}),
    identity=Identity("{TopicArn}", {"TopicArn": "created.TopicArn"}),
    read=Reading(Call("get_topic_attributes"), result="Attributes", absent=("NotFound", "NotFoundException")),
    listing=(Listing(Call("list_topics"), items="Topics", keys={"TopicArn": "TopicArn"}),),
    delete=Call("delete_topic", ignore=("NotFound",)),
    fields=(
        Field("topic_name", member="Name", physical_name=True, read="split(TopicArn, ':')[-1]"),
        Field(
            "fifo_topic",
            shape="boolean",
            immutable=True,
            read="FifoTopic",
            doc="Keep the order of messages; the name then ends in `.fifo`.",
        ),
        Field(
            "display_name",
            shape="string",
            read="DisplayName",
            default="",
            doc="The sender's name in messages to phones.",
        ),
        Field(
            "policy",
            shape="string",
            format="policy",
            read="Policy",
            doc="Who may publish and subscribe, as a resource policy.",
        ),
        Field(
            "delivery_policy",
            shape="string",
            format="json",
            read="DeliveryPolicy",
            doc="How often HTTP deliveries are tried again.",
        ),
        Field(
            "kms_master_key_id",
            shape="string",
            read="KmsMasterKeyId",
            default="",
            doc="The KMS key that encrypts messages.",
        ),
        Field("data_protection_policy", readable=False, format="json"),
    ),
    aspects=(
        _attribute("display_name", "DisplayName"),
        _attribute("policy", "Policy"),
        _attribute("delivery_policy", "DeliveryPolicy"),
        _attribute("kms_master_key_id", "KmsMasterKeyId"),
    ),
    lasting=("arn",),
    outputs={"arn": "TopicArn", "physical_name": "split(TopicArn, ':')[-1]"},
    output_docs={"physical_name": "The topic's name."},
    tags=Tags(
        reading=Reading(
            Call("list_tags_for_resource", params={"ResourceArn": "key.TopicArn"}),
            result="Tags",
            absent=("ResourceNotFound", "NotFound"),
        ),
        add=Call("tag_resource", params={"ResourceArn": "key.TopicArn", "Tags": "added"}),
        remove=Call("untag_resource", params={"ResourceArn": "key.TopicArn", "TagKeys": "removed"}),
    ),
)

TYPES: Final = (TOPIC,)
