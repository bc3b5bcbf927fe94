"""What a place can refuse, as exceptions; what the stores' connections say is turned into them here.

ProviderError
└── PlaceError              the place could not do what it was asked
    ├── PlaceDenied         credentials are missing, expired, or lack a permission
    ├── PlaceFull           no room, or a quota is used up
    ├── PlaceMissing        there is no such bucket, container or folder
    ├── ObjectMissing       there is no such object, or no longer
    ├── ObjectChanged       it is not of the pinned version any more
    ├── ObjectRefused       this one object cannot be read or written there
    └── UploadGone          the upload in parts was ended by somebody else
"""

from unknot.stacks.errors import MissingExtra, ProviderError
from unknot.state.stores.base import (
    KeyRefused,
    StoreDenied,
    StoreError,
    StoreFull,
    StoreLibraryMissing,
    StoreMissing,
)


class PlaceError(ProviderError):
    """A place could not do what it was asked."""


class PlaceDenied(PlaceError):
    """Credentials are missing or expired, or lack a permission; the detail says which and what to do."""


class PlaceFull(PlaceError):
    """There is no room left, or a quota is used up."""


class PlaceMissing(PlaceError):
    """The bucket, container or folder of the URL does not exist."""


class ObjectMissing(PlaceError):
    """There is no such object, or no longer."""


class ObjectChanged(PlaceError):
    """The object is not of the version any more that was to be read."""


class ObjectRefused(PlaceError):
    """This object cannot be read or written there, others can."""


class UploadGone(PlaceError):
    """An upload in parts was completed or ended by somebody else."""


_KINDS: tuple[tuple[type[StoreError], type[PlaceError]], ...] = (
    (StoreDenied, PlaceDenied),
    (StoreFull, PlaceFull),
    (StoreMissing, PlaceMissing),
    (KeyRefused, ObjectRefused),
)


def place_error(error: StoreError) -> PlaceError | MissingExtra:
    """The same thing said of a place. A library that is missing stays what it is."""
    if isinstance(error, StoreLibraryMissing):
        library, extra = ("boto3", "aws")
        if "google" in error.summary:
            library, extra = ("google-cloud-storage", "gcp")
        elif "azure" in error.summary:
            library, extra = ("azure-storage-blob", "azure")
        return MissingExtra(library, extra=extra, needed_for="objects there")
    for theirs, ours in _KINDS:
        if isinstance(error, theirs):
            return ours(error.summary, detail=error.detail, retryable=error.retryable)
    return PlaceError(error.summary, detail=error.detail, retryable=error.retryable)
