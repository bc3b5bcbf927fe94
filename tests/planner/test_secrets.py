"""A canary is planted in every place that takes a secret, and looked for in every byte that comes out (rule S1)."""

from pathlib import Path
from typing import Any

import pytest

from unknot.planner.archive import read, write
from unknot.providers.base import CreateRequest, CreateResponse, UpdateRequest, UpdateResponse
from unknot.providers.fake import Thing
from unknot.providers.null import Node
from unknot.stacks.errors import ProviderError
from unknot.stacks.secret import Secret

CANARY = "CANARY-5f1e"
pytestmark = [pytest.mark.rule("S1"), pytest.mark.stake(17)]


@pytest.fixture(autouse=True)
def _canary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_CANARY", CANARY)


def thing(value: int = 1, **fields: Any) -> Thing:
    return Thing("a", value=value, password=Secret.env("THE_CANARY"), key=Secret.env("THE_CANARY"), **fields)


def test_provider_gets_the_secret_and_nothing_else_does(site: Any, tmp_path: Path) -> None:
    given: list[object] = []

    def create(request: CreateRequest) -> CreateResponse:
        given.extend((request.inputs["password"], request.inputs["key"]))
        return site.fake._create(request)  # type: ignore[no-any-return]

    site.fake.on_create = create
    saved = site.plan(thing())
    write(saved, tmp_path / "plan")
    report = site.apply(read(tmp_path / "plan"))
    assert given == [CANARY, CANARY]
    write(site.plan(thing(2)), tmp_path / "plan2")
    for data in (
        site.bytes_everywhere(),
        repr(read(tmp_path / "plan")).encode(),
        repr(read(tmp_path / "plan2")).encode(),
        repr(report).encode(),
    ):
        assert b"CANARY-" not in data
    assert site.plan(thing()).plan.is_empty, "what the world shows of a secret is no drift"


def test_secret_is_redacted_from_what_a_provider_complains(site: Any) -> None:
    site.fake.on_create = _complain
    report = site.apply(site.plan(thing()))
    (failed,) = report.with_outcome("failed")
    assert "password *** was rejected" in failed.detail
    assert b"CANARY-" not in site.bytes_everywhere()
    assert "CANARY-" not in repr(report)


def _complain(request: CreateRequest) -> CreateResponse:
    raise ProviderError(
        f"password {request.inputs['password']} was rejected", detail=str(request.inputs["key"])
    )


def test_secret_that_is_not_there_fails_its_node_and_is_named(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("THE_CANARY")
    report = site.apply(site.plan(thing(), Thing("b")))
    assert {s.address: s.outcome for s in report.steps} == {"fake.thing.a": "failed", "fake.thing.b": "done"}
    assert "env:THE_CANARY" in report.with_outcome("failed")[0].detail
    assert site.fake.count("create", "a") == 0


@pytest.mark.parametrize("field", ["password", "key"])
def test_secret_given_in_clear_is_an_error_that_does_not_show_it(site: Any, field: str) -> None:
    fields: dict[str, Any] = {field: CANARY}
    saved = site.plan(Thing("a", **fields))
    (problem,) = saved.plan.diagnostics
    assert f"`{field}` is given in clear" in problem.summary
    assert problem.source is not None
    assert CANARY not in repr(problem)
    assert not saved.plan.can_apply


def test_write_only_input_is_sent_again_when_its_version_changes(site: Any) -> None:
    sent: list[object] = []

    def update(request: UpdateRequest) -> UpdateResponse:
        sent.append(request.inputs["key"])
        return site.fake._update(request)  # type: ignore[no-any-return]

    site.fake.on_update = update
    site.up(thing(key_version=1))
    site.up(thing(key_version=2))
    assert sent == [CANARY]


def test_without_a_key_sensitive_output_is_not_recorded_and_whatever_uses_it_is_told(site: Any) -> None:
    a = thing()
    site.up(a)
    assert b"secret-of-" not in site.bytes_everywhere()
    assert "secret-of-" not in repr(site.plan(thing(2)))
    stack = site.stack(a, Node("b", value=[a.secret_key]))
    stack.output("key", a.secret_key)
    problems = site.plan(stack=stack).plan.diagnostics
    assert len(problems) == 2
    assert all("`fake.thing.a.secret_key`, which is sensitive" in problem.summary for problem in problems)
    assert all("[encryption]" in problem.detail for problem in problems), "says how to make a key"
