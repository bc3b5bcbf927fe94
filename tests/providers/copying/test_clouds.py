"""Copies between real servers: every pair, odd keys, and what clouds do in the middle of a copy."""

import itertools
import os
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from proxy import Answer, Fault, Proxy, Request
from servers import Server, environment_of

from unknot.providers.copying import Copy, CopyRefused, Options, verify
from unknot.providers.objects import Attributes, Place, fit, open_place
from unknot.providers.objects.failures import PlaceDenied, PlaceMissing
from unknot.state.stores.memory import MemoryStore

pytestmark = pytest.mark.parts

KINDS = ("local", "s3", "gs", "az")
MIB = 2**20

PLAIN = {
    "a b+c&d=e?f#g%25.txt": b"x" * 1000,
    "empty": b"",
    "folder/ü/ß/\N{SNOWMAN}.csv": b"1,2\n",
    "日本語/ﾃｽﾄ/\U0001f600": b"y",
    "~tilde/'quote\"/(x)!*": b"z",
}

ODD = {
    "/begins with a slash": b"1",
    "double//slash": b"2",
    "ends with a slash/": b"3",
    "long/" + "é" * 500: b"4",
    "dot./x": b"5",
    "back\\slash": b"6",
}
"""S3 and GCS keep them; others refuse some."""

OPTIONS = Options(workers=8, part_bytes=5 * MIB, memory_bytes=64 * MIB)


def filled(place: Place, tree: Mapping[str, bytes]) -> Place:
    import hashlib

    wanted = Attributes(content_type="text/x-thing", metadata={"a-b": "ö"}, tags={"team": "x y"})
    given, _ = fit(wanted, place.traits)
    for key, data in tree.items():
        place.write(key, data, given, hashlib.sha256(data).digest())
    return place


def tree_of(place: Place) -> dict[str, bytes]:
    return {info.key: place.read(info).data for info in place.list()}


@pytest.mark.parametrize(("origin", "destination"), list(itertools.product(KINDS, KINDS)))
def test_every_pair_copies_all_of_it(
    new_place: Callable[[str], Place], origin: str, destination: str
) -> None:
    tree = {**PLAIN, "large/one": os.urandom(11 * MIB + 7)}
    source, target = filled(new_place(origin), tree), new_place(destination)
    copy = Copy(source, target, MemoryStore(), "copy", OPTIONS)
    report = copy.run()
    assert report.is_complete
    assert not [loss for loss in report.losses if loss.form == "lost"]
    assert tree_of(target) == tree
    assert verify(copy.manifest(), target, source).is_proven
    assert copy.run().is_quiet
    for info in target.list():
        found, _ = fit(target.read(info).attributes, source.traits)
        described = source.describe(info.key)
        assert described is not None
        if origin != "local" and destination != "local":
            assert found == described[1]
        assert (found.content_type, found.metadata, found.tags) == (
            described[1].content_type,
            described[1].metadata,
            described[1].tags,
        )


@pytest.mark.parametrize(("origin", "destination"), [("s3", "gs"), ("gs", "s3")])
def test_odd_keys_go_where_they_are_allowed(
    new_place: Callable[[str], Place], origin: str, destination: str
) -> None:
    source, target = filled(new_place(origin), ODD), new_place(destination)
    copy = Copy(source, target, MemoryStore(), "copy", OPTIONS)
    assert copy.run().is_complete
    assert tree_of(target) == ODD
    assert verify(copy.manifest(), target).is_proven


@pytest.mark.parametrize(
    ("destination", "refused"),
    [
        (
            "local",
            {"/begins with a slash", "double//slash", "ends with a slash/", "long/" + "é" * 500},
        ),
        ("az", {"ends with a slash/", "dot./x", "back\\slash"}),
    ],
)
def test_odd_keys_are_said_where_they_are_not(
    new_place: Callable[[str], Place], destination: str, refused: set[str]
) -> None:
    source, target = filled(new_place("s3"), ODD), new_place(destination)
    copy = Copy(source, target, MemoryStore(), "copy", OPTIONS)
    with pytest.raises(CopyRefused):
        copy.run()
    assert {problem.key for problem in copy.survey().problems} == refused
    assert all(problem.reason for problem in copy.survey().problems)
    assert list(target.list()) == [] if destination == "az" else True
    left_out = Options(skip_refused=True)
    report = Copy(source, target, MemoryStore(), "copy", left_out).run()
    assert {problem.key for problem in report.failures} == refused
    assert tree_of(target) == {key: data for key, data in ODD.items() if key not in refused}


def test_key_of_1024_bytes_is_copied(moto_server: Server, gcs_server: Server) -> None:
    with environment_of(moto_server), environment_of(gcs_server):
        import boto3
        from google.cloud import storage

        boto3.client("s3").create_bucket(Bucket="unknot-long-names")
        storage.Client().create_bucket("unknot-long-names")
        key = "k" * 1024
        source = filled(open_place("s3://unknot-long-names"), {key: b"x"})
        target = open_place("gs://unknot-long-names")
        assert not target.refuses(key)
        assert target.refuses(key + "k")
        assert Copy(source, target, MemoryStore(), "copy", OPTIONS).run().is_complete
        assert tree_of(target) == {key: b"x"}


class Watched:
    """A bucket of moto behind a proxy, and a copy into it."""

    def __init__(self, proxy: Proxy, url: str, source: Place, journal: MemoryStore) -> None:
        self.proxy = proxy
        self.target = open_place(f"{url}?endpoint={proxy.url}")
        self.source = source
        self.copy = Copy(source, self.target, journal, "copy", Options(workers=4, attempts=12))


@pytest.fixture
def watched(
    moto_server: Server, new_store_url: Callable[[str], str], new_place: Callable[[str], Place]
) -> Any:
    source = filled(new_place("local"), {f"k{n:03d}": os.urandom(100) for n in range(60)})
    url = new_store_url("s3")
    with Proxy(moto_server.url) as proxy:
        yield Watched(proxy, url, source, MemoryStore())


def is_write(request: Request) -> bool:
    return request.method == "PUT"


def said(status: int, code: str) -> Answer:
    text = f"<Error><Code>{code}</Code><Message>as told</Message></Error>"
    return Answer(status, {"Content-Type": "application/xml"}, text.encode())


def test_throttled_requests_are_made_again(watched: Watched) -> None:
    watched.proxy.faults.append(Fault(said(503, "SlowDown"), is_write, times=None, every=4))
    assert watched.copy.run().is_complete
    assert tree_of(watched.target) == tree_of(watched.source)
    assert watched.proxy.faults[0].hits > 10


def test_lost_connections_and_answers_are_survived(watched: Watched) -> None:
    watched.proxy.faults += [
        Fault("drop", is_write, times=None, every=5),
        Fault("lose", is_write, times=None, every=7),
    ]
    assert watched.copy.run().is_complete
    assert tree_of(watched.target) == tree_of(watched.source)
    assert verify(watched.copy.manifest(), watched.target).is_proven


def test_forbidden_target_is_a_clear_error_and_the_copy_goes_on_later(watched: Watched) -> None:
    denied = Fault(said(403, "AccessDenied"), lambda r: is_write(r) and "k03" in unquote(r.path), times=None)
    watched.proxy.faults.append(denied)
    with pytest.raises(PlaceDenied) as error:
        watched.copy.run()
    assert "denies access to" in error.value.summary
    assert "s3:PutObject" in error.value.detail
    watched.proxy.faults.clear()
    watched.proxy.requests.clear()
    report = watched.copy.run()
    assert report.is_complete
    assert report.resumed_objects > 20
    assert len([r for r in watched.proxy.requests if is_write(r)]) == report.objects
    assert tree_of(watched.target) == tree_of(watched.source)


def test_credentials_that_expire_midway_are_renewed(watched: Watched) -> None:
    seen = 0

    def expired(request: Request) -> bool:
        nonlocal seen
        seen += is_write(request)
        return is_write(request) and seen == 30

    watched.proxy.faults.append(Fault(said(400, "ExpiredToken"), expired))
    assert watched.copy.run().is_complete
    assert watched.proxy.faults[0].hits == 1


def test_credentials_that_cannot_be_renewed_are_a_clear_error(watched: Watched) -> None:
    seen = 0

    def expired(request: Request) -> bool:
        nonlocal seen
        seen += is_write(request)
        return seen > 30

    watched.proxy.faults.append(Fault(said(400, "ExpiredToken"), expired, times=None))
    with pytest.raises(PlaceDenied, match="have expired"):
        watched.copy.run()
    watched.proxy.faults.clear()
    report = watched.copy.run()
    assert report.is_complete
    assert report.resumed_objects >= 20
    assert tree_of(watched.target) == tree_of(watched.source)


def test_bucket_that_is_missing_is_said(watched: Watched, new_place: Callable[[str], Place]) -> None:
    target = open_place(f"s3://unknot-not-there/x?endpoint={watched.proxy.url}")
    with pytest.raises(PlaceMissing, match="does not exist"):
        Copy(watched.source, target, MemoryStore(), "copy", OPTIONS).run()


def test_source_that_changes_in_a_cloud_is_read_again(
    new_place: Callable[[str], Place], moto_server: Server, new_store_url: Callable[[str], str]
) -> None:
    url = new_store_url("s3")
    plain = filled(open_place(url), {"small": b"before", "large": b"a" * (11 * MIB)})
    with Proxy(moto_server.url) as proxy:

        def change(request: Request) -> Request:
            if request.method == "GET" and request.path.split("?")[0].endswith(("small", "large")):
                key = request.path.split("?")[0].rpartition("/")[2]
                if not changed.get(key):
                    changed[key] = b"after " + os.urandom(len(key) if key == "small" else 11 * MIB)
                    filled(plain, {key: changed[key]})
            return request

        changed: dict[str, bytes] = {}
        proxy.change = change
        source, target = open_place(f"{url}?endpoint={proxy.url}"), new_place("local")
        copy = Copy(source, target, MemoryStore(), "copy", OPTIONS)
        assert copy.run().is_complete
    assert tree_of(target) == changed
    assert verify(copy.manifest(), target).is_proven


def test_versions_of_a_bucket_are_told_of(
    moto_server: Server, new_place: Callable[[str], Place], new_store_url: Callable[[str], str]
) -> None:
    url = new_store_url("s3")
    bucket = url.split("/")[2]
    import boto3

    boto3.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    source = filled(filled(open_place(url), {"k": b"first"}), {"k": b"second", "gone": b"x"})
    source.delete("gone")
    copy = Copy(source, new_place("local"), MemoryStore(), "copy", OPTIONS)
    assert copy.survey().source_keeps_history is True
    copy.run()
    assert tree_of(copy.target) == {"k": b"second"}
    entry = next(copy.manifest().entries())
    assert entry.source.etag
    again = Copy(copy.target, source, MemoryStore(), "back", Options(replace=True))
    again.run()
    assert next(again.manifest().entries()).target.version
