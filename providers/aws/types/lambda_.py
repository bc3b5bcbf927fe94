"""AWS Lambda: functions, and what sets them off."""

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

_TAGS: Final = Tags(
    form="map",
    read="Tags",
    add=Call("tag_resource", params={"Resource": "output.arn", "Tags": "added"}),
    remove=Call("untag_resource", params={"Resource": "output.arn", "TagKeys": "removed"}),
)

FUNCTION: Final = Declaration(
    type="aws.lambda_function",
    service="lambda",
    doc="Code that runs when it is called, for up to 15 minutes.",
    create=Call("create_function"),
    identity=Identity("{FunctionName}", {"FunctionName": "input.function_name"}),
    read=Reading(
        Call("get_function"),
        result="merge(Configuration, {Tags: Tags, Place: Code})",
        absent=("ResourceNotFoundException",),
    ),
    listing=(
        Listing(
            Call("list_functions"),
            items="Functions",
            keys={"FunctionName": "FunctionName"},
            fields=("*",),
            outputs=("*",),
        ),
    ),
    update=(Call("update_function_configuration"),),
    delete=Call("delete_function"),
    only=(
        "FunctionName",
        "Runtime",
        "Role",
        "Handler",
        "Code",
        "Description",
        "Timeout",
        "MemorySize",
        "VpcConfig",
        "PackageType",
        "DeadLetterConfig",
        "Environment",
        "KMSKeyArn",
        "TracingConfig",
        "Layers",
        "FileSystemConfigs",
        "ImageConfig",
        "Architectures",
        "EphemeralStorage",
        "SnapStart",
        "LoggingConfig",
    ),
    fields=(
        Field("function_name", physical_name=True),
        Field("description", default=""),
        Field("timeout", default=3),
        Field("memory_size", default=128),
        Field("environment", default={"Variables": {}}),
        Field("layers", read="Layers[].Arn", default=[]),
        Field("image_config", read="ImageConfigResponse.ImageConfig"),
        Field("code", readable=False, shown=("ZipFile",)),
        Field(
            "code_sha256",
            shape="get_function.Configuration.CodeSha256",
            member="CodeSha256",
            read="CodeSha256",
            doc="SHA-256 of the package in base64: with it, a change of the code by hand is seen.",
        ),
    ),
    aspects=(
        Aspect(
            ("code", "code_sha256"),
            at_create=True,
            put=Call(
                "update_function_code",
                params={
                    "ZipFile": "input.code.ZipFile",
                    "S3Bucket": "input.code.S3Bucket",
                    "S3Key": "input.code.S3Key",
                    "S3ObjectVersion": "input.code.S3ObjectVersion",
                    "ImageUri": "input.code.ImageUri",
                },
            ),
            reading=None,
        ),
    ),
    lasting=("arn",),
    outputs={
        "arn": "FunctionArn",
        "physical_name": "FunctionName",
        "code_digest": "CodeSha256",
        "version": "Version",
    },
    output_docs={"code_digest": "SHA-256 of the package, in base64."},
    tags=_TAGS,
    ready=Until("State", ready=("Active", "Inactive"), pending=("Pending",), why="StateReason"),
    timeout_s=300.0,
    transient=("InvalidParameterValueException:cannot be assumed", "ResourceConflictException:in progress"),
)

EVENT_SOURCE: Final = Declaration(
    type="aws.lambda_event_source_mapping",
    service="lambda",
    doc="A queue or stream whose records set off a function.",
    create=Call("create_event_source_mapping"),
    identity=Identity("{UUID}", {"UUID": "created.UUID"}),
    read=Reading(
        Call("get_event_source_mapping"), absent=("ResourceNotFoundException",), gone="State == 'Deleting'"
    ),
    listing=(
        Listing(
            Call("list_event_source_mappings"),
            items="EventSourceMappings",
            keys={"UUID": "UUID"},
            fields=("*",),
            outputs=("*",),
        ),
    ),
    update=(Call("update_event_source_mapping"),),
    delete=Call("delete_event_source_mapping"),
    fields=(
        Field("function_name", read="FunctionArn", doc="Name or ARN of the function."),
        Field(
            "enabled", read="contains(['Enabled', 'Enabling', 'Creating', 'Updating'], State)", default=True
        ),
        Field("maximum_batching_window_in_seconds", default=0),
    ),
    lasting=(
        "uuid",
        "arn",
    ),
    outputs={"uuid": "UUID", "arn": "EventSourceMappingArn", "function_arn": "FunctionArn"},
    tags=Tags(
        form="map",
        reading=Reading(
            Call("list_tags", params={"Resource": "output.arn"}),
            result="Tags",
            absent=("ResourceNotFoundException",),
        ),
        add=Call("tag_resource", params={"Resource": "output.arn", "Tags": "added"}),
        remove=Call("untag_resource", params={"Resource": "output.arn", "TagKeys": "removed"}),
    ),
    timeout_s=120.0,
    transient=("InvalidParameterValueException:does not have permissions", "ResourceInUseException"),
)

TYPES: Final = (FUNCTION, EVENT_SOURCE)
