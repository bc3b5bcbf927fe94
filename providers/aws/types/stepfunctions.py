"""AWS Step Functions: state machines."""

from typing import Final

from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Reading,
    Tags,
)

STATE_MACHINE: Final = Declaration(
    type="aws.stepfunctions_state_machine",
    service="stepfunctions",
    doc="A workflow of AWS's own, in the Amazon States Language.",
    create=Call("create_state_machine"),
    identity=Identity("{stateMachineArn}", {"stateMachineArn": "created.stateMachineArn"}),
    read=Reading(
        Call("describe_state_machine"),
        absent=("StateMachineDoesNotExist", "InvalidArn"),
        gone="status == 'DELETING'",
    ),
    update=(Call("update_state_machine"),),
    delete=Call("delete_state_machine"),
    omit=("publish", "versionDescription"),
    fields=(
        Field("state_machine_name", member="name", physical_name=True),
        Field("definition", format="state_machine", sensitive=False),
        Field("type", default="STANDARD"),
    ),
    lasting=("arn",),
    outputs={"arn": "stateMachineArn", "status": "status"},
    tags=Tags(
        create="tags",
        key="key",
        value="value",
        reading=Reading(Call("list_tags_for_resource", params={"resourceArn": "output.arn"}), result="tags"),
        add=Call("tag_resource", params={"resourceArn": "output.arn", "tags": "added"}),
        remove=Call("untag_resource", params={"resourceArn": "output.arn", "tagKeys": "removed"}),
    ),
    transient=("AccessDeniedException:is not authorized to create managed-rule",),
    class_name="StepFunctionsStateMachine",
)

TYPES: Final = (STATE_MACHINE,)
