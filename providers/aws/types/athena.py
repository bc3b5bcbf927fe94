"""Amazon Athena: workgroups."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Reading,
    Tags,
)

_ARN: Final = "join('', ['arn:', place.partition, ':athena:', place.region, ':', place.account, ':workgroup/', key.WorkGroup])"


def _removed(inside: str, member: str) -> str:
    """`RemoveX: true` when the prior configuration has X and what is wanted has not."""
    path = f"configuration.{inside}.{member}" if inside else f"configuration.{member}"
    return f"Remove{member}: (prior.{path} && !(input.{path}) && `true`) || `null`"


WORK_GROUP: Final = Declaration(
    type="aws.athena_work_group",
    service="athena",
    doc="Where queries run: their results, their limits, who pays.",
    create=Call("create_work_group", params={"Name": "key.WorkGroup"}),
    identity=Identity("{WorkGroup}", {"WorkGroup": "input.work_group_name"}),
    read=Reading(Call("get_work_group"), result="WorkGroup", absent=("InvalidRequestException:not found",)),
    update=(
        Call(
            "update_work_group",
            params={
                # An update leaves alone what it is not given: what is taken away is said so.
                "ConfigurationUpdates": "merge(omit(input.configuration, ['ResultConfiguration', "
                "'ManagedQueryResultsConfiguration', 'IdentityCenterConfiguration', 'SystemTableStatuses']), "
                "{ResultConfigurationUpdates: merge(input.configuration.ResultConfiguration || `{}`, {"
                + _removed("ResultConfiguration", "OutputLocation")
                + ", "
                + _removed("ResultConfiguration", "EncryptionConfiguration")
                + ", "
                + _removed("ResultConfiguration", "ExpectedBucketOwner")
                + ", "
                + _removed("ResultConfiguration", "AclConfiguration")
                + "}), ManagedQueryResultsConfigurationUpdates: input.configuration.ManagedQueryResultsConfiguration, "
                + _removed("", "BytesScannedCutoffPerQuery")
                + ", "
                + _removed("", "CustomerContentEncryptionConfiguration")
                + "})"
            },
        ),
    ),
    delete=Call("delete_work_group", params={"RecursiveDeleteOption": "input.force_delete"}),
    fields=(
        Field(
            "work_group_name",
            member="Name",
            shape="create_work_group.Name",
            physical_name=True,
        ),
        Field("description", default=""),
        Field("configuration"),
        Field("state", shape="update_work_group.State", default="ENABLED"),
        Field(
            "force_delete",
            shape="boolean",
            readable=False,
            doc="Delete the workgroup with its queries and their history.",
        ),
    ),
    aspects=(Aspect(("state",), put=Call("update_work_group"), reading=None),),
    lasting=("work_group",),
    outputs={"work_group": "Name"},
    output_docs={"work_group": "The workgroup's name."},
    tags=Tags(
        reading=Reading(
            Call("list_tags_for_resource", params={"ResourceARN": _ARN}),
            result="Tags",
            absent=("ResourceNotFoundException",),
        ),
        add=Call("tag_resource", params={"ResourceARN": _ARN, "Tags": "added"}),
        remove=Call("untag_resource", params={"ResourceARN": _ARN, "TagKeys": "removed"}),
    ),
)

TYPES: Final = (WORK_GROUP,)
