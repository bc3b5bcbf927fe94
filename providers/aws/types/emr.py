"""Amazon EMR: clusters."""

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

CLUSTER: Final = Declaration(
    type="aws.emr_cluster",
    service="emr",
    doc="A cluster that runs Spark, Hive and the like.",
    create=Call("run_job_flow"),
    identity=Identity("{ClusterId}", {"ClusterId": "created.JobFlowId"}),
    read=Reading(
        Call("describe_cluster"),
        result="Cluster",
        absent=("InvalidRequestException:is not valid", "InvalidRequestException:not found"),
        gone="starts_with(Status.State, 'TERMINAT')",
    ),
    update=(Call("modify_cluster"),),
    delete=Call("terminate_job_flows", params={"JobFlowIds": "[key.ClusterId]"}),
    omit=("AmiVersion", "SupportedProducts", "NewSupportedProducts", "AdditionalInfo", "RepoUpgradeOnBoot"),
    fields=(
        Field("cluster_name", member="Name"),
        Field("instances", readable=False),
        Field("steps", readable=False),
        Field("bootstrap_actions", readable=False),
        Field("applications", unordered=True, read="Applications[].{Name: Name}"),
        Field("job_flow_role", read="Ec2InstanceAttributes.IamInstanceProfile"),
        Field("step_concurrency_level", default=1),
        Field("managed_scaling_policy", readable=False),
        Field("auto_termination_policy", readable=False),
        Field("placement_group_configs", readable=False),
        Field("session_enabled", readable=False),
        Field("monitoring_configuration", readable=False),
        Field("extended_support", readable=False),
    ),
    lasting=(
        "cluster_id",
        "arn",
        "master_public_dns_name",
    ),
    outputs={
        "cluster_id": "Id",
        "arn": "ClusterArn",
        "master_public_dns_name": "MasterPublicDnsName",
        "state": "Status.State",
    },
    tags=Tags(
        read="Tags",
        add=Call("add_tags", params={"ResourceId": "key.ClusterId", "ClusterId": "`null`", "Tags": "added"}),
        remove=Call(
            "remove_tags", params={"ResourceId": "key.ClusterId", "ClusterId": "`null`", "TagKeys": "removed"}
        ),
    ),
    ready=Until(
        "Status.State",
        ready=("WAITING", "RUNNING"),
        pending=("STARTING", "BOOTSTRAPPING"),
        why="Status.StateChangeReason.Message",
    ),
    timeout_s=1800.0,
)

TYPES: Final = (CLUSTER,)
