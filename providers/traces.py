"""What in code or in a deployment is of one provider, and not to be had from another."""

from unknot.providers.base import Trace

TRACES = (
    Trace(
        "aws",
        r"\b(?:s3|s3a|s3n)://[^\s\"']+|\barn:aws[a-z-]*:[^\s\"']+|[\w.-]+\.amazonaws\.com[^\s\"']*",
        ("boto3", "botocore", "aiobotocore", "s3fs", "sagemaker", "awswrangler"),
        "aws-secret",
    ),
    Trace(
        "gcp",
        r"\bgs://[^\s\"']+|\bstorage\.googleapis\.com/[^\s\"']+|\bbq://[^\s\"']+",
        ("google.cloud", "gcsfs", "vertexai"),
        "gcp-secret",
    ),
    Trace(
        "azure",
        r"\b(?:az|abfss?|wasbs?|adl)://[^\s\"']+|[\w-]+\.(?:blob|dfs)\.core\.windows\.net[^\s\"']*",
        ("azure", "adlfs"),
        "azure-secret",
    ),
    Trace("databricks", r"\bdbfs:/[^\s\"']+|^/dbfs/[^\s\"']+", ("databricks", "dbutils")),
    Trace("snowflake", packages=("snowflake",)),
)
