"""From a URL to the place: `file:PATH`, `s3://`, `gs://`, `az://`; the parameters are those of stores.

A server that speaks S3 is `s3://BUCKET/PREFIX?endpoint=URL`.
"""

import importlib
from collections.abc import Callable
from typing import cast

from unknot.providers.objects.base import Place
from unknot.providers.objects.failures import PlaceError, place_error
from unknot.state.stores.base import StoreError

OPENERS: dict[str, str] = {
    "az": "unknot.providers.objects.azure:open_azure",
    "file": "unknot.providers.objects.local:open_local",
    "gs": "unknot.providers.objects.gcs:open_gcs",
    "s3": "unknot.providers.objects.s3:open_s3",
}
"""Scheme to `module:function`."""


def open_place(url: str) -> Place:
    """The place at `url`; touches nothing yet. Raises PlaceError, MissingExtra."""
    scheme, colon, _ = url.partition(":")
    if not colon or scheme not in OPENERS:
        known = ", ".join(f"`{name}:`" for name in OPENERS)
        raise PlaceError(
            f"`{url}` is no place that objects are copied from or to", detail=f"Known are {known}."
        )
    module, _, function = OPENERS[scheme].partition(":")
    opener = cast("Callable[[str], Place]", getattr(importlib.import_module(module), function))
    try:
        return opener(url)
    except StoreError as error:
        raise place_error(error) from error
