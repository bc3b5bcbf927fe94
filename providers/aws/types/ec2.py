"""Amazon EC2: instances, security groups, key pairs and launch templates."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
    Until,
)


def _tags(resource: str) -> Tags:
    """EC2 tags everything by two operations of its own."""
    return Tags(
        create="",
        add=Call("create_tags", params={"Resources": f"[{resource}]", "Tags": "added"}),
        remove=Call("delete_tags", params={"Resources": f"[{resource}]", "Tags": "removed[].{Key: @}"}),
    )


def _specification(kind: str) -> dict[str, str]:
    return {"TagSpecifications": f"[{{ResourceType: '{kind}', Tags: tags}}]"}


INSTANCE: Final = Declaration(
    type="aws.ec2_instance",
    service="ec2",
    doc="A virtual machine.",
    create=Call("run_instances", params={"MinCount": "`1`", "MaxCount": "`1`", **_specification("instance")}),
    identity=Identity("{InstanceId}", {"InstanceId": "created.Instances[0].InstanceId"}),
    read=Reading(
        Call("describe_instances", params={"InstanceIds": "[key.InstanceId]"}),
        result="Reservations[0].Instances[0]",
        absent=("InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"),
        gone="State.Name == 'terminated' || State.Name == 'shutting-down'",
    ),
    listing=(
        Listing(
            Call("describe_instances"),
            items="Reservations[].Instances[]",
            keys={"InstanceId": "InstanceId"},
            fields=("*",),
            outputs=("*",),
            tags=True,
            by="InstanceIds",
        ),
        Listing(
            Call("describe_instances"),
            items="Reservations[].Instances[]",
            keys={"InstanceId": "InstanceId"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    delete=Call("terminate_instances", params={"InstanceIds": "[key.InstanceId]"}),
    only=(
        "ImageId",
        "InstanceType",
        "KeyName",
        "SubnetId",
        "SecurityGroupIds",
        "UserData",
        "IamInstanceProfile",
        "BlockDeviceMappings",
        "Placement",
        "InstanceMarketOptions",
        "LaunchTemplate",
        "MetadataOptions",
        "EbsOptimized",
    ),
    fields=(
        Field("image_id", required=False),
        Field("security_group_ids", unordered=True, read="SecurityGroups[].GroupId"),
        Field("user_data", readable=False, doc="What the machine runs when it first starts, as text."),
        Field("iam_instance_profile", readable=False),
        Field("block_device_mappings", readable=False),
        Field("instance_market_options", readable=False),
        Field("launch_template", readable=False),
        Field("placement", read="Placement"),
    ),
    aspects=(
        Aspect(
            ("security_group_ids",),
            put=Call("modify_instance_attribute", params={"Groups": "input.security_group_ids"}),
            reading=None,
        ),
        Aspect(
            ("metadata_options",),
            put=Call(
                "modify_instance_metadata_options",
                params={
                    "HttpTokens": "input.metadata_options.HttpTokens",
                    "HttpPutResponseHopLimit": "input.metadata_options.HttpPutResponseHopLimit",
                    "HttpEndpoint": "input.metadata_options.HttpEndpoint",
                    "HttpProtocolIpv6": "input.metadata_options.HttpProtocolIpv6",
                    "InstanceMetadataTags": "input.metadata_options.InstanceMetadataTags",
                },
            ),
            reading=None,
        ),
    ),
    lasting=(
        "instance_id",
        "private_ip_address",
        "private_dns_name",
        "availability_zone",
        "vpc_id",
        "subnet",
    ),
    outputs={
        "instance_id": "InstanceId",
        "private_ip_address": "PrivateIpAddress",
        "private_dns_name": "PrivateDnsName",
        "public_ip_address": "PublicIpAddress",
        "availability_zone": "Placement.AvailabilityZone",
        "vpc_id": "VpcId",
        "subnet": "SubnetId",
    },
    tags=_tags("key.InstanceId"),
    ready=Until("State.Name", ready=("running",), pending=("pending",), why="StateReason.Message"),
    deleted=Until(
        "State.Name", ready=("terminated", "shutting-down"), pending=("running", "stopping", "stopped")
    ),
    timeout_s=600.0,
    transient=("InvalidParameterValue:Invalid IAM Instance Profile",),
)

SECURITY_GROUP: Final = Declaration(
    type="aws.ec2_security_group",
    service="ec2",
    doc="A virtual firewall: which traffic may reach and leave what is in it.",
    create=Call("create_security_group", params=_specification("security-group")),
    identity=Identity("{GroupId}", {"GroupId": "created.GroupId"}),
    read=Reading(
        Call("describe_security_groups", params={"GroupIds": "[key.GroupId]"}),
        result="SecurityGroups[0]",
        absent=("InvalidGroup.NotFound", "InvalidGroupId.Malformed"),
    ),
    listing=(
        Listing(
            Call("describe_security_groups"),
            items="SecurityGroups",
            keys={"GroupId": "GroupId"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    delete=Call("delete_security_group"),
    fields=(
        Field("group_name", physical_name=True),
        Field(
            "ingress",
            shape="authorize_security_group_ingress.IpPermissions",
            member="IpPermissions",
            unordered=True,
            default=[],
            read="IpPermissions",
            doc="Traffic that may come in; without it, none.",
        ),
        Field(
            "egress",
            shape="authorize_security_group_egress.IpPermissions",
            member="IpPermissionsEgress",
            unordered=True,
            read="IpPermissionsEgress",
            doc="Traffic that may go out; without it, all.",
        ),
    ),
    aspects=(
        Aspect(
            ("ingress",),
            before_put=(
                Call(
                    "revoke_security_group_ingress",
                    params={"GroupId": "key.GroupId", "IpPermissions": "live.ingress"},
                    when="length(live.ingress || `[]`) > `0`",
                ),
            ),
            put=Call(
                "authorize_security_group_ingress",
                params={"GroupId": "key.GroupId", "IpPermissions": "input.ingress"},
                when="length(input.ingress || `[]`) > `0`",
            ),
            reading=None,
        ),
        Aspect(
            ("egress",),
            before_put=(
                Call(
                    "revoke_security_group_egress",
                    params={"IpPermissions": "live.egress"},
                    when="length(live.egress || `[]`) > `0`",
                ),
            ),
            put=Call(
                "authorize_security_group_egress",
                params={"IpPermissions": "input.egress"},
                when="length(input.egress || `[]`) > `0`",
            ),
            reading=None,
        ),
    ),
    lasting=(
        "group_id",
        "arn",
        "vpc",
    ),
    outputs={"group_id": "GroupId", "arn": "SecurityGroupArn", "vpc": "VpcId"},
    tags=_tags("key.GroupId"),
)

KEY_PAIR: Final = Declaration(
    type="aws.ec2_key_pair",
    service="ec2",
    doc="The public half of a key with which to log in to instances.",
    create=Call("import_key_pair", params=_specification("key-pair")),
    identity=Identity("{KeyName}", {"KeyName": "input.key_name"}),
    read=Reading(
        Call(
            "describe_key_pairs",
            params={"KeyNames": "[key.KeyName]", "IncludePublicKey": "`true`"},
        ),
        result="KeyPairs[0]",
        absent=("InvalidKeyPair.NotFound",),
    ),
    listing=(
        Listing(
            Call("describe_key_pairs", params={"IncludePublicKey": "`true`"}),
            items="KeyPairs",
            keys={"KeyName": "KeyName"},
            fields=("key_name",),
            outputs=("*",),
            tags=True,
        ),
    ),
    delete=Call("delete_key_pair"),
    fields=(
        Field("key_name", physical_name=True),
        Field(
            "public_key_material",
            readable=False,
            doc="The public key in OpenSSH or RFC 4716 form, in base64.",
        ),
    ),
    lasting=("key_pair_id",),
    outputs={"key_pair_id": "KeyPairId", "fingerprint": "KeyFingerprint"},
    tags=Tags(
        create="",
        add=Call("create_tags", params={"Resources": "[output.key_pair_id]", "Tags": "added"}),
        remove=Call(
            "delete_tags", params={"Resources": "[output.key_pair_id]", "Tags": "removed[].{Key: @}"}
        ),
    ),
)

LAUNCH_TEMPLATE: Final = Declaration(
    type="aws.ec2_launch_template",
    service="ec2",
    doc="How instances are to be started; a change makes a new version, which becomes the default.",
    create=Call("create_launch_template", params=_specification("launch-template")),
    identity=Identity("{LaunchTemplateId}", {"LaunchTemplateId": "created.LaunchTemplate.LaunchTemplateId"}),
    read=Reading(
        Call("describe_launch_templates", params={"LaunchTemplateIds": "[key.LaunchTemplateId]"}),
        result="LaunchTemplates[0]",
        absent=(
            "InvalidLaunchTemplateId.NotFound",
            "InvalidLaunchTemplateId.NotFoundException",
            "InvalidLaunchTemplateId.Malformed",
        ),
    ),
    listing=(
        Listing(
            Call("describe_launch_templates"),
            items="LaunchTemplates",
            keys={"LaunchTemplateId": "LaunchTemplateId"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    delete=Call("delete_launch_template"),
    omit=("Operator", "DryRun", "VersionDescription"),
    fields=(
        Field("launch_template_name", physical_name=True),
        Field("launch_template_data", read="LaunchTemplateData"),
    ),
    aspects=(
        Aspect(
            ("launch_template_data",),
            at_create=True,
            before_put=(Call("create_launch_template_version"),),
            put=Call("modify_launch_template", params={"DefaultVersion": "to_string(output.latest_version)"}),
            reading=Reading(
                Call("describe_launch_template_versions", params={"Versions": "['$Default']"}),
                result="LaunchTemplateVersions[0]",
            ),
        ),
    ),
    lasting=("launch_template_id",),
    outputs={
        "launch_template_id": "LaunchTemplateId",
        "latest_version": "LatestVersionNumber",
        "default_version": "DefaultVersionNumber",
    },
    tags=_tags("key.LaunchTemplateId"),
)

TYPES: Final = (INSTANCE, SECURITY_GROUP, KEY_PAIR, LAUNCH_TEMPLATE)
