"""Portable types on AWS: which of its types each is made of. Touches nothing, and imports no SDK."""

from collections.abc import Callable
from typing import Any, Final

import unknot.stacks.output as outputs
from unknot.providers.aws.resources.glue import GlueDatabase, GlueTable
from unknot.providers.aws.resources.iam import IamRole, IamRolePolicy
from unknot.providers.aws.resources.s3 import S3Bucket
from unknot.providers.aws.resources.secretsmanager import SecretsManagerSecret
from unknot.providers.aws.resources.sqs import SqsQueue
from unknot.providers.base import ExpandRequest, ExpandResponse, Support
from unknot.providers.portable.parts import Grantee, Parts, grants_of
from unknot.providers.portable.tables import files_of, mapped, plain_columns
from unknot.stacks.output import Output
from unknot.stacks.portable.naming import NameRule

_TAGS: Final = {"labels": "tags"}

SUPPORTS: Final = {
    "bucket": Support(
        made_of=("aws.s3_bucket",),
        inputs={
            **_TAGS,
            "versioning": "",
            "expire_days": "a lifecycle rule",
            "encryption_key": "a KMS key, with a bucket key",
            "retention_days": "Object Lock in governance mode, with versions: what is overwritten is kept",
            "force_destroy": "",
        },
    ),
    "secret": Support(
        made_of=("aws.secretsmanager_secret",),
        inputs={**_TAGS, "value": "", "version": ""},
        name=NameRule(longest=256),
    ),
    "table": Support(
        made_of=("aws.glue_database", "aws.glue_table"),
        inputs={
            "labels": "parameters of the table",
            "columns": "Parquet files, in the Glue catalogue",
            "partition_by": "",
            "location": "needed",
            "description": "",
        },
        recorded={"key": "The Glue catalogue has no keys."},
        name=NameRule(longest=255, separator="_"),
    ),
    "queue": Support(
        made_of=("aws.sqs_queue",),
        inputs={
            **_TAGS,
            "visibility_timeout_s": "",
            "retention_s": "",
            "dead_letter": "a redrive policy",
            "max_receives": "with `dead_letter`",
        },
        bounds={
            "visibility_timeout_s": (1, 43_200),
            "retention_s": (60, 1_209_600),
            "max_receives": (1, 1000),
        },
        name=NameRule(longest=80),
    ),
    "identity": Support(
        made_of=("aws.iam_role", "aws.iam_role_policy"),
        inputs={**_TAGS, "may": "an inline policy", "engine": "who may assume the role"},
        name=NameRule(longest=64),
    ),
}

_SERVICES: Final = {
    "batch": "ecs-tasks.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "emr": "elasticmapreduce.amazonaws.com",
    "emr-serverless": "emr-serverless.amazonaws.com",
    "glue": "glue.amazonaws.com",
    "kubernetes": "pods.eks.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "sagemaker": "sagemaker.amazonaws.com",
}
"""Engine to the service that acts as the role; all others run on machines of EC2."""

_COLUMNS: Final = {
    "bool": "boolean",
    "int32": "int",
    "int64": "bigint",
    "float32": "float",
    "float64": "double",
    "string": "string",
    "bytes": "binary",
    "date": "date",
    "timestamp": "timestamp",
    "decimal": "decimal",
}


class AwsCloud:
    """Amazon Web Services."""

    name = "aws"
    supports = SUPPORTS

    def expand(self, request: ExpandRequest) -> ExpandResponse:
        return _EXPANSIONS[request.type](Parts(request), _called(request))


def _called(request: ExpandRequest) -> str:
    """Its physical name; what is taken over has one already, at the end of an ARN, a URL or a path."""
    own = request.import_id.replace(":", "/").rpartition("/")[2]
    if request.type == "secret" and request.import_id.startswith("arn:"):
        own = request.import_id.partition(":secret:")[2].rpartition("-")[0]  # six random characters follow
    return own or request.name


def _bucket(parts: Parts, name: str) -> ExpandResponse:
    key, days = parts.input("encryption_key"), parts.input("expire_days")
    encryption: Any = None
    if key is not None:
        kms = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": kms, "BucketKeyEnabled": True}]}
    kept = parts.input("retention_days")
    lock: Any = None
    if kept is not None:
        rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": kept}}
        lock = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    made = parts.add(
        S3Bucket(
            parts.name(),
            bucket=name,
            tags=parts.input("labels"),
            versioning={"Status": "Enabled"} if parts.input("versioning") or lock else None,
            object_lock=lock,
            force_destroy=parts.input("force_destroy") or None,
            encryption=encryption,
            lifecycle_rules=days
            and [
                {"ID": "expire", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": days}}
            ],
            public_access_block={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        ),
        follows={
            "tags": "labels",
            "versioning": "versioning",
            "object_lock": "retention_days",
            "force_destroy": "force_destroy",
            "encryption": "encryption_key",
            "lifecycle_rules": "expire_days",
        },
        import_id=parts.request.import_id,
    )
    return parts.response(physical_name=name, full_name=name, id=made.arn, url=f"s3://{name}")


def _secret(parts: Parts, name: str) -> ExpandResponse:
    made = parts.add(
        SecretsManagerSecret(
            parts.name(),
            secret_name=name,
            secret_string=parts.input("value"),
            value_version=parts.input("version"),
            tags=parts.input("labels"),
        ),
        follows={"tags": "labels", "secret_string": "value", "value_version": "version"},
        import_id=parts.request.import_id,
    )
    reference = outputs.format("aws-secret:{arn}", arn=made.arn)
    return parts.response(physical_name=name, full_name=name, id=made.arn, reference=reference)


def _table(parts: Parts, name: str) -> ExpandResponse:
    location = parts.input("location")
    if not location:
        parts.refuse(
            "a table on AWS needs a bucket for its files", "Give it one: `Table(..., location=bucket)`."
        )
        return parts.response(full_name=name, id=name, url=name)
    partition_by = parts.input("partition_by", [])
    columns = parts.input("columns")
    files = files_of(location, name)
    taken, _, _ = parts.request.import_id.partition("/")
    database = parts.add(
        GlueDatabase(parts.name(), database_name=taken or name),
        import_id=taken,
    )
    storage: Any = {
        "Columns": _glue(plain_columns(columns, partition_by)),
        "Location": outputs.format("{files}/", files=files),
        "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
    }
    made = parts.add(
        GlueTable(
            parts.name(),
            database_name=database.database,
            table_name=name,
            description=parts.input("description"),
            table_type="EXTERNAL_TABLE",
            partition_keys=_glue({column: columns[column] for column in partition_by}) or None,
            storage_descriptor=storage,
            parameters={"classification": "parquet", **(parts.input("labels") or {})},
        ),
        follows={"description": "description", "storage_descriptor": "columns", "parameters": "labels"},
        import_id=parts.request.import_id,
    )
    own = outputs.format("{database}.{table}", database=made.database, table=made.table)
    return parts.response(physical_name=name, full_name=name, id=own, url=files)


def _glue(columns: dict[str, str]) -> Any:
    return [{"Name": name, "Type": mapped(kind, _COLUMNS)} for name, kind in columns.items()]


def _queue(parts: Parts, name: str) -> ExpandResponse:
    dead = parts.input("dead_letter")
    made = parts.add(
        SqsQueue(
            parts.name(),
            queue_name=name,
            visibility_timeout=parts.input("visibility_timeout_s", 30),
            message_retention_period=parts.input("retention_s", 4 * 24 * 3600),
            redrive_policy=dead
            and {"deadLetterTargetArn": dead["id"], "maxReceiveCount": parts.input("max_receives", 5)},
            tags=parts.input("labels"),
        ),
        follows={
            "tags": "labels",
            "visibility_timeout": "visibility_timeout_s",
            "message_retention_period": "retention_s",
        },
        import_id=parts.request.import_id,
    )
    return parts.response(physical_name=name, full_name=name, id=made.arn, url=made.url)


def _identity(parts: Parts, name: str) -> ExpandResponse:
    engine = parts.input("engine") or parts.request.target.engine
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": _SERVICES.get(engine, "ec2.amazonaws.com")},
        "Action": ["sts:AssumeRole", "sts:TagSession"] if engine == "kubernetes" else "sts:AssumeRole",
    }
    role = parts.add(
        IamRole(
            parts.name(),
            role_name=name,
            assume_role_policy_document={"Version": "2012-10-17", "Statement": [trust]},
            tags=parts.input("labels"),
        ),
        follows={"tags": "labels", "assume_role_policy_document": "engine"},
        import_id=parts.request.import_id,
    )
    statements = [
        statement for grant in grants_of(parts.request) for statement in _statements(grant, parts.request)
    ]
    if statements:
        parts.add(
            IamRolePolicy(
                parts.name(),
                role_name=role.physical_name,
                policy_name="grants",
                policy_document={"Version": "2012-10-17", "Statement": statements},
            ),
            follows={"policy_document": "may"},
            setting=True,
        )
    return parts.response(physical_name=name, full_name=name, id=role.arn, url=role.arn)


_OBJECTS: Final = {
    "read": ["s3:GetObject", "s3:GetObjectVersion"],
    "write": ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"],
}
_BUCKET: Final = {
    "read": ["s3:ListBucket", "s3:GetBucketLocation"],
    "write": ["s3:ListBucketMultipartUploads"],
}
_KEY: Final = {"read": ["kms:Decrypt"], "write": ["kms:GenerateDataKey", "kms:Decrypt"]}
_CATALOGUE: Final = {
    "read": ["glue:GetDatabase", "glue:GetTable", "glue:GetPartition", "glue:GetPartitions"],
    "write": [
        "glue:UpdateTable",
        "glue:BatchCreatePartition",
        "glue:UpdatePartition",
        "glue:DeletePartition",
    ],
}
_QUEUE: Final = {
    "send": ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
    "receive": [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueAttributes",
    ],
}


def _statements(grant: Grantee, request: ExpandRequest) -> list[dict[str, Any]]:
    """One grant in the words of IAM."""
    neighbour, partition = request.neighbours[grant.address], _partition(request)
    if grant.type == "bucket":
        arn = f"arn:{partition}:s3:::{neighbour.name}"
        return [
            _allow(_BUCKET[grant.access], arn),
            _allow(_OBJECTS[grant.access], f"{arn}/*"),
            *_key(grant, neighbour.inputs),
        ]
    if grant.type == "table":
        catalogue = [
            f"arn:{partition}:glue:*:*:catalog",
            f"arn:{partition}:glue:*:*:database/{neighbour.name}",
            f"arn:{partition}:glue:*:*:table/{neighbour.name}/{neighbour.name}",
        ]
        files = _files(request, grant)
        return [_allow(_CATALOGUE[grant.access], catalogue), _allow(_OBJECTS[grant.access], files)]
    if grant.type == "queue":
        return [_allow(_QUEUE[grant.access], grant.outputs["id"])]
    return [_allow(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], grant.outputs["id"])]


def _files(request: ExpandRequest, grant: Grantee) -> Any:
    """The files of a table, by the name of the bucket that it is in."""
    neighbour = request.neighbours[grant.address]
    location = Output[str](neighbour.inputs["location"]["address"], ("full_name",))
    return outputs.format(
        "arn:{partition}:s3:::{bucket}/tables/{name}/*",
        partition=_partition(request),
        bucket=location,
        name=neighbour.name,
    )


def _partition(request: ExpandRequest) -> str:
    """What ARNs begin with: Amazon's regions in China and for governments are apart from the others."""
    region = request.target.region or ""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _key(grant: Grantee, inputs: dict[str, Any]) -> list[dict[str, Any]]:
    key = inputs.get("encryption_key")
    return [_allow(_KEY[grant.access], key)] if isinstance(key, str) and key.startswith("arn:") else []


def _allow(actions: list[str], resources: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


_EXPANSIONS: Final[dict[str, Callable[[Parts, str], ExpandResponse]]] = {
    "bucket": _bucket,
    "secret": _secret,
    "table": _table,
    "queue": _queue,
    "identity": _identity,
}
