"""`unknot state migrate`, and a backend that several machines share."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[..., None]

CONFIG = 'stack = "stack.py"\n\nbackend = "{url}"\n'


def use(project: Path, url: str) -> None:
    (project / "unknot.toml").write_text(CONFIG.format(url=url))


def test_ledger_goes_to_another_store_and_the_old_one_points_there(
    unknot: Run, project: Path, write_stack: Write
) -> None:
    use(project, "file:old")
    write_stack()
    assert unknot("apply", "--yes").code == 0
    before = unknot("state", "pull").out

    shown = unknot("state", "migrate", "file:new", "--dry-run")
    assert "objects would be copied" in shown.out
    assert not (project / "new").exists()

    moved = unknot("state", "migrate", "file:new")
    assert moved.code == 0, moved.err
    assert "the log is whole" in moved.out
    assert 'change line 3 of unknot.toml to `backend = "file:new"`' in moved.err

    write_stack(value="later")
    for command in (("plan",), ("apply", "--yes"), ("state", "list"), ("destroy", "--yes")):
        refused = unknot(*command)
        assert refused.code == 1
        assert "was moved" in refused.err
        assert f"file:{project}/new" in refused.err

    use(project, "file:new")
    write_stack()
    assert "no changes" in unknot("plan").out.lower()
    recorded = unknot("state", "pull").out
    assert [line for line in recorded.splitlines() if '"uid"' in line] == [
        line for line in before.splitlines() if '"uid"' in line
    ]
    write_stack(value="later")
    assert unknot("apply", "--yes").code == 0


def test_all_environments_go_and_one_if_it_is_named(unknot: Run, project: Path, write_stack: Write) -> None:
    use(project, "file:old")
    (project / "envs").mkdir()
    write_stack()
    assert unknot("apply", "--yes").code == 0
    for name in ("prod", "test"):
        (project / "envs" / f"{name}.toml").write_text("")
        assert unknot("apply", "--yes", "--env", name).code == 0
    assert unknot("state", "migrate", "file:new", "--env", "test").code == 0
    assert sorted(p.name for p in (project / "new" / "demo").iterdir()) == ["test"]
    moved = unknot("state", "migrate", "file:new")
    assert moved.code == 0, moved.err
    assert sorted(p.name for p in (project / "new" / "demo").iterdir()) == ["default", "prod", "test"]
    again = unknot("state", "migrate", "file:new")
    assert again.code == 0, again.err


def test_what_cannot_be_moved_says_why(unknot: Run, project: Path, write_stack: Write) -> None:
    use(project, "file:old")
    write_stack()
    nothing = unknot("state", "migrate", "file:new")
    assert nothing.code == 1
    assert "there is no ledger" in nothing.err
    unknot("apply", "--yes")
    same = unknot("state", "migrate", "file:old")
    assert same.code == 1
    assert "already" in same.err


def test_moved_ledger_is_not_shown_as_current_with_all(
    unknot: Run, project: Path, write_stack: Write
) -> None:
    use(project, "file:old")
    write_stack()
    unknot("apply", "--yes")
    unknot("state", "migrate", "file:new")
    old = unknot("ps", "--all", "--backend", f"file:{project}/old")
    assert old.code == 3
    assert "was moved" in old.out + old.err
    new = unknot("ps", "--all", "--backend", f"file:{project}/new")
    assert new.code == 0, new.err


HOLDER = """
import sys
from unknot.cli.session import Session
with Session().ledger().take_lease(operation="apply", holder="alice"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.rule("L3")
@pytest.mark.parametrize("kind", ["s3", "gs", "az", "postgresql"])
def test_of_two_machines_one_goes_on_and_the_other_says_who_is_at_work(
    kind: str, unknot: Run, project: Path, write_stack: Write, new_store_url: Callable[[str], str]
) -> None:
    use(project, new_store_url(kind))
    write_stack()
    assert unknot("apply", "--yes").code == 0
    write_stack(value="later")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    refused = unknot("apply", "--yes")
    assert refused.code == 1
    assert "alice" in refused.err
    assert "`apply`" in refused.err
    assert "hello" in unknot("state", "pull").out  # nobody keeps others from reading
    holder.communicate("\n", timeout=60)
    assert holder.returncode == 0
    assert unknot("apply", "--yes").code == 0


@pytest.mark.parametrize("kind", ["s3", "postgresql"])
def test_backend_of_unknot_toml_goes_from_a_laptop_to_a_team(
    kind: str, unknot: Run, project: Path, write_stack: Write, new_store_url: Callable[[str], str]
) -> None:
    url = new_store_url(kind)
    write_stack()
    assert unknot("apply", "--yes").code == 0
    moved = unknot("state", "migrate", url)
    assert moved.code == 0, moved.err
    assert f'put `backend = "{url}"` into unknot.toml' in moved.err
    use(project, url)
    assert "no changes" in unknot("plan").out.lower()


def test_wrong_backend_is_a_diagnostic(unknot: Run, project: Path, write_stack: Write) -> None:
    use(project, "s3://bucket/p?regoin=x")
    write_stack()
    wrong = unknot("plan")
    assert wrong.code == 1
    assert "Did you mean `region`?" in wrong.err
    assert "Traceback" not in wrong.err
