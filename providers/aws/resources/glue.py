"""AWS Glue. Made by `make generate` from providers/aws/types; not to be edited.

Source: botocore 1.44.8, glue 2017-03-31.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "GlueCrawler",
    "GlueDatabase",
    "GlueJob",
    "GlueTable",
]


class S3Target(TypedDict, total=False):
    Path: Input[str]
    """The path to the Amazon S3 target."""
    Exclusions: Given[Sequence[Input[str]]]
    """A list of glob patterns used to exclude from the crawl."""
    ConnectionName: Input[str]
    """The name of a connection which allows a job or crawler to access data in Amazon S3 within an Amazon Virtual Private Cloud environment (Amazon VPC)."""
    SampleSize: Input[int]
    """Sets the number of files in each leaf folder to be crawled when crawling sample files in a dataset."""
    EventQueueArn: Input[str]
    """A valid Amazon SQS ARN."""
    DlqEventQueueArn: Input[str]
    """A valid Amazon dead-letter SQS ARN."""


JdbcMetadataEntry: TypeAlias = Literal["COMMENTS", "RAWTYPES"]


class JdbcTarget(TypedDict, total=False):
    ConnectionName: Input[str]
    """The name of the connection to use to connect to the JDBC target."""
    Path: Input[str]
    """The path of the JDBC target."""
    Exclusions: Given[Sequence[Input[str]]]
    """A list of glob patterns used to exclude from the crawl."""
    EnableAdditionalMetadata: Given[Sequence[JdbcMetadataEntry | Output[str]]]
    """Specify a value of `RAWTYPES` or `COMMENTS` to enable additional metadata in table responses."""


class MongoDBTarget(TypedDict, total=False):
    ConnectionName: Input[str]
    """The name of the connection to use to connect to the Amazon DocumentDB or MongoDB target."""
    Path: Input[str]
    """The path of the Amazon DocumentDB or MongoDB target (database/collection)."""
    ScanAll: Input[bool]
    """Indicates whether to scan all the records, or to sample rows from the table."""


class DynamoDBTarget(TypedDict, total=False):
    Path: Input[str]
    """The name of the DynamoDB table to crawl."""
    scanAll: Input[bool]
    """Indicates whether to scan all the records, or to sample rows from the table."""
    scanRate: Input[float]
    """The percentage of the configured read capacity units to use by the Glue crawler."""


class CatalogTarget(TypedDict, total=False):
    DatabaseName: Required[Input[str]]
    """The name of the database to be synchronized."""
    Tables: Required[Given[Sequence[Input[str]]]]
    """A list of the tables to be synchronized."""
    ConnectionName: Input[str]
    """The name of the connection for an Amazon S3-backed Data Catalog table to be a target of the crawl when using a `Catalog` connection type paired with a `NETWORK` Connection type."""
    EventQueueArn: Input[str]
    """A valid Amazon SQS ARN."""
    DlqEventQueueArn: Input[str]
    """A valid Amazon dead-letter SQS ARN."""


class DeltaTarget(TypedDict, total=False):
    DeltaTables: Given[Sequence[Input[str]]]
    """A list of the Amazon S3 paths to the Delta tables."""
    ConnectionName: Input[str]
    """The name of the connection to use to connect to the Delta table target."""
    WriteManifest: Input[bool]
    """Specifies whether to write the manifest files to the Delta table path."""
    CreateNativeDeltaTable: Input[bool]
    """Specifies whether the crawler will create native tables, to allow integration with query engines that support querying of the Delta transaction log directly."""


class IcebergTarget(TypedDict, total=False):
    Paths: Given[Sequence[Input[str]]]
    """One or more Amazon S3 paths that contains Iceberg metadata folders as `s3://bucket/prefix`."""
    ConnectionName: Input[str]
    """The name of the connection to use to connect to the Iceberg target."""
    Exclusions: Given[Sequence[Input[str]]]
    """A list of glob patterns used to exclude from the crawl."""
    MaximumTraversalDepth: Input[int]
    """The maximum depth of Amazon S3 paths that the crawler can traverse to discover the Iceberg metadata folder in your Amazon S3 path."""


class HudiTarget(TypedDict, total=False):
    Paths: Given[Sequence[Input[str]]]
    """An array of Amazon S3 location strings for Hudi, each indicating the root folder with which the metadata files for a Hudi table resides."""
    ConnectionName: Input[str]
    """The name of the connection to use to connect to the Hudi target."""
    Exclusions: Given[Sequence[Input[str]]]
    """A list of glob patterns used to exclude from the crawl."""
    MaximumTraversalDepth: Input[int]
    """The maximum depth of Amazon S3 paths that the crawler can traverse to discover the Hudi metadata folder in your Amazon S3 path."""


class CrawlerTargets(TypedDict, total=False):
    S3Targets: Given[Sequence[Given[S3Target]]]
    """Specifies Amazon Simple Storage Service (Amazon S3) targets."""
    JdbcTargets: Given[Sequence[Given[JdbcTarget]]]
    """Specifies JDBC targets."""
    MongoDBTargets: Given[Sequence[Given[MongoDBTarget]]]
    """Specifies Amazon DocumentDB or MongoDB targets."""
    DynamoDBTargets: Given[Sequence[Given[DynamoDBTarget]]]
    """Specifies Amazon DynamoDB targets."""
    CatalogTargets: Given[Sequence[Given[CatalogTarget]]]
    """Specifies Glue Data Catalog targets."""
    DeltaTargets: Given[Sequence[Given[DeltaTarget]]]
    """Specifies Delta data store targets."""
    IcebergTargets: Given[Sequence[Given[IcebergTarget]]]
    """Specifies Apache Iceberg data store targets."""
    HudiTargets: Given[Sequence[Given[HudiTarget]]]
    """Specifies Apache Hudi data store targets."""


UpdateBehavior: TypeAlias = Literal["LOG", "UPDATE_IN_DATABASE"]

DeleteBehavior: TypeAlias = Literal["LOG", "DELETE_FROM_DATABASE", "DEPRECATE_IN_DATABASE"]


class SchemaChangePolicy(TypedDict, total=False):
    UpdateBehavior: UpdateBehavior | Output[str]
    """The update behavior when the crawler finds a changed schema."""
    DeleteBehavior: DeleteBehavior | Output[str]
    """The deletion behavior when the crawler finds a deleted object."""


RecrawlBehavior: TypeAlias = Literal["CRAWL_EVERYTHING", "CRAWL_NEW_FOLDERS_ONLY", "CRAWL_EVENT_MODE"]


class RecrawlPolicy(TypedDict, total=False):
    RecrawlBehavior: RecrawlBehavior | Output[str]
    """Specifies whether to crawl the entire dataset again or to crawl only folders that were added since the last crawler run."""


CrawlerLineageSettings: TypeAlias = Literal["ENABLE", "DISABLE"]


class LineageConfiguration(TypedDict, total=False):
    CrawlerLineageSettings: CrawlerLineageSettings | Output[str]
    """Specifies whether data lineage is enabled for the crawler."""


class LakeFormationConfiguration(TypedDict, total=False):
    UseLakeFormationCredentials: Input[bool]
    """Specifies whether to use Lake Formation credentials for the crawler instead of the IAM role credentials."""
    AccountId: Input[str]
    """Required for cross account crawls."""


class JobCommand(TypedDict, total=False):
    Name: Input[str]
    """The name of the job command."""
    ScriptLocation: Input[str]
    """Specifies the Amazon Simple Storage Service (Amazon S3) path to a script that runs a job."""
    PythonVersion: Input[str]
    """The Python version being used to run a Python shell job."""
    Runtime: Input[str]
    """In Ray jobs, Runtime is used to specify the versions of Ray, Python and additional libraries available in your environment."""


JobMode: TypeAlias = Literal["SCRIPT", "VISUAL", "NOTEBOOK"]


class ExecutionProperty(TypedDict, total=False):
    MaxConcurrentRuns: Input[int]
    """The maximum number of concurrent runs allowed for the job."""


class ConnectionsList(TypedDict, total=False):
    Connections: Given[Sequence[Input[str]]]
    """A list of connections used by the job."""


class NotificationProperty(TypedDict, total=False):
    NotifyDelayAfter: Input[int]
    """After a job run starts, the number of minutes to wait before sending a job run delay notification."""


WorkerType: TypeAlias = Literal[
    "Standard",
    "G.1X",
    "G.2X",
    "G.4X",
    "G.8X",
    "G.025X",
    "Z.2X",
    "G.12X",
    "G.16X",
    "R.1X",
    "R.2X",
    "R.4X",
    "R.8X",
]

ExecutionClass: TypeAlias = Literal["FLEX", "STANDARD"]

SourceControlProvider: TypeAlias = Literal["GITHUB", "GITLAB", "BITBUCKET", "AWS_CODE_COMMIT"]

SourceControlAuthStrategy: TypeAlias = Literal["PERSONAL_ACCESS_TOKEN", "AWS_SECRETS_MANAGER"]


class SourceControlDetails(TypedDict, total=False):
    Provider: SourceControlProvider | Output[str]
    """The provider for the remote repository."""
    Repository: Input[str]
    """The name of the remote repository that contains the job artifacts."""
    Owner: Input[str]
    """The owner of the remote repository that contains the job artifacts."""
    Branch: Input[str]
    """An optional branch in the remote repository."""
    Folder: Input[str]
    """An optional folder in the remote repository."""
    LastCommitId: Input[str]
    """The last commit ID for a commit in the remote repository."""
    AuthStrategy: SourceControlAuthStrategy | Output[str]
    """The type of authentication, which can be an authentication token stored in Amazon Web Services Secrets Manager, or a personal access token."""
    AuthToken: Input[str]
    """The value of an authorization token."""


class Column(TypedDict, total=False):
    Name: Required[Input[str]]
    """The name of the `Column`."""
    Type: Input[str]
    """The data type of the `Column`."""
    Comment: Input[str]
    """A free-form text comment."""
    Parameters: Given[Mapping[str, Input[str]]]
    """These key-value pairs define properties associated with the column."""


class SerDeInfo(TypedDict, total=False):
    Name: Input[str]
    """Name of the SerDe."""
    SerializationLibrary: Input[str]
    """Usually the class that implements the SerDe."""
    Parameters: Given[Mapping[str, Input[str]]]
    """These key-value pairs define initialization parameters for the SerDe."""


class Order(TypedDict, total=False):
    Column: Required[Input[str]]
    """The name of the column."""
    SortOrder: Required[Input[int]]
    """Indicates that the column is sorted in ascending order (`== 1`), or in descending order (`==0`)."""


class SkewedInfo(TypedDict, total=False):
    SkewedColumnNames: Given[Sequence[Input[str]]]
    """A list of names of columns that contain skewed values."""
    SkewedColumnValues: Given[Sequence[Input[str]]]
    """A list of values that appear so frequently as to be considered skewed."""
    SkewedColumnValueLocationMaps: Given[Mapping[str, Input[str]]]
    """A mapping of skewed values to the columns that contain them."""


class SchemaId(TypedDict, total=False):
    SchemaArn: Input[str]
    """The Amazon Resource Name (ARN) of the schema."""
    SchemaName: Input[str]
    """The name of the schema."""
    RegistryName: Input[str]
    """The name of the schema registry that contains the schema."""


class SchemaReference(TypedDict, total=False):
    SchemaId: Given[SchemaId]
    """A structure that contains schema identity fields."""
    SchemaVersionId: Input[str]
    """The unique ID assigned to a version of the schema."""
    SchemaVersionNumber: Input[int]
    """The version number of the schema."""


class StorageDescriptor(TypedDict, total=False):
    Columns: Given[Sequence[Given[Column]]]
    """A list of the `Columns` in the table."""
    Location: Input[str]
    """The physical location of the table."""
    AdditionalLocations: Given[Sequence[Input[str]]]
    """A list of locations that point to the path where a Delta table is located."""
    InputFormat: Input[str]
    """The input format."""
    OutputFormat: Input[str]
    """The output format."""
    Compressed: Input[bool]
    """`True` if the data in the table is compressed, or `False` if not."""
    NumberOfBuckets: Input[int]
    """Must be specified if the table contains any dimension columns."""
    SerdeInfo: Given[SerDeInfo]
    """The serialization/deserialization (SerDe) information."""
    BucketColumns: Given[Sequence[Input[str]]]
    """A list of reducer grouping columns, clustering columns, and bucketing columns in the table."""
    SortColumns: Given[Sequence[Given[Order]]]
    """A list specifying the sort order of each bucket in the table."""
    Parameters: Given[Mapping[str, Input[str]]]
    """The user-supplied properties in key-value form."""
    SkewedInfo: Given[SkewedInfo]
    """The information about values that appear frequently in a column (skewed values)."""
    StoredAsSubDirectories: Input[bool]
    """`True` if the table data is stored in subdirectories, or `False` if not."""
    SchemaReference: Given[SchemaReference]
    """An object that references a schema stored in the Glue Schema Registry."""


class GlueCrawler(
    DeclaredResource, type="aws.glue_crawler", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """Looks through stored data and writes its tables into the catalogue."""

    role: Input[str]
    """The IAM role or Amazon Resource Name (ARN) of an IAM role used by the new crawler to access customer resources."""
    targets: Given[CrawlerTargets]
    """A list of collection of targets to crawl."""
    crawler_name: Annotated[Input[str] | None, Immutable()] = None
    """Name of the new crawler."""
    schedule: Input[str] | None = None
    """A `cron` expression used to specify the schedule (see Time-Based Schedules for Jobs and Crawlers."""
    configuration: Given[str | Mapping[str, Any]] | None = None
    """Crawler configuration information."""
    database_name: Input[str] | None = None
    """The Glue database where results are written, such as."""
    description: Input[str] | None = None
    """A description of the new crawler."""
    classifiers: Given[Sequence[Input[str]]] | None = None
    """A list of custom classifiers that the user has registered."""
    table_prefix: Input[str] | None = None
    """The table prefix used for catalog tables that are created."""
    schema_change_policy: Given[SchemaChangePolicy] | None = None
    """The policy for the crawler's update and deletion behavior."""
    recrawl_policy: Given[RecrawlPolicy] | None = None
    """A policy that specifies whether to crawl the entire dataset again, or to crawl only folders that were added since the last crawler run."""
    lineage_configuration: Given[LineageConfiguration] | None = None
    """Specifies data lineage configuration settings for the crawler."""
    lake_formation_configuration: Given[LakeFormationConfiguration] | None = None
    """Specifies Lake Formation configuration settings for the crawler."""
    crawler_security_configuration: Input[str] | None = None
    """The name of the `SecurityConfiguration` structure to be used by this crawler."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    crawler: ClassVar[Computed[str]] = computed()
    """The crawler's name."""
    state: ClassVar[Computed[str]] = computed()
    """Indicates whether the crawler is running, or whether a run is pending."""


class GlueDatabase(
    DeclaredResource, type="aws.glue_database", provider="aws", resolve_by="mark", timeout_s=60.0
):
    """A group of tables in the data catalogue."""

    database_name: Annotated[Input[str] | None, Immutable()] = None
    """The name of the database."""
    description: Input[str] | None = None
    """A description of the database."""
    location_uri: Input[str] | None = None
    """The location of the database (for example, an HDFS path)."""
    parameters: Given[Mapping[str, Input[str]]] | None = None
    """These key-value pairs define parameters and properties of the database."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    database: ClassVar[Computed[str]] = computed()
    """The database's name."""


class GlueJob(DeclaredResource, type="aws.glue_job", provider="aws", resolve_by="mark", timeout_s=60.0):
    """A Spark, Ray or Python script that Glue runs."""

    role: Input[str]
    """The name or Amazon Resource Name (ARN) of the IAM role associated with this job."""
    command: Given[JobCommand]
    """The `JobCommand` that runs this job."""
    job_name: Annotated[Input[str] | None, Immutable()] = None
    """The name you assign to this job definition."""
    job_mode: JobMode | Output[str] | None = None
    """A mode that describes how a job was created."""
    job_run_queuing_enabled: Input[bool] | None = None
    """Specifies whether job run queuing is enabled for the job runs for this job."""
    description: Input[str] | None = None
    """Description of the job being defined."""
    log_uri: Input[str] | None = None
    """This field is reserved for future use."""
    execution_property: Given[ExecutionProperty] | None = None
    """An `ExecutionProperty` specifying the maximum number of concurrent runs allowed for this job."""
    default_arguments: Given[Mapping[str, Input[str]]] | None = None
    """The default arguments for every run of this job, specified as name-value pairs."""
    non_overridable_arguments: Given[Mapping[str, Input[str]]] | None = None
    """Arguments for this job that are not overridden when providing job arguments in a job run, specified as name-value pairs."""
    connections: Given[ConnectionsList] | None = None
    """The connections used for this job."""
    max_retries: Input[int] | None = None
    """The maximum number of times to retry this job if it fails."""
    timeout: Input[int] | None = None
    """The job timeout in minutes."""
    max_capacity: Input[float] | None = None
    """For Glue version 1.0 or earlier jobs, using the standard worker type, the number of Glue data processing units (DPUs) that can be allocated when this job runs."""
    security_configuration: Input[str] | None = None
    """The name of the `SecurityConfiguration` structure to be used with this job."""
    notification_property: Given[NotificationProperty] | None = None
    """Specifies configuration properties of a job notification."""
    glue_version: Input[str] | None = None
    """In Spark jobs, `GlueVersion` determines the versions of Apache Spark and Python that Glue available in a job."""
    number_of_workers: Input[int] | None = None
    """The number of workers of a defined `workerType` that are allocated when a job runs."""
    worker_type: WorkerType | Output[str] | None = None
    """The type of predefined worker that is allocated when a job runs."""
    execution_class: ExecutionClass | Output[str] | None = None
    """Indicates whether the job is run with a standard or flexible execution class."""
    source_control_details: Given[SourceControlDetails] | None = None
    """The details for a source control configuration for a job, allowing synchronization of job artifacts to or from a remote repository."""
    maintenance_window: Input[str] | None = None
    """This field specifies a day of the week and hour for a maintenance window for streaming jobs."""
    tags: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    job: ClassVar[Computed[str]] = computed()
    """The job's name."""


class GlueTable(DeclaredResource, type="aws.glue_table", provider="aws", resolve_by="mark", timeout_s=60.0):
    """A table in the data catalogue: where its files are, and what their columns mean."""

    database_name: Annotated[Input[str], Immutable()]
    """The catalog database in which to create the new table."""
    table_name: Annotated[Input[str] | None, Immutable()] = None
    """The table name."""
    description: Input[str] | None = None
    """A description of the table."""
    storage_descriptor: Given[StorageDescriptor] | None = None
    """A storage descriptor containing information about the physical storage of this table."""
    partition_keys: Given[Sequence[Given[Column]]] | None = None
    """A list of columns by which the table is partitioned."""
    table_type: Input[str] | None = None
    """The type of this table."""
    view_original_text: Input[str] | None = None
    """Included for Apache Hive compatibility."""
    view_expanded_text: Input[str] | None = None
    """Included for Apache Hive compatibility."""
    retention: Input[int] | None = None
    """The retention time for this table. When it is not given: `0`."""
    table_owner: Input[str] | None = None
    """The table owner."""
    parameters: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    table: ClassVar[Computed[str]] = computed()
    """The table's name."""
    database: ClassVar[Computed[str]] = computed()
    """The name of the database where the table metadata resides."""
