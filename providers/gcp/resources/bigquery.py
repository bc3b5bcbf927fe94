"""BigQuery API. Made by `make generate` from providers/gcp/types; not to be edited.

Source: discovery document bigquery:v2, revision 20261009.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "BigQueryDataset",
    "BigQueryTable",
    "BigQueryTableIamMember",
]


class Expr(TypedDict, total=False):
    description: Input[str]
    """Description of the expression."""
    expression: Input[str]
    """Textual representation of an expression in Common Expression Language syntax."""
    location: Input[str]
    """String indicating the location of the expression for error reporting, e.g. a file name and a position in the file."""
    title: Input[str]
    """Title for the expression, i.e. a short string describing its purpose."""


class DatasetReference(TypedDict, total=False):
    datasetId: Required[Input[str]]
    """A unique ID for this dataset, without the project name."""
    projectId: Input[str]
    """The ID of the project containing this dataset."""


DatasetAccessEntryTargetTypes: TypeAlias = Literal["VIEWS", "ROUTINES"]


class DatasetAccessEntry(TypedDict, total=False):
    dataset: Given[DatasetReference]
    """The dataset this entry applies to."""
    targetTypes: Given[Sequence[DatasetAccessEntryTargetTypes | Output[str]]]
    """Which resources in the dataset this entry applies to."""


class RoutineReference(TypedDict, total=False):
    datasetId: Required[Input[str]]
    """The ID of the dataset containing this routine."""
    projectId: Required[Input[str]]
    """The ID of the project containing this routine."""
    routineId: Required[Input[str]]
    """The ID of the routine."""


class TableReference(TypedDict, total=False):
    datasetId: Required[Input[str]]
    """The ID of the dataset containing this table."""
    projectId: Required[Input[str]]
    """The ID of the project containing this table."""
    tableId: Required[Input[str]]
    """The ID of the table."""


class DatasetAccess(TypedDict, total=False):
    condition: Given[Expr]
    """condition for the binding."""
    dataset: Given[DatasetAccessEntry]
    """A grant authorizing all resources of a particular type in a particular dataset access to this dataset."""
    domain: Input[str]
    """A domain to grant access to."""
    groupByEmail: Input[str]
    """An email address of a Google Group to grant access to."""
    iamMember: Input[str]
    """Some other type of member that appears in the IAM Policy but isn't a user, group, domain, or special group."""
    role: Input[str]
    """An IAM role ID that should be granted to the user, group, or domain specified in this access entry."""
    routine: Given[RoutineReference]
    """A routine from a different dataset to grant access to."""
    specialGroup: Input[str]
    """A special group to grant access to."""
    userByEmail: Input[str]
    """An email address of a user to grant access to."""
    view: Given[TableReference]
    """A view from a different dataset to grant access to."""


class ExternalDatasetReference(TypedDict, total=False):
    connection: Required[Input[str]]
    """The connection id that is used to access the external_source."""
    externalSource: Required[Input[str]]
    """External source that backs this dataset."""


class LinkedDatasetSource(TypedDict, total=False):
    sourceDataset: Given[DatasetReference]
    """The source dataset reference contains project numbers and not project ids."""


class EncryptionConfiguration(TypedDict, total=False):
    kmsKeyName: Input[str]
    """Describes the Cloud KMS encryption key that will be used to protect destination BigQuery table."""


DatasetDefaultRoundingMode: TypeAlias = Literal["ROUND_HALF_AWAY_FROM_ZERO", "ROUND_HALF_EVEN"]


class ExternalCatalogDatasetOptions(TypedDict, total=False):
    defaultStorageLocationUri: Input[str]
    """The storage location URI for all tables in the dataset."""
    parameters: Given[Mapping[str, Input[str]]]
    """A map of key value pairs defining the parameters and properties of the open source schema."""


DatasetStorageBillingModel: TypeAlias = Literal["LOGICAL", "PHYSICAL"]


class RangePartitioningRange(TypedDict, total=False):
    end: Input[int]
    """The end of range partitioning, exclusive."""
    interval: Input[int]
    """The width of each interval."""
    start: Input[int]
    """The start of range partitioning, inclusive."""


class RangePartitioning(TypedDict, total=False):
    field: Required[Input[str]]
    """The name of the column to partition the table on."""
    range: Given[RangePartitioningRange]
    """Defines the ranges for range partitioning."""


TableManagedTableType: TypeAlias = Literal["NATIVE", "BIGLAKE"]

BigLakeConfigurationFileFormat: TypeAlias = Literal["PARQUET"]

BigLakeConfigurationTableFormat: TypeAlias = Literal["ICEBERG"]


class BigLakeConfiguration(TypedDict, total=False):
    connectionId: Input[str]
    """The connection specifying the credentials to be used to read and write to external storage, such as Cloud Storage."""
    fileFormat: BigLakeConfigurationFileFormat | Output[str]
    """The file format the table data is stored in."""
    storageUri: Input[str]
    """The fully qualified location prefix of the external folder where table data is stored."""
    tableFormat: BigLakeConfigurationTableFormat | Output[str]
    """The table format the metadata only snapshots are stored in."""


class TableReplicationInfo(TypedDict, total=False):
    replicationIntervalMs: Input[int]
    """Specifies the interval at which the source table is polled for updates."""
    sourceTable: Required[Given[TableReference]]
    """Source table reference that is replicated."""


class Clustering(TypedDict, total=False):
    fields: Given[Sequence[Input[str]]]
    """One or more fields on which data should be clustered."""


TableDefaultRoundingMode: TypeAlias = Literal["ROUND_HALF_AWAY_FROM_ZERO", "ROUND_HALF_EVEN"]


class SerDeInfo(TypedDict, total=False):
    name: Input[str]
    """Name of the SerDe."""
    parameters: Given[Mapping[str, Input[str]]]
    """Key-value pairs that define the initialization parameters for the serialization library."""
    serializationLibrary: Required[Input[str]]
    """Specifies a fully-qualified class name of the serialization library that is responsible for the translation of data between table representation and the underlying low-level input and output format structures."""


class StorageDescriptor(TypedDict, total=False):
    inputFormat: Input[str]
    """Specifies the fully qualified class name of the InputFormat (e.g. "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat")."""
    locationUri: Input[str]
    """The physical location of the table (e.g. `gs://spark-dataproc-data/pangea-data/case_sensitive/` or `gs://spark-dataproc-data/pangea-data/*`)."""
    outputFormat: Input[str]
    """Specifies the fully qualified class name of the OutputFormat (e.g. "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat")."""
    serdeInfo: Given[SerDeInfo]
    """Serializer and deserializer information."""


class ExternalCatalogTableOptions(TypedDict, total=False):
    connectionId: Input[str]
    """A connection ID that specifies the credentials to be used to read external storage, such as Azure Blob, Cloud Storage, or Amazon S3."""
    parameters: Given[Mapping[str, Input[str]]]
    """A map of the key-value pairs defining the parameters and properties of the open source table."""
    storageDescriptor: Given[StorageDescriptor]
    """A storage descriptor containing information about the physical storage of this table."""


class AvroOptions(TypedDict, total=False):
    useAvroLogicalTypes: Input[bool]
    """If sourceFormat is set to "AVRO", indicates whether to interpret logical types as the corresponding BigQuery data type (for example, TIMESTAMP), instead of using the raw type (for example, INTEGER)."""


class BigtableProtoConfig(TypedDict, total=False):
    protoMessageName: Input[str]
    """The fully qualified proto message name of the protobuf."""
    schemaBundleId: Input[str]
    """The ID of the Bigtable SchemaBundle resource associated with this protobuf."""


class BigtableColumn(TypedDict, total=False):
    encoding: Input[str]
    """The encoding of the values when the type is not STRING."""
    fieldName: Input[str]
    """If the qualifier is not a valid BigQuery field identifier i.e. does not match a-zA-Z*, a valid identifier must be provided as the column field name and is used as field name in queries."""
    onlyReadLatest: Input[bool]
    """If this is set, only the latest version of value in this column are exposed. 'onlyReadLatest' can also be set at the column family level."""
    protoConfig: Given[BigtableProtoConfig]
    """Protobuf-specific configurations, only takes effect when the encoding is PROTO_BINARY."""
    qualifierEncoded: Given[str | bytes]
    """Qualifier of the column."""
    qualifierString: Input[str]
    """Qualifier string."""
    type: Input[str]
    """The type to convert the value in cells of this column."""


class BigtableColumnFamily(TypedDict, total=False):
    columns: Given[Sequence[Given[BigtableColumn]]]
    """Lists of columns that should be exposed as individual fields as opposed to a list of (column name, value) pairs."""
    encoding: Input[str]
    """The encoding of the values when the type is not STRING."""
    familyId: Input[str]
    """of the column family."""
    onlyReadLatest: Input[bool]
    """If this is set only the latest version of value are exposed for all columns in this column family."""
    protoConfig: Given[BigtableProtoConfig]
    """Protobuf-specific configurations, only takes effect when the encoding is PROTO_BINARY."""
    type: Input[str]
    """The type to convert the value in cells of this column family."""


class BigtableOptions(TypedDict, total=False):
    columnFamilies: Given[Sequence[Given[BigtableColumnFamily]]]
    """List of column families to expose in the table schema along with their types."""
    ignoreUnspecifiedColumnFamilies: Input[bool]
    """If field is true, then the column families that are not specified in columnFamilies list are not exposed in the table schema."""
    outputColumnFamiliesAsJson: Input[bool]
    """If field is true, then each column family will be read as a single JSON column."""
    readRowkeyAsString: Input[bool]
    """If field is true, then the rowkey column families will be read and converted to string."""


class CsvOptions(TypedDict, total=False):
    allowJaggedRows: Input[bool]
    """Indicates if BigQuery should accept rows that are missing trailing optional columns."""
    allowQuotedNewlines: Input[bool]
    """Indicates if BigQuery should allow quoted data sections that contain newline characters in a CSV file."""
    encoding: Input[str]
    """The character encoding of the data."""
    fieldDelimiter: Input[str]
    """The separator character for fields in a CSV file."""
    nullMarker: Input[str]
    """Specifies a string that represents a null value in a CSV file."""
    nullMarkers: Given[Sequence[Input[str]]]
    """A list of strings represented as SQL NULL value in a CSV file. null_marker and null_markers can't be set at the same time."""
    preserveAsciiControlCharacters: Input[bool]
    """Indicates if the embedded ASCII control characters (the first 32 characters in the ASCII-table, from '/x00' to '/x1F') are preserved."""
    quote: Input[str]
    """The value that is used to quote data sections in a CSV file."""
    skipLeadingRows: Input[int]
    """The number of rows at the top of a CSV file that BigQuery will skip when reading the data."""
    sourceColumnMatch: Input[str]
    """Controls the strategy used to match loaded columns to the schema."""


ExternalDataConfigurationDecimalTargetTypes: TypeAlias = Literal["NUMERIC", "BIGNUMERIC", "STRING"]

ExternalDataConfigurationFileSetSpecType: TypeAlias = Literal[
    "FILE_SET_SPEC_TYPE_FILE_SYSTEM_MATCH", "FILE_SET_SPEC_TYPE_NEW_LINE_DELIMITED_MANIFEST"
]


class GoogleSheetsOptions(TypedDict, total=False):
    range: Input[str]
    """Range of a sheet to query from."""
    skipLeadingRows: Input[int]
    """The number of rows at the top of a sheet that BigQuery will skip when reading the data."""


class HivePartitioningOptions(TypedDict, total=False):
    mode: Input[str]
    """When set, what mode of hive partitioning to use when reading data."""
    requirePartitionFilter: Input[bool]
    """If set to true, queries over this table require a partition filter that can be used for partition elimination to be specified."""
    sourceUriPrefix: Input[str]
    """When hive partition detection is requested, a common prefix for all source uris must be required."""


ExternalDataConfigurationJsonExtension: TypeAlias = Literal["GEOJSON"]


class JsonOptions(TypedDict, total=False):
    encoding: Input[str]
    """The character encoding of the data."""


ExternalDataConfigurationMetadataCacheMode: TypeAlias = Literal["AUTOMATIC", "MANUAL"]

ExternalDataConfigurationObjectMetadata: TypeAlias = Literal["DIRECTORY", "SIMPLE"]

ParquetOptionsMapTargetType: TypeAlias = Literal["ARRAY_OF_STRUCT"]


class ParquetOptions(TypedDict, total=False):
    enableListInference: Input[bool]
    """Indicates whether to use schema inference specifically for Parquet LIST logical type."""
    enumAsString: Input[bool]
    """Indicates whether to infer Parquet ENUM logical type as STRING instead of BYTES by default."""
    mapTargetType: ParquetOptionsMapTargetType | Output[str]
    """Indicates how to represent a Parquet map if present."""


class TableFieldSchemaCategories(TypedDict, total=False):
    names: Given[Sequence[Input[str]]]
    """Deprecated."""


class TableFieldSchemaDataGovernanceTagsInfo(TypedDict, total=False):
    dataGovernanceTags: Given[Mapping[str, Input[str]]]
    """The data governance tags added to this field are used for field-level access control."""


class DataPolicyOption(TypedDict, total=False):
    name: Input[str]
    """Data policy resource name in the form of projects/project_id/locations/location_id/dataPolicies/data_policy_id."""


class DataPolicyList(TypedDict, total=False):
    dataPolicies: Given[Sequence[Given[DataPolicyOption]]]
    """Contains a list of data policy options."""


class GeneratedExpressionInfo(TypedDict, total=False):
    asynchronous: Input[bool]
    """Whether the column generation is done asynchronously."""
    generationExpression: Input[str]
    """The generation expression (e.g. AI.EMBED(...)) used to generate the field."""
    stored: Input[bool]
    """Whether the generated column is stored in the table."""


GeneratedColumnGeneratedMode: TypeAlias = Literal["GENERATED_ALWAYS", "GENERATED_BY_DEFAULT"]


class GeneratedColumn(TypedDict, total=False):
    generatedExpressionInfo: Given[GeneratedExpressionInfo]
    """Definition of the expression used to generate the field."""
    generatedMode: GeneratedColumnGeneratedMode | Output[str]
    """Dictates when system generated values are used to populate the field."""


TableFieldSchemaMode: TypeAlias = Literal["NULLABLE", "REQUIRED", "REPEATED"]


class TableFieldSchemaPolicyTags(TypedDict, total=False):
    names: Given[Sequence[Input[str]]]
    """A list of policy tag resource names."""


class TableFieldSchemaRangeElementType(TypedDict, total=False):
    type: Required[Input[str]]
    """The type of a field element."""


TableFieldSchemaRoundingMode: TypeAlias = Literal["ROUND_HALF_AWAY_FROM_ZERO", "ROUND_HALF_EVEN"]

TableFieldSchemaType: TypeAlias = Literal[
    "STRING",
    "BYTES",
    "INTEGER",
    "FLOAT",
    "BOOLEAN",
    "TIMESTAMP",
    "DATE",
    "TIME",
    "DATETIME",
    "GEOGRAPHY",
    "NUMERIC",
    "BIGNUMERIC",
    "JSON",
    "RECORD",
    "RANGE",
]


class TableFieldSchema(TypedDict, total=False):
    categories: Given[TableFieldSchemaCategories]
    """Deprecated."""
    collation: Input[str]
    """Field collation can be set only when the type of field is STRING."""
    dataGovernanceTagsInfo: Given[TableFieldSchemaDataGovernanceTagsInfo]
    """Specifies the data governance tags on this field."""
    dataPolicies: Given[Sequence[Given[DataPolicyOption]]]
    """Data policies attached to this field, used for field-level access control."""
    dataPolicyList: Given[DataPolicyList]
    """Specifies data policies attached to this field, used for field-level access control."""
    defaultValueExpression: Input[str]
    """A SQL expression to specify the [default value] for this field."""
    description: Input[str]
    """The field description."""
    fields: Given[Sequence[Given["TableFieldSchema"]]]
    """Describes the nested schema fields if the type property is set to RECORD."""
    foreignTypeDefinition: Input[str]
    """Definition of the foreign data type."""
    generatedColumn: Given[GeneratedColumn]
    """Definition of how values are generated for the field."""
    maxLength: Input[int]
    """Maximum length of values of this field for STRINGS or BYTES."""
    mode: TableFieldSchemaMode | Output[str]
    """The field mode."""
    name: Required[Input[str]]
    """The field name."""
    policyTags: Given[TableFieldSchemaPolicyTags]
    """The policy tags attached to this field, used for field-level access control."""
    precision: Input[int]
    """Precision (maximum number of total digits in base 10) and scale (maximum number of digits in the fractional part in base 10) constraints for values of this field for NUMERIC or BIGNUMERIC."""
    rangeElementType: Given[TableFieldSchemaRangeElementType]
    """Represents the type of a field element."""
    roundingMode: TableFieldSchemaRoundingMode | Output[str]
    """Specifies the rounding mode to be used when storing values of NUMERIC and BIGNUMERIC type."""
    scale: Input[int]
    """See documentation for precision."""
    timestampPrecision: Input[int]
    """Precision (maximum number of total digits in base 10) for seconds of TIMESTAMP type."""
    type: Required[TableFieldSchemaType | Output[str]]
    """The field data type."""


ForeignTypeInfoTypeSystem: TypeAlias = Literal["HIVE"]


class ForeignTypeInfo(TypedDict, total=False):
    typeSystem: Required[ForeignTypeInfoTypeSystem | Output[str]]
    """Specifies the system which defines the foreign data type."""


class TableSchema(TypedDict, total=False):
    fields: Given[Sequence[Given[TableFieldSchema]]]
    """Describes the fields in a table."""
    foreignTypeInfo: Given[ForeignTypeInfo]
    """Specifies metadata of the foreign data type definition in field schema (TableFieldSchema.foreign_type_definition)."""


class ExternalDataConfiguration(TypedDict, total=False):
    autodetect: Input[bool]
    """Try to detect schema and format options automatically."""
    avroOptions: Given[AvroOptions]
    """Additional properties to set if sourceFormat is set to AVRO."""
    bigtableOptions: Given[BigtableOptions]
    """Additional options if sourceFormat is set to BIGTABLE."""
    compression: Input[str]
    """The compression type of the data source."""
    connectionId: Input[str]
    """The connection specifying the credentials to be used to read external storage, such as Azure Blob, Cloud Storage, or S3."""
    csvOptions: Given[CsvOptions]
    """Additional properties to set if sourceFormat is set to CSV."""
    dateFormat: Input[str]
    """Format used to parse DATE values."""
    datetimeFormat: Input[str]
    """Format used to parse DATETIME values."""
    decimalTargetTypes: Given[Sequence[ExternalDataConfigurationDecimalTargetTypes | Output[str]]]
    """Defines the list of possible SQL data types to which the source decimal values are converted."""
    fileSetSpecType: ExternalDataConfigurationFileSetSpecType | Output[str]
    """Specifies how source URIs are interpreted for constructing the file set to load."""
    googleSheetsOptions: Given[GoogleSheetsOptions]
    """Additional options if sourceFormat is set to GOOGLE_SHEETS."""
    hivePartitioningOptions: Given[HivePartitioningOptions]
    """When set, configures hive partitioning support."""
    ignoreUnknownValues: Input[bool]
    """Indicates if BigQuery should allow extra values that are not represented in the table schema."""
    jsonExtension: ExternalDataConfigurationJsonExtension | Output[str]
    """Load option to be used together with source_format newline-delimited JSON to indicate that a variant of JSON is being loaded."""
    jsonOptions: Given[JsonOptions]
    """Additional properties to set if sourceFormat is set to JSON."""
    maxBadRecords: Input[int]
    """The maximum number of bad records that BigQuery can ignore when reading data."""
    metadataCacheMode: ExternalDataConfigurationMetadataCacheMode | Output[str]
    """Metadata Cache Mode for the table."""
    objectMetadata: ExternalDataConfigurationObjectMetadata | Output[str]
    """ObjectMetadata is used to create Object Tables."""
    parquetOptions: Given[ParquetOptions]
    """Additional properties to set if sourceFormat is set to PARQUET."""
    referenceFileSchemaUri: Input[str]
    """When creating an external table, the user can provide a reference file with the table schema."""
    schema: Given[TableSchema]
    """The schema for the data."""
    sourceFormat: Input[str]
    """The data format."""
    sourceUris: Given[Sequence[Input[str]]]
    """The fully-qualified URIs that point to your data in Google Cloud."""
    timeFormat: Input[str]
    """Format used to parse TIME values."""
    timeZone: Input[str]
    """Time zone used when parsing timestamp values that do not have specific time zone information (e.g. 2024-04-20 12:34:56)."""
    timestampFormat: Input[str]
    """Format used to parse TIMESTAMP values."""
    timestampTargetPrecision: Given[Sequence[Input[int]]]
    """Precisions (maximum number of total digits in base 10) for seconds of TIMESTAMP types that are allowed to the destination table for autodetection mode."""


class MaterializedViewDefinition(TypedDict, total=False):
    allowNonIncrementalDefinition: Input[bool]
    """This option declares the intention to construct a materialized view that isn't refreshed incrementally."""
    enableRefresh: Input[bool]
    """Enable automatic refresh of the materialized view when the base table is updated."""
    maxStaleness: Given[str | bytes]
    """Max staleness of data that could be returned when materizlized view is queried (formatted as Google SQL Interval type)."""
    query: Required[Input[str]]
    """A query whose results are persisted."""
    refreshIntervalMs: Input[int]
    """The maximum frequency at which this materialized view will be refreshed."""


class TableConstraintsForeignKeysColumnReferences(TypedDict, total=False):
    referencedColumn: Required[Input[str]]
    """The column in the primary key that are referenced by the referencing_column."""
    referencingColumn: Required[Input[str]]
    """The column that composes the foreign key."""


class TableConstraintsForeignKeysReferencedTable(TypedDict, total=False):
    datasetId: Input[str]
    projectId: Input[str]
    tableId: Input[str]


class TableConstraintsForeignKeys(TypedDict, total=False):
    columnReferences: Required[Given[Sequence[Given[TableConstraintsForeignKeysColumnReferences]]]]
    """The columns that compose the foreign key."""
    name: Input[str]
    """Set only if the foreign key constraint is named."""
    referencedTable: Given[TableConstraintsForeignKeysReferencedTable]


class TableConstraintsPrimaryKey(TypedDict, total=False):
    columns: Required[Given[Sequence[Input[str]]]]
    """The columns that are composed of the primary key constraint."""


class TableConstraints(TypedDict, total=False):
    foreignKeys: Given[Sequence[Given[TableConstraintsForeignKeys]]]
    """Present only if the table has a foreign key."""
    primaryKey: Given[TableConstraintsPrimaryKey]
    """Represents the primary key constraint on a table's columns."""


TimePartitioningType: TypeAlias = Literal["DAY", "HOUR", "MONTH", "YEAR"]


class TimePartitioning(TypedDict, total=False):
    expirationMs: Input[int]
    """Number of milliseconds for which to keep the storage for a partition."""
    field: Input[str]
    """If not set, the table is partitioned by pseudo column '_PARTITIONTIME'; if set, the table is partitioned by this field."""
    requirePartitionFilter: Input[bool]
    """If set to true, queries over this table require a partition filter that can be used for partition elimination to be specified."""
    type: Required[TimePartitioningType | Output[str]]
    """The supported types are DAY, HOUR, MONTH, and YEAR, which will generate one partition per day, hour, month, and year, respectively."""


class ForeignViewDefinition(TypedDict, total=False):
    dialect: Input[str]
    """Represents the dialect of the query."""
    query: Required[Input[str]]
    """The query that defines the view."""


class AggregationThresholdPolicy(TypedDict, total=False):
    privacyUnitColumns: Given[Sequence[Input[str]]]
    """The privacy unit column(s) associated with this policy."""
    threshold: Input[int]
    """The threshold for the "aggregation threshold" policy."""


class DifferentialPrivacyPolicy(TypedDict, total=False):
    deltaBudget: Input[float]
    """The total delta budget for all queries against the privacy-protected view."""
    deltaPerQuery: Input[float]
    """The delta value that is used per query."""
    epsilonBudget: Input[float]
    """The total epsilon budget for all queries against the privacy-protected view."""
    maxEpsilonPerQuery: Input[float]
    """The maximum epsilon value that a query can consume."""
    maxGroupsContributed: Input[int]
    """The maximum groups contributed value that is used per query."""
    privacyUnitColumn: Input[str]
    """The privacy unit column associated with this policy."""


JoinRestrictionPolicyJoinCondition: TypeAlias = Literal[
    "JOIN_ANY", "JOIN_ALL", "JOIN_NOT_REQUIRED", "JOIN_BLOCKED"
]


class JoinRestrictionPolicy(TypedDict, total=False):
    joinAllowedColumns: Given[Sequence[Input[str]]]
    """The only columns that joins are allowed on."""
    joinCondition: JoinRestrictionPolicyJoinCondition | Output[str]
    """Specifies if a join is required or not on queries for the view."""


class PrivacyPolicy(TypedDict, total=False):
    aggregationThresholdPolicy: Given[AggregationThresholdPolicy]
    """Policy used for aggregation thresholds."""
    differentialPrivacyPolicy: Given[DifferentialPrivacyPolicy]
    """Policy used for differential privacy."""
    joinRestrictionPolicy: Given[JoinRestrictionPolicy]
    """Join restriction policy is outside of the one of policies, since this policy can be set along with other policies."""


class UserDefinedFunctionResource(TypedDict, total=False):
    inlineCode: Input[str]
    """An inline resource that contains code for a user-defined function (UDF)."""
    resourceUri: Input[str]
    """A code resource to load from a Google Cloud Storage URI (gs://bucket/path)."""


class ViewDefinition(TypedDict, total=False):
    foreignDefinitions: Given[Sequence[Given[ForeignViewDefinition]]]
    """Foreign view representations."""
    privacyPolicy: Given[PrivacyPolicy]
    """Specifies the privacy policy for the view."""
    query: Required[Input[str]]
    """A query that BigQuery executes when the view is referenced."""
    useExplicitColumnNames: Input[bool]
    """True if the column names are explicitly specified."""
    useLegacySql: Input[bool]
    """Specifies whether to use BigQuery's legacy SQL for this view."""
    userDefinedFunctionResources: Given[Sequence[Given[UserDefinedFunctionResource]]]
    """Describes user-defined function resources used in the query."""


class BigQueryDataset(
    DeclaredResource, type="gcp.bigquery_dataset", provider="gcp", resolve_by="mark", timeout_s=60.0
):
    """A dataset: what tables and views are in, and who may read them."""

    dataset_id: Annotated[Input[str] | None, Immutable()] = None
    """A unique ID for this dataset, without the project name."""
    location: Annotated[Input[str] | None, Immutable()] = None
    """Where the data is: a region or multi-region; the target's region if it is not given."""
    access: Given[Sequence[Given[DatasetAccess]]] | None = None
    """An array of objects that define dataset access for one or more entities."""
    description: Input[str] | None = None
    """A user-friendly description of the dataset. When it is not given: ``."""
    friendly_name: Input[str] | None = None
    """A descriptive name for the dataset. When it is not given: ``."""
    is_case_insensitive: Input[bool] | None = None
    """TRUE if the dataset and its table names are case-insensitive, otherwise FALSE. When it is not given: `False`."""
    external_dataset_reference: Annotated[Given[ExternalDatasetReference] | None, Immutable()] = None
    """Reference to a read-only external dataset defined in data catalogs outside of BigQuery."""
    linked_dataset_source: Annotated[Given[LinkedDatasetSource] | None, Immutable()] = None
    """The source dataset reference when the dataset is of type LINKED."""
    delete_contents: Input[bool] | None = None
    """Delete the tables in it too when it is deleted; otherwise a dataset that has any is not deleted."""
    default_collation: Input[str] | None = None
    """Defines the default collation specification of future tables created in the dataset."""
    default_encryption_configuration: Given[EncryptionConfiguration] | None = None
    """The default encryption key for all tables in the dataset."""
    default_partition_expiration_ms: Input[int] | None = None
    """This default partition expiration, expressed in milliseconds."""
    default_rounding_mode: DatasetDefaultRoundingMode | Output[str] | None = None
    """Defines the default rounding mode specification of new tables created within this dataset."""
    default_table_expiration_ms: Input[int] | None = None
    """The default lifetime of all tables in the dataset, in milliseconds."""
    external_catalog_dataset_options: Given[ExternalCatalogDatasetOptions] | None = None
    """Options defining open source compatible datasets living in the BigQuery catalog."""
    max_time_travel_hours: Input[int] | None = None
    """Defines the time travel window in hours."""
    resource_tags: Given[Mapping[str, Input[str]]] | None = None
    """The [tags] attached to this dataset."""
    storage_billing_model: DatasetStorageBillingModel | Output[str] | None = None
    """Updates storage_billing_model for the dataset."""
    labels: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The dataset's id."""
    project: ClassVar[Computed[str]] = computed()
    """The project that it is in."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The dataset as APIs write it: `projects/PROJECT/datasets/DATASET`."""


class BigQueryTable(
    DeclaredResource, type="gcp.bigquery_table", provider="gcp", resolve_by="mark", timeout_s=60.0
):
    """A table, a view or a materialized view in a dataset."""

    dataset_id: Annotated[Input[str], Immutable()]
    """The dataset that it is in."""
    table_id: Annotated[Input[str] | None, Immutable()] = None
    """The ID of the table."""
    description: Input[str] | None = None
    """A user-friendly description of this table. When it is not given: ``."""
    friendly_name: Input[str] | None = None
    """A descriptive name for this table. When it is not given: ``."""
    range_partitioning: Annotated[Given[RangePartitioning] | None, Immutable()] = None
    """If specified, configures range partitioning for this table."""
    managed_table_type: Annotated[TableManagedTableType | Output[str] | None, Immutable()] = None
    """If set, overrides the default managed table type configured in the dataset."""
    biglake_configuration: Annotated[Given[BigLakeConfiguration] | None, Immutable()] = None
    """Specifies the configuration of a BigQuery table for Apache Iceberg."""
    table_replication_info: Annotated[Given[TableReplicationInfo] | None, Immutable()] = None
    """Table replication info for table created `AS REPLICA` DDL like."""
    require_partition_filter: Input[bool] | None = None
    """If set to true, queries over this table require a partition filter that can be used for partition elimination to be specified. When it is not given: `False`."""
    clustering: Given[Clustering] | None = None
    """Clustering specification for the table."""
    default_collation: Input[str] | None = None
    """Defines the default collation specification of new STRING fields in the table."""
    default_rounding_mode: TableDefaultRoundingMode | Output[str] | None = None
    """Defines the default rounding mode specification of new decimal fields (NUMERIC OR BIGNUMERIC) in the table."""
    encryption_configuration: Given[EncryptionConfiguration] | None = None
    """Custom encryption configuration (e.g., Cloud KMS keys)."""
    expiration_time: Input[int] | None = None
    """The time when this table expires, in milliseconds since the epoch."""
    external_catalog_table_options: Given[ExternalCatalogTableOptions] | None = None
    """Options defining open source compatible table."""
    external_data_configuration: Given[ExternalDataConfiguration] | None = None
    """Describes the data format, location, and other properties of a table stored outside of BigQuery."""
    materialized_view: Given[MaterializedViewDefinition] | None = None
    """The materialized view definition."""
    max_staleness: Input[str] | None = None
    """The maximum staleness of data that could be returned when the table (or stale MV) is queried."""
    resource_tags: Given[Mapping[str, Input[str]]] | None = None
    """The tags associated with this table."""
    table_schema: Given[TableSchema] | None = None
    """Describes the schema of this table."""
    table_constraints: Given[TableConstraints] | None = None
    """Tables Primary Key and Foreign Key information."""
    time_partitioning: Given[TimePartitioning] | None = None
    """If specified, configures time-based partitioning for this table."""
    view: Given[ViewDefinition] | None = None
    """The view definition."""
    labels: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[str]] = computed()
    """The table's id."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The table as APIs write it: `projects/PROJECT/datasets/DATASET/tables/TABLE`."""
    sql_name: ClassVar[Computed[str]] = computed()
    """The table as SQL writes it: `PROJECT.DATASET.TABLE`."""


class BigQueryTableIamMember(
    DeclaredResource,
    type="gcp.bigquery_table_iam_member",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role that somebody has on a table or view; others who have it, and bindings with a condition, are left alone."""

    table: Annotated[Input[str], Immutable()]
    """The output `resource_name` of the table."""
    role: Annotated[Input[str], Immutable()]
    """What it may do: `roles/storage.objectViewer`, or a role of your own."""
    member: Annotated[Input[str], Immutable()]
    """Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one."""
