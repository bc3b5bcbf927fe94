"""A whole provider without a world of its own, for users' tests: see `docs/guides/write-a-provider.md`."""

from unknot.providers.fake.provider import FakeProvider, Step
from unknot.providers.fake.resources import Blind, Bucket, Job, Marked, Thing, Tokened, Unique
from unknot.providers.fake.rules import Gate
from unknot.providers.fake.world import FakeObject, World

__all__ = [
    "Blind",
    "Bucket",
    "FakeObject",
    "FakeProvider",
    "Gate",
    "Job",
    "Marked",
    "Step",
    "Thing",
    "Tokened",
    "Unique",
    "World",
]
