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
    # An application is changed and deleted when it is stopped; it starts by itself for the next job.
    update=(Call("stop_application", ignore=("ValidationException",)), Call("update_application")),
    update_fields={
        "stop_application": (
            "release_label",
            "initial_capacity",
            "maximum_capacity",
            "auto_start_configuration",
            "auto_stop_configuration",
            "network_configuration",
            "architecture",
            "image_configuration",
            "worker_type_specifications",
            "runtime_configuration",
            "monitoring_configuration",
            "interactive_configuration",
        )
    },
    before_delete=(Call("stop_application", ignore=("ValidationException", "ResourceNotFoundException")),),
    delete=Call("delete_application"),
    fields=(
        Field("application_name", member="name", physical_name=True),
        Field(
            "type",
            # The service takes either way of writing, and tells its own.
            read="(type == 'Spark' && 'SPARK') || (type == 'Hive' && 'HIVE') || type",
            doc="`SPARK` or `HIVE`.",
        ),
        Field("architecture", default="X86_64"),
    ),
    lasting=(
        "application_id",
        "arn",
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
