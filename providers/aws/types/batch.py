"""AWS Batch: compute environments, job queues and job definitions."""

from typing import Final

from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
    Until,
)


def _tags() -> Tags:
    return Tags(
        form="map",
        create="tags",
        read="tags",
        add=Call("tag_resource", params={"resourceArn": "output.arn", "tags": "added"}),
        remove=Call("untag_resource", params={"resourceArn": "output.arn", "tagKeys": "removed"}),
    )


COMPUTE_ENVIRONMENT: Final = Declaration(
    type="aws.batch_compute_environment",
    service="batch",
    doc="The machines on which jobs run.",
    create=Call("create_compute_environment"),
    identity=Identity("{computeEnvironment}", {"computeEnvironment": "input.compute_environment_name"}),
    read=Reading(
        Call("describe_compute_environments", params={"computeEnvironments": "[key.computeEnvironment]"}),
        result="computeEnvironments[0]",
        gone="status == 'DELETED' || status == 'DELETING'",
    ),
    listing=(
        Listing(
            Call("describe_compute_environments"),
            items="computeEnvironments",
            keys={"computeEnvironment": "computeEnvironmentName"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(
        Call(
            "update_compute_environment",
            params={
                "computeResources": "input.compute_resources.{minvCpus: minvCpus, maxvCpus: maxvCpus, "
                "desiredvCpus: desiredvCpus, subnets: subnets, securityGroupIds: securityGroupIds}"
            },
        ),
    ),
    before_delete=(
        Call(
            "update_compute_environment",
            params={"state": "'DISABLED'"},
            ignore=("ClientException:does not exist",),
        ),
    ),
    delete=Call("delete_compute_environment", ignore=("ClientException:does not exist",)),
    omit=("eksConfiguration", "context"),
    fields=(
        Field("compute_environment_name", physical_name=True),
        Field("state", default="ENABLED"),
    ),
    lasting=(
        "arn",
        "ecs_cluster_arn",
    ),
    outputs={
        "arn": "computeEnvironmentArn",
        "physical_name": "computeEnvironmentName",
        "ecs_cluster_arn": "ecsClusterArn",
    },
    tags=_tags(),
    ready=Until("status", ready=("VALID",), pending=("CREATING", "UPDATING"), why="statusReason"),
    deleted=Until("status", ready=("DELETED",), pending=("DELETING", "UPDATING", "VALID")),
    timeout_s=600.0,
    transient=("ClientException:resource is being modified", "ClientException:found existing JobQueue"),
)

JOB_QUEUE: Final = Declaration(
    type="aws.batch_job_queue",
    service="batch",
    doc="Holds jobs until a compute environment has room for them.",
    create=Call("create_job_queue", params={"state": "input.state || 'ENABLED'"}),
    identity=Identity("{jobQueue}", {"jobQueue": "input.job_queue_name"}),
    read=Reading(
        Call("describe_job_queues", params={"jobQueues": "[key.jobQueue]"}),
        result="jobQueues[0]",
        gone="status == 'DELETED' || status == 'DELETING'",
    ),
    listing=(
        Listing(
            Call("describe_job_queues"),
            items="jobQueues",
            keys={"jobQueue": "jobQueueName"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(Call("update_job_queue"),),
    before_delete=(
        Call("update_job_queue", params={"state": "'DISABLED'"}, ignore=("ClientException:does not exist",)),
    ),
    delete=Call("delete_job_queue", ignore=("ClientException:does not exist",)),
    fields=(Field("job_queue_name", physical_name=True), Field("state", default="ENABLED")),
    lasting=("arn",),
    outputs={"arn": "jobQueueArn", "physical_name": "jobQueueName"},
    tags=_tags(),
    ready=Until("status", ready=("VALID",), pending=("CREATING", "UPDATING"), why="statusReason"),
    deleted=Until("status", ready=("DELETED",), pending=("DELETING", "UPDATING", "VALID")),
    timeout_s=600.0,
    transient=("ClientException:resource is being modified",),
)

JOB_DEFINITION: Final = Declaration(
    type="aws.batch_job_definition",
    service="batch",
    doc="What a job runs, and with what; every change makes a new revision.",
    create=Call("register_job_definition"),
    identity=Identity("{jobDefinition}", {"jobDefinition": "created.jobDefinitionArn"}),
    read=Reading(
        Call("describe_job_definitions", params={"jobDefinitions": "[key.jobDefinition]"}),
        result="jobDefinitions[0]",
        gone="status == 'INACTIVE'",
    ),
    listing=(
        Listing(
            Call("describe_job_definitions", params={"status": "'ACTIVE'"}),
            items="jobDefinitions",
            keys={"jobDefinition": "jobDefinitionArn"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    delete=Call("deregister_job_definition"),
    omit=("eksProperties",),
    fields=(Field("job_definition_name", physical_name=True),),
    lasting=("arn",),
    outputs={"arn": "jobDefinitionArn", "physical_name": "jobDefinitionName", "revision": "revision"},
    tags=_tags(),
)

TYPES: Final = (COMPUTE_ENVIRONMENT, JOB_QUEUE, JOB_DEFINITION)
