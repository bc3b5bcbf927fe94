"""What holds for any keys, sizes and orders."""

import hashlib
import threading
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.providers.copying import Copy, Options, verify
from unknot.providers.copying.deltas import Drop, Keep, Leave, Take, key_of, stamp, steps
from unknot.providers.copying.hashing import OrderedHash
from unknot.providers.copying.manifest import Entry
from unknot.providers.copying.pace import Budget
from unknot.providers.copying.surveying import Tally, judged
from unknot.providers.objects import Attributes, ObjectInfo, Traits, fit
from unknot.providers.objects.azure import in_code_point_order
from unknot.state.stores.memory import MemoryStore

KEYS = st.text(st.characters(codec="utf-8"), max_size=6)
TREES = st.dictionaries(KEYS, st.binary(max_size=3000), max_size=12)


@given(TREES, TREES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_passes_make_the_target_what_the_source_is(
    dict_place: Any, before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    source, target, journal = dict_place("source", before), dict_place("target"), MemoryStore()
    copy = Copy(source, target, journal, "copy", Options(workers=2, part_bytes=300, memory_bytes=2000))
    copy.run()
    assert target.tree() == source.tree()
    for key in set(before) - set(after):
        source.delete(key)
    for key, data in after.items():
        source.put(key, data)
    copy.run()
    assert target.tree() == source.tree()
    assert verify(copy.manifest(), target).is_proven


@given(st.lists(st.binary(max_size=20), max_size=12), st.randoms(use_true_random=False))
def test_hash_of_parts_in_any_order_is_that_of_the_whole(parts: list[bytes], numbers: Any) -> None:
    ordered, released = OrderedHash(), []
    order = list(range(len(parts)))
    numbers.shuffle(order)
    for number in order:
        ordered.offer(number, parts[number], lambda number=number: released.append(number))  # type: ignore[misc]
    assert ordered.digest() == hashlib.sha256(b"".join(parts)).digest()
    assert released == sorted(order)


@given(st.dictionaries(KEYS, st.integers(0, 2)), st.dictionaries(KEYS, st.integers(0, 2)))
def test_steps_are_the_difference(listed: dict[str, int], copied: dict[str, int]) -> None:
    infos = [ObjectInfo(key, 1, str(version)) for key, version in sorted(listed.items())]
    entries = [
        Entry(key, 1, b"", stamp(ObjectInfo(key, 1, str(version))), stamp(ObjectInfo(key, 1, "t")))
        for key, version in sorted(copied.items())
    ]
    found = list(steps((Tally(info, "") for info in infos), iter(entries)))
    assert [key_of(step) for step in found] == sorted({*listed, *copied})
    for step in found:
        key = key_of(step)
        match step:
            case Take():
                assert listed[key] != copied.get(key)
            case Keep():
                assert listed[key] == copied[key]
            case Drop():
                assert key not in listed
            case Leave():
                raise AssertionError


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.text("ab/-", min_size=1, max_size=5), max_size=20))
def test_folder_refuses_exactly_the_keys_below_other_keys(dict_place: Any, keys: set[str]) -> None:
    target = dict_place("target")
    target.kind = "local"
    refused = {
        info.key
        for info, reason in judged((ObjectInfo(key, 1, "e") for key in sorted(keys)), target)
        if reason
    }
    assert refused == {key for key in keys if any(key.startswith(f"{other}/") for other in keys)}


@given(
    st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=20), max_size=4),
    st.dictionaries(st.text("abc/ ", min_size=1, max_size=5), st.text("xyz ", max_size=5), max_size=4),
    st.sampled_from(
        [
            Traits(tags=True, metadata_names="lower", metadata_ascii=True),
            Traits(tags=True, metadata_names="identifier", metadata_ascii=True),
            Traits(),
        ]
    ),
)
def test_what_is_carried_in_another_form_comes_back(
    metadata: dict[str, str], tags: dict[str, str], traits: Traits
) -> None:
    metadata = {name: value for name, value in metadata.items() if name == name.lower()}
    wanted = Attributes(metadata=metadata, tags=tags)
    given_, losses = fit(wanted, traits)
    assert all(loss.form == "carried" for loss in losses)
    if traits.metadata_ascii:
        assert all(value.isascii() and name.isascii() for name, value in given_.metadata.items())
    back, _ = fit(given_, Traits(tags=True))
    assert back == wanted


@given(st.sets(st.text(max_size=5), max_size=30))
def test_azure_listing_is_put_in_order_of_code_points(keys: set[str]) -> None:
    theirs = sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    found = in_code_point_order(ObjectInfo(key, 0, "") for key in theirs)
    assert [info.key for info in found] == sorted(keys)


@given(st.lists(st.integers(0, 150), min_size=1, max_size=30))
def test_budget_is_never_exceeded(sizes: list[int]) -> None:
    budget, lock, used, most = Budget(100), threading.Lock(), 0, 0

    def work(size: int) -> None:
        nonlocal used, most
        taken = budget.take(size)
        with lock:
            used += taken
            most = max(most, used)
        with lock:
            used -= taken
        budget.give(taken)

    threads = [threading.Thread(target=work, args=(size,)) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most <= 100
