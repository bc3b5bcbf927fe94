"""Apply on a store that is full, or fails now and then: nothing is made twice and nothing is lost (rule A2)."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from unknot.providers.fake import Bucket, Thing
from unknot.stacks.errors import UnknotError
from unknot.state.stores.base import PutResult, StoreError, StoreFull
from unknot.state.stores.memory import MemoryStore


class FaultyStore(MemoryStore):
    """Answers its n-th put as it is told, and all later ones too if it is full."""

    def __init__(self) -> None:
        super().__init__()
        self.puts = 0
        self.full_from = 0
        self.lost_answers_every = 0
        self.errors_every = 0

    def put_if_absent(self, key: str, data: bytes) -> PutResult:
        self.puts += 1
        if self.full_from and self.puts >= self.full_from:
            raise StoreFull("no room left", detail="Free some space.")
        if self.errors_every and self.puts % self.errors_every == 0:
            raise StoreError("try again", retryable=True)
        result = super().put_if_absent(key, data)
        if self.lost_answers_every and self.puts % self.lost_answers_every == 0:
            return PutResult.UNKNOWN
        return result


def things(value: int) -> list[Any]:
    a = Thing("a", value=value, kind=f"k{value}")
    b = Thing("b", value=a.url)
    return [a, b, Thing("c", value=b.echo), Bucket("free", versioning=value > 1)]


@pytest.mark.rule("A2")
@pytest.mark.parametrize("after", range(1, 9))
def test_full_disk_at_any_write_leaves_what_the_next_apply_can_finish(
    make_site: Callable[..., Any], after: int
) -> None:
    store = FaultyStore()
    site = make_site(store)
    site.up(*things(1))
    saved = site.plan(*things(2))
    store.full_from = store.puts + after
    with contextlib.suppress(UnknotError):  # told as a diagnostic; if there was room enough, all was done
        assert site.apply(saved).exit_code == 0
    store.full_from = 0
    later = make_site(store)
    later.fake = site.fake
    lease = later.snapshot().lease
    if lease is not None:
        later.ledger.break_lease(lease.id, by="test")
    later.up(*things(2))
    snapshot = later.snapshot()
    assert not snapshot.intents
    recorded = {i.id for s in snapshot.resources.values() for i in s.instances}
    assert recorded == {o.id for o in later.world.objects()}
    assert later.plan(*things(2)).plan.is_empty
    assert later.world.count("create", "a") == 2
    assert later.world.count("create", "b") == 1


@pytest.mark.parametrize("fault", ["lost_answers_every", "errors_every"])
def test_store_that_fails_now_and_then_is_no_trouble(make_site: Callable[..., Any], fault: str) -> None:
    store = FaultyStore()
    site = make_site(store)
    site.up(*things(1))
    setattr(store, fault, 3)
    site.up(*things(2))
    setattr(store, fault, 0)
    assert site.plan(*things(2)).plan.is_empty
    assert site.world.count("create", "a") == 2
