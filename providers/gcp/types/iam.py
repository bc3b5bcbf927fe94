"""Identity and Access Management: service accounts, and who may act as them."""

from typing import Final

from unknot.providers.declared.declaration import (
    Aspect,
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Until,
)
from unknot.providers.gcp.bindings import iam_member

_PROJECT: Final = "join('/', ['projects', place.project])"
_CREATED: Final = "iam.projects.serviceAccounts.create.serviceAccount"
_TELLING: Final = "{displayName: input.display_name, description: input.description}"

SERVICE_ACCOUNT: Final = Declaration(
    type="gcp.service_account",
    service="iam",
    doc="Who a workload runs as.",
    create=Call("iam.projects.serviceAccounts.create", params={"name": _PROJECT, "serviceAccount": _TELLING}),
    identity=Identity(
        "{name}",
        {
            "name": "join('', ['projects/', place.project, '/serviceAccounts/', input.account_id, '@', place.project, "
            "'.iam.gserviceaccount.com'])",
        },
    ),
    read=Reading(Call("iam.projects.serviceAccounts.get"), absent=("404",)),
    listing=(
        Listing(
            Call("iam.projects.serviceAccounts.list", params={"name": _PROJECT, "pageSize": "`100`"}),
            items="accounts",
            keys={"name": "name"},
            fields=("*",),
            outputs=("*",),
        ),
    ),
    update=(
        Call(
            "iam.projects.serviceAccounts.patch",
            params={"serviceAccount": _TELLING, "updateMask": "join(',', changed)"},
        ),
    ),
    delete=Call("iam.projects.serviceAccounts.delete"),
    fields=(
        Field(
            "account_id",
            physical_name=True,
            format="gcp_account_id",
            maximum=30,
            read="split(email, '@')[0]",
        ),
        Field("display_name", shape=f"{_CREATED}.displayName", default=""),
        Field("description", shape=f"{_CREATED}.description", default=""),
        Field(
            "disabled",
            shape="boolean",
            read="disabled",
            default=False,
            doc="It can neither be used nor impersonated.",
        ),
    ),
    aspects=(
        Aspect(
            ("disabled",),
            before_put=(Call("iam.projects.serviceAccounts.enable", when="input.disabled != `true`"),),
            put=Call("iam.projects.serviceAccounts.disable", when="input.disabled == `true`"),
            reading=None,
        ),
    ),
    outputs={
        "physical_name": "split(email, '@')[0]",
        "resource_name": "key.name",
        "email": "email",
        "unique_id": "uniqueId",
        "member": "join('', ['serviceAccount:', email])",
    },
    lasting=(
        "physical_name",
        "email",
        "unique_id",
        "member",
    ),
    output_docs={
        "physical_name": "The account's id.",
        "resource_name": "The account as APIs write it: `projects/PROJECT/serviceAccounts/EMAIL`.",
        "member": "The account as a member of an IAM policy.",
    },
    # A new account is not known everywhere at once.
    ready=Until("type(uniqueId)", ready=("string",)),
    resolve_by="unique-name-with-proof",
    class_name="ServiceAccount",
)

SERVICE_ACCOUNT_IAM_MEMBER: Final = iam_member(
    "gcp.service_account_iam_member",
    "iam.projects.serviceAccounts",
    Field(
        "service_account",
        shape="string",
        required=True,
        doc="The output `resource_name` of the service account.",
    ),
    key="resource",
    value="input.service_account",
    what="a service account",
    class_name="ServiceAccountIamMember",
)

TYPES: Final = (SERVICE_ACCOUNT, SERVICE_ACCOUNT_IAM_MEMBER)
