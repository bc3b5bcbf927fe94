"""Cloud Pub/Sub API. Made by `make generate` from providers/gcp/types; not to be edited.

Source: discovery document pubsub:v1, revision 20261027.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Required, TypeAlias, TypedDict

from unknot.providers.declared.resource import DeclaredResource, Given
from unknot.stacks.output import Input, Output
from unknot.stacks.resource import Computed, Immutable, computed

__all__ = [
    "PubSubSubscription",
    "PubSubSubscriptionIamMember",
    "PubSubTopic",
    "PubSubTopicIamMember",
]


class BigQueryConfig(TypedDict, total=False):
    dropUnknownFields: Input[bool]
    """If true and `use_topic_schema` is true, drops any fields that are part of the topic schema that are not part of the BigQuery table schema when writing to BigQuery."""
    serviceAccountEmail: Input[str]
    """The service account to use to write to BigQuery."""
    table: Input[str]
    """The name of the table to which to write data, of the form {projectId}.{datasetId}.{tableId}."""
    useTableSchema: Input[bool]
    """When true, use the BigQuery table's schema as the columns to write to in BigQuery."""
    useTopicSchema: Input[bool]
    """When true, use the topic's schema as the columns to write to in BigQuery, if it exists."""
    writeMetadata: Input[bool]
    """When true, write the subscription name, message_id, publish_time, attributes, and ordering_key to additional columns in the table."""


class DelimitedKey(TypedDict, total=False):
    delimiter: Given[str | bytes]
    """Byte sequence used to delimit concatenated fields."""
    keyFields: Required[Given[Sequence[Input[str]]]]
    """The key fields to construct from the row key."""


class RowKeySchema(TypedDict, total=False):
    pass


class ColumnFamilyMapping(TypedDict, total=False):
    delimitedKey: Given[DelimitedKey]
    """If set, the row key is constructed from the given key fields and delimiter."""
    rowKeySchema: Given[RowKeySchema]
    """If set, the row key is constructed from the field names of the table's structured row key ({$universe.dns_names.final_documentation_domain}/bigtable/docs/manage-row-key-schemas)."""


class BigtableConfig(TypedDict, total=False):
    appProfileId: Input[str]
    """The app profile to use for the Bigtable writes."""
    columnFamilyMapping: Given[ColumnFamilyMapping]
    """Configuration that allows writing row keys and/or columns based on fields in the input message."""
    serviceAccountEmail: Input[str]
    """The service account to use to write to Bigtable."""
    table: Input[str]
    """The unique name of the table to write messages to."""
    writeMetadata: Input[bool]
    """When true, write the subscription name, message_id, publish_time, attributes, and ordering_key to additional columns in the table under the pubsub_metadata column family."""


class AvroConfig(TypedDict, total=False):
    useTopicSchema: Input[bool]
    """When true, the output Cloud Storage file will be serialized using the topic schema, if it exists."""
    writeMetadata: Input[bool]
    """When true, write the subscription name, message_id, publish_time, attributes, and ordering_key as additional fields in the output."""


class TextConfig(TypedDict, total=False):
    pass


class CloudStorageConfig(TypedDict, total=False):
    avroConfig: Given[AvroConfig]
    """If set, message data will be written to Cloud Storage in Avro format."""
    bucket: Required[Input[str]]
    """User-provided name for the Cloud Storage bucket."""
    filenameDatetimeFormat: Input[str]
    """User-provided format string specifying how to represent datetimes in Cloud Storage filenames."""
    filenamePrefix: Input[str]
    """User-provided prefix for Cloud Storage filename."""
    filenameSuffix: Input[str]
    """User-provided suffix for Cloud Storage filename."""
    maxBytes: Input[int]
    """The maximum bytes that can be written to a Cloud Storage file before a new file is created."""
    maxDuration: Input[str]
    """The maximum duration that can elapse before a new Cloud Storage file is created."""
    maxMessages: Input[int]
    """The maximum number of messages that can be written to a Cloud Storage file before a new file is created."""
    serviceAccountEmail: Input[str]
    """The service account to use to write to Cloud Storage."""
    textConfig: Given[TextConfig]
    """If set, message data will be written to Cloud Storage in text format."""


class DeadLetterPolicy(TypedDict, total=False):
    deadLetterTopic: Input[str]
    """The name of the topic to which dead letter messages should be published."""
    maxDeliveryAttempts: Input[int]
    """The maximum number of delivery attempts for any message."""


class ExpirationPolicy(TypedDict, total=False):
    ttl: Input[str]
    """Specifies the "time-to-live" duration for an associated resource."""


class UnstructuredInference(TypedDict, total=False):
    parameters: Given[Mapping[str, Given[Any]]]
    """A parameters object to be included in each inference request."""


class AIInference(TypedDict, total=False):
    endpoint: Required[Input[str]]
    """An endpoint to a Vertex AI model of the form `projects/{project}/locations/{location}/endpoints/{endpoint}` or `projects/{project}/locations/{location}/publishers/{publisher}/models/{model}`."""
    serviceAccountEmail: Input[str]
    """The service account to use to make prediction requests against endpoints."""
    unstructuredInference: Given[UnstructuredInference]
    """Requests and responses can be any arbitrary JSON object."""


CompressionCompressionAlgorithm: TypeAlias = Literal["ZLIB"]

CompressionCompressionMode: TypeAlias = Literal["COMPRESS", "DECOMPRESS"]


class Compression(TypedDict, total=False):
    compressionAlgorithm: Required[CompressionCompressionAlgorithm | Output[str]]
    """Specifies the compression algorithm to use."""
    compressionMode: Required[CompressionCompressionMode | Output[str]]
    """Specifies whether to compress or decompress the message."""


class JavaScriptUDF(TypedDict, total=False):
    code: Required[Input[str]]
    """JavaScript code that contains a function `function_name` with the below signature."""
    functionName: Required[Input[str]]
    """Name of the JavasScript function that should applied to Pub/Sub messages."""


class MessageTransform(TypedDict, total=False):
    aiInference: Given[AIInference]
    """AI Inference."""
    compression: Given[Compression]
    """Compression/Decompression."""
    disabled: Input[bool]
    """If true, the transform is disabled and will not be applied to messages."""
    enabled: Input[bool]
    """This field is deprecated, use the `disabled` field to disable transforms."""
    javascriptUdf: Given[JavaScriptUDF]
    """JavaScript User Defined Function."""


class NoWrapper(TypedDict, total=False):
    writeMetadata: Input[bool]
    """When true, writes the Pub/Sub message metadata to `x-goog-pubsub-:` headers of the HTTP request."""


class OidcToken(TypedDict, total=False):
    audience: Input[str]
    """Audience to be used when generating OIDC token."""
    serviceAccountEmail: Input[str]
    """[Service account email] used for generating the OIDC token."""


class PubsubWrapper(TypedDict, total=False):
    pass


class PushConfig(TypedDict, total=False):
    attributes: Given[Mapping[str, Input[str]]]
    """Endpoint configuration attributes that can be used to control different aspects of the message delivery."""
    noWrapper: Given[NoWrapper]
    """When set, the payload to the push endpoint is not wrapped."""
    oidcToken: Given[OidcToken]
    """If specified, Pub/Sub will generate and attach an OIDC JWT token as an `Authorization` header in the HTTP request for every pushed message."""
    pubsubWrapper: Given[PubsubWrapper]
    """When set, the payload to the push endpoint is in the form of the JSON representation of a [PubsubMessage]( https://cloud.google.com/pubsub/docs/reference/rpc/google.pubsub.v1#pubsubmessage)."""
    pushEndpoint: Input[str]
    """A URL locating the endpoint to which messages should be pushed."""


class RetryPolicy(TypedDict, total=False):
    maximumBackoff: Input[str]
    """The maximum delay between consecutive deliveries of a given message."""
    minimumBackoff: Input[str]
    """The minimum delay between consecutive deliveries of a given message."""


class AwsKinesis(TypedDict, total=False):
    awsRoleArn: Required[Input[str]]
    """AWS role ARN to be used for Federated Identity authentication with Kinesis."""
    consumerArn: Required[Input[str]]
    """The Kinesis consumer ARN to used for ingestion in Enhanced Fan-Out mode."""
    gcpServiceAccount: Required[Input[str]]
    """The GCP service account to be used for Federated Identity authentication with Kinesis (via a `AssumeRoleWithWebIdentity` call for the provided role)."""
    streamArn: Required[Input[str]]
    """The Kinesis stream ARN to ingest data from."""


class AwsMsk(TypedDict, total=False):
    awsRoleArn: Required[Input[str]]
    """AWS role ARN to be used for Federated Identity authentication with Amazon MSK."""
    clusterArn: Required[Input[str]]
    """The Amazon Resource Name (ARN) that uniquely identifies the cluster."""
    gcpServiceAccount: Required[Input[str]]
    """The GCP service account to be used for Federated Identity authentication with Amazon MSK (via a `AssumeRoleWithWebIdentity` call for the provided role)."""
    topic: Required[Input[str]]
    """The name of the topic in the Amazon MSK cluster that Pub/Sub will import from."""


class AzureEventHubs(TypedDict, total=False):
    clientId: Input[str]
    """The client id of the Azure application that is being used to authenticate Pub/Sub."""
    eventHub: Input[str]
    """The name of the Event Hub."""
    gcpServiceAccount: Input[str]
    """The GCP service account to be used for Federated Identity authentication."""
    namespace: Input[str]
    """The name of the Event Hubs namespace."""
    resourceGroup: Input[str]
    """Name of the resource group within the azure subscription."""
    subscriptionId: Input[str]
    """The Azure subscription id."""
    tenantId: Input[str]
    """The tenant id of the Azure application that is being used to authenticate Pub/Sub."""


class AvroFormat(TypedDict, total=False):
    pass


class PubSubAvroFormat(TypedDict, total=False):
    pass


class TextFormat(TypedDict, total=False):
    delimiter: Input[str]
    """When unset, '/n' is used."""


class CloudStorage(TypedDict, total=False):
    avroFormat: Given[AvroFormat]
    """Data from Cloud Storage will be interpreted in Avro format."""
    bucket: Input[str]
    """Cloud Storage bucket."""
    matchGlob: Input[str]
    """Glob pattern used to match objects that will be ingested."""
    minimumObjectCreateTime: str | datetime | Output[str]
    """Only objects with a larger or equal creation timestamp will be ingested."""
    pubsubAvroFormat: Given[PubSubAvroFormat]
    """It will be assumed data from Cloud Storage was written via [Cloud Storage subscriptions]."""
    textFormat: Given[TextFormat]
    """Data from Cloud Storage will be interpreted as text."""


class ConfluentCloud(TypedDict, total=False):
    bootstrapServer: Required[Input[str]]
    """The address of the bootstrap server."""
    clusterId: Required[Input[str]]
    """The id of the cluster."""
    gcpServiceAccount: Required[Input[str]]
    """The GCP service account to be used for Federated Identity authentication with `identity_pool_id`."""
    identityPoolId: Required[Input[str]]
    """The id of the identity pool to be used for Federated Identity authentication with Confluent Cloud."""
    topic: Required[Input[str]]
    """The name of the topic in the Confluent Cloud cluster that Pub/Sub will import from."""


PlatformLogsSettingsSeverity: TypeAlias = Literal["DISABLED", "DEBUG", "INFO", "WARNING", "ERROR"]


class PlatformLogsSettings(TypedDict, total=False):
    severity: PlatformLogsSettingsSeverity | Output[str]
    """The minimum severity level of Platform Logs that will be written."""


class IngestionDataSourceSettings(TypedDict, total=False):
    awsKinesis: Given[AwsKinesis]
    """Amazon Kinesis Data Streams."""
    awsMsk: Given[AwsMsk]
    """Amazon MSK."""
    azureEventHubs: Given[AzureEventHubs]
    """Azure Event Hubs."""
    cloudStorage: Given[CloudStorage]
    """Cloud Storage."""
    confluentCloud: Given[ConfluentCloud]
    """Confluent Cloud."""
    platformLogsSettings: Given[PlatformLogsSettings]
    """Platform Logs settings."""


class MessageStoragePolicy(TypedDict, total=False):
    allowedPersistenceRegions: Given[Sequence[Input[str]]]
    """A list of IDs of Google Cloud regions where messages that are published to the topic may be persisted in storage."""
    enforceInTransit: Input[bool]
    """If true, `allowed_persistence_regions` is also used to enforce in-transit guarantees for messages."""


SchemaSettingsEncoding: TypeAlias = Literal["JSON", "BINARY"]


class SchemaSettings(TypedDict, total=False):
    encoding: SchemaSettingsEncoding | Output[str]
    """The encoding of messages validated against `schema`."""
    firstRevisionId: Input[str]
    """The minimum (inclusive) revision allowed for validating messages."""
    lastRevisionId: Input[str]
    """The maximum (inclusive) revision allowed for validating messages."""
    schema: Required[Input[str]]
    """The name of the schema that messages published should be validated against."""


class PubSubSubscription(
    DeclaredResource, type="gcp.pubsub_subscription", provider="gcp", resolve_by="mark", timeout_s=60.0
):
    """A subscription: what is published to a topic is kept here until it is taken, or pushed on."""

    topic: Annotated[Input[str], Immutable()]
    """The output `resource_name` of a topic."""
    subscription_id: Annotated[Input[str] | None, Immutable()] = None
    """The subscription's own name, without its project."""
    ack_deadline_seconds: Input[int] | None = None
    """The approximate amount of time (on a best-effort basis) Pub/Sub waits for the subscriber to acknowledge receipt before resending the message. When it is not given: `10`."""
    message_retention_duration: Input[str] | None = None
    """How long to retain unacknowledged messages in the subscription's backlog, from the moment a message is published. When it is not given: `604800s`."""
    retain_acked_messages: Input[bool] | None = None
    """Indicates whether to retain acknowledged messages. When it is not given: `False`."""
    enable_message_ordering: Annotated[Input[bool] | None, Immutable()] = None
    """If true, messages published with the same `ordering_key` in `PubsubMessage` will be delivered to the subscribers in the order in which they are received by the Pub/Sub system. When it is not given: `False`."""
    enable_exactly_once_delivery: Input[bool] | None = None
    """If true, Pub/Sub provides the following guarantees for the delivery of a message with a given value of `message_id` on this subscription: * The message sent to a subscriber is guaranteed not to be resent before the message's acknowledgment deadline expires. * An acknowledged message will not be ... When it is not given: `False`."""
    bigquery_config: Given[BigQueryConfig] | None = None
    """If delivery to BigQuery is used with this subscription, this field is used to configure it."""
    bigtable_config: Given[BigtableConfig] | None = None
    """If delivery to Bigtable is used with this subscription, this field is used to configure it."""
    cloud_storage_config: Given[CloudStorageConfig] | None = None
    """If delivery to Google Cloud Storage is used with this subscription, this field is used to configure it."""
    dead_letter_policy: Given[DeadLetterPolicy] | None = None
    """A policy that specifies the conditions for dead lettering messages in this subscription."""
    expiration_policy: Given[ExpirationPolicy] | None = None
    """A policy that specifies the conditions for this subscription's expiration."""
    filter: Annotated[Input[str] | None, Immutable()] = None
    """An expression written in the Pub/Sub [filter language] . If non-empty, then only `PubsubMessage`s whose `attributes` field matches the filter are delivered on this subscription."""
    message_transforms: Given[Sequence[Given[MessageTransform]]] | None = None
    """Transforms to be applied to messages before they are delivered to subscribers."""
    push_config: Given[PushConfig] | None = None
    """If push delivery is used with this subscription, this field is used to configure it."""
    retry_policy: Given[RetryPolicy] | None = None
    """A policy that specifies how Pub/Sub retries message delivery for this subscription."""
    labels: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[Any]] = computed()
    """The subscription's own name."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The subscription as APIs write it: `projects/PROJECT/subscriptions/SUBSCRIPTION`."""


class PubSubSubscriptionIamMember(
    DeclaredResource,
    type="gcp.pubsub_subscription_iam_member",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role that somebody has on a subscription; others who have it, and bindings with a condition, are left alone."""

    subscription: Annotated[Input[str], Immutable()]
    """The output `resource_name` of the subscription."""
    role: Annotated[Input[str], Immutable()]
    """What it may do: `roles/storage.objectViewer`, or a role of your own."""
    member: Annotated[Input[str], Immutable()]
    """Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one."""


class PubSubTopic(
    DeclaredResource, type="gcp.pubsub_topic", provider="gcp", resolve_by="mark", timeout_s=60.0
):
    """A topic that messages are published to."""

    topic_id: Annotated[Input[str] | None, Immutable()] = None
    """The topic's own name, without its project."""
    kms_key_name: Annotated[Input[str] | None, Immutable()] = None
    """The resource name of the Cloud KMS CryptoKey to be used to protect access to messages published on this topic."""
    ingestion_data_source_settings: Given[IngestionDataSourceSettings] | None = None
    """Settings for ingestion from a data source into this topic."""
    message_retention_duration: Input[str] | None = None
    """Indicates the minimum duration to retain a message after it is published to the topic."""
    message_storage_policy: Given[MessageStoragePolicy] | None = None
    """Policy constraining the set of Google Cloud Platform regions where messages published to the topic may be stored."""
    message_transforms: Given[Sequence[Given[MessageTransform]]] | None = None
    """Transforms to be applied to messages published to the topic."""
    schema_settings: Given[SchemaSettings] | None = None
    """Settings for validating messages published against a schema."""
    labels: Given[Mapping[str, Input[str]]] | None = None
    """Names and values that are put on the object."""
    physical_name: ClassVar[Computed[Any]] = computed()
    """The topic's own name."""
    resource_name: ClassVar[Computed[str]] = computed()
    """The topic as APIs write it: `projects/PROJECT/topics/TOPIC`."""
    url: ClassVar[Computed[str]] = computed()
    """The topic as Cloud Storage's notifications write it."""


class PubSubTopicIamMember(
    DeclaredResource,
    type="gcp.pubsub_topic_iam_member",
    provider="gcp",
    resolve_by="unique-name-with-proof",
    timeout_s=60.0,
):
    """A role that somebody has on a topic; others who have it, and bindings with a condition, are left alone."""

    topic: Annotated[Input[str], Immutable()]
    """The output `resource_name` of the topic."""
    role: Annotated[Input[str], Immutable()]
    """What it may do: `roles/storage.objectViewer`, or a role of your own."""
    member: Annotated[Input[str], Immutable()]
    """Who: `serviceAccount:EMAIL`, `user:EMAIL`, `group:EMAIL`. The output `member` of a service account is one."""
