"""Refresh of objects on a cloud: how many requests it makes, whether it sees drift, and what it costs above bare boto3.

    python benchmarks/refresh.py --json

First 200 buckets, each with versioning, tags, encryption, policy, public access block and lifecycle, or with versioning
and tags only, and 50 roles; requests are counted in the log of the server (moto). Then as many objects as `--objects`
says, against the same requests by bare boto3 in the same number of threads, in the same run.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "servers"))

import boto3
from botocore.config import Config
from servers import Server, moto

from unknot import aws
from unknot.planner.apply import ApplyOptions, apply
from unknot.planner.archive import bind
from unknot.planner.plan import Plan
from unknot.planner.planning import make_plan
from unknot.planner.services import Services
from unknot.providers import registry
from unknot.providers.aws.client import THREADS
from unknot.providers.base import ImportRequest, Mark
from unknot.stacks.address import Address, new_uid
from unknot.stacks.stack import Stack
from unknot.stacks.target import Target
from unknot.state.ledger import Ledger
from unknot.state.stores.memory import MemoryStore

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}

EVERY_ATTRIBUTE: Mapping[str, Any] = {
    "encryption": {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
    "public_access_block": {"BlockPublicAcls": True, "BlockPublicPolicy": True},
    "lifecycle_rules": [
        {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 7}}
    ],
}


def policy(bucket: str, action: str = "s3:DeleteBucket") -> dict[str, Any]:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


class Site:
    """A ledger, and moto."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.target = Target("here", cloud="aws", region="us-east-1", options={"endpoint": server.url})
        self.services = Services(project=folder)
        self.ledger = Ledger.open(MemoryStore(), "bench/default")
        self._counted = 0

    def stack(self, buckets: int, roles: int, every: int = 0) -> Stack:
        """`every` of the buckets have all attributes, the others versioning and tags."""
        stack = Stack("bench", owner="team@example.org", target=self.target)
        for number in range(buckets):
            name = f"bench-{number:04d}"
            more = {**EVERY_ATTRIBUTE, "policy": policy(name)} if number < every else {}
            stack.add(
                aws.S3Bucket(
                    f"b{number}",
                    bucket=name,
                    versioning={"Status": "Enabled"},
                    tags={"team": "data", "number": str(number)},
                    **more,
                )
            )
        for number in range(roles):
            stack.add(
                aws.IamRole(
                    f"r{number}",
                    role_name=f"bench-{number:04d}",
                    assume_role_policy_document=TRUST,
                    tags={"team": "data"},
                )
            )
        return stack

    def plan(self, stack: Stack) -> Plan:
        prior = self.ledger.reader().snapshot() if self.ledger.exists else None
        return make_plan(
            stack.definition(root=self.services.project), prior, self.services, diagnostics=stack.diagnostics
        )

    def up(self, stack: Stack) -> None:
        saved = bind(self.plan(stack), {})
        report = apply(
            saved.plan,
            saved.hash,
            self.ledger,
            self.services,
            options=ApplyOptions(parallelism=8),
            bundles=saved,
        )
        if report.exit_code:
            raise SystemExit(f"the apply failed: {[s.detail for s in report.steps if s.detail][:3]}")

    def requests(self) -> int:
        """How many came to the server since the last time this was asked."""
        found = len(
            re.findall(
                r'"(?:\x1b\[\d+m)?(?:GET|PUT|POST|HEAD|DELETE) ', self.server.log.read_text(errors="replace")
            )
        )
        since, self._counted = found - self._counted, found
        return since


def counted(site: Site, buckets: int, roles: int) -> dict[str, Any]:
    """Requests of a refresh in which nothing has changed, and of a read of every attribute of every object."""
    stack = site.stack(buckets, roles)
    site.up(stack)
    site.requests()
    plan = site.plan(stack)
    refreshed = site.requests()
    assert plan.drift == (), plan.drift[:2]
    whole = Whole(site)
    for number in range(buckets):
        whole.read("aws.s3_bucket", f"bench-{number:04d}")
    for number in range(roles):
        whole.read("aws.iam_role", f"bench-{number:04d}")
    everything = site.requests()
    return {
        "buckets": buckets,
        "roles": roles,
        "requests": refreshed,
        "requests_reading_everything": everything,
        "share": round(refreshed / everything, 3),
    }


class Whole:
    """Reads every attribute of one object, as the declaration of its type has them."""

    def __init__(self, site: Site) -> None:
        self._provider = registry.provider("aws")
        self._context = site.services.context("lineage", {"here": site.target}, "here")

    def read(self, type_: str, object_id: str) -> None:
        mark = Mark("lineage", new_uid())
        found = self._provider.import_(
            ImportRequest(self._context, Address(f"{type_}.it"), type_, object_id, mark)
        )
        assert found.object is not None


def drift(site: Site, buckets: int, roles: int) -> dict[str, Any]:
    """Whether a change by hand of every attribute that the stack sets is seen, one bucket for each."""
    stack = site.stack(buckets, roles, every=len(PLANTED))
    site.up(stack)
    client = boto3.client("s3", endpoint_url=site.server.url, region_name="us-east-1")
    for number, change in enumerate(PLANTED.values()):
        change(client, f"bench-{number:04d}")
    site.requests()
    plan = site.plan(stack)
    requests = site.requests()
    seen = {str(d.address): {field.path for field in d.fields} for d in plan.drift}
    found = {field: field in seen.get(f"aws.s3_bucket.b{n}", set()) for n, field in enumerate(PLANTED)}
    return {
        "planted": len(PLANTED),
        "found": sum(found.values()),
        "by_attribute": found,
        "requests": requests,
    }


PLANTED: Mapping[str, Callable[[Any, str], Any]] = {
    "versioning": lambda s3, b: s3.put_bucket_versioning(
        Bucket=b, VersioningConfiguration={"Status": "Suspended"}
    ),
    "tags": lambda s3, b: s3.put_bucket_tagging(
        Bucket=b, Tagging={"TagSet": [{"Key": "team", "Value": "someone"}]}
    ),
    "encryption": lambda s3, b: s3.delete_bucket_encryption(Bucket=b),
    "policy": lambda s3, b: s3.put_bucket_policy(Bucket=b, Policy=json.dumps(policy(b, "s3:*"))),
    "public_access_block": lambda s3, b: s3.delete_public_access_block(Bucket=b),
    "lifecycle_rules": lambda s3, b: s3.delete_bucket_lifecycle(Bucket=b),
}


def timed(site: Site, objects: int) -> dict[str, Any]:
    """Seconds of a plan with nothing to do, against the same requests by bare boto3 in as many threads."""
    stack = site.stack(objects, 0)
    site.up(stack)
    site.plan(stack)  # clients made, connections open: as bare boto3 has them too
    site.requests()
    began = time.perf_counter()
    plan = site.plan(stack)
    unknot_s = time.perf_counter() - began
    requests = site.requests()
    assert plan.drift == ()
    client = boto3.client(
        "s3",
        endpoint_url=site.server.url,
        region_name="us-east-1",
        config=Config(max_pool_connections=THREADS * 2, s3={"addressing_style": "path"}),
    )

    def read(number: int) -> None:
        client.get_bucket_versioning(Bucket=f"bench-{number:04d}")
        client.get_bucket_tagging(Bucket=f"bench-{number:04d}")

    read(0)
    site.requests()
    began = time.perf_counter()
    client.list_buckets()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(read, range(objects)))
    bare_s = time.perf_counter() - began
    return {
        "objects": objects,
        "threads": THREADS,
        "requests": requests,
        "requests_bare": site.requests(),
        "unknot_s": round(unknot_s, 2),
        "boto3_s": round(bare_s, 2),
        "ratio": round(unknot_s / bare_s, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buckets", type=int, default=200)
    parser.add_argument("--roles", type=int, default=50)
    parser.add_argument("--objects", type=int, default=1000)
    parser.add_argument("--json", action="store_true", help="print JSON (the only form there is)")
    options = parser.parse_args()
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        measures: dict[str, Callable[[Site], dict[str, Any]]] = {
            "counted": lambda site: counted(site, options.buckets, options.roles),
            "drift": lambda site: drift(site, options.buckets, options.roles),
            "timed": lambda site: timed(site, options.objects),
        }
        for name, measure in measures.items():
            with moto() as server:
                os.environ.update(server.environment)
                result[name] = measure(Site(server, Path(folder)))
                print(f"{name}: {result[name]}", file=sys.stderr, flush=True)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
