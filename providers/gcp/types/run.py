"""Cloud Run: jobs, in the target's region, and who may run them."""

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
from unknot.providers.gcp.bindings import iam_member

_PARENT: Final = "join('/', ['projects', place.project, 'locations', place.region])"

JOB: Final = Declaration(
    type="gcp.run_job",
    service="run",
    doc="A job in containers that runs when it is asked to.",
    create=Call("run.projects.locations.jobs.create", params={"parent": _PARENT}),
    identity=Identity(
        "{name}",
        {
            "name": "join('/', ['projects', place.project, 'locations', place.region, 'jobs', input.job_id])",
        },
    ),
    read=Reading(Call("run.projects.locations.jobs.get"), absent=("404",), gone="deleteTime != `null`"),
    listing=(
        Listing(
            Call("run.projects.locations.jobs.list", params={"parent": _PARENT}),
            items="jobs",
            keys={"name": "name"},
            fields=("*",),
            outputs=("*",),
            tags=True,
        ),
    ),
    # What a patch does not give is taken away: it has no mask.
    update=(Call("run.projects.locations.jobs.patch", params={"labels": "tags"}),),
    delete=Call("run.projects.locations.jobs.delete"),
    omit=(
        "name",
        "etag",
        "client",
        "clientVersion",
        "validateOnly",
        "runExecutionToken",
        "startExecutionToken",
    ),
    fields=(
        Field("job_id", physical_name=True, format="gcp_dns_label", read="split(name, '/')[-1]"),
        Field("launch_stage", default="GA"),
    ),
    outputs={"physical_name": "split(name, '/')[-1]", "resource_name": "name", "job_uid": "uid"},
    lasting=(
        "physical_name",
        "resource_name",
        "job_uid",
    ),
    output_docs={
        "physical_name": "The job's own name.",
        "resource_name": "The job as APIs write it: `projects/PROJECT/locations/REGION/jobs/JOB`.",
        "job_uid": "The identity that Cloud Run gave it.",
    },
    tags=Tags(
        field="labels",
        form="map",
        create="labels",
        read="labels",
        replace=Call(
            "run.projects.locations.jobs.patch",
            params={
                "labels": "tags",
                "template": "live.template",
                "annotations": "live.annotations",
                "binaryAuthorization": "live.binary_authorization",
                "launchStage": "live.launch_stage",
                "functionalType": "live.functional_type",
            },
        ),
        characters="label",
    ),
    timeout_s=180.0,
)

JOB_IAM_MEMBER: Final = iam_member(
    "gcp.run_job_iam_member",
    "run.projects.locations.jobs",
    Field("job", shape="string", required=True, doc="The output `resource_name` of the job."),
    key="resource",
    value="input.job",
    what="a Cloud Run job",
    class_name="RunJobIamMember",
)

TYPES: Final = (JOB, JOB_IAM_MEMBER)
