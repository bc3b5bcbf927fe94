"""Names that must be unique in the whole world, or in an account, and whose rules no model states.

S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
Cloud Storage: https://cloud.google.com/storage/docs/buckets#naming
Azure: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from unknot.providers.declared.problem import Problem

_ADDRESS: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")
_S3_PREFIXES: Final = ("xn--", "sthree-", "amzn-s3-demo-")
_S3_SUFFIXES: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_AZURE_CONTAINERS: Final = ("$root", "$web", "$logs")


def s3_bucket(value: Any) -> Iterator[Problem]:
    """Of a bucket for general purposes."""
    yield from _stated(value, _s3(str(value)))


def gcs_bucket(value: Any) -> Iterator[Problem]:
    yield from _stated(value, _gcs(str(value)))


def azure_container(value: Any) -> Iterator[Problem]:
    text = str(value)
    if text not in _AZURE_CONTAINERS:
        yield from _stated(value, _azure_dashed(text))


def azure_queue(value: Any) -> Iterator[Problem]:
    yield from _stated(value, _azure_dashed(str(value)))


def azure_table(value: Any) -> Iterator[Problem]:
    is_right = re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,62}", str(value)) and str(value).lower() != "tables"
    yield from _stated(
        value, None if is_right else "It has 3 to 63 letters and digits, and begins with a letter."
    )


def azure_storage_account(value: Any) -> Iterator[Problem]:
    is_right = re.fullmatch(r"[a-z0-9]{3,24}", str(value))
    yield from _stated(value, None if is_right else "It has 3 to 24 lower case letters and digits.")


def azure_vault(value: Any) -> Iterator[Problem]:
    is_right = re.fullmatch(r"(?=.{3,24}$)[A-Za-z](-?[A-Za-z0-9])*", str(value))
    wanted = "It has 3 to 24 letters, digits and single hyphens, begins with a letter and ends with a letter or digit."
    yield from _stated(value, None if is_right else wanted)


def azure_resource_group(value: Any) -> Iterator[Problem]:
    is_right = re.fullmatch(r"[\w.()-]{0,89}[\w()-]", str(value))
    wanted = "It has up to 90 letters, digits, `_`, `-`, `.` and brackets, and does not end with a full stop."
    yield from _stated(value, None if is_right else wanted)


def _s3(name: str) -> str | None:
    if not 3 <= len(name) <= 63:
        return f"It has 3 to 63 characters; this one has {len(name)}."
    if wrong := re.search(r"[^a-z0-9.-]", name):
        return f"It has lower case letters, digits, `.` and `-`; this one has `{wrong[0]}`."
    if not re.fullmatch(r"[a-z0-9].*[a-z0-9]", name):
        return "It begins and ends with a letter or digit."
    if ".." in name:
        return "It has no two full stops side by side."
    if _ADDRESS.fullmatch(name):
        return "It is not in the form of an IP address."
    for prefix in _S3_PREFIXES:
        if name.startswith(prefix):
            return f"Names that begin with `{prefix}` are reserved."
    for suffix in _S3_SUFFIXES:
        if name.endswith(suffix):
            return f"Names that end with `{suffix}` are reserved."
    return None


def _gcs(name: str) -> str | None:
    limit = 222 if "." in name else 63
    if not 3 <= len(name) <= limit or any(not 1 <= len(part) <= 63 for part in name.split(".")):
        return "It has 3 to 63 characters, or up to 222 with full stops between parts of 1 to 63."
    if wrong := re.search(r"[^a-z0-9._-]", name):
        return f"It has lower case letters, digits, `.`, `_` and `-`; this one has `{wrong[0]}`."
    if not re.fullmatch(r"[a-z0-9].*[a-z0-9]", name):
        return "It begins and ends with a letter or digit."
    if _ADDRESS.fullmatch(name):
        return "It is not in the form of an IP address."
    if name.startswith("goog") or "google" in name or "g00gle" in name:
        return "Names that begin with `goog`, or have `google` or `g00gle` in them, are reserved."
    return None


def _azure_dashed(name: str) -> str | None:
    if not re.fullmatch(r"(?=.{3,63}$)[a-z0-9](-?[a-z0-9])*", name):
        return "It has 3 to 63 lower case letters, digits and single hyphens, and begins and ends with a letter or digit."
    return None


def _stated(value: Any, wanted: str | None) -> Iterator[Problem]:
    if wanted is not None:
        yield Problem("", f"cannot be `{str(value)[:70]}`", wanted)
