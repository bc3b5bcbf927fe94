"""Amazon EMR Serverless: applications."""

from typing import Final

from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Reading,
    Tags,
    Until,
)

APPLICATION: Final = Declaration(
    type="aws.emrserverless_application",
    service="emr-serverless",
    doc="Runs Spark or Hive jobs without a cluster of one's own.",
    create=Call("create_application"),
    identity=Identity("{applicationId}", {"applicationId": "created.applicationId"}),
    read=Reading(
        Call("get_application"),
        result="application",
        absent=("ResourceNotFoundException",),
        gone="state == 'TERMINATED'",
    ),
    update=(Call("update_application"),),
    delete=Call("delete_application"),
    fields=(
        Field("application_name", member="name", physical_name=True),
        Field("architecture", default="X86_64"),
    ),
    outputs={"application_id": "applicationId", "arn": "arn", "state": "state"},
    tags=Tags(
        form="map",
        create="tags",
        read="tags",
        add=Call("tag_resource", params={"resourceArn": "output.arn", "tags": "added"}),
        remove=Call("untag_resource", params={"resourceArn": "output.arn", "tagKeys": "removed"}),
    ),
    ready=Until(
        "state",
        ready=("CREATED", "STARTED", "STOPPED"),
        pending=("CREATING", "STARTING", "STOPPING"),
        why="stateDetails",
    ),
    timeout_s=300.0,
    class_name="EmrServerlessApplication",
)

TYPES: Final = (APPLICATION,)
