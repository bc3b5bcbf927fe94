"""What a store in a bucket makes of refusals, throttling, lost answers, damage and servers that keep no rules."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from places import fill
from proxy import Answer, Fault, Request
from servers import environment_of

from unknot.state.events import RunClosed
from unknot.state.ledger import Ledger
from unknot.state.snapshot import RunRecord
from unknot.state.stores import gcs
from unknot.state.stores.base import (
    PutResult,
    StoreDamaged,
    StoreDenied,
    StoreError,
    StoreMissing,
    StoreUnsuitable,
)

# Google's library leaves the socket of a refused download to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
)

KINDS = ("s3", "gs", "az")

PART = 5 * 1024 * 1024

Answers = dict[str, dict[str, Answer]]
Spoil = Callable[[str], Any]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Google's library goes on asking for a time, the others for a number of times."""
    monkeypatch.setattr(gcs, "RETRY_S", 3.0)


def writes(request: Request) -> bool:
    return request.method in ("PUT", "POST")


NOBODY = "no Google credentials"
"""What Google's library makes of a 401 while it has no credentials that it could renew, as before an emulator."""

REFUSALS = [
    (kind, what, expected, NOBODY if kind == "gs" and what in ("expired", "wrong") else word)
    for kind in KINDS
    for what, expected, word in [
        ("denied", StoreDenied, "denies access"),
        ("expired", StoreDenied, "expired"),
        ("wrong", StoreDenied, "does not accept the credentials"),
        ("missing", StoreMissing, "does not exist"),
        *([("skewed", StoreDenied, "clock")] if kind == "s3" else []),
    ]
]


@pytest.mark.parametrize(("kind", "what", "expected", "word"), REFUSALS)
def test_refusal_says_what_to_do(
    kind: str,
    what: str,
    expected: type[StoreError],
    word: str,
    spoilt_store: Spoil,
    answers: Answers,
    tmp_path: Path,
) -> None:
    spoilt = spoilt_store(kind)
    spoilt.store.put_if_absent("log/1", b"x")
    spoilt.proxy.faults.append(Fault(answers[kind][what], times=None))
    for call in (
        lambda: spoilt.store.put_if_absent("log/2", b"x"),
        lambda: spoilt.store.get("log/1"),
        lambda: spoilt.store.get_range("log/1", 0, 1),
        lambda: list(spoilt.store.list("log/")),
        lambda: spoilt.store.delete("log/1"),
    ):
        with pytest.raises(expected) as refused:
            call()
        assert not refused.value.retryable
        told = f"{refused.value.summary} {refused.value.detail}"
        assert word in told
        assert "/state/log" in told
        assert "testing" not in told.replace("unknot-testing", "")
    spoilt.proxy.faults.clear()
    assert list(spoilt.store.list("")) == ["log/1"]


@pytest.mark.slow
@pytest.mark.rule("L1")
@pytest.mark.parametrize("kind", KINDS)
def test_every_third_request_refused_for_a_while_is_asked_again(
    kind: str, spoilt_store: Spoil, answers: Answers
) -> None:
    spoilt = spoilt_store(kind)
    spoilt.store.put_if_absent("first", b"")
    fault = Fault(answers[kind]["busy"], times=None, every=3)
    spoilt.proxy.faults.append(fault)
    for n in range(4):
        assert spoilt.store.put_if_absent(f"log/{n}", b"x") is PutResult.CREATED
        assert spoilt.store.get(f"log/{n}") == b"x"
    assert list(spoilt.store.list("log/")) == [f"log/{n}" for n in range(4)]
    assert fault.hits >= 3


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_server_that_stays_busy_is_a_passing_fault(kind: str, spoilt_store: Spoil, answers: Answers) -> None:
    spoilt = spoilt_store(kind)
    spoilt.store.put_if_absent("first", b"")
    spoilt.proxy.faults.append(Fault(answers[kind]["busy"], times=None))
    with pytest.raises(StoreError, match="not answering") as busy:
        spoilt.store.get("first")
    assert busy.value.retryable
    assert spoilt.store.put_if_absent("second", b"") is PutResult.UNKNOWN


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_server_that_is_gone_is_a_passing_fault(kind: str, spoilt_store: Spoil) -> None:
    spoilt = spoilt_store(kind)
    spoilt.store.put_if_absent("first", b"")
    spoilt.proxy.faults.append(Fault("drop", times=None))
    with pytest.raises(StoreError, match="cannot be reached") as gone:
        spoilt.store.get("first")
    assert gone.value.retryable
    assert spoilt.store.put_if_absent("second", b"") is PutResult.UNKNOWN


@pytest.mark.rule("L1")
@pytest.mark.parametrize("kind", KINDS)
def test_put_whose_answer_was_lost_is_there_once(kind: str, spoilt_store: Spoil) -> None:
    spoilt = spoilt_store(kind)
    spoilt.store.put_if_absent("first", b"")
    spoilt.proxy.faults.append(Fault("lose", writes))
    # The library asks again and is told of its own first try: who reads the bytes knows (rule L1).
    assert spoilt.store.put_if_absent("log/1", b"mine") in (PutResult.EXISTS, PutResult.UNKNOWN)
    assert spoilt.store.get("log/1") == b"mine"
    assert spoilt.store.put_if_absent("log/1", b"other") is PutResult.EXISTS


@pytest.mark.slow
@pytest.mark.rule("L1")
@pytest.mark.parametrize("kind", KINDS)
def test_ledger_behind_a_bad_network_records_everything_once(
    kind: str, spoilt_store: Spoil, answers: Answers
) -> None:
    spoilt = spoilt_store(kind)
    ledger = Ledger.open(spoilt.store, "flights/dev")
    ledger.create("lineage-1", "flights", "dev")
    lost, busy = Fault("lose", writes, times=None, every=3), Fault(answers[kind]["busy"], times=None, every=5)
    spoilt.proxy.faults += [lost, busy]
    for n in range(6):
        run = RunRecord(
            run=f"r{n}",
            uid=f"uid-{n}",  # type: ignore[arg-type]
            address="workflow.w",  # type: ignore[arg-type]
            status="succeeded",
            manifest_hash="h",
            fingerprint="f",
        )
        ledger.append_without_lease([RunClosed(run=run)])
    spoilt.proxy.faults.clear()
    assert lost.hits >= 2
    assert busy.hits >= 2
    reader = Ledger.open(spoilt.store, "flights/dev").reader()
    reader.verify()
    closed = [
        event.run.run for entry in reader.history() for event in entry.events if isinstance(event, RunClosed)
    ]
    assert closed == [f"r{n}" for n in range(6)]


@pytest.mark.parametrize("kind", KINDS)
def test_object_that_was_changed_is_not_given_out(kind: str, spoilt_store: Spoil, tmp_path: Path) -> None:
    spoilt = spoilt_store(kind)
    spoilt.store.put_if_absent("model", b"what was written")
    overwrite(spoilt, "model", b"what was damaged")
    with pytest.raises(StoreDamaged, match=r"model.* is damaged"):
        spoilt.store.download("model", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []
    if kind != "gs":  # which tells an object's SHA-256 only in an answer of its own
        with pytest.raises(StoreDamaged, match=r"model.* is damaged"):
            spoilt.store.get("model")


def overwrite(spoilt: Any, key: str, data: bytes) -> None:
    """Put other bytes in the place of an object, and leave what was recorded with it."""
    place = urlsplit(spoilt.store.url)
    name = f"{place.path.lstrip('/')}/{key}"
    with environment_of(spoilt.server):
        match spoilt.kind:
            case "s3":
                import boto3

                client = boto3.client("s3")
                kept = client.head_object(Bucket=place.netloc, Key=name)["Metadata"]
                client.put_object(Bucket=place.netloc, Key=name, Body=data, Metadata=kept)
            case "gs":
                from google.cloud import storage

                blob = storage.Client().bucket(place.netloc).get_blob(name)
                assert blob is not None
                other = storage.Client().bucket(place.netloc).blob(name)
                other.metadata = blob.metadata
                other.upload_from_string(data)
            case _:
                from azure.storage.blob import BlobServiceClient

                text = spoilt.server.environment["AZURE_STORAGE_CONNECTION_STRING"]
                with BlobServiceClient.from_connection_string(text) as service:
                    blob_client = service.get_blob_client(place.netloc, name)
                    metadata = blob_client.get_blob_properties().metadata
                    blob_client.upload_blob(data, overwrite=True, metadata=metadata)


@pytest.mark.rule("L1")
@pytest.mark.parametrize("kind", ["s3", "gs"])  # Azure's requests are signed with the condition in them
def test_server_that_writes_over_objects_is_no_place_for_a_store(kind: str, spoilt_store: Spoil) -> None:
    spoilt = spoilt_store(kind)

    def careless(request: Request) -> Request:
        headers = {name: value for name, value in request.headers.items() if name.lower() != "if-none-match"}
        return Request(
            request.method, request.path.replace("&ifGenerationMatch=0", ""), headers, request.body
        )

    spoilt.proxy.change = careless
    with pytest.raises(StoreUnsuitable, match="wrote over an object"):
        spoilt.store.put_if_absent("log/1", b"x")
    spoilt.proxy.change = lambda request: request
    assert list(spoilt.store.list("")) == []


def sends_a_part(request: Request) -> bool:
    return request.method == "PUT" and ("partNumber=" in request.path or "comp=block&" in f"{request.path}&")


@pytest.mark.parametrize("kind", ["s3", "az"])
def test_upload_that_was_cut_off_goes_on_where_it_was(
    kind: str, spoilt_store: Spoil, answers: Answers, tmp_path: Path
) -> None:
    spoilt = spoilt_store(kind)
    spoilt.store.part_bytes = PART
    source = tmp_path / "model"
    source.write_bytes(b"".join(bytes([n]) * PART for n in range(4)) + b"rest")
    spoilt.store.put_if_absent("first", b"")
    # The credentials end while parts are under way: the process that sends them might as well be killed.
    spoilt.proxy.faults.append(
        Fault(answers[kind]["denied"], lambda r: sends_a_part(r) and third(r), times=None)
    )

    def third(request: Request) -> bool:
        return bytes([2]) * 100 in request.body

    with pytest.raises(StoreDenied):
        spoilt.store.upload("model", source)
    assert list(spoilt.store.list("")) == ["first"]
    assert spoilt.store.get("model") is None
    sent = len([r for r in spoilt.proxy.requests if sends_a_part(r)])

    spoilt.proxy.faults.clear()
    assert spoilt.store.upload("model", source) is PutResult.CREATED
    again = len([r for r in spoilt.proxy.requests if sends_a_part(r)]) - sent
    assert 1 <= again <= 3
    spoilt.store.download("model", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_large_upload_over_a_lost_answer_is_whole(kind: str, spoilt_store: Spoil, tmp_path: Path) -> None:
    spoilt = spoilt_store(kind)
    spoilt.store.part_bytes = PART
    source = tmp_path / "model"
    source.write_bytes(bytes(range(256)) * (PART // 200))
    spoilt.store.put_if_absent("first", b"")
    spoilt.proxy.faults.append(Fault("lose", lambda r: writes(r) and len(r.body) > 100_000))
    result = spoilt.store.upload("model", source)
    assert result is not PutResult.UNKNOWN or spoilt.store.upload("model", source) is PutResult.EXISTS
    spoilt.store.download("model", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()


def test_parts_of_a_crashed_upload_do_not_stay_once_the_name_is_taken(
    spoilt_store: Spoil, tmp_path: Path
) -> None:
    spoilt = spoilt_store("s3")
    spoilt.store.part_bytes = PART
    place = urlsplit(spoilt.store.url)
    name = f"{place.path.lstrip('/')}/model"
    spoilt.store.client.create_multipart_upload(Bucket=place.netloc, Key=name)
    source = tmp_path / "model"
    source.write_bytes(b"x" * (PART + 1))
    assert spoilt.store.upload("model", source) is PutResult.CREATED
    left = spoilt.store.client.list_multipart_uploads(Bucket=place.netloc)
    assert "Uploads" not in left


@pytest.mark.slow
@pytest.mark.rule("L5")
@pytest.mark.parametrize(("kind", "most"), [("s3", 1), ("gs", 1), ("az", 4)])
def test_end_of_a_long_log_is_found_without_listing_it(kind: str, most: int, spoilt_store: Spoil) -> None:
    spoilt = spoilt_store(kind)
    keys = [f"log/{n // 1000:05d}/{n:08d}" for n in range(1, 2_100)]
    fill(spoilt.store.url, spoilt.server, keys)
    before = len(spoilt.proxy.requests)
    assert list(spoilt.store.list("log/", start_after=keys[-4])) == keys[-3:]
    assert len(spoilt.proxy.requests) - before <= most


def test_no_credentials_is_said_before_anything_is_asked(
    spoilt_store: Spoil, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spoilt = spoilt_store("s3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(StoreDenied, match="no AWS credentials") as refused:
        spoilt.store.get("a")
    assert "aws sso login" in refused.value.detail
    assert spoilt.proxy.requests == []


def test_no_google_credentials_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(StoreDenied, match="no Google credentials"):
        gcs.open_gcs("gs://bucket").get("a")


def test_server_refuses_a_part_of_an_ended_upload_as_s3_does(new_store_url: Callable[[str], str]) -> None:
    """What the store relies on where another process ends its upload; moto alone answers 500."""
    import boto3
    import botocore.exceptions

    place = urlsplit(new_store_url("s3"))
    client = boto3.client("s3")
    upload = client.create_multipart_upload(Bucket=place.netloc, Key="large")["UploadId"]
    client.abort_multipart_upload(Bucket=place.netloc, Key="large", UploadId=upload)

    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.upload_part(Bucket=place.netloc, Key="large", UploadId=upload, PartNumber=1, Body=b"x")

    assert refused.value.response["Error"]["Code"] == "NoSuchUpload"
