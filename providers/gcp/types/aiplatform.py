"""Vertex AI: custom jobs and endpoints, in the target's region."""

from typing import Final

from unknot.providers.declared.declaration import (
    Call,
    Declaration,
    Field,
    Identity,
    Listing,
    Reading,
    Tags,
)

_NOT_THERE: Final = ("404",)
_PARENT: Final = "join('/', ['projects', place.project, 'locations', place.region])"
_LISTED: Final = {
    "parent": _PARENT,
    # A project keeps every job that it ever had: those of others are not asked for.
    "filter": "mark && join('', ['labels.unknot-uid=', mark.uid])",
}

CUSTOM_JOB: Final = Declaration(
    type="gcp.vertex_custom_job",
    service="aiplatform",
    doc="A training job in containers. It begins when it is made; apply does not wait for its end.",
    create=Call("aiplatform.projects.locations.customJobs.create", params={"parent": _PARENT}),
    identity=Identity("{name}", {"name": "created.name"}),
    read=Reading(Call("aiplatform.projects.locations.customJobs.get"), absent=_NOT_THERE),
    listing=(
        Listing(
            Call("aiplatform.projects.locations.customJobs.list", params=_LISTED),
            items="customJobs",
            keys={"name": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    before_delete=(
        # What has ended cannot be stopped, and need not be.
        Call("aiplatform.projects.locations.customJobs.cancel", ignore=("FAILED_PRECONDITION", "400")),
    ),
    delete=Call("aiplatform.projects.locations.customJobs.delete"),
    fields=(Field("encryption_spec"),),
    outputs={"resource_name": "name", "state": "state", "error": "error.message"},
    output_docs={
        "resource_name": "The job as APIs write it: `projects/PROJECT/locations/REGION/customJobs/NUMBER`.",
        "error": "Why it failed.",
    },
    tags=Tags(field="labels", form="map", create="labels", read="labels", characters="label"),
    # A job that is being stopped cannot be deleted yet.
    transient=("FAILED_PRECONDITION",),
    timeout_s=180.0,
)

ENDPOINT: Final = Declaration(
    type="gcp.vertex_endpoint",
    service="aiplatform",
    doc="An endpoint that models are deployed to for online predictions.",
    create=Call("aiplatform.projects.locations.endpoints.create", params={"parent": _PARENT}),
    identity=Identity("{name}", {"name": "created.name"}),
    read=Reading(Call("aiplatform.projects.locations.endpoints.get"), absent=_NOT_THERE),
    listing=(
        Listing(
            Call("aiplatform.projects.locations.endpoints.list", params=_LISTED),
            items="endpoints",
            keys={"name": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(
        Call("aiplatform.projects.locations.endpoints.patch", params={"updateMask": "join(',', changed)"}),
    ),
    delete=Call("aiplatform.projects.locations.endpoints.delete"),
    omit=("name", "etag", "endpointId", "enablePrivateServiceConnect"),
    fields=(
        Field("description", default=""),
        Field(
            "traffic_split",
            doc="Ids of deployed models to percentages of the traffic, which come to 100.",
        ),
    ),
    update_fields={
        "aiplatform.projects.locations.endpoints.patch": (
            "display_name",
            "description",
            "traffic_split",
            "predict_request_response_logging_config",
            "client_connection_config",
        )
    },
    outputs={"resource_name": "name", "endpoint_id": "split(name, '/')[-1]", "dns": "dedicatedEndpointDns"},
    lasting=(
        "resource_name",
        "endpoint_id",
        "dns",
    ),
    output_docs={
        "resource_name": "The endpoint as APIs write it: `projects/PROJECT/locations/REGION/endpoints/NUMBER`.",
        "endpoint_id": "The endpoint's number.",
    },
    tags=Tags(
        field="labels",
        form="map",
        create="labels",
        read="labels",
        replace=Call(
            "aiplatform.projects.locations.endpoints.patch",
            params={"labels": "tags", "updateMask": "'labels'"},
        ),
        characters="label",
    ),
    timeout_s=180.0,
)

TYPES: Final = (CUSTOM_JOB, ENDPOINT)
