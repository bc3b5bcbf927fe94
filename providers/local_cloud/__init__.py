"""This machine as a cloud: buckets, secrets, tables, queues and identities as files under the project."""

from unknot.providers.local_cloud.cloud import LocalCloud
from unknot.providers.local_cloud.provider import LocalProvider

__all__ = ["LocalCloud", "LocalProvider"]
