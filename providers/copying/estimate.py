"""How long a copy will take and what it will cost, before it is begun: nothing is written for it.

Bytes and objects are those of the survey. The time follows from a sample: objects that are read from the source, and
requests that the target answers. The money follows from the price table. What is not known is said to be unknown.
"""

import functools
import itertools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from unknot.providers.copying.pace import Pace
from unknot.providers.copying.prices import CloudPrices, Prices
from unknot.providers.copying.surveying import Survey, listed
from unknot.providers.objects.base import ObjectInfo, Place
from unknot.providers.objects.failures import ObjectChanged, ObjectMissing, ObjectRefused

T = TypeVar("T")

MIB = 1024 * 1024
GB = 10**9

LISTED = 2000
SMALL_OBJECTS = 256
SMALL_BYTES = MIB // 4
"""An object up to this size takes the time of its requests, a larger one that of its bytes too."""

RANGES = 8
RANGE_BYTES = 8 * MIB
LIST_PAGE = 1000
"""Objects in one answer to a request for a listing."""


class Sample(msgspec.Struct, frozen=True):
    """What was measured with so many workers. None is not known: there was nothing to measure it with."""

    reads_per_s: float | None
    """Small objects read from the source."""
    read_bytes_per_s: float | None
    """Of larger ones."""
    requests_per_s: float
    """That the target answers."""


class Estimate(msgspec.Struct, frozen=True):
    """What a copy will take."""

    objects: int
    bytes: int
    seconds: float | None
    egress_usd: float | None
    requests_usd: float | None
    storage_usd_month: float | None
    """For what the target then holds."""
    prices: str
    """The date of the price table."""
    unknown: tuple[str, ...]
    """What could not be estimated, and why."""

    @property
    def usd(self) -> float | None:
        """For the copy itself; None if a part of it is unknown."""
        if self.egress_usd is None or self.requests_usd is None:
            return None
        return self.egress_usd + self.requests_usd


def measure(source: Place, target: Place, *, workers: int = 32, pace: Pace | None = None) -> Sample:
    """Read a sample of the source, and ask the target about objects that are not there. Raises PlaceError."""
    pace = pace or Pace()
    rows = [info for info in itertools.islice(listed(source, pace), LISTED) if not info.refusal]
    small = [info for info in rows if info.size <= SMALL_BYTES][:SMALL_OBJECTS]
    large = [info for info in rows if info.size > SMALL_BYTES][:RANGES]

    def read(info: ObjectInfo) -> int:
        try:
            data, _ = pace.ask(source, functools.partial(source.read, info))
        except (ObjectChanged, ObjectMissing, ObjectRefused):
            return 0
        return len(data)

    def read_range(info: ObjectInfo) -> int:
        length = min(info.size, RANGE_BYTES)
        try:
            data = pace.ask(source, functools.partial(source.read_range, info, 0, length))
        except (ObjectChanged, ObjectMissing, ObjectRefused):
            return 0
        return len(data)

    def look(number: int) -> int:
        pace.ask(target, functools.partial(target.describe, f"unknot-not-there-{number}"))
        return 1

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(look, range(workers)))  # connections are opened once, not for each object
        asked, asking_s = _timed(pool, look, range(max(64, 2 * workers)))
        if small:
            list(pool.map(read, small[:workers]))
        reads, reading_s = _timed(pool, read, small)
        size, range_s = _timed(pool, read_range, large)
    return Sample(
        reads_per_s=len(small) / reading_s if small and reads is not None else None,
        read_bytes_per_s=size / range_s if size else None,
        requests_per_s=asked / asking_s,
    )


def estimate(
    found: Survey,
    source: Place,
    target: Place,
    prices: Prices,
    sample: Sample | None = None,
    *,
    verified: bool = True,
) -> Estimate:
    """What copying a surveyed source will take, its verification included unless that is left out."""
    unknown: list[str] = []
    by_cloud = target.copies_from(source)
    theirs, ours = prices.clouds.get(source.kind), prices.clouds.get(target.kind)
    for kind, given in ((source.kind, theirs), (target.kind, ours)):
        if given is None:
            unknown.append(f"prices of `{kind}`: not in the table")
    egress = _egress(found, source, target, theirs, ours, verified, by_cloud, unknown)
    return Estimate(
        found.objects,
        found.bytes,
        _seconds(found, sample, verified, by_cloud, unknown),
        egress,
        _requests(found, theirs, ours, verified, by_cloud, unknown),
        _known("storage in the target", unknown, _price(ours, "storage_gb_month"), found.bytes / GB),
        prices.date,
        tuple(unknown),
    )


def _egress(
    found: Survey,
    source: Place,
    target: Place,
    theirs: CloudPrices | None,
    ours: CloudPrices | None,
    verified: bool,
    by_cloud: bool,
    unknown: list[str],
) -> float | None:
    """Data that leaves the source, and the target when it is read again from outside of it."""
    size = found.bytes / GB
    if by_cloud:
        unknown.append(
            "egress between regions: the places' regions are not compared; it is nothing within one"
        )
        moved: float | None = 0.0
    else:
        moved = _known(f"egress from `{source.kind}`", unknown, _price(theirs, "egress_gb"), size)
    if not verified:
        return moved
    back = _known(f"egress from `{target.kind}`", unknown, _price(ours, "egress_gb"), size)
    return None if moved is None or back is None else moved + back


def _requests(
    found: Survey,
    theirs: CloudPrices | None,
    ours: CloudPrices | None,
    verified: bool,
    by_cloud: bool,
    unknown: list[str],
) -> float | None:
    pages = -(-found.objects // LIST_PAGE) / 1000
    reads, writes = found.parts / 1000, (found.parts + 2 * (found.parts > found.objects)) / 1000
    amounts = [
        _known("requests that list the source", unknown, _price(theirs, "write_1000"), 2 * pages),
        _known("requests that write", unknown, _price(ours, "write_1000"), writes + pages),
    ]
    if not by_cloud:
        amounts.append(_known("requests that read", unknown, _price(theirs, "read_1000"), reads))
    if verified:
        amounts.append(_known("requests that verify", unknown, _price(ours, "read_1000"), reads))
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _seconds(
    found: Survey, sample: Sample | None, verified: bool, by_cloud: bool, unknown: list[str]
) -> float | None:
    if sample is None:
        unknown.append("time: nothing was measured")
        return None
    requests = found.objects / sample.requests_per_s
    if by_cloud and not verified:
        return requests
    if sample.reads_per_s is None and sample.read_bytes_per_s is None:
        if not found.objects:
            return 0.0
        unknown.append("time: no object could be read as a sample")
        return None
    reads = (
        found.objects / sample.reads_per_s if sample.reads_per_s else found.objects / sample.requests_per_s
    )
    large = max(0, found.bytes - found.objects * SMALL_BYTES)
    if large and sample.read_bytes_per_s is None:
        unknown.append("time of large objects: there was none in the sample")
        return None
    moving = large / sample.read_bytes_per_s if sample.read_bytes_per_s else 0.0
    # Bytes are written as fast as they were read, and objects as fast as the target answers.
    copying = requests if by_cloud else reads + requests + 2 * moving
    return copying + (reads + moving if verified else 0.0)


def _price(cloud: CloudPrices | None, name: str) -> float | None:
    price: float | None = None if cloud is None else getattr(cloud, name)
    return price


def _known(what: str, unknown: list[str], price: float | None, amount: float) -> float | None:
    if price is not None:
        return price * amount
    if what not in unknown:
        unknown.append(what)
    return None


def _timed(pool: ThreadPoolExecutor, call: Callable[[T], int], items: Sequence[T]) -> tuple[int, float]:
    begun = time.monotonic()
    total = sum(pool.map(call, items))
    return total, max(time.monotonic() - begun, 1e-6)
