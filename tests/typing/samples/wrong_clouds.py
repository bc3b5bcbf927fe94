"""Mistakes in resources of the clouds' own types, one a line: mypy --strict finds each at its line."""

from unknot import aws, gcp

role = aws.IamRole("reader", assume_role_policy_document={})

aws.S3Bukcet("raw")  # E: "S3Bukcet"
aws.S3Bucket("raw", vesioning={"Status": "Enabled"})  # E: "vesioning"
aws.S3Bucket("raw", versioning={"Status": "BANANA"})  # E: "VersioningConfiguration
aws.S3Bucket("raw", versioning={"Statu": "Enabled"})  # E: "VersioningConfiguration
aws.S3Bucket("raw", lifecycle_rules=[{"Expiration": {"Days": 3}}])  # E: "LifecycleRule
aws.S3Bucket("raw", object_ownership="Mine")  # E: "Literal['BucketOwnerPreferred'
aws.S3Bucket("raw", tags={"a": 1})  # E: has incompatible type "str": "int"
aws.IamRole("reader")  # E: "assume_role_policy_document"
aws.IamRole("reader", assume_role_policy_document={}, max_session_duration="1h")  # E: "max_session_duration"
aws.SqsQueue("late", visibility_timeout=role.arn)  # E: "visibility_timeout"
gcp.StorageBucket("raw", storage_class=7)  # E: "storage_class"
