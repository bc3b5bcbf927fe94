"""Where each parameter of a request goes."""

import json

import pytest

from unknot.providers.declared.calls import CallFailed
from unknot.providers.declared.catalogue import catalogue
from unknot.providers.gcp import rest


def _request(operation: str, **parameters: object) -> rest.Request:
    service = operation.partition(".")[0]
    return rest.request(operation, catalogue("gcp", service).operations[operation], parameters, None)


def test_names_in_a_path_are_quoted_and_resource_names_keep_their_slashes() -> None:
    found = _request("storage.objects.get", bucket="raw", object="a/b c?.txt")
    assert found.url == "https://storage.googleapis.com/storage/v1/b/raw/o/a%2Fb%20c%3F.txt"
    assert found.body is None
    found = _request("pubsub.projects.topics.get", topic="projects/p/topics/t%1")
    assert found.url == "https://pubsub.googleapis.com/v1/projects/p/topics/t%251"


def test_parameters_go_into_the_query_and_all_others_into_the_body() -> None:
    found = _request("storage.buckets.insert", project="p", name="raw", versioning={"enabled": True})
    assert found.query == (("project", "p"),)
    assert found.body is not None
    assert json.loads(found.body) == {"name": "raw", "versioning": {"enabled": True}}


def test_booleans_and_lists_are_written_as_google_reads_them() -> None:
    found = _request("bigquery.datasets.delete", projectId="p", datasetId="d", deleteContents=True)
    assert found.query == (("deleteContents", "true"),)
    found = rest.made("x", "GET https://example.org/x", ("permissions",), {"permissions": ["a", "b"]}, None)
    assert found.query == (("permissions", "a"), ("permissions", "b"))


def test_content_goes_with_its_metadata_to_the_upload_endpoint() -> None:
    found = _request(
        "storage.objects.insert", bucket="raw", name="a.txt", contentType="text/plain", media="aGVsbG8="
    )
    assert found.url == "https://storage.googleapis.com/upload/storage/v1/b/raw/o"
    assert ("uploadType", "multipart") in found.query
    assert found.body is not None
    assert b'{"contentType": "text/plain"}' in found.body
    assert b"Content-Type: text/plain\r\n\r\nhello\r\n--" in found.body
    assert found.content_type.startswith("multipart/related; boundary=")


def test_content_type_cannot_bring_headers_of_its_own() -> None:
    with pytest.raises(CallFailed):
        _request("storage.objects.insert", bucket="raw", name="a", contentType="a\r\nX: y", media="")


def test_missing_part_of_a_path_is_said_and_not_sent() -> None:
    with pytest.raises(CallFailed, match="was not given `bucket`"):
        _request("storage.buckets.get")


def test_endpoint_takes_the_place_of_googles() -> None:
    url = "https://storage.googleapis.com/storage/v1/b"
    assert rest.located(url, "http://127.0.0.1:4443") == "http://127.0.0.1:4443/storage/v1/b"
    assert rest.located(url, None) == url


def test_vertex_is_asked_in_the_region_of_what_is_asked_for() -> None:
    url = "https://aiplatform.googleapis.com/v1/projects/p/locations/europe-west1/endpoints"
    parent = {"parent": "projects/p/locations/europe-west1"}
    assert rest.regional(url, parent).startswith("https://europe-west1-aiplatform.googleapis.com/v1/")
    assert rest.regional(url, {"parent": "projects/p/locations/global"}) == url


def test_operation_is_read_beside_what_started_it() -> None:
    url = "https://run.googleapis.com/v2/projects/p/locations/l/jobs"
    name = "projects/p/locations/l/operations/1"
    assert rest.operation_url(url, name) == f"https://run.googleapis.com/v2/{name}"
