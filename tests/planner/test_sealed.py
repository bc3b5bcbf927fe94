"""Sensitive outputs under the ledger's key: sealed wherever they are recorded, opened for the call only (rule S1)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot import format as join
from unknot.planner.archive import read, write
from unknot.planner.diff import OtherStack
from unknot.planner.fields import MASK
from unknot.planner.plan import Change, Plan
from unknot.planner.render.document import plan_document, report_document
from unknot.planner.render.review import review_markdown
from unknot.planner.render.text import plan_text, report_text
from unknot.planner.values import is_sealed
from unknot.providers.base import CreateRequest, CreateResponse, UpdateResponse
from unknot.providers.fake import Thing
from unknot.providers.file import Document
from unknot.providers.null import Node
from unknot.stacks.errors import LedgerDamaged, LedgerError, ProviderError
from unknot.stacks.secret import Secret
from unknot.stacks.stack import Stack, other_stack
from unknot.state.ledger.encryption import generate_key

CANARY = "CANARY-77c0"
Find = Callable[[Plan, str], Change]
Sites = Callable[..., Any]
pytestmark = [pytest.mark.rule("S1"), pytest.mark.stake(17)]


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_KEY", generate_key())
    monkeypatch.setenv("NEXT_KEY", generate_key())
    monkeypatch.setenv("THE_CANARY", CANARY)


@pytest.fixture
def vaulted(make_site: Sites) -> Any:
    """A site whose ledger has a key, and whose objects all give a canary as their sensitive output."""
    site = make_site(key="env:LEDGER_KEY")
    site.fake.on_create = lambda request: giving(site, request, CANARY)
    return site


def giving(site: Any, request: CreateRequest, secret: object) -> CreateResponse:
    made: CreateResponse = site.fake._create(request)
    return CreateResponse(made.id, {**made.outputs, "secret_key": secret})


def users(a: Thing) -> tuple[Thing | Document, ...]:
    """What uses a sensitive output: as it is, inside a list, in a text, in a file, and what uses those."""
    b = Thing("b", value=a.secret_key)
    return (
        b,
        Thing("c", value=[1, {"inner": a.secret_key}]),
        Thing("d", value=join("user:{key}@host", key=a.secret_key)),
        Thing("e", value=b.echo),
        Document("f", path="config.txt", content=join("key={key}\n", key=a.secret_key)),
    )


def wanted(site: Any, a: Thing) -> Stack:
    stack: Stack = site.stack(a, *users(a))
    stack.output("key", a.secret_key)
    stack.output("address", join("https://{key}@host", key=a.secret_key))
    stack.output("quiet", a.url, sensitive=True)
    return stack


def test_canary_of_a_provider_is_in_no_byte_and_reaches_all_who_use_it(vaulted: Any, tmp_path: Path) -> None:
    site = vaulted
    seen: list[bytes] = []

    def look(saved: Any, report: Any = None) -> None:
        write(saved, tmp_path / "plan")
        seen.extend((repr(read(tmp_path / "plan")).encode(), repr(saved).encode(), plan_document(saved.plan)))
        seen.append(plan_text(saved.plan, color=False, width=None, verbose=True).encode())
        seen.append(review_markdown(saved.plan, saved.hash).encode())
        if report is not None:
            seen.extend(
                (repr(report).encode(), report_document(report), report_text(report, color=False).encode())
            )

    saved = site.plan(stack=wanted(site, Thing("a")))
    report = site.apply(saved)
    assert report.exit_code == 0, report
    look(saved, report)
    assert site.object("b").inputs["value"] == CANARY
    assert site.object("c").inputs["value"] == [1, {"inner": CANARY}]
    assert site.object("d").inputs["value"] == f"user:{CANARY}@host"
    assert site.object("e").inputs["value"] == CANARY
    assert (site.project / "config.txt").read_text() == f"key={CANARY}\n"
    for change in (Thing("a"), Thing("a", value=2), Thing("a", value=2, kind="other")):
        saved = site.plan(stack=wanted(site, change))
        look(saved, site.apply(saved) if not saved.plan.is_empty else None)
        assert site.plan(stack=wanted(site, change)).plan.is_empty
    assert all(is_sealed(value) for value in site.snapshot().outputs.values())
    vault = site.ledger.vault()
    assert vault.open(site.snapshot().outputs["address"]) == f"https://{CANARY}@host"
    record = repr(site.snapshot()) + repr(list(site.ledger.reader().history()))
    seen.extend((record.encode(), site.bytes_everywhere()))
    assert sum(CANARY.encode() in data for data in seen) == 0
    destroyed = site.apply(site.plan(stack=site.stack(), mode="destroy"))
    assert destroyed.exit_code == 0, destroyed


def test_plan_with_nothing_to_do_stays_so_when_the_source_is_recorded_anew(vaulted: Any) -> None:
    site = vaulted
    site.up(stack=wanted(site, Thing("a")))
    before = site.recorded("fake.thing.a").outputs["secret_key"]
    assert is_sealed(before)
    site.fake.on_update("a", does=lambda _: UpdateResponse({"secret_key": CANARY}))
    site.up(stack=wanted(site, Thing("a", value=2)))
    assert site.recorded("fake.thing.a").outputs["secret_key"] == before, "the same value keeps its seal"
    assert site.plan(stack=wanted(site, Thing("a", value=2))).plan.is_empty


def test_changed_sensitive_output_updates_its_users_and_shows_only_that_it_changed(
    vaulted: Any, change_of: Find
) -> None:
    site = vaulted
    a = Thing("a")
    site.up(stack=wanted(site, a))
    site.fake.on_update("a", does=lambda _: UpdateResponse({"secret_key": "CANARY-next"}))
    site.up(stack=wanted(site, Thing("a", value=2)), targets=("fake.thing.a",))
    plan = site.plan(stack=wanted(site, Thing("a", value=2))).plan
    (field,) = change_of(plan, "fake.thing.b").fields
    assert (field.prior, field.planned, field.sensitive) == (MASK, MASK, True)
    assert "CANARY" not in repr(plan)
    site.up(stack=wanted(site, Thing("a", value=2)))
    assert site.object("b").inputs["value"] == "CANARY-next"


def test_seal_is_bound_to_its_ledger_object_generation_and_field(vaulted: Any) -> None:
    site = vaulted
    site.up(Thing("a"))
    sealed = site.recorded("fake.thing.a").outputs["secret_key"]
    vault = site.ledger.vault()
    assert vault.open(sealed) == CANARY
    assert sealed["$sealed"]["lineage"] == site.snapshot().lineage
    for name, other in (("uid", "x"), ("generation", 2), ("field", "url"), ("lineage", "x")):
        forged = {"$sealed": {**sealed["$sealed"], name: other}}
        with pytest.raises(LedgerError):
            vault.open(forged)
    with pytest.raises(LedgerDamaged, match="not in a form"):
        vault.open({"$sealed": {"what": 1}})


def test_part_of_a_sensitive_output_can_be_used(make_site: Sites) -> None:
    site = make_site(key="env:LEDGER_KEY")
    site.fake.on_create("a", does=lambda request: giving(site, request, {"user": "u", "pins": [CANARY]}))
    a = Thing("a")
    site.up(a, Thing("b", value=a.secret_key["pins"][0]))
    assert site.object("b").inputs["value"] == CANARY
    assert site.plan(a, Thing("b", value=a.secret_key["pins"][0])).plan.is_empty
    report = site.apply(site.plan(a, Thing("c", value=a.secret_key["none"])))
    assert "has no part `none`" in report.with_outcome("failed")[0].detail


def test_output_that_tells_a_secret_in_another_form_is_sealed_too(vaulted: Any) -> None:
    """Nobody declared `echo` sensitive, and the provider of files gives a hash of what is in them."""
    site = vaulted
    a = Thing("a", value=Secret.env("THE_CANARY"))
    document = Document("f", path="f.txt", content=join("{key}", key=a.secret_key))
    resources = (a, document, Thing("b", value=document.sha256), Thing("c", value=a.echo))
    site.up(*resources)
    assert is_sealed(site.recorded("fake.thing.a").outputs["echo"])
    assert is_sealed(site.recorded("file.document.f").outputs["sha256"])
    assert site.object("c").inputs["value"] == CANARY
    assert site.plan(*resources).plan.is_empty


def test_live_value_of_a_secret_is_not_in_the_plan_of_an_import(site: Any) -> None:
    site.world.put("fake.thing", "theirs", value=CANARY, kind="plain")
    stack = site.stack(Thing("a", value=Secret.env("THE_CANARY")))
    stack.import_("fake.thing.a", id="theirs")
    saved = site.plan(stack=stack)
    assert CANARY not in repr(saved)
    assert site.apply(saved).exit_code == 0
    assert CANARY.encode() not in site.bytes_everywhere()


def test_without_a_key_output_that_tells_a_secret_is_masked_and_cannot_be_used(site: Any) -> None:
    a = Thing("a", value=Secret.env("THE_CANARY"))
    site.up(a)
    assert site.recorded("fake.thing.a").outputs["echo"] == MASK
    assert CANARY not in repr(site.snapshot())
    (problem,) = site.plan(a, Thing("b", value=a.echo)).plan.diagnostics
    assert "recorded as a mask only" in problem.summary


def test_secret_of_a_dependent_is_redacted_from_what_its_provider_complains(vaulted: Any) -> None:
    site = vaulted

    def complain(request: CreateRequest) -> CreateResponse:
        raise ProviderError(f"`{request.inputs['value']}` is no good")

    a = Thing("a")
    site.fake.on_create("b", does=complain)
    report = site.apply(site.plan(a, Thing("b", value=a.secret_key)))
    assert "`***` is no good" in report.with_outcome("failed")[0].detail
    assert CANARY.encode() not in site.bytes_everywhere()


def test_conditions_see_what_is_sealed_and_show_none_of_it(vaulted: Any) -> None:
    site = vaulted
    a = Thing("a")
    b = Thing("b", value=a.secret_key)
    stack = site.stack(a, b)
    stack.precondition(b, "inputs['value'].startswith('CANARY')", "no calls in expressions")
    report = site.apply(site.plan(stack=stack))
    assert CANARY not in repr(report)
    stack = site.stack(a, b)
    stack.precondition(b, "len(inputs['value']) == 11", "eleven characters")
    stack.postcondition(a, "outputs['secret_key'][:6] == 'CANARY'", "it begins so")
    assert site.up(stack=stack)
    stack = site.stack(a, Thing("b", value=[a.secret_key]))
    stack.precondition(b, "inputs['value'][0] == 'x'", "it must be x")
    report = site.apply(site.plan(stack=stack))
    assert "it must be x" in report.with_outcome("failed")[0].detail
    assert CANARY not in repr(report)


def test_interrupted_creation_is_adopted_with_its_output_sealed(make_site: Sites) -> None:
    site = make_site(key="env:LEDGER_KEY")
    a = Thing("a", value=Secret.env("THE_CANARY"))
    after = site.killed(site.plan(a), "create", "a", made=True)
    assert after.apply(after.plan(a)).exit_code == 0
    outputs = after.recorded("fake.thing.a").outputs
    assert is_sealed(outputs["secret_key"])
    assert is_sealed(outputs["echo"])
    assert after.ledger.vault().open(outputs["secret_key"]).startswith("secret-of-")
    assert after.plan(a).plan.is_empty


class TestWriteOnly:
    def test_changed_secret_is_noticed_by_its_hmac_and_sent_again(
        self, make_site: Sites, monkeypatch: pytest.MonkeyPatch, change_of: Find
    ) -> None:
        site = make_site(key="env:LEDGER_KEY")
        thing = Thing("a", password=Secret.env("THE_CANARY"), key=Secret.env("THE_CANARY"))
        site.up(thing)
        macs = site.recorded("fake.thing.a").macs
        assert macs.keys() == {"password", "key"}
        assert macs["password"] != macs["key"], "equal secrets in two places do not look equal"
        assert site.plan(thing).plan.is_empty
        monkeypatch.setenv("THE_CANARY", "CANARY-next")
        change = change_of(site.plan(thing).plan, "fake.thing.a")
        assert {(f.path, f.prior, f.planned) for f in change.fields} == {
            ("password", MASK, MASK),
            ("key", MASK, MASK),
        }
        site.up(thing)
        assert site.object("a").inputs["password"] == "CANARY-next"
        assert site.plan(thing).plan.is_empty

    def test_version_that_the_user_gives_decides_alone(
        self, make_site: Sites, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site = make_site(key="env:LEDGER_KEY")
        site.up(Thing("a", key=Secret.env("THE_CANARY"), key_version=1))
        monkeypatch.setenv("THE_CANARY", "CANARY-next")
        assert site.plan(Thing("a", key=Secret.env("THE_CANARY"), key_version=1)).plan.is_empty
        assert not site.plan(Thing("a", key=Secret.env("THE_CANARY"), key_version=2)).plan.is_empty

    def test_plan_where_the_secret_is_not_at_hand_cannot_tell_and_changes_nothing(
        self, make_site: Sites, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Plans of forks run without credentials."""
        site = make_site(key="env:LEDGER_KEY")
        site.up(Thing("a", key=Secret.env("THE_CANARY")))
        monkeypatch.delenv("THE_CANARY")
        assert site.plan(Thing("a", key=Secret.env("THE_CANARY"))).plan.is_empty

    def test_hmac_holds_over_a_rotation(self, make_site: Sites) -> None:
        site = make_site(key="env:LEDGER_KEY")
        thing = Thing("a", key=Secret.env("THE_CANARY"))
        site.up(thing, Thing("b", value=thing.secret_key))
        with site.ledger.take_lease(operation="rotate") as held:
            held.rotate_key("env:NEXT_KEY")
        later = make_site(site.store, key="env:NEXT_KEY")
        later.fake = site.fake
        assert later.plan(thing, Thing("b", value=thing.secret_key)).plan.is_empty
        later.up(Thing("a", key=Secret.env("THE_CANARY"), value=2), Thing("b", value=thing.secret_key))
        assert later.recorded("fake.thing.a").macs["key"].startswith("2:")
        assert later.plan(
            Thing("a", key=Secret.env("THE_CANARY"), value=2), Thing("b", value=thing.secret_key)
        ).plan.is_empty


class TestOtherStacks:
    @pytest.fixture
    def base(self, make_site: Sites) -> Any:
        site = make_site(key="env:LEDGER_KEY")
        site.fake.on_create = lambda request: giving(site, request, CANARY)
        stack = site.stack(Thing("a"))
        stack.output("key", Thing("a").secret_key)
        stack.output("url", Thing("a").url)
        site.up(stack=stack)
        return site

    def seen(self, base: Any, site: Any) -> None:
        ledger = base.somebody_else()
        snapshot = ledger.reader().snapshot()
        site.others["base/default"] = OtherStack(
            snapshot.outputs, snapshot.output_serials, snapshot.lineage, ledger.vault()
        )

    def test_sensitive_output_of_another_stack_is_opened_and_kept_under_our_own_key(
        self, base: Any, make_site: Sites
    ) -> None:
        site = make_site(key="env:NEXT_KEY")
        self.seen(base, site)
        thing = Thing("b", value=[other_stack("base", "key")])
        site.up(thing)
        assert site.object("b").inputs["value"] == [CANARY]
        (sealed,) = site.recorded("fake.thing.b").resolved_inputs["value"]
        assert sealed["$sealed"]["lineage"] == site.snapshot().lineage
        assert site.ledger.vault().open(sealed) == CANARY
        assert site.plan(thing).plan.is_empty
        assert CANARY not in repr(site.snapshot())

    def test_without_the_other_ledgers_key_it_is_said(self, base: Any, make_site: Sites) -> None:
        site = make_site(key="env:NEXT_KEY")
        self.seen(base, site)
        other = site.others["base/default"]
        site.others["base/default"] = OtherStack(other.outputs, other.versions, other.lineage)
        report = site.apply(site.plan(Thing("b", value=other_stack("base", "key"))))
        assert "whose key is not at hand" in report.with_outcome("failed")[0].detail

    @pytest.mark.rule("A4")
    def test_only_an_output_that_changed_refuses_its_user(self, base: Any, make_site: Sites) -> None:
        site = make_site(key="env:NEXT_KEY")
        self.seen(base, site)
        thing = Thing("b", value=other_stack("base", "key"))
        saved = site.plan(thing)
        with base.ledger.take_lease(operation="nothing of ours"):
            pass
        stack = base.stack(Thing("a"))
        stack.output("key", Thing("a").secret_key)
        stack.output("url", "another")
        base.up(stack=stack)
        self.seen(base, site)
        assert site.apply(saved).exit_code == 0
        base.fake.on_update("a", does=lambda _: UpdateResponse({"secret_key": "CANARY-next"}))
        saved = site.plan(Thing("c", value=other_stack("base", "key")), thing)
        stack = base.stack(Thing("a", value=2))
        stack.output("key", Thing("a").secret_key)
        base.up(stack=stack)
        self.seen(base, site)
        (refused,) = site.apply(saved).with_outcome("refused")
        assert "the output `key` of the stack `base/default`" in refused.detail


def test_sensitive_output_in_clear_is_refused(make_site: Sites) -> None:
    site = make_site(key="env:LEDGER_KEY")
    stack = site.stack()
    stack.output("pin", CANARY, sensitive=True)
    plan = site.plan(stack=stack).plan
    assert "given in clear" in plan.diagnostics[0].summary
    assert CANARY not in json.dumps(plan_document(plan).decode()).replace("output_values", "")


def test_output_becomes_sensitive_and_plain_again(make_site: Sites) -> None:
    site = make_site(key="env:LEDGER_KEY")

    def stack(*, sensitive: bool) -> Stack:
        made: Stack = site.stack(Node("n", value=1))
        made.output("n", Node("n", value=1).output, sensitive=sensitive)
        return made

    site.up(stack=stack(sensitive=False))
    assert site.snapshot().outputs == {"n": 1}
    plan = site.plan(stack=stack(sensitive=True)).plan
    assert [(o.name, o.prior, o.planned) for o in plan.outputs] == [("n", MASK, MASK)]
    site.up(stack=stack(sensitive=True))
    assert is_sealed(site.snapshot().outputs["n"])
    assert site.plan(stack=stack(sensitive=True)).plan.is_empty
    site.up(stack=stack(sensitive=False))
    assert site.snapshot().outputs == {"n": 1}
