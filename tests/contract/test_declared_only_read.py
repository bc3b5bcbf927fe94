"""A type whose objects are never made by unknot: imported and read, and left alone when it leaves the stack."""

from pathlib import Path

import boto3
import pytest
from servers import Server

from unknot.providers import registry
from unknot.providers.aws.resources import EksCluster
from unknot.providers.base import Context, CreateRequest, ImportRequest, Mark, ReadItem, ReadRequest
from unknot.stacks.address import Address, new_uid
from unknot.stacks.errors import ProviderError
from unknot.stacks.target import Target

ROLE = "arn:aws:iam::123456789012:role/eks"


@pytest.fixture
def context(moto_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    target = Target("here", cloud="aws", region="us-east-1", options={"endpoint": moto_server.url})
    return Context(tmp_path, "lineage", target)


def test_cluster_that_exists_is_imported_and_read(context: Context) -> None:
    address, type_ = Address("aws.eks_cluster.it"), EksCluster.type_info.type
    boto3.client("eks", region_name="us-east-1").create_cluster(
        name="serving", roleArn=ROLE, resourcesVpcConfig={"subnetIds": ["subnet-1"]}
    )
    provider = registry.provider("aws")
    mark = Mark("lineage", new_uid())
    found = provider.import_(ImportRequest(context, address, type_, "serving", mark, adopt=True)).object
    assert found is not None
    assert found.outputs["arn"].endswith(":cluster/serving")
    item = ReadItem(address, type_, "serving", {"cluster_name": "serving"})
    read = provider.read_many(ReadRequest(context, (item,))).objects[address]
    assert read is not None
    assert read.inputs == {"cluster_name": "serving"}
    gone = ReadItem(address, type_, "nothing", {"cluster_name": "nothing"})
    assert provider.read_many(ReadRequest(context, (gone,))).objects[address] is None


def test_cluster_is_never_made(context: Context) -> None:
    request = CreateRequest(
        context,
        Address("aws.eks_cluster.it"),
        EksCluster.type_info.type,
        {"cluster_name": "serving"},
        "token",
        Mark("lineage", new_uid()),
        1,
        20.0,
    )
    with pytest.raises(ProviderError, match="not made by unknot"):
        registry.provider("aws").create(request)
