"""`unknot import --write`: the Python of objects that exist."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from servers import Server

from unknot.planner.sourcecode import Call, literal

Run = Callable[..., Any]

STACK = """\
from unknot import Stack, Target
{imports}
stack = Stack("demo", owner="t@example.org", target=Target("here"{target}))
{more}
"""
AWS = ', cloud="aws", region="us-east-1"'


def _stack(project: Path, target: str = "", *, using: bool = False) -> None:
    text = STACK.format(
        imports="import imported" if using else "",
        target=target,
        more="imported.add_to(stack)" if using else "",
    )
    (project / "stack.py").write_text(text)
    sys.modules.pop("imported", None)


def _formatted(file: Path) -> bool:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--check", str(file)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _imports_whole(unknot: Run, address: str, object_id: str) -> None:
    done = unknot("import", address, object_id, "-y")
    assert done.code == 0, (done.out, done.err)
    plan = unknot("plan", "--json").document
    assert plan["is_empty"], plan["changes"]


def test_written_file_is_imported_and_plans_nothing(unknot: Run, project: Path) -> None:
    (project / "motd.txt").write_text('it\'s "so"\n')
    (project / "motd.txt").chmod(0o644)
    _stack(project)

    done = unknot("import", "file.document.motd", "motd.txt", "--write")

    assert done.code == 0, (done.out, done.err)
    assert "imported.add_to(stack)" in done.out
    text = (project / "imported.py").read_text()
    assert "mode=" not in text  # as the type has it by itself
    assert _formatted(project / "imported.py"), text
    _stack(project, using=True)
    _imports_whole(unknot, "file.document.motd", "motd.txt")


def test_second_import_is_added_and_the_first_one_kept(unknot: Run, project: Path) -> None:
    for name in ("one", "two"):
        (project / f"{name}.txt").write_text(name)
    (project / ".unknot" / "local" / "buckets" / "theirs").mkdir(parents=True)
    _stack(project)
    assert unknot("import", "file.document.one", "one.txt", "--write").code == 0
    first = (project / "imported.py").read_text()

    assert unknot("import", "file.document.two", "two.txt", "--write").code == 0
    assert unknot("import", "bucket.raw", "theirs", "--write").code == 0

    text = (project / "imported.py").read_text()
    assert set(first.splitlines()) <= set(text.splitlines())
    assert _formatted(project / "imported.py"), text
    _stack(project, using=True)
    assert unknot("import", "file.document.one", "one.txt", "-y").code == 0
    assert unknot("import", "file.document.two", "two.txt", "-y").code == 0
    _imports_whole(unknot, "bucket.raw", "theirs")


def test_name_that_is_in_the_file_is_refused_and_the_file_kept(unknot: Run, project: Path) -> None:
    (project / "one.txt").write_text("one")
    _stack(project)
    assert unknot("import", "file.document.one", "one.txt", "--write").code == 0
    before = (project / "imported.py").read_bytes()

    done = unknot("import", "file.document.one", "one.txt", "--write")

    assert done.code == 1
    assert "already" in done.err
    assert (project / "imported.py").read_bytes() == before


def test_file_of_the_users_own_is_refused(unknot: Run, project: Path) -> None:
    (project / "one.txt").write_text("one")
    _stack(project)
    before = (project / "stack.py").read_bytes()

    done = unknot("import", "file.document.one", "one.txt", "--write", "stack.py")

    assert done.code == 1
    assert (project / "stack.py").read_bytes() == before


def test_object_that_is_not_there_writes_no_file(unknot: Run, project: Path) -> None:
    _stack(project)

    done = unknot("import", "file.document.one", "one.txt", "--write")

    assert done.code == 1
    assert "does not exist" in done.err
    assert not (project / "imported.py").exists()


@pytest.mark.parametrize("text", ["", "a'b", 'a"b', 'a\'b"c"', '\\\'""', "\x00\n", "\ud800", "é"])
def test_text_is_written_as_it_is(text: str) -> None:
    assert eval(literal(text)) == text


def test_long_calls_are_broken_as_a_formatter_breaks_them(tmp_path: Path) -> None:
    value = {"Rules": [{"Id": "x" * 30, "Days": 3, "Tags": ["y" * 30, "z" * 30]}], "On": True, "None": {}}
    call = Call("Thing", ("name",), {"short": 1, "value": value}, ("a remark",))
    (tmp_path / "a.py").write_text(literal(Call("add", (call,))) + "\n")

    assert _formatted(tmp_path / "a.py"), (tmp_path / "a.py").read_text()


@pytest.mark.parametrize("address", ["aws.s3_bucket.raw", "bucket.raw"])
def test_bucket_of_aws_is_written_imported_and_plans_nothing(
    address: str, unknot: Run, project: Path, moto_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    bucket = "written-" + address.replace(".", "-").replace("_", "-")
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=moto_server.url)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "team", "Value": "flights"}]})
    _stack(project, AWS)

    done = unknot("import", address, bucket, "--write")

    assert done.code == 0, (done.out, done.err)
    text = (project / "imported.py").read_text()
    assert ("versioning=True" if address == "bucket.raw" else '"Status": "Enabled"') in text
    assert '"team": "flights"' in text
    assert _formatted(project / "imported.py"), text
    _stack(project, AWS, using=True)
    _imports_whole(unknot, address, bucket)
