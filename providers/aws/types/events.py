"""Amazon EventBridge: rules."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Reading,
    Tags,
)

RULE: Final = Declaration(
    type="aws.events_rule",
    service="events",
    doc="Sends events that match a pattern, or a schedule's ticks, to targets.",
    create=Call("put_rule"),
    identity=Identity(
        "{EventBusName}/{Name}",
        {"EventBusName": "input.event_bus_name || 'default'", "Name": "input.rule_name"},
    ),
    read=Reading(Call("describe_rule"), absent=("ResourceNotFoundException",)),
    update=(Call("put_rule"),),
    update_fields={"put_rule": ("schedule_expression", "event_pattern", "state", "description", "role_arn")},
    before_delete=(
        Call(
            "remove_targets",
            params={"Rule": "key.Name", "Ids": "input.targets[].Id"},
            when="length(input.targets || `[]`) > `0`",
            ignore=("ResourceNotFoundException",),
        ),
    ),
    delete=Call("delete_rule"),
    fields=(
        Field("rule_name", member="Name", physical_name=True),
        Field("schedule_expression", format="schedule_expression"),
        Field("event_pattern", format="json"),
        Field("state", default="ENABLED"),
        Field(
            "targets",
            shape="put_targets.Targets",
            unordered=True,
            default=[],
            read="Targets",
            doc="What the events are sent to.",
        ),
    ),
    aspects=(
        Aspect(
            ("targets",),
            before_put=(
                Call(
                    "remove_targets",
                    params={"Rule": "key.Name", "Ids": "live.targets[].Id"},
                    when="length(live.targets || `[]`) > `0`",
                ),
            ),
            put=Call(
                "put_targets",
                params={"Rule": "key.Name", "Targets": "input.targets"},
                when="length(input.targets || `[]`) > `0`",
            ),
            reading=Reading(
                Call("list_targets_by_rule", params={"Rule": "key.Name"}),
                absent=("ResourceNotFoundException",),
            ),
        ),
    ),
    lasting=("arn",),
    outputs={"arn": "Arn", "physical_name": "Name"},
    tags=Tags(
        reading=Reading(
            Call("list_tags_for_resource", params={"ResourceARN": "output.arn"}),
            result="Tags",
            absent=("ResourceNotFoundException",),
        ),
        add=Call("tag_resource", params={"ResourceARN": "output.arn", "Tags": "added"}),
        remove=Call("untag_resource", params={"ResourceARN": "output.arn", "TagKeys": "removed"}),
    ),
    class_name="EventBridgeRule",
)

TYPES: Final = (RULE,)
