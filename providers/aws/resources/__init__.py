"""Resource types of AWS: `from unknot import aws`, then `aws.AthenaWorkGroup(...)`.

Made by `make generate`; not to be edited. Each name is imported with its service's module when it is first used
(PEP 562), so that a stack pays only for the services that it uses.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unknot.providers.aws.resources.athena import AthenaWorkGroup
    from unknot.providers.aws.resources.batch import BatchComputeEnvironment
    from unknot.providers.aws.resources.batch import BatchJobDefinition
    from unknot.providers.aws.resources.batch import BatchJobQueue
    from unknot.providers.aws.resources.cloudwatch import CloudWatchAlarm
    from unknot.providers.aws.resources.dynamodb import DynamoDBTable
    from unknot.providers.aws.resources.ec2 import Ec2Instance
    from unknot.providers.aws.resources.ec2 import Ec2KeyPair
    from unknot.providers.aws.resources.ec2 import Ec2LaunchTemplate
    from unknot.providers.aws.resources.ec2 import Ec2SecurityGroup
    from unknot.providers.aws.resources.ecr import EcrRepository
    from unknot.providers.aws.resources.ecs import EcsCluster
    from unknot.providers.aws.resources.ecs import EcsService
    from unknot.providers.aws.resources.ecs import EcsTaskDefinition
    from unknot.providers.aws.resources.eks import EksCluster
    from unknot.providers.aws.resources.emr import EmrCluster
    from unknot.providers.aws.resources.emr_serverless import EmrServerlessApplication
    from unknot.providers.aws.resources.events import EventBridgeRule
    from unknot.providers.aws.resources.glue import GlueCrawler
    from unknot.providers.aws.resources.glue import GlueDatabase
    from unknot.providers.aws.resources.glue import GlueJob
    from unknot.providers.aws.resources.glue import GlueTable
    from unknot.providers.aws.resources.iam import IamInstanceProfile
    from unknot.providers.aws.resources.iam import IamPolicy
    from unknot.providers.aws.resources.iam import IamRole
    from unknot.providers.aws.resources.iam import IamRolePolicy
    from unknot.providers.aws.resources.iam import IamRolePolicyAttachment
    from unknot.providers.aws.resources.kms import KMSKey
    from unknot.providers.aws.resources.lambda_ import LambdaEventSourceMapping
    from unknot.providers.aws.resources.lambda_ import LambdaFunction
    from unknot.providers.aws.resources.logs import CloudWatchLogGroup
    from unknot.providers.aws.resources.s3 import S3Bucket
    from unknot.providers.aws.resources.s3 import S3Object
    from unknot.providers.aws.resources.sagemaker import SagemakerEndpoint
    from unknot.providers.aws.resources.sagemaker import SagemakerEndpointConfig
    from unknot.providers.aws.resources.sagemaker import SagemakerFeatureGroup
    from unknot.providers.aws.resources.sagemaker import SagemakerModel
    from unknot.providers.aws.resources.sagemaker import SagemakerPipeline
    from unknot.providers.aws.resources.sagemaker import SagemakerProcessingJob
    from unknot.providers.aws.resources.sagemaker import SagemakerTrainingJob
    from unknot.providers.aws.resources.scheduler import SchedulerSchedule
    from unknot.providers.aws.resources.secretsmanager import SecretsmanagerSecret
    from unknot.providers.aws.resources.sns import SNSTopic
    from unknot.providers.aws.resources.sqs import SQSQueue
    from unknot.providers.aws.resources.stepfunctions import StepFunctionsStateMachine

_HOMES = {
    "AthenaWorkGroup": "athena",
    "BatchComputeEnvironment": "batch",
    "BatchJobDefinition": "batch",
    "BatchJobQueue": "batch",
    "CloudWatchAlarm": "cloudwatch",
    "CloudWatchLogGroup": "logs",
    "DynamoDBTable": "dynamodb",
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
    "KMSKey": "kms",
    "LambdaEventSourceMapping": "lambda_",
    "LambdaFunction": "lambda_",
    "S3Bucket": "s3",
    "S3Object": "s3",
    "SNSTopic": "sns",
    "SQSQueue": "sqs",
    "SagemakerEndpoint": "sagemaker",
    "SagemakerEndpointConfig": "sagemaker",
    "SagemakerFeatureGroup": "sagemaker",
    "SagemakerModel": "sagemaker",
    "SagemakerPipeline": "sagemaker",
    "SagemakerProcessingJob": "sagemaker",
    "SagemakerTrainingJob": "sagemaker",
    "SchedulerSchedule": "scheduler",
    "SecretsmanagerSecret": "secretsmanager",
    "StepFunctionsStateMachine": "stepfunctions",
}

__all__ = [
    "AthenaWorkGroup",
    "BatchComputeEnvironment",
    "BatchJobDefinition",
    "BatchJobQueue",
    "CloudWatchAlarm",
    "CloudWatchLogGroup",
    "DynamoDBTable",
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
    "KMSKey",
    "LambdaEventSourceMapping",
    "LambdaFunction",
    "S3Bucket",
    "S3Object",
    "SNSTopic",
    "SQSQueue",
    "SagemakerEndpoint",
    "SagemakerEndpointConfig",
    "SagemakerFeatureGroup",
    "SagemakerModel",
    "SagemakerPipeline",
    "SagemakerProcessingJob",
    "SagemakerTrainingJob",
    "SchedulerSchedule",
    "SecretsmanagerSecret",
    "StepFunctionsStateMachine",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        from unknot.stacks.diagnostic import nearest

        raise AttributeError(f"`aws` has no resource type `{name}`. {nearest(name, _HOMES)}".rstrip())
    from importlib import import_module

    found: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
