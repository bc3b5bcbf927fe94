"""Commands as a user calls them: what they print where, and how they exit."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Write = Callable[..., None]


def test_plan_apply_plan_ends_with_no_changes(unknot: Run, write_stack: Write) -> None:
    write_stack()
    assert "2 to create" in unknot("plan").out
    assert unknot("apply", "--yes").code == 0
    again = unknot("plan")
    assert "No changes" in again.out
    assert again.code == 0


@pytest.mark.stake(2)
def test_planning_writes_no_ledger(unknot: Run, write_stack: Write, project: Path) -> None:
    write_stack()
    unknot("plan")
    assert not (project / ".unknot" / "ledger").exists()


@pytest.mark.stake(6)
def test_detailed_exit_codes_are_0_1_2(unknot: Run, write_stack: Write) -> None:
    write_stack()
    assert unknot("plan", "--detailed-exitcode").code == 2
    unknot("apply", "--yes")
    assert unknot("plan", "--detailed-exitcode").code == 0
    write_stack("raise ValueError('no')")
    assert unknot("plan", "--detailed-exitcode").code == 1


@pytest.mark.stake(3)
def test_saved_plan_is_applied_as_it_was_and_only_once(unknot: Run, write_stack: Write) -> None:
    write_stack()
    assert "hash" in unknot("plan", "--out", "p.plan").err
    write_stack(value="changed since")
    assert unknot("apply", "p.plan").code == 0
    assert (
        json.loads(unknot("state", "show", "null.resource.first", "--json").out)["resource"]["inputs"][
            "value"
        ]
        == "hello"
    )
    refused = unknot("apply", "p.plan")
    assert refused.code == 1
    assert "applied before" in refused.err


@pytest.mark.stake(25)
def test_gated_apply_demands_the_reviewed_hash_and_tree(unknot: Run, write_stack: Write) -> None:
    write_stack()
    said = unknot("plan", "--out", "p.plan").err
    plan_hash = said.split("hash ")[1].split()[0]
    wrong = unknot("apply", "p.plan", "--plan-hash", "0" * 64)
    assert (wrong.code, "not the one that was reviewed" in wrong.err) == (1, True)
    write_stack(value="merged differently")
    other = unknot("apply", "p.plan", "--plan-hash", plan_hash, "--same-tree")
    assert (other.code, "not the one that the plan was made from" in other.err) == (1, True)
    write_stack()
    assert unknot("apply", "p.plan", "--plan-hash", plan_hash, "--same-tree").code == 0


def test_expired_plan_is_refused(unknot: Run, write_stack: Write) -> None:
    write_stack()
    unknot("plan", "--out", "p.plan", "--expires", "-1")
    answer = unknot("apply", "p.plan")
    assert (answer.code, "expired" in answer.err) == (1, True)


def test_stack_is_not_imported_when_a_saved_plan_is_applied(unknot: Run, write_stack: Write) -> None:
    write_stack()
    unknot("plan", "--out", "p.plan")
    write_stack("raise SystemExit('imported')")
    assert unknot("apply", "p.plan").code == 0


def test_apply_asks_and_refuses_without_a_terminal(unknot: Run, write_stack: Write) -> None:
    write_stack()
    answer = unknot("apply")
    assert answer.code == 1
    assert "--yes" in answer.err


@pytest.mark.stake(7)
def test_json_plan_has_a_format_and_a_reason_for_each_change(unknot: Run, write_stack: Write) -> None:
    write_stack()
    document = unknot("plan", "--json").document
    assert (document["kind"], document["version"]) == ("unknot.plan", 1)
    assert [change["reason"] for change in document["changes"]] == ["not recorded yet"] * 2


def test_plan_tells_places_in_the_project_not_on_a_machine(
    unknot: Run, write_stack: Write, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_stack()
    unknot("apply", "--yes")
    write_stack(
        "from unknot import Stack\nfrom unknot.providers.null import Node\n\n\ndef stack() -> Stack:\n"
        '    s = Stack("demo", owner="team@example.org")\n    s.add(Node("first", value="hello"))\n'
        '    s.moved("null.resource.first", "null.resource.third")\n    return s\n'
    )
    answer = unknot("plan", "--json")
    assert str(project) not in answer.out
    (problem,) = answer.document["diagnostics"]
    assert problem["source"] == {"file": "stack.py", "line": 7}
    assert problem["detail"].startswith("The rule is at stack.py:8.")
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    assert 's.add(Node("first", value="hello"))' in unknot("plan").err  # the line is found from there, too


def test_stats_of_a_plan_count_what_it_cost(unknot: Run, write_stack: Write) -> None:
    write_stack()
    unknot("apply", "--yes")
    stats = unknot("plan", "--stats", "--json").document["stats"]
    assert [phase["phase"] for phase in stats["phases"]] == [
        "load",
        "read",
        "refresh",
        "diff",
        "runs",
        "check",
    ]
    assert [(r["provider"], r["target"], r["objects"]) for r in stats["refresh"]] == [("null", "laptop", 2)]
    assert stats["store_calls"].keys() == {"get", "list"}  # nothing is put
    assert "\nRequests to refresh\n  null on laptop: " in unknot("plan", "--stats").out
    assert "stats" not in unknot("plan", "--json").document


def test_drift_that_a_plan_found_is_known_to_ps_until_it_is_applied(
    unknot: Run, write_stack: Write, project: Path
) -> None:
    write_stack(
        "from unknot import Stack\nfrom unknot.providers.file import Document\n\n\ndef stack() -> Stack:\n"
        '    s = Stack("demo", owner="team@example.org")\n'
        '    s.add(Document("motd", path="motd.txt", content="hello"))\n    return s\n'
    )
    assert unknot("apply", "--yes").code == 0

    def row() -> tuple[list[str], bool]:
        document = unknot("ps", "--everything", "--json").document
        return document["resources"][0]["should"], bool(document["looked_at"])

    assert row() == (["as-wanted"], True)
    (project / "motd.txt").write_text("by hand")
    assert row() == (["as-wanted"], True)  # nobody looked since
    assert "Drift" in unknot("plan").out
    assert row() == (["drifted"], True)
    assert unknot("apply", "--yes").code == 0
    assert row() == (["as-wanted"], True)


def test_json_of_a_failure_is_a_document_too(unknot: Run, write_stack: Write) -> None:
    write_stack("raise ValueError('no')")
    answer = unknot("plan", "--json")
    assert answer.code == 1
    assert answer.document["kind"] == "unknot.diagnostics"
    assert answer.document["errors"] == 1


def test_state_mv_rm_and_history(unknot: Run, write_stack: Write) -> None:
    write_stack()
    unknot("apply", "--yes")
    assert unknot("state", "mv", "null.resource.second", "null.resource.third").code == 0
    assert "null.resource.third" in unknot("state", "list").out
    assert unknot("state", "rm", "null.resource.third").code == 0
    assert unknot("state", "list").out.split() == ["null.resource.first"]
    assert "resource-removed" in unknot("state", "history").out


@pytest.mark.rule("L2")
def test_any_earlier_serial_can_be_read(unknot: Run, write_stack: Write) -> None:
    write_stack()
    unknot("apply", "--yes")
    before = unknot("state", "list", "--json").document["serial"]
    write_stack(value="later")
    unknot("apply", "--yes")
    assert json.loads(unknot("state", "pull", "--at", str(before)).out)["outputs"] == {"answer": "hello"}
    assert json.loads(unknot("state", "pull").out)["outputs"] == {"answer": "later"}


def test_destroy_deletes_everything(unknot: Run, write_stack: Write) -> None:
    write_stack()
    unknot("apply", "--yes")
    assert unknot("destroy", "--yes").code == 0
    assert unknot("state", "list").out == ""


def test_unknown_address_suggests_the_nearest(unknot: Run, write_stack: Write) -> None:
    write_stack()
    unknot("apply", "--yes")
    answer = unknot("state", "show", "null.resource.frist")
    assert answer.code == 1
    assert "null.resource.first" in answer.err


def test_unknown_command_suggests_the_nearest(unknot: Run) -> None:
    answer = unknot("aply")
    assert answer.code == 1
    assert "`apply`" in answer.err


def test_outside_of_a_project_says_how_to_make_one(unknot: Run) -> None:
    answer = unknot("plan")
    assert answer.code == 1
    assert "unknot init" in answer.err


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("def stack(:\n    pass\n", "syntax error", 1),
        ("x = 1\nraise ValueError('boom')\n", "boom", 2),
        ("import nothere_at_all\n", "`nothere_at_all` is not installed", 1),
        ("x = 1\n", "defines no stack", 1),
        ("def stack():\n    return 3\n", "not a Stack", 1),
    ],
)
def test_wrong_stack_file_is_a_diagnostic_with_its_line(
    unknot: Run, write_stack: Write, text: str, said: str, line: int
) -> None:
    write_stack(text)
    answer = unknot("plan")
    assert answer.code == 1
    assert said in answer.err
    assert f"stack.py:{line}" in answer.err
    assert "Traceback" not in answer.err


def test_init_makes_a_project_that_is_valid(unknot: Run, project: Path) -> None:
    assert unknot("init", ".", "--name", "first").code == 0
    assert unknot("validate", "--no-retrace").code == 0
    assert unknot("init", ".").code == 1


@pytest.mark.stake(10)
def test_held_lease_is_named_and_can_be_ended_by_force(unknot: Run, write_stack: Write) -> None:
    from unknot.cli.session import Session

    write_stack()
    unknot("apply", "--yes")
    write_stack(value="later")
    lease = Session().ledger().take_lease(operation="apply elsewhere", holder="somebody")
    held = unknot("apply", "--yes")
    assert held.code == 1
    assert "somebody" in held.err
    assert "apply elsewhere" in held.err
    assert lease.id in held.err
    assert unknot("unlock", lease.id, "--reason", "test").code == 0
    assert unknot("apply", "--yes").code == 0


def test_environments_have_ledgers_of_their_own(unknot: Run, project: Path) -> None:
    (project / "envs").mkdir()
    (project / "envs" / "prod.toml").write_text('size = "full"\n')
    (project / "stack.py").write_text(
        "from typing import Literal\n"
        "from unknot import Environment, Stack\n"
        "from unknot.providers.null import Node\n\n\n"
        "class Env(Environment):\n"
        '    size: Literal["small", "full"] = "small"\n\n\n'
        "def stack(env: Env) -> Stack:\n"
        '    s = Stack("demo", owner="team@example.org")\n'
        '    s.add(Node("a", value=env.size))\n'
        "    return s\n"
    )
    assert unknot("apply", "--yes").code == 0
    assert "1 to create" in unknot("plan", "--env", "prod").out
    assert unknot("apply", "--yes", "--env", "prod", "--var", "size=small").code == 0
    wrong = unknot("plan", "--var", "size=huge")
    assert wrong.code == 1
    assert "`size`" in wrong.err


@pytest.mark.slow
def test_help_imports_no_heavy_library() -> None:
    program = (
        "import sys; sys.argv = ['unknot', '--help']\n"
        "from unknot.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('pydantic', 'msgspec', 'pandas', 'pyarrow', 'rich', 'boto3') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


@pytest.mark.slow
def test_version_imports_no_command_line() -> None:
    program = (
        "import sys; sys.argv = ['unknot', '--version']\n"
        "from unknot.__main__ import main\n"
        "main()\n"
        "print('click' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["unknot", "0.1.0", "False"]


@pytest.mark.slow
def test_completion_script_completes_a_command(project: Path) -> None:
    environment = {
        **os.environ,
        "_UNKNOT_COMPLETE": "bash_complete",
        "COMP_WORDS": "unknot val",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name("unknot"))],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert "validate" in done.stdout
