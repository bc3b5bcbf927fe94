"""What a text holds beyond its characters: names of the clouds, ARNs, policies and other embedded documents.

A check yields what is wrong; it never raises for a wrong text and reaches no network.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import msgspec

from unknot.providers.declared.formats import (
    azure,
    documents,
    google,
    names,
    network,
    places,
    policy,
    schedules,
    state_machine,
)
from unknot.providers.declared.problem import Problem

Check: TypeAlias = Callable[[Any], Iterator[Problem]]


class Format(msgspec.Struct, frozen=True):
    """One format."""

    check: Check
    """Of a document: over its value, decoded."""
    doc: str
    """What is wanted, in a few words for the reference."""
    is_document: bool = False
    """JSON: users may give a mapping in place of text."""


FORMATS: Final[dict[str, Format]] = {
    "arn": Format(places.arn, "an ARN: `arn:partition:service:region:account:resource`"),
    "azure_blob_name": Format(azure.blob, "a name of a blob"),
    "azure_container_app_job_name": Format(azure.container_app_job, "a name of a job of Container Apps"),
    "azure_container_name": Format(names.azure_container, "a name of a container in Azure Blob Storage"),
    "azure_identity_name": Format(azure.identity, "a name of a managed identity"),
    "azure_location": Format(places.azure_location, "a region of Azure"),
    "azure_queue_name": Format(names.azure_queue, "a name of a queue in Azure Storage"),
    "azure_resource_group_name": Format(names.azure_resource_group, "a name of a resource group"),
    "azure_resource_id": Format(azure.resource_id, "a resource id: `/subscriptions/ID/resourceGroups/GROUP/...`"),
    "azure_role": Format(azure.role, "a role: `/providers/Microsoft.Authorization/roleDefinitions/UUID`"),
    "azure_secret_name": Format(azure.secret, "a name of a secret in a Key Vault"),
    "azure_storage_account_name": Format(names.azure_storage_account, "a name of a storage account"),
    "azure_table_name": Format(names.azure_table, "a name of a table in Azure Storage"),
    "azure_vault_name": Format(names.azure_vault, "a name of a Key Vault"),
    "bucket_name": Format(names.s3_bucket, "a name of an S3 bucket"),
    "cidr": Format(network.cidr, "a block of addresses: `10.0.0.0/16`"),
    "bigquery_dataset_id": Format(google.dataset_id, "an id of a dataset in BigQuery"),
    "bigquery_table_id": Format(google.table_id, "an id of a table in BigQuery"),
    "gcp_account_id": Format(google.account_id, "an id of a service account"),
    "gcp_dns_label": Format(google.dns_label, "a name of up to 49 lower case letters, digits and `-`"),
    "gcp_kms_key": Format(google.kms_key, "a key of Cloud KMS"),
    "gcp_member": Format(google.member, "who has a role: `user:`, `serviceAccount:`, `group:` and an e-mail address"),
    "gcp_project": Format(google.project, "an id of a project of Google Cloud"),
    "gcp_role": Format(google.role, "an IAM role: `roles/storage.objectViewer`"),
    "gcp_secret_id": Format(google.secret_id, "an id of a secret in Secret Manager"),
    "gcp_service_account": Format(google.service_account, "an e-mail address of a service account"),
    "gcp_topic": Format(google.topic, "a topic of Pub/Sub: `projects/PROJECT/topics/TOPIC`"),
    "gcp_topic_id": Format(google.topic_id, "an id of a topic or subscription of Pub/Sub"),
    "gcp_topic_url": Format(google.topic_url, "a topic of Pub/Sub: `//pubsub.googleapis.com/projects/PROJECT/topics/TOPIC`"),
    "gcp_location": Format(places.gcp_location, "a region, dual region or multi-region of Google Cloud"),
    "gcs_bucket_name": Format(names.gcs_bucket, "a name of a bucket in Google Cloud Storage"),
    "identity_policy": Format(policy.identity, "an IAM policy, as text or as a mapping", is_document=True),
    "image": Format(network.image, "a container image: `registry/repository:tag` or `...@sha256:...`"),
    "json": Format(documents.anything, "JSON, as text or as a mapping", is_document=True),
    "policy": Format(policy.any_policy, "a policy in IAM's language, as text or as a mapping", is_document=True),
    "region": Format(places.region, "a region of AWS"),
    "resource_policy": Format(policy.resource, "a policy that names principals, as text or as a mapping", is_document=True),
    "schedule_expression": Format(schedules.rule, "`rate(5 minutes)` or `cron(0 12 * * ? *)`"),
    "scheduler_expression": Format(schedules.scheduler, "`rate(5 minutes)`, `cron(0 12 * * ? *)` or `at(2026-11-25T12:00:00)`"),
    "state_machine": Format(state_machine.definition, "Amazon States Language, as text or as a mapping", is_document=True),
    "trust_policy": Format(policy.trust, "who may assume the role, as text or as a mapping", is_document=True),
    "uuid": Format(azure.uuid, "a UUID"),
    "unix_cron": Format(schedules.unix, "five fields of cron: `0 12 * * *`"),
}  # fmt: skip

DOCUMENTS: Final = frozenset(name for name, each in FORMATS.items() if each.is_document)
"""Formats of JSON: compared by what they mean, not by how they are written."""
