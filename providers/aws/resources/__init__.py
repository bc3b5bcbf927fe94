"""Resource types of AWS: `from unknot import aws`, then `aws.AthenaWorkGroup(...)`.

Made by `make generate`; not to be edited. Each name is imported with its service's module when it is first used
(PEP 562), so that a stack pays only for the services that it uses.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unknot.providers.aws.resources.athena import AthenaWorkGroup
    from unknot.providers.aws.resources.batch import (
        BatchComputeEnvironment,
        BatchJobDefinition,
        BatchJobQueue,
    )
    from unknot.providers.aws.resources.cloudwatch import CloudWatchAlarm
    from unknot.providers.aws.resources.dynamodb import DynamoDbTable
    from unknot.providers.aws.resources.ec2 import (
        Ec2Instance,
        Ec2KeyPair,
        Ec2LaunchTemplate,
        Ec2SecurityGroup,
    )
    from unknot.providers.aws.resources.ecr import EcrRepository
    from unknot.providers.aws.resources.ecs import EcsCluster, EcsService, EcsTaskDefinition
    from unknot.providers.aws.resources.eks import EksCluster
    from unknot.providers.aws.resources.emr import EmrCluster
    from unknot.providers.aws.resources.emr_serverless import EmrServerlessApplication
    from unknot.providers.aws.resources.events import EventBridgeRule
    from unknot.providers.aws.resources.glue import GlueCrawler, GlueDatabase, GlueJob, GlueTable
    from unknot.providers.aws.resources.iam import (
        IamInstanceProfile,
        IamPolicy,
        IamRole,
        IamRolePolicy,
        IamRolePolicyAttachment,
    )
    from unknot.providers.aws.resources.kms import KmsKey
    from unknot.providers.aws.resources.lambda_ import LambdaEventSourceMapping, LambdaFunction
    from unknot.providers.aws.resources.logs import CloudWatchLogGroup
    from unknot.providers.aws.resources.s3 import S3Bucket, S3Object
    from unknot.providers.aws.resources.sagemaker import (
        SageMakerEndpoint,
        SageMakerEndpointConfig,
        SageMakerFeatureGroup,
        SageMakerModel,
        SageMakerPipeline,
        SageMakerProcessingJob,
        SageMakerTrainingJob,
    )
    from unknot.providers.aws.resources.scheduler import SchedulerSchedule
    from unknot.providers.aws.resources.secretsmanager import SecretsManagerSecret
    from unknot.providers.aws.resources.sns import SnsTopic
    from unknot.providers.aws.resources.sqs import SqsQueue
    from unknot.providers.aws.resources.stepfunctions import StepFunctionsStateMachine

_HOMES = {
    "AthenaWorkGroup": "athena",
    "BatchComputeEnvironment": "batch",
    "BatchJobDefinition": "batch",
    "BatchJobQueue": "batch",
    "CloudWatchAlarm": "cloudwatch",
    "CloudWatchLogGroup": "logs",
    "DynamoDbTable": "dynamodb",
    "Ec2Instance": "ec2",
    "Ec2KeyPair": "ec2",
    "Ec2LaunchTemplate": "ec2",
    "Ec2SecurityGroup": "ec2",
    "EcrRepository": "ecr",
    "EcsCluster": "ecs",
    "EcsService": "ecs",
    "EcsTaskDefinition": "ecs",
    "EksCluster": "eks",
    "EmrCluster": "emr",
    "EmrServerlessApplication": "emr_serverless",
    "EventBridgeRule": "events",
    "GlueCrawler": "glue",
    "GlueDatabase": "glue",
    "GlueJob": "glue",
    "GlueTable": "glue",
    "IamInstanceProfile": "iam",
    "IamPolicy": "iam",
    "IamRole": "iam",
    "IamRolePolicy": "iam",
    "IamRolePolicyAttachment": "iam",
    "KmsKey": "kms",
    "LambdaEventSourceMapping": "lambda_",
    "LambdaFunction": "lambda_",
    "S3Bucket": "s3",
    "S3Object": "s3",
    "SageMakerEndpoint": "sagemaker",
    "SageMakerEndpointConfig": "sagemaker",
    "SageMakerFeatureGroup": "sagemaker",
    "SageMakerModel": "sagemaker",
    "SageMakerPipeline": "sagemaker",
    "SageMakerProcessingJob": "sagemaker",
    "SageMakerTrainingJob": "sagemaker",
    "SchedulerSchedule": "scheduler",
    "SecretsManagerSecret": "secretsmanager",
    "SnsTopic": "sns",
    "SqsQueue": "sqs",
    "StepFunctionsStateMachine": "stepfunctions",
}

__all__ = [
    "AthenaWorkGroup",
    "BatchComputeEnvironment",
    "BatchJobDefinition",
    "BatchJobQueue",
    "CloudWatchAlarm",
    "CloudWatchLogGroup",
    "DynamoDbTable",
    "Ec2Instance",
    "Ec2KeyPair",
    "Ec2LaunchTemplate",
    "Ec2SecurityGroup",
    "EcrRepository",
    "EcsCluster",
    "EcsService",
    "EcsTaskDefinition",
    "EksCluster",
    "EmrCluster",
    "EmrServerlessApplication",
    "EventBridgeRule",
    "GlueCrawler",
    "GlueDatabase",
    "GlueJob",
    "GlueTable",
    "IamInstanceProfile",
    "IamPolicy",
    "IamRole",
    "IamRolePolicy",
    "IamRolePolicyAttachment",
    "KmsKey",
    "LambdaEventSourceMapping",
    "LambdaFunction",
    "S3Bucket",
    "S3Object",
    "SageMakerEndpoint",
    "SageMakerEndpointConfig",
    "SageMakerFeatureGroup",
    "SageMakerModel",
    "SageMakerPipeline",
    "SageMakerProcessingJob",
    "SageMakerTrainingJob",
    "SchedulerSchedule",
    "SecretsManagerSecret",
    "SnsTopic",
    "SqsQueue",
    "StepFunctionsStateMachine",
]


if not TYPE_CHECKING:  # or every name would seem to be there

    def __getattr__(name):
        home = _HOMES.get(name)
        if home is None:
            from unknot.stacks.diagnostic import nearest

            raise AttributeError(f"`aws` has no resource type `{name}`. {nearest(name, _HOMES)}".rstrip())
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
