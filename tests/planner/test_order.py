"""Order of steps: along the arrows when making, against them when deleting, through what is unchanged."""

from collections.abc import Callable

import pytest

from unknot.planner.order import Cycle, Step, sort, steps
from unknot.planner.plan import Action, Change, ReadSet
from unknot.stacks.address import Address, Uid
from unknot.state.snapshot import ResourceState


def at(name: str) -> Address:
    return Address(f"fake.thing.{name}")


def state(name: str, *needs: str) -> ResourceState:
    return ResourceState(
        at(name), Uid(name), "fake.thing", "fake", "laptop", {}, dependencies=tuple(map(at, needs))
    )


def change(name: str, action: Action, needs: str = "", needed: str = "") -> Change:
    """`needs` now, and `needed` as recorded: names, one letter each."""
    prior = None if action is Action.CREATE else state(name, *needed)
    dependencies = () if action is Action.DELETE else tuple(map(at, needs))
    return Change(
        at(name),
        Uid(name),
        action,
        "fake.thing",
        "fake",
        "laptop",
        ReadSet(),
        prior=prior,
        dependencies=dependencies,
    )


def order_of(*changes: Change, recorded: tuple[ResourceState, ...] = ()) -> Callable[[str, str], bool]:
    """Whether one step, `make a`, must be done before another, by way of any others."""
    known = {c.prior.address: c.prior for c in changes if c.prior is not None}
    graph = steps(changes, {**known, **{s.address: s for s in recorded}})

    def step(text: str) -> Step:
        part, name = text.split()
        return Step(at(name), "make" if part == "make" else "delete")

    def before(first: str, second: str) -> bool:
        queue, seen = [step(second)], set[Step]()
        while queue:
            for waited in graph[queue.pop()] - seen:
                seen.add(waited)
                queue.append(waited)
        return step(first) in seen

    return before


@pytest.mark.stake(4)
def test_creations_follow_the_arrows() -> None:
    before = order_of(change("a", Action.CREATE), change("b", Action.CREATE, "a"))
    assert before("make a", "make b")
    assert not before("make b", "make a")


@pytest.mark.stake(4)
def test_deletions_go_against_the_arrows() -> None:
    before = order_of(change("a", Action.DELETE), change("b", Action.DELETE, needed="a"))
    assert before("delete b", "delete a")
    assert not before("delete a", "delete b")


def test_object_is_deleted_before_its_successor_is_made() -> None:
    assert order_of(change("a", Action.DELETE_THEN_CREATE))("delete a", "make a")


def test_object_is_deleted_after_its_successor_was_made() -> None:
    assert order_of(change("a", Action.CREATE_THEN_DELETE))("make a", "delete a")


def test_dependent_is_moved_to_the_successor_before_the_predecessor_goes() -> None:
    before = order_of(change("a", Action.CREATE_THEN_DELETE), change("b", Action.UPDATE, "a", "a"))
    assert before("make a", "make b")
    assert before("make b", "delete a")


def test_dependents_that_are_replaced_go_before_what_they_stand_on() -> None:
    both = Action.DELETE_THEN_CREATE
    before = order_of(change("a", both), change("b", both, "a", "a"))
    assert before("delete b", "delete a")
    assert before("delete a", "make a")
    assert before("make a", "make b")


def test_what_no_longer_needs_a_leaving_object_is_changed_before_it_goes() -> None:
    before = order_of(change("a", Action.DELETE), change("b", Action.UPDATE, "", "a"))
    assert before("make b", "delete a")


def test_order_holds_through_what_is_unchanged() -> None:
    between = (state("m", "a"), state("n", "m"))
    before = order_of(change("a", Action.UPDATE), change("b", Action.UPDATE, "n", "n"), recorded=between)
    assert before("make a", "make b")
    away = order_of(change("a", Action.DELETE), change("b", Action.DELETE, needed="n"), recorded=between)
    assert away("delete b", "delete a")


def test_wish_that_would_close_a_ring_is_given_up() -> None:
    before = order_of(
        change("a", Action.DELETE_THEN_CREATE),
        change("b", Action.DELETE, needed="a"),
        change("c", Action.UPDATE, "a", "ab"),
    )
    assert before("delete b", "delete a")
    assert before("delete a", "make a")
    assert before("make a", "make c")


def test_long_chain_needs_no_deep_stack() -> None:
    count = 5000
    chain = tuple(state(f"n{i}", *([f"n{i - 1}"] if i else [])) for i in range(count))
    first = change("n0", Action.UPDATE)
    last = Change(
        at("z"),
        Uid("z"),
        Action.CREATE,
        "fake.thing",
        "fake",
        "laptop",
        ReadSet(),
        dependencies=(at(f"n{count - 1}"),),
    )
    graph = steps([first, last], {s.address: s for s in chain})
    assert graph[Step(at("z"), "make")] == {Step(at("n0"), "make")}


def test_levels_are_sorted_by_name() -> None:
    assert sort({at("c"): (), at("a"): (), at("b"): (at("c"),)}) == [(at("a"), at("c")), (at("b"),)]


def test_cycle_names_every_address_in_it() -> None:
    with pytest.raises(Cycle) as found:
        sort({at("a"): (at("b"),), at("b"): (at("c"),), at("c"): (at("a"),), at("d"): ()})
    assert set(found.value.addresses) == {at("a"), at("b"), at("c")}
    assert found.value.addresses[0] == found.value.addresses[-1]
