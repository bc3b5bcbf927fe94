"""What is read from discovery documents, held against the documents themselves."""

import json
from typing import Any

import pytest
from discovery import SERVICES, document
from discovery import methods as raw_methods

from unknot.providers.declared.catalogue import catalogue
from unknot.providers.gcp.model import model
from unknot.providers.gcp.types import DECLARATIONS


def test_operation_takes_parameters_of_its_url_and_members_of_its_body() -> None:
    storage = model("storage")
    operation = storage.operation("storage.buckets.insert")
    members = storage.shape(operation.input).members
    assert members["project"] == "parameter storage.buckets.insert:project"
    assert members["name"] == "Bucket.name"
    assert storage.shape(operation.input).required == ("project", "name")
    assert operation.http == "POST https://storage.googleapis.com/storage/v1/b"
    assert "project" in operation.query
    assert "name" not in operation.query


def test_body_wins_where_a_parameter_has_the_same_name() -> None:
    storage = model("storage")
    assert storage.shape("request storage.objects.insert").members["bucket"] == "Object.bucket"
    assert "bucket" in raw_methods("storage")["storage.objects.insert"].raw["parameters"]


def test_what_only_the_service_sets_is_in_answers_and_no_input() -> None:
    secrets = model("secretmanager")
    assert "createTime" not in secrets.shape("Secret").members
    assert "createTime" in secrets.shape("answer Secret").members


def test_int64_is_a_whole_number_although_it_goes_as_text() -> None:
    storage = model("storage")
    assert storage.shape("Bucket.retentionPolicy.retentionPeriod").kind == "integer"
    assert storage.shape("answer Bucket.metageneration").kind == "integer"


def test_values_are_those_that_can_be_chosen() -> None:
    pubsub = model("pubsub")
    states = pubsub.shape("answer Topic.state").enum
    assert "ACTIVE" in states
    assert "STATE_UNSPECIFIED" not in states


def test_schema_may_contain_itself() -> None:
    bigquery = model("bigquery")
    assert bigquery.shape("TableFieldSchema.fields").item == "TableFieldSchema"


def test_answer_of_what_goes_on_in_the_background_is_not_known() -> None:
    assert model("run").operation("run.projects.locations.jobs.create").output == ""
    assert model("run").operation("run.projects.locations.jobs.get").output == "answer Job"


def test_unknown_operation_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        model("storage").operation("storage.buckets.explode")


def test_newest_stable_version_is_read_and_of_iam_the_one_with_service_accounts() -> None:
    assert "run:v2" in model("run").source
    assert "iam:v1" in model("iam").source
    with pytest.raises(KeyError):
        model.__wrapped__("no-such-service")


def test_whatever_has_a_policy_has_operations_on_its_members() -> None:
    assert "run.projects.locations.jobs.addIamMember" in set(model("run").operations())
    operation = model("run").operation("run.projects.locations.jobs.addIamMember")
    assert operation.permission == "run.jobs.setIamPolicy"
    assert operation.http.count(" ; ") == 1


@pytest.mark.parametrize("service", SERVICES)
def test_catalogue_has_method_and_url_of_the_document(service: str) -> None:
    document_root = document(service)["rootUrl"] + document(service)["servicePath"]
    for name, shape in catalogue("gcp", service).operations.items():
        if name.endswith("IamMember"):
            continue
        raw = raw_methods(service)[name].raw
        assert shape.http == f"{raw['httpMethod']} {document_root}{raw['path']}"
        in_query = {n for n, p in raw.get("parameters", {}).items() if p["location"] == "query"}
        assert set(shape.query) == in_query


def _immutable(service: str, schema: str) -> set[str]:
    properties: dict[str, Any] = document(service)["schemas"][schema]["properties"]
    return {name for name, each in properties.items() if "Immutable." in each.get("description", "")}


@pytest.mark.parametrize("type_name", sorted(DECLARATIONS))
def test_no_update_takes_what_the_document_calls_immutable(type_name: str) -> None:
    declaration = DECLARATIONS[type_name]
    found = catalogue("gcp", declaration.service).types[type_name]
    getting = raw_methods(declaration.service).get(declaration.read.call.operation)
    if getting is None:  # a member of a policy
        assert all(traits.immutable for traits in found.info.fields.values())
        return
    fixed = _immutable(declaration.service, getting.raw["response"]["$ref"])
    for name, shape in found.inputs.items():
        if shape.member in fixed:
            assert found.info.fields[name].immutable, f"{type_name}.{name}"


def test_catalogue_is_small_enough_to_be_read_when_planning() -> None:
    sizes = {service: len(json.dumps(document(service))) for service in SERVICES}
    assert all(len(catalogue("gcp", service).shapes) < 400 for service in SERVICES)
    assert sizes["aiplatform"] > 2_000_000, "and the document is not"
