"""Amazon SageMaker: models, jobs, endpoints, pipelines and feature groups."""

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

_NOT_THERE: Final = (
    "ValidationException:could not find",
    "ValidationException:does not exist",
    "ValidationException:Requested resource not found",
    "ResourceNotFound",
)
"""SageMaker tells most of what is not there by a validation error."""

_TAGS: Final = Tags(
    reading=Reading(
        Call("list_tags", params={"ResourceArn": "output.arn"}), result="Tags", absent=_NOT_THERE
    ),
    add=Call("add_tags", params={"ResourceArn": "output.arn", "Tags": "added"}),
    remove=Call("delete_tags", params={"ResourceArn": "output.arn", "TagKeys": "removed"}),
)

MODEL: Final = Declaration(
    type="aws.sagemaker_model",
    service="sagemaker",
    doc="A model and the container that serves it.",
    create=Call("create_model"),
    identity=Identity("{ModelName}", {"ModelName": "input.model_name"}),
    read=Reading(Call("describe_model"), absent=_NOT_THERE),
    delete=Call("delete_model", ignore=_NOT_THERE),
    fields=(Field("model_name", physical_name=True),),
    lasting=("arn",),
    outputs={"arn": "ModelArn", "physical_name": "ModelName"},
    tags=_TAGS,
)

TRAINING_JOB: Final = Declaration(
    type="aws.sagemaker_training_job",
    service="sagemaker",
    doc="One training run. Every change is a new job; SageMaker keeps jobs, so that deleting one stops and forgets it.",
    create=Call("create_training_job"),
    identity=Identity("{TrainingJobName}", {"TrainingJobName": "input.training_job_name"}),
    read=Reading(Call("describe_training_job"), absent=_NOT_THERE, gone="TrainingJobStatus == 'Stopped'"),
    delete=Call("stop_training_job", ignore=("ValidationException",)),
    fields=(
        Field("training_job_name", physical_name=True),
        Field("input_data_config", unordered=True),
    ),
    lasting=("arn",),
    outputs={
        "arn": "TrainingJobArn",
        "physical_name": "TrainingJobName",
        "status": "TrainingJobStatus",
        "model_artifacts": "ModelArtifacts.S3ModelArtifacts",
    },
    output_docs={"model_artifacts": "Where in S3 the trained model is."},
    tags=_TAGS,
    timeout_s=120.0,
)

PROCESSING_JOB: Final = Declaration(
    type="aws.sagemaker_processing_job",
    service="sagemaker",
    doc="One processing run. Every change is a new job; SageMaker keeps jobs, so that deleting one stops and forgets it.",
    create=Call("create_processing_job"),
    identity=Identity("{ProcessingJobName}", {"ProcessingJobName": "input.processing_job_name"}),
    read=Reading(Call("describe_processing_job"), absent=_NOT_THERE, gone="ProcessingJobStatus == 'Stopped'"),
    delete=Call("stop_processing_job", ignore=("ValidationException",)),
    fields=(Field("processing_job_name", physical_name=True),),
    lasting=("arn",),
    outputs={
        "arn": "ProcessingJobArn",
        "physical_name": "ProcessingJobName",
        "status": "ProcessingJobStatus",
    },
    tags=_TAGS,
    timeout_s=120.0,
)

ENDPOINT_CONFIG: Final = Declaration(
    type="aws.sagemaker_endpoint_config",
    service="sagemaker",
    doc="Which models an endpoint serves, and on what machines.",
    create=Call("create_endpoint_config"),
    identity=Identity("{EndpointConfigName}", {"EndpointConfigName": "input.endpoint_config_name"}),
    read=Reading(Call("describe_endpoint_config"), absent=_NOT_THERE),
    delete=Call("delete_endpoint_config", ignore=_NOT_THERE),
    fields=(Field("endpoint_config_name", physical_name=True),),
    lasting=("arn",),
    outputs={"arn": "EndpointConfigArn", "physical_name": "EndpointConfigName"},
    tags=_TAGS,
)

ENDPOINT: Final = Declaration(
    type="aws.sagemaker_endpoint",
    service="sagemaker",
    doc="Serves models over HTTPS; another configuration is rolled out without a gap.",
    create=Call("create_endpoint"),
    identity=Identity("{EndpointName}", {"EndpointName": "input.endpoint_name"}),
    read=Reading(Call("describe_endpoint"), absent=_NOT_THERE, gone="EndpointStatus == 'Deleting'"),
    listing=(
        Listing(
            Call("list_endpoints"),
            items="Endpoints",
            keys={"EndpointName": "EndpointName"},
            fields=("endpoint_name",),
            outputs=("*",),
        ),
    ),
    update=(Call("update_endpoint"),),
    delete=Call("delete_endpoint", ignore=_NOT_THERE),
    fields=(
        Field("endpoint_name", physical_name=True),
        Field("deployment_config", read="LastDeploymentConfig"),
    ),
    lasting=("arn",),
    outputs={"arn": "EndpointArn", "physical_name": "EndpointName", "status": "EndpointStatus"},
    tags=_TAGS,
    ready=Until(
        "EndpointStatus",
        ready=("InService",),
        pending=("Creating", "Updating", "SystemUpdating", "RollingBack"),
        why="FailureReason",
    ),
    timeout_s=1800.0,
)

PIPELINE: Final = Declaration(
    type="aws.sagemaker_pipeline",
    service="sagemaker",
    doc="A pipeline of SageMaker's own steps.",
    create=Call("create_pipeline"),
    identity=Identity("{PipelineName}", {"PipelineName": "input.pipeline_name"}),
    read=Reading(Call("describe_pipeline"), absent=_NOT_THERE, gone="PipelineStatus == 'Deleting'"),
    update=(Call("update_pipeline"),),
    delete=Call("delete_pipeline"),
    omit=("PipelineVersionAliases",),
    fields=(
        Field("pipeline_name", physical_name=True),
        Field("pipeline_definition", format="json"),
        Field("pipeline_definition_s3_location", readable=False),
    ),
    lasting=("arn",),
    outputs={"arn": "PipelineArn", "physical_name": "PipelineName", "status": "PipelineStatus"},
    tags=_TAGS,
)

FEATURE_GROUP: Final = Declaration(
    type="aws.sagemaker_feature_group",
    service="sagemaker",
    doc="A group of features, kept for training and for serving.",
    create=Call("create_feature_group"),
    identity=Identity("{FeatureGroupName}", {"FeatureGroupName": "input.feature_group_name"}),
    read=Reading(Call("describe_feature_group"), absent=_NOT_THERE, gone="FeatureGroupStatus == 'Deleting'"),
    update=(
        Call(
            "update_feature_group",
            # Of the online store, it takes these only.
            params={
                "OnlineStoreConfig": "input.online_store_config && {TtlDuration: "
                "input.online_store_config.TtlDuration, StorageType: input.online_store_config.StorageType}"
            },
        ),
    ),
    update_fields={"update_feature_group": ("online_store_config", "throughput_config")},
    delete=Call("delete_feature_group"),
    fields=(
        Field("feature_group_name", physical_name=True),
        Field("feature_definitions", unordered=True),
    ),
    lasting=("arn",),
    outputs={"arn": "FeatureGroupArn", "physical_name": "FeatureGroupName", "status": "FeatureGroupStatus"},
    tags=_TAGS,
    ready=Until("FeatureGroupStatus", ready=("Created",), pending=("Creating",), why="FailureReason"),
    deleted=Until("FeatureGroupStatus", ready=(), pending=("Deleting", "Created"), why="FailureReason"),
    timeout_s=600.0,
)

TYPES: Final = (
    MODEL,
    TRAINING_JOB,
    PROCESSING_JOB,
    ENDPOINT_CONFIG,
    ENDPOINT,
    PIPELINE,
    FEATURE_GROUP,
)
