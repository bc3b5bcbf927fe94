"""Amazon ECS: clusters, task definitions and services."""

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


def _tags() -> Tags:
    return Tags(
        create="tags",
        key="key",
        value="value",
        read="tags",
        add=Call("tag_resource", params={"resourceArn": "output.arn", "tags": "added"}),
        remove=Call("untag_resource", params={"resourceArn": "output.arn", "tagKeys": "removed"}),
    )


CLUSTER: Final = Declaration(
    type="aws.ecs_cluster",
    service="ecs",
    doc="A group in which containers run.",
    create=Call("create_cluster"),
    identity=Identity("{clusterName}", {"clusterName": "input.cluster_name"}),
    read=Reading(
        Call(
            "describe_clusters",
            params={"clusters": "[key.clusterName]", "include": "['TAGS', 'SETTINGS', 'CONFIGURATIONS']"},
        ),
        result="clusters[0]",
        absent=("ClusterNotFoundException",),
        gone="status == 'INACTIVE' || status == 'DEPROVISIONING'",
    ),
    listing=(
        Listing(
            Call("describe_clusters", params={"include": "['TAGS', 'SETTINGS', 'CONFIGURATIONS']"}),
            items="clusters",
            keys={"clusterName": "clusterName"},
            fields=("*",),
            outputs=("*",),
            tags=True,
            by="clusters",
        ),
    ),
    update=(Call("update_cluster", params={"cluster": "key.clusterName"}),),
    delete=Call("delete_cluster", params={"cluster": "key.clusterName"}),
    fields=(Field("cluster_name", physical_name=True), Field("settings", unordered=True)),
    lasting=("arn",),
    outputs={"arn": "clusterArn", "physical_name": "clusterName"},
    tags=_tags(),
    timeout_s=300.0,
)

TASK_DEFINITION: Final = Declaration(
    type="aws.ecs_task_definition",
    service="ecs",
    doc="Which containers run together, and with what; every change makes a new revision.",
    create=Call("register_task_definition"),
    identity=Identity("{taskDefinition}", {"taskDefinition": "created.taskDefinition.taskDefinitionArn"}),
    read=Reading(
        Call("describe_task_definition", params={"include": "['TAGS']"}),
        result="merge(taskDefinition, {tags: tags})",
        absent=("ClientException:unable to describe", "ClientException:not found"),
        gone="status == 'INACTIVE'",
    ),
    delete=Call("deregister_task_definition"),
    fields=(
        Field("family", physical_name=True),
        Field("requires_compatibilities", unordered=True),
        Field("volumes", unordered=True),
        Field("container_definitions", shown=("repositoryCredentials",)),
    ),
    omit=("inferenceAccelerators",),
    lasting=(
        "arn",
        "family_name",
    ),
    outputs={"arn": "taskDefinitionArn", "revision": "revision", "family_name": "family"},
    tags=_tags(),
)

SERVICE: Final = Declaration(
    type="aws.ecs_service",
    service="ecs",
    doc="Keeps a number of copies of a task definition running.",
    create=Call("create_service"),
    identity=Identity(
        "{cluster}/{service}",
        {"cluster": "split(input.cluster || 'default', '/')[-1]", "service": "input.service_name"},
    ),
    read=Reading(
        Call("describe_services", params={"services": "[key.service]", "include": "['TAGS']"}),
        result="services[0]",
        absent=("ServiceNotFoundException", "ClusterNotFoundException"),
        gone="status == 'INACTIVE' || status == 'DRAINING'",
    ),
    update=(Call("update_service"),),
    delete=Call("delete_service", params={"force": "`true`"}),
    omit=("role", "clientToken"),
    fields=(
        Field("service_name", physical_name=True),
        Field(
            "cluster",
            immutable=True,
            read="clusterArn",
            doc="Name or ARN of the cluster; without it, `default`.",
        ),
        Field("load_balancers", unordered=True),
        Field("desired_count", default=0),
        Field("capacity_provider_strategy", unordered=True),
    ),
    lasting=("arn",),
    outputs={"arn": "serviceArn", "physical_name": "serviceName", "running_count": "runningCount"},
    tags=_tags(),
    timeout_s=600.0,
)

TYPES: Final = (CLUSTER, TASK_DEFINITION, SERVICE)
