"""BigQuery: datasets, tables and views, and who may touch a table."""

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

_NOT_THERE: Final = ("404",)

DATASET: Final = Declaration(
    type="gcp.bigquery_dataset",
    class_name="BigQueryDataset",
    service="bigquery",
    doc="A dataset: what tables and views are in, and who may read them.",
    create=Call(
        "bigquery.datasets.insert",
        params={
            "datasetReference": "{projectId: place.project, datasetId: input.dataset_id}",
            "location": "input.location || place.region",
        },
    ),
    identity=Identity(
        "projects/{projectId}/datasets/{datasetId}",
        {"projectId": "place.project", "datasetId": "input.dataset_id"},
    ),
    read=Reading(Call("bigquery.datasets.get"), absent=_NOT_THERE),
    listing=(
        Listing(
            Call("bigquery.datasets.list", params={"projectId": "place.project", "maxResults": "`1000`"}),
            items="datasets",
            keys={"projectId": "datasetReference.projectId", "datasetId": "datasetReference.datasetId"},
            fields=("dataset_id", "friendly_name", "location"),
            outputs=("*",),
            tags=True,
        ),
    ),
    update=(Call("bigquery.datasets.patch", merges=True),),
    delete=Call("bigquery.datasets.delete", params={"deleteContents": "input.delete_contents"}),
    omit=("accessPolicyVersion", "projectId"),
    fields=(
        Field(
            "dataset_id",
            shape="bigquery.datasets.insert.datasetReference.datasetId",
            physical_name=True,
            format="bigquery_dataset_id",
            read="datasetReference.datasetId",
        ),
        Field(
            "location",
            format="gcp_location",
            immutable=True,
            doc="Where the data is: a region or multi-region; the target's region if it is not given.",
        ),
        Field("access", unordered=True),
        Field("description", default=""),
        Field("friendly_name", default=""),
        Field("is_case_insensitive", default=False),
        Field("external_dataset_reference", immutable=True),
        Field("linked_dataset_source", immutable=True),
        Field(
            "delete_contents",
            shape="boolean",
            readable=False,
            doc="Delete the tables in it too when it is deleted; otherwise a dataset that has any is not deleted.",
        ),
    ),
    outputs={
        "physical_name": "key.datasetId",
        "project": "key.projectId",
        "resource_name": "join('', ['projects/', key.projectId, '/datasets/', key.datasetId])",
    },
    output_docs={
        "physical_name": "The dataset's id.",
        "project": "The project that it is in.",
        "resource_name": "The dataset as APIs write it: `projects/PROJECT/datasets/DATASET`.",
    },
    tags=Tags(
        field="labels",
        form="map",
        create="labels",
        read="labels",
        replace=Call(
            "bigquery.datasets.patch", params={"labels": "merge(nulls(removed), tags)"}, merges=True
        ),
        characters="label",
    ),
)

TABLE: Final = Declaration(
    type="gcp.bigquery_table",
    class_name="BigQueryTable",
    service="bigquery",
    doc="A table, a view or a materialized view in a dataset.",
    create=Call(
        "bigquery.tables.insert",
        params={
            "tableReference": "{projectId: place.project, datasetId: input.dataset_id, tableId: input.table_id}"
        },
    ),
    identity=Identity(
        "projects/{projectId}/datasets/{datasetId}/tables/{tableId}",
        {"projectId": "place.project", "datasetId": "input.dataset_id", "tableId": "input.table_id"},
    ),
    read=Reading(Call("bigquery.tables.get"), absent=_NOT_THERE),
    listing=(
        Listing(
            Call("bigquery.tables.list", params={"maxResults": "`1000`"}),
            items="tables",
            keys={
                "projectId": "tableReference.projectId",
                "datasetId": "tableReference.datasetId",
                "tableId": "tableReference.tableId",
            },
            fields=("dataset_id", "table_id", "friendly_name", "clustering", "range_partitioning"),
            outputs=("*",),
            tags=True,
            under=("projectId", "datasetId"),
        ),
    ),
    update=(Call("bigquery.tables.patch", merges=True),),
    delete=Call("bigquery.tables.delete"),
    omit=("kind", "model", "partitionDefinition", "projectId"),
    fields=(
        Field(
            "dataset_id",
            shape="bigquery.tables.insert.tableReference.datasetId",
            required=True,
            format="bigquery_dataset_id",
            read="tableReference.datasetId",
            doc="The dataset that it is in.",
        ),
        Field(
            "table_id",
            shape="bigquery.tables.insert.tableReference.tableId",
            physical_name=True,
            format="bigquery_table_id",
            read="tableReference.tableId",
        ),
        Field("description", default=""),
        Field("friendly_name", default=""),
        Field("range_partitioning", immutable=True),
        Field("managed_table_type", immutable=True),
        Field("biglake_configuration", immutable=True),
        Field("table_replication_info", immutable=True),
        Field("require_partition_filter", default=False),
    ),
    outputs={
        "physical_name": "key.tableId",
        "resource_name": "join('', ['projects/', key.projectId, '/datasets/', key.datasetId, '/tables/', key.tableId])",
        "sql_name": "join('.', [key.projectId, key.datasetId, key.tableId])",
    },
    output_docs={
        "physical_name": "The table's id.",
        "resource_name": "The table as APIs write it: `projects/PROJECT/datasets/DATASET/tables/TABLE`.",
        "sql_name": "The table as SQL writes it: `PROJECT.DATASET.TABLE`.",
    },
    tags=Tags(
        field="labels",
        form="map",
        create="labels",
        read="labels",
        replace=Call("bigquery.tables.patch", params={"labels": "merge(nulls(removed), tags)"}, merges=True),
        characters="label",
    ),
)

TABLE_IAM_MEMBER: Final = iam_member(
    "gcp.bigquery_table_iam_member",
    "bigquery.tables",
    Field("table", shape="string", required=True, doc="The output `resource_name` of the table."),
    key="resource",
    value="input.table",
    what="a table or view",
    class_name="BigQueryTableIamMember",
)

TYPES: Final = (DATASET, TABLE, TABLE_IAM_MEMBER)
