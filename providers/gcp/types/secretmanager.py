"""Secret Manager: secrets with their value, and who may read them."""

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
)
from unknot.providers.gcp.bindings import iam_member

_PROJECT: Final = "join('/', ['projects', place.project])"
# Answers have the project's number in the name where we have its id.
_LISTED: Final = "join('/', ['projects', place.project, 'secrets', split(name, '/')[-1]])"

SECRET: Final = Declaration(
    type="gcp.secretmanager_secret",
    service="secretmanager",
    doc="A secret, and the value of its newest version. A new value is a new version; earlier ones stay as they are.",
    create=Call(
        "secretmanager.projects.secrets.create",
        params={"parent": _PROJECT, "replication": "input.replication || {automatic: `{}`}"},
    ),
    identity=Identity(
        "{name}", {"name": "join('/', ['projects', place.project, 'secrets', input.secret_id])"}
    ),
    read=Reading(Call("secretmanager.projects.secrets.get"), absent=("404",)),
    listing=(
        Listing(
            Call("secretmanager.projects.secrets.list", params={"parent": _PROJECT, "pageSize": "`1000`"}),
            items="secrets",
            keys={"name": _LISTED},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(Call("secretmanager.projects.secrets.patch", params={"updateMask": "join(',', changed)"}),),
    delete=Call("secretmanager.projects.secrets.delete"),
    omit=("etag", "tags"),
    fields=(
        Field("secret_id", physical_name=True, format="gcp_secret_id", read="split(name, '/')[-1]"),
        Field(
            "value",
            shape="string",
            write_only=True,
            doc="What is secret, as a reference: `Secret.env(...)` or `Secret.file(...)`.",
        ),
        Field(
            "value_version",
            shape="integer",
            readable=False,
            doc="Raise it to send the value again. With a key of the ledger, another value is noticed without it.",
        ),
        Field(
            "replication",
            immutable=True,
            doc="Where it is kept; everywhere if it is not given: `{'automatic': {}}`.",
        ),
        Field("secret_type", immutable=True),
        Field("ttl", readable=False),
    ),
    aspects=(
        Aspect(
            ("value", "value_version"),
            put=Call(
                "secretmanager.projects.secrets.addVersion",
                params={"parent": "key.name", "payload": "{data: base64(input.value)}"},
                when="input.value != `null`",
            ),
            reading=None,
        ),
    ),
    outputs={"physical_name": "split(name, '/')[-1]", "resource_name": "key.name"},
    lasting=("physical_name",),
    output_docs={
        "physical_name": "The secret's own name.",
        "resource_name": "The secret as APIs write it: `projects/PROJECT/secrets/SECRET`.",
    },
    tags=Tags(
        field="labels",
        form="map",
        create="labels",
        read="labels",
        replace=Call(
            "secretmanager.projects.secrets.patch", params={"labels": "tags", "updateMask": "'labels'"}
        ),
        characters="label",
    ),
    permissions={"secretmanager.projects.secrets.addVersion": ("secretmanager.versions.add",)},
    class_name="SecretManagerSecret",
)

SECRET_IAM_MEMBER: Final = iam_member(
    "gcp.secretmanager_secret_iam_member",
    "secretmanager.projects.secrets",
    Field("secret", shape="string", required=True, doc="The output `resource_name` of the secret."),
    key="resource",
    value="input.secret",
    what="a secret",
    class_name="SecretManagerSecretIamMember",
)

TYPES: Final = (SECRET, SECRET_IAM_MEMBER)
