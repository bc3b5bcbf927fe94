"""What every place of objects must do."""

import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from unknot.providers.objects import Attributes, ObjectInfo, Place, fit
from unknot.providers.objects.failures import ObjectChanged, ObjectMissing, ObjectRefused, UploadGone

PART = 5 * 1024 * 1024
"""The smallest that S3 takes."""

KEYS = [
    "a",
    "a b+c&d=e?f#g%25",
    "folder/x",
    "folder/y",
    "ü/ß/\N{SNOWMAN}",
    "z" * 200,
    "日本語/ﾃｽﾄ/\U0001f600",
]


def put(place: Place, key: str, data: bytes, attributes: Attributes | None = None) -> ObjectInfo:
    given, _ = fit(attributes or Attributes(), place.traits)
    return place.write(key, data, given, hashlib.sha256(data).digest())


def listed(place: Place, key: str) -> ObjectInfo:
    return next(info for info in place.list() if info.key == key)


def test_what_is_written_is_listed_and_read(place: Place) -> None:
    for key in KEYS:
        made = put(place, key, key.encode())
        assert (made.key, made.size) == (key, len(key.encode()))
    found = list(place.list())
    assert [info.key for info in found] == sorted(KEYS)
    for info in found:
        assert place.read(info).data == info.key.encode()
        assert info.size == len(info.key.encode())
        assert not info.refusal
        assert info.modified > 0


def test_listing_goes_on_after_a_key(place: Place) -> None:
    for key in KEYS:
        put(place, key, b"x")
    ordered = sorted(KEYS)
    for at, key in enumerate(ordered):
        assert [info.key for info in place.list(key)] == ordered[at + 1 :]


def test_empty_object_is_an_object(place: Place) -> None:
    put(place, "empty", b"")
    info = listed(place, "empty")
    assert info.size == 0
    assert place.read(info).data == b""


def test_written_version_is_the_listed_one(place: Place) -> None:
    made = put(place, "k", b"data")
    assert listed(place, "k").etag == made.etag
    described = place.describe("k")
    assert described is not None
    assert described[0].etag == made.etag
    assert described[0].modified == listed(place, "k").modified


def test_missing_object_is_no_answer(place: Place) -> None:
    put(place, "there", b"x")
    assert place.describe("not-there") is None
    place.delete("not-there")
    with pytest.raises(ObjectMissing):
        place.read(msgspec.structs.replace(listed(place, "there"), key="not-there"))


def test_deleted_object_is_gone(place: Place) -> None:
    put(place, "folder/k", b"x")
    info = listed(place, "folder/k")
    place.delete("folder/k")
    assert list(place.list()) == []
    with pytest.raises(ObjectMissing):
        place.read(info)
    put(place, "folder/k", b"again")
    assert place.read(listed(place, "folder/k")).data == b"again"


def test_read_of_a_version_that_was_written_over_is_refused(place: Place) -> None:
    put(place, "k", b"before")
    info = listed(place, "k")
    put(place, "k", b"after!")
    with pytest.raises(ObjectChanged):
        place.read(info)
    with pytest.raises(ObjectChanged):
        place.read_range(info, 1, 2)


def test_ranges_are_exact(place: Place) -> None:
    put(place, "k", bytes(range(100)))
    info = listed(place, "k")
    assert place.read_range(info, 10, 5) == bytes(range(10, 15))
    assert place.read_range(info, 99, 1) == b"\x63"
    assert place.read_range(info, 0, 0) == b""


def test_attributes_that_the_traits_promise_are_kept(place: Place) -> None:
    wanted = Attributes(
        content_type="text/x-thing",
        content_encoding="gzip",
        content_disposition='attachment; filename="a.txt"',
        content_language="de",
        cache_control="no-store",
        metadata={"plain": "value", "with-hyphen": "x y", "unicode": "Grüße \N{SNOWMAN}"},
        tags={"team": "data platform", "cost/center": "42"},
    )
    given, losses = fit(wanted, place.traits)
    put(place, "k", b"not really gzip", wanted)
    found = place.read(listed(place, "k")).attributes
    described = place.describe("k")
    assert described is not None
    assert described[1] == found
    assert msgspec.structs.replace(found, mode=None) == given
    back, _ = fit(
        found, msgspec.structs.replace(place.traits, tags=True, metadata_names="any", metadata_ascii=False)
    )
    assert msgspec.structs.replace(back, mode=None) == wanted
    assert all(loss.form == "carried" for loss in losses)


def test_compressed_object_is_read_as_it_is_stored(place: Place) -> None:
    import gzip

    data = gzip.compress(b"some text" * 100)
    put(place, "k.txt", data, Attributes(content_type="text/plain", content_encoding="gzip"))
    info = listed(place, "k.txt")
    assert place.read(info).data == data
    assert place.read_range(info, 2, 10) == data[2:12]


def test_upload_in_parts_is_invisible_until_it_is_finished(place: Place) -> None:
    data = os.urandom(2 * PART + 100)
    attributes, _ = fit(Attributes(content_type="text/x-thing", metadata={"a": "b"}), place.traits)
    upload = place.begin("folder/large", len(data), PART, attributes)
    for number in reversed(upload.parts()):
        start, length = upload.extent(number)
        place.send(upload, number, data[start : start + length])
    assert list(place.list()) == []
    assert {number: part.size for number, part in place.sent(upload).items()} == {0: PART, 1: PART, 2: 100}
    made = place.finish(upload, sorted(place.sent(upload).values()))
    info = listed(place, "folder/large")
    assert (info.size, info.etag) == (len(data), made.etag)
    assert place.read(info).data == data
    assert place.read(info).attributes.metadata == {"a": "b"}
    assert place.read(info).attributes.content_type == "text/x-thing"
    assert [info.key for info in place.list()] == ["folder/large"]


def test_finishing_twice_gives_the_same_object(place: Place) -> None:
    upload = place.begin("k", 3, PART, Attributes())
    parts = [place.send(upload, 0, b"abc")]
    made = place.finish(upload, parts)
    try:
        again = place.finish(upload, parts)
    except UploadGone:
        assert place.kind == "local"  # it is renamed at once: no answer can be lost
    else:
        assert again.size == made.size
    assert place.read(listed(place, "k")).data == b"abc"


def test_aborted_upload_leaves_nothing(place: Place) -> None:
    upload = place.begin("k", 3, PART, Attributes())
    place.send(upload, 0, b"abc")
    place.abort(upload)
    place.abort(upload)
    assert list(place.list()) == []
    if place.kind not in ("az", "gs"):
        with pytest.raises(UploadGone):
            place.sent(upload)


def test_part_may_be_sent_again(place: Place) -> None:
    upload = place.begin("k", 3, PART, Attributes())
    place.send(upload, 0, b"xyz")
    part = place.send(upload, 0, b"abc")
    place.finish(upload, [part])
    assert place.read(listed(place, "k")).data == b"abc"


def test_refused_key_is_not_written(place: Place) -> None:
    assert place.refuses("\udcff")
    assert place.refuses(".unknot-tmp/x")
    assert place.refuses("x/" * 3000)
    assert not place.refuses("plain/key")


def test_cloud_copies_inside_itself(place: Place) -> None:
    if place.kind == "local":
        assert not place.copies_from(place)
        return
    assert place.copies_from(place)
    put(place, "from", b"data", Attributes(content_type="text/x-thing", metadata={"a": "b"}, tags={"t": "u"}))
    info = listed(place, "from")
    made = place.copy_from(place, info, "to/there")
    found = listed(place, "to/there")
    assert found.etag == made.etag
    assert place.read(found) == place.read(info)
    put(place, "from", b"other")
    if place.kind != "s3":  # moto takes no notice of the condition on a copy's source
        with pytest.raises(ObjectChanged):
            place.copy_from(place, info, "to/there")
    place.delete("from")
    with pytest.raises(ObjectMissing):
        place.copy_from(place, info, "to/there")


def test_renewed_place_goes_on(place: Place) -> None:
    put(place, "k", b"x")
    place.renew()
    assert place.read(listed(place, "k")).data == b"x"


class TestLocal:
    def test_links_and_strange_names_are_listed_as_refused(self, tmp_path: Path) -> None:
        from unknot.providers.objects import open_place

        root = tmp_path / "root"
        root.mkdir()
        (root / "plain").write_bytes(b"x")
        (root / "link").symlink_to("plain")
        (root / "loop").symlink_to(root)
        os.mkfifo(root / "pipe")
        (root / os.fsdecode(b"caf\xe9")).write_bytes(b"x")
        reasons = {info.key: info.refusal for info in open_place(f"file:{root}").list()}
        assert reasons.pop("plain") == ""
        assert set(reasons) == {"link", "loop", "pipe", "caf\udce9"}
        assert all(reasons.values())

    def test_folder_in_the_way_is_said(self, tmp_path: Path) -> None:
        from unknot.providers.objects import open_place

        place = open_place(f"file:{tmp_path}")
        put(place, "a/b", b"x")
        with pytest.raises(ObjectRefused):
            put(place, "a", b"x")
        with pytest.raises(ObjectRefused):
            put(place, "a/b/c", b"x")

    def test_unfinished_files_of_dead_processes_are_swept(self, tmp_path: Path) -> None:
        import socket

        from unknot.providers.objects import open_place

        host = socket.gethostname().replace(".", "_")
        left = tmp_path / ".unknot-tmp" / f"w.{host}.999999999.abc"
        left.parent.mkdir()
        left.write_bytes(b"half")
        put(open_place(f"file:{tmp_path}"), "k", b"x")
        assert not left.exists()

    def test_permission_bits_are_kept(self, tmp_path: Path) -> None:
        from unknot.providers.objects import open_place

        place = open_place(f"file:{tmp_path}")
        put(place, "run.sh", b"#!/bin/sh", Attributes(mode=0o750))
        assert (tmp_path / "run.sh").stat().st_mode & 0o777 == 0o750
        assert place.read(listed(place, "run.sh")).attributes.mode == 0o750
