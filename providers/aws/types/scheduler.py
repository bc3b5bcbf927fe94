"""Amazon EventBridge Scheduler: schedules."""

from typing import Final

from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Reading,
)

SCHEDULE: Final = Declaration(
    type="aws.scheduler_schedule",
    service="scheduler",
    doc="Calls one target at given times.",
    create=Call("create_schedule"),
    identity=Identity(
        "{GroupName}/{Name}",
        {"GroupName": "input.group_name || 'default'", "Name": "input.schedule_name"},
    ),
    read=Reading(Call("get_schedule"), absent=("ResourceNotFoundException",)),
    update=(Call("update_schedule"),),
    delete=Call("delete_schedule"),
    fields=(
        Field("schedule_name", member="Name", physical_name=True),
        Field("schedule_expression", format="scheduler_expression"),
        Field("schedule_expression_timezone", default="UTC"),
        Field("state", default="ENABLED"),
        # `target` is where a resource is, in every type.
        Field(
            "calls",
            member="Target",
            shape="create_schedule.Target",
            required=True,
            doc="What is called, and with what.",
        ),
        Field("action_after_completion", default="NONE"),
    ),
    lasting=("arn",),
    outputs={"arn": "Arn", "physical_name": "Name"},
    resolve_by="unique-name-with-proof",
    transient=("ValidationException:must allow AWS EventBridge Scheduler to assume",),
)

TYPES: Final = (SCHEDULE,)
