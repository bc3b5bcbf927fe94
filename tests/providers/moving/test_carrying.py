"""What is carried, and what is proven of it."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unknot.providers.base import Context
from unknot.providers.mover import MoveError, MoveRequest
from unknot.providers.moving.carrying import between_stores, store_of
from unknot.providers.moving.selection import Selected, Selection
from unknot.providers.objects import open_place
from unknot.stacks.address import Address, Uid
from unknot.stacks.target import Target


@pytest.fixture
def request_(tmp_path: Path) -> MoveRequest:
    def side(name: str) -> Context:
        return Context(tmp_path, "lineage", Target(name, store=f"file:{name}"))

    return MoveRequest(
        "move-1",
        Address("workflow.w"),
        "workflow",
        Uid("u"),
        side("here"),
        side("there"),
        "p",
        "u",
        "p",
        2,
        "t",
    )


def fill(request: MoveRequest, *keys: str) -> None:
    store = store_of(request.source)
    for key in keys:
        store.put_if_absent(key, f"this is {key}".encode())


def test_only_what_is_selected_is_carried(request_: MoveRequest) -> None:
    fill(request_, "runs/u/1/started", "runs/v/1/started", "artifacts/a", "artifacts/b", "z")
    carriage = between_stores(request_, lambda: Selection(("runs/u/",), frozenset({"artifacts/b", "z"})))
    found = carriage.carry()
    assert found["objects"] == 3
    there = [key for key in store_of(request_.target).list("") if not key.startswith("moves/")]
    assert sorted(there) == ["artifacts/b", "runs/u/1/started", "z"]
    assert carriage.proven()["digest"] == found["digest"]


def test_what_others_have_at_the_target_is_left_alone_and_no_fault(request_: MoveRequest) -> None:
    store_of(request_.target).put_if_absent("artifacts/b", b"this is artifacts/b")
    store_of(request_.target).put_if_absent("artifacts/other", b"of another")
    fill(request_, "artifacts/b")
    keys = {"artifacts/b"}
    carriage = between_stores(request_, lambda: Selection(keys=frozenset(keys)))
    carriage.carry()
    keys.clear()  # it belongs to the resource no more: it is somebody else's too
    carriage.carry()
    assert store_of(request_.target).get("artifacts/b") == b"this is artifacts/b"
    assert store_of(request_.target).get("artifacts/other") == b"of another"
    assert carriage.proven()["fault_count"] == 0


def test_copy_that_arrived_damaged_is_made_anew(request_: MoveRequest, tmp_path: Path) -> None:
    fill(request_, "artifacts/a", "artifacts/b")
    carriage = between_stores(request_, lambda: Selection(keys=frozenset({"artifacts/a", "artifacts/b"})))
    carriage.carry()
    [file] = (tmp_path / "there").rglob("artifacts/a")
    file.chmod(0o644)
    file.write_bytes(b"this is artifacts/A")
    with pytest.raises(MoveError, match=r"1 objects of `workflow\.w` did not arrive"):
        carriage.proven()
    carriage.carry()
    assert carriage.proven()["fault_count"] == 0
    assert store_of(request_.target).get("artifacts/a") == b"this is artifacts/a"


def test_proof_needs_no_source(request_: MoveRequest, tmp_path: Path) -> None:
    fill(request_, "artifacts/a")
    between_stores(request_, lambda: Selection(keys=frozenset({"artifacts/a"}))).carry()

    def gone() -> Selection:
        raise AssertionError("the source was asked")

    assert between_stores(request_, gone).proven()["objects"] == 1


def test_interrupted_carriage_says_so(request_: MoveRequest) -> None:
    stopped = msgspec.structs.replace(request_, stopping=lambda: True)
    with pytest.raises(MoveError, match="was interrupted"):
        between_stores(stopped, Selection).carry()


KEYS = st.text("ab/", min_size=1, max_size=6).filter(lambda key: "//" not in key and key.strip("/") == key)


@given(
    there=st.sets(KEYS, max_size=12),
    keys=st.sets(KEYS, max_size=4),
    prefixes=st.sets(KEYS.map(lambda key: f"{key}/"), max_size=2),
    start=st.none() | KEYS,
)
def test_listing_of_a_selection_is_that_of_the_place_filtered(
    tmp_path_factory: pytest.TempPathFactory,
    there: set[str],
    keys: set[str],
    prefixes: set[str],
    start: str | None,
) -> None:
    there = {key for key in there if not any(other.startswith(f"{key}/") for other in there)}
    folder = tmp_path_factory.mktemp("place")
    for key in there:
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_text(key)
    place = open_place(f"file:{folder}")
    selection = Selection(tuple(sorted(prefixes)), frozenset(keys))
    found = [info.key for info in Selected(place, selection).list(start)]
    assert found == [info.key for info in place.list(start) if info.key in selection]
