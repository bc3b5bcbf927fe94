"""AWS Glue: databases, tables, jobs and crawlers of the data catalogue."""

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

_NOT_THERE: Final = ("EntityNotFoundException",)


def _tags(arn: str) -> Tags:
    """Glue tells no ARNs: they are put together."""
    whole = f"join('', ['arn:', place.partition, ':glue:', place.region, ':', place.account, ':{arn}/', key.Name])"
    return Tags(
        form="map",
        reading=Reading(Call("get_tags", params={"ResourceArn": whole}), result="Tags", absent=_NOT_THERE),
        add=Call("tag_resource", params={"ResourceArn": whole, "TagsToAdd": "added"}),
        remove=Call("untag_resource", params={"ResourceArn": whole, "TagsToRemove": "removed"}),
    )


DATABASE: Final = Declaration(
    type="aws.glue_database",
    service="glue",
    doc="A group of tables in the data catalogue.",
    create=Call("create_database", params={"DatabaseInput": "omit(members, ['CatalogId'])"}),
    identity=Identity("{Name}", {"Name": "input.database_name"}),
    read=Reading(Call("get_database"), result="Database", absent=_NOT_THERE),
    listing=(
        Listing(
            Call("get_databases"),
            items="DatabaseList",
            keys={"Name": "Name"},
            fields=("*",),
            outputs=("*",),
        ),
    ),
    update=(Call("update_database", params={"DatabaseInput": "omit(members, ['CatalogId'])"}),),
    delete=Call("delete_database"),
    omit=("CatalogId",),
    fields=(
        Field("database_name", member="Name", shape="create_database.DatabaseInput.Name", physical_name=True),
        Field("description", shape="create_database.DatabaseInput.Description"),
        Field("location_uri", shape="create_database.DatabaseInput.LocationUri"),
        Field("parameters", shape="create_database.DatabaseInput.Parameters"),
    ),
    lasting=("database",),
    outputs={"database": "Name"},
    output_docs={"database": "The database's name."},
    tags=_tags("database"),
)

TABLE: Final = Declaration(
    type="aws.glue_table",
    service="glue",
    doc="A table in the data catalogue: where its files are, and what their columns mean.",
    create=Call(
        "create_table", params={"TableInput": "merge(omit(members, ['DatabaseName']), {Parameters: tags})"}
    ),
    identity=Identity(
        "{DatabaseName}/{Name}", {"DatabaseName": "input.database_name", "Name": "input.table_name"}
    ),
    read=Reading(Call("get_table"), result="Table", absent=_NOT_THERE),
    update=(
        Call(
            "update_table",
            params={
                "TableInput": "merge(omit(members, ['DatabaseName']), {Parameters: tags})",
                "Name": "`null`",
            },
        ),
    ),
    delete=Call("delete_table"),
    only=("DatabaseName",),
    fields=(
        Field("table_name", member="Name", shape="create_table.TableInput.Name", physical_name=True),
        Field("description", shape="create_table.TableInput.Description"),
        Field("storage_descriptor", shape="create_table.TableInput.StorageDescriptor"),
        Field("partition_keys", shape="create_table.TableInput.PartitionKeys"),
        Field("table_type", shape="create_table.TableInput.TableType"),
        Field("view_original_text", shape="create_table.TableInput.ViewOriginalText"),
        Field("view_expanded_text", shape="create_table.TableInput.ViewExpandedText"),
        Field("retention", shape="create_table.TableInput.Retention", default=0),
        Field("table_owner", member="Owner", shape="create_table.TableInput.Owner"),
    ),
    lasting=(
        "table",
        "database",
    ),
    outputs={"table": "Name", "database": "DatabaseName"},
    output_docs={"table": "The table's name."},
    tags=Tags(
        field="parameters",
        form="map",
        create="",
        read="Parameters",
        replace=Call(
            "update_table",
            params={
                "TableInput": "merge(omit(members, ['DatabaseName']), {Parameters: tags})",
                "Name": "`null`",
            },
        ),
    ),
)

JOB: Final = Declaration(
    type="aws.glue_job",
    service="glue",
    doc="A Spark, Ray or Python script that Glue runs.",
    create=Call("create_job"),
    identity=Identity("{Name}", {"Name": "input.job_name"}),
    read=Reading(Call("get_job", params={"JobName": "key.Name"}), result="Job", absent=_NOT_THERE),
    listing=(Listing(Call("get_jobs"), items="Jobs", keys={"Name": "Name"}, fields=("*",), outputs=("*",)),),
    update=(Call("update_job", params={"JobName": "key.Name", "JobUpdate": "omit(members, ['Name'])"}),),
    delete=Call("delete_job", params={"JobName": "key.Name"}),
    omit=("AllocatedCapacity", "CodeGenConfigurationNodes"),
    fields=(Field("job_name", member="Name", physical_name=True),),
    lasting=("job",),
    outputs={"job": "Name"},
    output_docs={"job": "The job's name."},
    tags=_tags("job"),
)

CRAWLER: Final = Declaration(
    type="aws.glue_crawler",
    service="glue",
    doc="Looks through stored data and writes its tables into the catalogue.",
    create=Call("create_crawler"),
    identity=Identity("{Name}", {"Name": "input.crawler_name"}),
    read=Reading(Call("get_crawler"), result="Crawler", absent=_NOT_THERE, gone="State == 'DELETING'"),
    listing=(
        Listing(Call("get_crawlers"), items="Crawlers", keys={"Name": "Name"}, fields=("*",), outputs=("*",)),
    ),
    update=(Call("update_crawler"),),
    delete=Call("delete_crawler"),
    omit=("CatalogId",),
    fields=(
        Field("crawler_name", member="Name", physical_name=True),
        Field("schedule", read="Schedule.ScheduleExpression", format="schedule_expression"),
        Field("configuration", format="json"),
    ),
    lasting=("crawler",),
    outputs={"crawler": "Name", "state": "State"},
    output_docs={"crawler": "The crawler's name."},
    tags=_tags("crawler"),
)

TYPES: Final = (DATABASE, TABLE, JOB, CRAWLER)
