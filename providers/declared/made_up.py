"""Names of objects that the stack does not name: made of the address and of our token, in the form that an API takes."""

import re
import uuid
from typing import Final, NamedTuple

from unknot.providers.declared.shapes import Shape

_TOKEN_LENGTH: Final = 8
_LONGEST: Final = 63
"""Of names of which nothing else is known."""


class _Rule(NamedTuple):
    """What names of a format are like."""

    other: str
    """A regular expression of what is not in them."""
    between: str = "-"
    """What stands in its place, and before the token."""
    longest: int = _LONGEST
    lower: bool = True


_RULES: Final = {
    "azure_blob_name": _Rule(r"[^a-z0-9._/-]+", longest=200),
    "azure_container_app_job_name": _Rule(r"[^a-z0-9]+", longest=32),
    "azure_container_name": _Rule(r"[^a-z0-9]+"),
    "azure_identity_name": _Rule(r"[^a-z0-9_-]+"),
    "azure_queue_name": _Rule(r"[^a-z0-9]+"),
    "azure_resource_group_name": _Rule(r"[^a-z0-9_-]+"),
    "azure_secret_name": _Rule(r"[^a-z0-9]+"),
    "azure_storage_account_name": _Rule(r"[^a-z0-9]+", "", 24),
    "azure_table_name": _Rule(r"[^a-z0-9]+", ""),
    "azure_vault_name": _Rule(r"[^a-z0-9]+", longest=24),
    "bigquery_dataset_id": _Rule(r"[^A-Za-z0-9_]+", "_", lower=False),
    "bigquery_table_id": _Rule(r"[^A-Za-z0-9_]+", "_", lower=False),
    "bucket_name": _Rule(r"[^a-z0-9-]+"),
    "gcp_account_id": _Rule(r"[^a-z0-9-]+"),
    "gcp_dns_label": _Rule(r"[^a-z0-9-]+"),
    "gcs_bucket_name": _Rule(r"[^a-z0-9-]+"),
}
"""By format. A name of any other format is taken as it is."""


def made_up(name: str, token: str, field: str, shape: Shape | None) -> str:
    """A name like `name` that nobody else makes up, since nobody else has the token."""
    form = "" if shape is None else shape.format
    if form == "uuid":
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{token}/{field}"))
    limit = int(shape.max) if shape is not None and shape.max else None
    rule = _RULES.get(form)
    between = "-"
    if rule is None:
        limit = limit or _LONGEST
    else:
        between = rule.between
        limit = min(limit or rule.longest, rule.longest)
        name = re.sub(rule.other, between, name.lower() if rule.lower else name)
        name = name.strip("-_") if rule.lower else name
    return f"{name[: limit - _TOKEN_LENGTH - 1]}{between}{token[:_TOKEN_LENGTH]}".lstrip("-")
