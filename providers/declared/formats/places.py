"""Regions and locations of the clouds, and what is made of them: ARNs.

AWS's regions are those of botocore's partitions, written to `partitions.json` by the generator. Google's are at
https://cloud.google.com/storage/docs/locations, Azure's at https://learn.microsoft.com/azure/reliability/regions-list.
"""

import functools
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any, Final

import msgspec

from unknot.providers.declared.problem import Problem
from unknot.stacks.diagnostic import nearest

_ACCOUNT: Final = re.compile(r"\d{12}|aws|\*|")
_SERVICE: Final = re.compile(r"[a-z0-9-]+|\*")
_FORM: Final = "An ARN is `arn:partition:service:region:account:resource`."

_GCP: Final = frozenset(
    [
        "africa-south1",
        "asia",
        "asia-east1",
        "asia-east2",
        "asia-northeast1",
        "asia-northeast2",
        "asia-northeast3",
        "asia-south1",
        "asia-south2",
        "asia-southeast1",
        "asia-southeast2",
        "asia-southeast3",
        "asia1",
        "australia-southeast1",
        "australia-southeast2",
        "eu",
        "eur3",
        "eur4",
        "eur5",
        "eur7",
        "eur8",
        "europe-central2",
        "europe-north1",
        "europe-north2",
        "europe-southwest1",
        "europe-west1",
        "europe-west10",
        "europe-west12",
        "europe-west2",
        "europe-west3",
        "europe-west4",
        "europe-west6",
        "europe-west8",
        "europe-west9",
        "global",
        "in",
        "me-central1",
        "me-central2",
        "me-west1",
        "nam3",
        "nam4",
        "northamerica-northeast1",
        "northamerica-northeast2",
        "northamerica-south1",
        "southamerica-east1",
        "southamerica-west1",
        "us",
        "us-central1",
        "us-east1",
        "us-east4",
        "us-east5",
        "us-south1",
        "us-west1",
        "us-west2",
        "us-west3",
        "us-west4",
    ]
)

_AZURE: Final = frozenset(
    [
        "asia",
        "asiapacific",
        "australia",
        "australiacentral",
        "australiacentral2",
        "australiaeast",
        "australiasoutheast",
        "austriaeast",
        "belgiumcentral",
        "brazilsouth",
        "brazilsoutheast",
        "canadacentral",
        "canadaeast",
        "centralindia",
        "centralus",
        "chilecentral",
        "eastasia",
        "eastus",
        "eastus2",
        "europe",
        "francecentral",
        "francesouth",
        "germanynorth",
        "germanywestcentral",
        "global",
        "indonesiacentral",
        "israelcentral",
        "italynorth",
        "japaneast",
        "japanwest",
        "jioindiacentral",
        "jioindiawest",
        "koreacentral",
        "koreasouth",
        "malaysiawest",
        "mexicocentral",
        "newzealandnorth",
        "northcentralus",
        "northeurope",
        "norwayeast",
        "norwaywest",
        "polandcentral",
        "qatarcentral",
        "southafricanorth",
        "southafricawest",
        "southcentralus",
        "southeastasia",
        "southindia",
        "spaincentral",
        "swedencentral",
        "switzerlandnorth",
        "switzerlandwest",
        "uaecentral",
        "uaenorth",
        "uksouth",
        "ukwest",
        "unitedstates",
        "westcentralus",
        "westeurope",
        "westindia",
        "westus",
        "westus2",
        "westus3",
        "chinaeast",
        "chinaeast2",
        "chinaeast3",
        "chinanorth",
        "chinanorth2",
        "chinanorth3",
        "usgovarizona",
        "usgovtexas",
        "usgovvirginia",
        "usdodcentral",
        "usdodeast",
    ]
)


@functools.cache
def partitions() -> dict[str, tuple[str, ...]]:
    """Partitions of AWS, and the regions of each."""
    data = (resources.files("unknot.providers.declared.formats") / "partitions.json").read_bytes()
    return msgspec.json.decode(data, type=dict[str, tuple[str, ...]])


@functools.cache
def _regions() -> frozenset[str]:
    return frozenset(region for regions in partitions().values() for region in regions)


def region(value: Any) -> Iterator[Problem]:
    """A region of AWS."""
    yield from _place("", value, _regions(), "AWS")


def gcp_location(value: Any) -> Iterator[Problem]:
    """A location of Google Cloud, in either case; two of them joined by `+` are a dual region."""
    for part in str(value).lower().split("+"):
        yield from _place("", re.sub(r"(\d)-[a-f]$", r"\1", part), _GCP, "Google Cloud")


def azure_location(value: Any) -> Iterator[Problem]:
    """A region of Azure; `West Europe` is the same as `westeurope`."""
    yield from _place("", str(value).lower().replace(" ", ""), _AZURE, "Azure")


def arn(value: Any) -> Iterator[Problem]:
    """The parts that every ARN has; what comes after them is the service's own."""
    text = str(value)
    parts = text.split(":", 5)
    if parts[0] != "arn":
        yield Problem("", f"cannot be `{text[:60]}`", f"{_FORM} This one does not begin with `arn:`.")
        return
    if len(parts) < 6 or not parts[5]:
        yield Problem("", f"cannot be `{text[:60]}`", f"{_FORM} This one ends too early.")
        return
    _, partition, service, place, account, _ = parts
    if partition != "*" and partition not in partitions():
        yield Problem(
            "", f"is an ARN in the partition `{partition[:40]}`, which there is not",
            f"{nearest(partition, partitions())}Partitions: {', '.join(partitions())}.",
        )  # fmt: skip
        return
    if not _SERVICE.fullmatch(service):
        yield Problem(
            "",
            f"is an ARN of the service `{service[:40]}`",
            f"{_FORM} A service is in lower case: `s3`, `iam`.",
        )
    if place not in ("", "*"):
        known = frozenset(partitions().get(partition, ())) or _regions()
        yield from _place("", place, known, f"the partition `{partition}`", what="is an ARN in the region")
    if not _ACCOUNT.fullmatch(account):
        yield Problem(
            "",
            f"is an ARN of the account `{account[:40]}`",
            "An account is twelve digits, or nothing where the service has none.",
        )


def _place(
    path: str, value: Any, known: frozenset[str], of: str, what: str = "is the region"
) -> Iterator[Problem]:
    if value in known:
        return
    listed = ", ".join(sorted(known))
    yield Problem(
        path,
        f"{what} `{str(value)[:40]}`, which {of} has not",
        f"{nearest(str(value), sorted(known))}Known: {listed}.",
    )
