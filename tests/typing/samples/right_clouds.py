"""Resources of the clouds' own types: mypy --strict has nothing to say."""

from typing import assert_type

import unknot
from unknot import aws, azure, gcp
from unknot.stacks.output import Output
from unknot.stacks.secret import Secret

raw = aws.S3Bucket(
    "raw",
    bucket="raw-flights",
    versioning={"Status": "Enabled"},
    lifecycle_rules=[
        {"Status": "Enabled", "Filter": {"Tag": {"Key": "a", "Value": "b"}}, "Expiration": {"Days": 30}},
    ],
    encryption={"Rules": [{"BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}]},
    tags={"team": "data"},
)
assert_type(raw.arn, Output[str])

role = aws.IamRole(
    "reader",
    assume_role_policy_document={"Version": "2012-10-17", "Statement": []},
    max_session_duration=3600,
)

load = aws.LambdaFunction(
    "load",
    code={"S3Bucket": raw.physical_name, "S3Key": unknot.format("code/{name}.zip", name=raw.physical_name)},
    role=role.arn,
    runtime="python3.12",
    environment={"Variables": {"RAW": raw.physical_name, "TOKEN": Secret.env("TOKEN")}},
)

queue = aws.SqsQueue("late", policy={"Version": "2012-10-17", "Statement": []})

bucket = gcp.StorageBucket("raw", location="EU", versioning={"enabled": True})

group = azure.ResourceGroup("data", location="westeurope")
