"""What clouds take for moving data: a dated table in a file beside this one, which users can replace.

Figures are list prices in US dollars of one region each, without free tiers and discounts; each names its source.
What the table does not have is unknown, never nothing.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import msgspec

from unknot.stacks.errors import ProviderError


class CloudPrices(msgspec.Struct, frozen=True):
    """Of one kind of place, in US dollars. None is unknown."""

    region: str
    source: str
    """URL of the page that the figures are from."""
    egress_gb: float | None = None
    """Per GB (10**9 bytes) that leaves for the internet, so for another cloud."""
    region_gb: float | None = None
    """Per GB that goes to another region of the same cloud."""
    write_1000: float | None = None
    """Per 1,000 requests that write or list."""
    read_1000: float | None = None
    """Per 1,000 requests that read."""
    storage_gb_month: float | None = None
    """Per GB and month in the standard class."""


class Prices(msgspec.Struct, frozen=True):
    """The table."""

    date: str
    """Year and month in which the figures were looked up."""
    clouds: Mapping[str, CloudPrices]
    """By the kind of place: `s3`, `gs`, `az`, `local`."""


def load_prices(path: Path | None = None) -> Prices:
    """The table in a JSON file; without one, that of unknot. Raises ProviderError."""
    try:
        text = (
            files("unknot.providers.copying").joinpath("prices.json").read_bytes()
            if path is None
            else path.read_bytes()
        )
        return msgspec.json.decode(text, type=Prices)
    except OSError as error:
        raise ProviderError(
            f"the price table `{path}` cannot be read: {error.strerror or error}",
            detail="Correct the path, or leave it out to use the table of unknot.",
        ) from error
    except msgspec.MsgspecError as error:
        raise ProviderError(
            f"`{path}` is no price table: {error}",
            detail="It is JSON as `providers/copying/prices.json` of unknot is; leave out what is unknown.",
        ) from error
