"""What is committed is what the declarations make; a declaration that does not fit its service's model is refused."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import msgspec
import pytest

from unknot import aws
from unknot.providers.aws.model import model
from unknot.providers.aws.types import iam, s3
from unknot.providers.declared import generate
from unknot.providers.declared.catalogue import (
    Declarations,
    UnknownType,
    catalogue,
    declaration,
    index,
    service_of,
    type_shape,
)
from unknot.providers.declared.declaration import Call, Declaration, Field
from unknot.providers.declared.expressions import _options
from unknot.providers.declared.formats import FORMATS
from unknot.providers.declared.generation import pieces, python
from unknot.providers.declared.generation.naming import input_name, pascal, snake
from unknot.providers.declared.model import ModelError
from unknot.providers.declared.prose import sentence

CLOUDS = tuple(generate.CLOUDS)
TYPES = [name for cloud in CLOUDS for name in index(cloud)]


@pytest.mark.slow
@pytest.mark.parametrize("cloud", CLOUDS)
def test_generating_again_makes_no_difference(cloud: str) -> None:
    """`make generate` was run after the last change of a declaration, of the generator or of an SDK."""
    differing = [
        str(path.relative_to(generate.ROOT))
        for path, content in generate.files(cloud)
        if not path.exists() or path.read_bytes() != content
    ]

    assert differing == []


@pytest.mark.parametrize("type_name", TYPES)
def test_class_and_catalogue_say_the_same_of_a_type(type_name: str) -> None:
    shape = type_shape(type_name)
    resources = import_module(f"unknot.providers.{shape.info.provider}.resources")

    assert getattr(resources, shape.class_name).type_info == shape.info


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_shape_that_is_named_is_in_the_catalogue(cloud: str) -> None:
    for service in set(index(cloud).values()):
        found = catalogue(cloud, service)
        named = {given.shape for each in found.types.values() for given in each.inputs.values()}
        for shape in found.shapes.values():
            named |= {*shape.members.values(), shape.item, shape.key}
            assert not shape.format or shape.format in FORMATS
        assert named - {""} <= found.shapes.keys()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_declarations_are_found_by_type(cloud: str) -> None:
    declared = Declarations(cloud)

    assert all(declared[name].type == name for name in declared)
    assert f"{cloud}.nothing" not in declared


def test_unknown_type_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownType, match=r"no resource type `aws\.s3_buket`") as refused:
        service_of("aws.s3_buket")
    assert "`aws.s3_bucket`" in refused.value.detail


def traits(declared: Declaration) -> dict[str, Any]:
    made = pieces.service_of("aws", model(declared.service), (declared,))
    return dict(made.types[declared.type].shape.info.fields)


def test_what_no_update_takes_forces_a_replacement() -> None:
    found = traits(iam.ROLE)

    assert found["path"].immutable
    assert found["role_name"].immutable  # an update takes it, to tell the role
    assert not found["description"].immutable
    assert not found["assume_role_policy_document"].immutable  # in an expression of an update
    assert not found["permissions_boundary"].immutable  # an aspect
    assert not found["tags"].immutable


def test_declared_traits_win() -> None:
    fields = (*iam.ROLE.fields, Field("assume_role_policy_document", immutable=True, sensitive=True))
    found = traits(msgspec.structs.replace(iam.ROLE, fields=fields))

    assert found["assume_role_policy_document"].immutable
    assert found["assume_role_policy_document"].sensitive


def test_input_that_only_unknot_knows_is_changed_in_place() -> None:
    fields = (*s3.BUCKET.fields, Field("only_here", shape="boolean", doc="Delete it with what is in it."))
    declared = msgspec.structs.replace(s3.BUCKET, fields=fields)
    made = pieces.service_of("aws", model("s3"), (declared,)).types[declared.type].shape

    assert made.inputs["only_here"].member == ""
    assert not made.info.fields["only_here"].immutable


def changed(field: str, value: object) -> Callable[[], Declaration]:
    return lambda: msgspec.structs.replace(iam.ROLE, **{field: value})


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (changed("create", Call("create_rol")), "Did you mean `create_role`"),
        (changed("only", ("RoleNam",)), "Did you mean `RoleName`"),
        (changed("fields", (Field("descripton"),)), "Did you mean `description`"),
        (changed("fields", (Field("x", shape="create_role.Pth"),)), "Did you mean `Path`"),
        (changed("fields", (Field("x", shape="nothing"),)), "names no shape"),
        (changed("fields", (Field("owner", shape="string"),)), "what every resource has"),
        (changed("update", (Call("update_role", params={"Descripton": "'x'"}),)), "Did you mean `Description`"),
        (changed("update", (Call("update_role", params={"Description": "input.descr"}),)), "there is no `descr`"),
        (changed("update", (Call("update_role", when="input..x"),)), "no JMESPath"),
        (changed("outputs", {"arn": "Arm"}), "Did you mean `Arn`"),
        (changed("outputs", {"path": "Path"}), "also an input"),
        (changed("read", msgspec.structs.replace(iam.ROLE.read, result="Rol")), "Did you mean `Role`"),
        (changed("update_fields", {"update_role": ("descr",)}), "no input"),
        (changed("permissions", {"get_rol": ()}), "Did you mean `get_role`"),
    ],
)  # fmt: skip
def test_declaration_that_does_not_fit_the_model_is_refused(
    declared: Callable[[], Declaration], said: str
) -> None:
    with pytest.raises(ModelError) as refused:
        pieces.service_of("aws", model("iam"), (declared(),))

    assert str(refused.value).startswith("aws.iam_role: ")
    assert said in str(refused.value)


def test_permissions_follow_from_the_operations() -> None:
    permissions = type_shape("aws.iam_role").permissions

    assert permissions["create"] == ("iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:TagRole")
    assert permissions["delete"] == ("iam:DeleteRole",)
    assert "s3:ListBucket" in type_shape("aws.s3_bucket").permissions["read"]  # declared: HeadBucket has none


@pytest.mark.parametrize(
    ("member", "name"),
    [
        ("MaxSessionDuration", "max_session_duration"),
        ("clientToken", "client_token"),
        ("KMSKeyArn", "kms_key_arn"),
        ("LayerARNs", "layer_arns"),
        ("Ipv6Addresses", "ipv6_addresses"),
        ("IPv6CidrBlock", "ipv6_cidr_block"),
        ("minvCpus", "min_vcpus"),
        ("Name", "queue_name"),
        ("Lambda", "lambda_"),
    ],
)
def test_names_of_the_api_become_names_of_python(member: str, name: str) -> None:
    assert input_name(member, "aws.sqs_queue") == name
    assert snake(member) in (name.rstrip("_"), "name")


def test_class_names_are_those_of_the_types() -> None:
    assert aws.S3Bucket.type_info.type == "aws.s3_bucket"
    assert pascal("iam_role_policy") == "IamRolePolicy"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("<p>The <code>name</code> of the role. It is unique.</p>", "The `name` of the role."),
        (
            "<note><p>Old.</p></note><p>Version 1.2 of it, e.g. this. More.</p>",
            "Version 1.2 of it, e.g. this.",
        ),
        ("<p>One of these values:</p><ul><li>one</li></ul>", "One of these values."),
        ("<p>Caf&eacute; &amp; \u201cbar\u201d</p>", 'Caf\u00e9 & "bar".'),
        ("Output only. What it is.", "Output only."),
    ],
)
def test_documentation_becomes_one_plain_sentence(text: str, said: str) -> None:
    assert sentence(text) == said


def test_declaration_of_each_type_is_loaded_by_its_service_alone() -> None:
    assert declaration("aws.s3_bucket") is s3.BUCKET


def test_example_of_the_guide_is_a_declaration() -> None:
    guide = (generate.ROOT / "docs" / "guides" / "add-a-resource-type.md").read_text()
    code = guide.partition("```python\n")[2].partition("```")[0]
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    declared: tuple[Declaration, ...] = namespace["TYPES"]
    made = pieces.service_of("aws", model("codecommit"), declared).types["aws.codecommit_repository"].shape

    assert list(made.inputs) == ["repository_name", "repository_description", "kms_key_id", "tags"]
    assert [name for name, each in made.info.fields.items() if each.immutable] == [
        "repository_name",
        "kms_key_id",
    ]
    assert python.module(pieces.service_of("aws", model("codecommit"), declared)).count("class ") == 1


def test_functions_of_expressions_are_in_the_guide() -> None:
    guide = (generate.ROOT / "docs" / "guides" / "add-a-resource-type.md").read_text()
    functions = vars(type(_options().custom_functions))

    names = [name.removeprefix("_func_") for name in functions if name.startswith("_func_")]
    assert names
    assert [name for name in names if f"`{name}(" not in guide] == []
