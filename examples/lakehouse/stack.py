"""A lakehouse on three clouds: raw data on AWS, the warehouse on Google Cloud, what partners are given on Azure."""

import base64
import io
import zipfile
from pathlib import Path

from unknot import Bucket, Environment, Identity, Queue, Secret, Stack, Table, Target, aws, gcp, grants

HERE = Path(__file__).parent


class Env(Environment):
    """What differs between accounts: `envs/NAME.toml`. Endpoints are empty where the real clouds are meant."""

    aws_region: str = "eu-west-1"
    aws_endpoint: str = ""
    gcp_endpoint: str = ""
    azure_subscription: str = ""
    azure_group: str = "lakehouse"
    azure_account: str = ""
    azure_vault: str = ""
    azure_endpoint: str = ""
    azure_vault_endpoint: str = ""
    azure_token: str = ""
    """Reference to a secret; empty: whatever `az login` or a managed identity gives."""


def targets(env: Env) -> tuple[Target, Target, Target]:
    """One for each cloud. Options that are empty are left out."""

    def given(**options: str) -> dict[str, str]:
        return {name: value for name, value in options.items() if value}

    return (
        Target("aws", cloud="aws", region=env.aws_region, options=given(endpoint=env.aws_endpoint)),
        Target("gcp", cloud="gcp", region="europe-west1", options=given(endpoint=env.gcp_endpoint)),
        Target(
            "azure",
            cloud="azure",
            region="westeurope",
            options=given(
                subscription=env.azure_subscription,
                resource_group=env.azure_group,
                account=env.azure_account,
                vault=env.azure_vault,
                endpoint=env.azure_endpoint,
                vault_endpoint=env.azure_vault_endpoint,
                token=env.azure_token,
            ),
        ),
    )


def stack(env: Env) -> Stack:
    on_aws, on_gcp, on_azure = targets(env)
    s = Stack("lakehouse", owner="data-platform@airline.example", target=on_aws)

    # AWS: files arrive, a queue tells of them, a function looks at each.
    raw = s.add(Bucket("raw", versioning=True, expire_days=90, labels={"layer": "raw"}))
    arrivals = s.add(Queue("arrivals", visibility_timeout_s=120))
    feed = s.add(Secret("feed", value=Secret.env("FEED_TOKEN"), labels={"system": "feed"}))
    s.add(
        Identity("loader", may=[grants.read(raw), grants.write(raw), grants.send(arrivals), grants.use(feed)])
    )
    role = s.add(aws.IamRole("inspector", role_name="lakehouse-inspector", assume_role_policy_document=TRUST))
    s.add(
        aws.LambdaFunction(
            "inspect",
            function_name="lakehouse-inspect",
            runtime="python3.12",
            handler="inspect_file.handler",
            role=role.arn,
            code={"ZipFile": packed("inspect_file.py")},
            environment={"Variables": {"RAW": raw.full_name, "ARRIVALS": arrivals.url}},
            timeout=30,
            owner="ingest@airline.example",
        )
    )

    # Google Cloud: tables that analysts query, and a topic that tells of new ones.
    curated = s.add(Bucket("curated", labels={"layer": "curated"}, target=on_gcp))
    s.add(
        Table(
            "flights",
            columns={"id": "int64", "carrier": "string", "delay": "float64", "day": "date"},
            partition_by=["day"],
            target=on_gcp,
            owner="delays@airline.example",
        )
    )
    s.add(gcp.PubSubTopic("published", topic_id="lakehouse-published", target=on_gcp))
    s.add(Identity("analyst", may=[grants.read(curated)], target=on_gcp))

    # Azure: what partners fetch, and the key that they are given.
    shared = s.add(Bucket("shared", labels={"layer": "shared"}, target=on_azure))
    s.add(Queue("requests", target=on_azure, owner="partners@airline.example"))
    s.add(Secret("partner", value=Secret.env("PARTNER_KEY"), target=on_azure))

    s.output("raw", raw.url)
    s.output("curated", curated.url)
    s.output("shared", shared.url)
    return s


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def packed(name: str) -> str:
    """The zip archive that Lambda takes, in base64; the same bytes for the same file, so that nothing differs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
        archive.writestr(entry, (HERE / "functions" / name).read_text())
    return base64.b64encode(buffer.getvalue()).decode()
