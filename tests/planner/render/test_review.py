import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.planner.plan import Action, Change, FieldChange, Plan, PolicyResult, ReadSet
from unknot.planner.render.markdown import code, prose
from unknot.planner.render.review import review_markdown, verdict
from unknot.stacks.address import Address, Uid

_nasty = st.text(
    st.one_of(st.sampled_from("`@<>|#*_[]()!\\~\n\r&:/-"), st.characters(codec="utf-8")), max_size=60
)
_fields = st.builds(
    FieldChange,
    path=_nasty,
    prior=_nasty,
    planned=_nasty,
    forces_replacement=st.booleans(),
    sensitive=st.booleans(),
)


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    number = draw(st.integers(0, 12)) * draw(st.sampled_from([1, 1, 40]))
    template = draw(st.lists(st.tuples(st.sampled_from(Action), _nasty, _nasty, st.lists(_fields, max_size=4)), min_size=1, max_size=4))  # fmt: skip
    changes = []
    for n in range(number):
        action, reason, owner, fields = template[n % len(template)]
        changes.append(
            Change(
                Address(f"bucket.b{n:04}_"),
                Uid("u"),
                action,
                "bucket",
                "p",
                "t",
                ReadSet(),
                owner,
                fields=tuple(fields),
                reason=reason,
            )
        )
    policy = PolicyResult(draw(_nasty), "mandatory", False, draw(_nasty))
    return Plan(draw(_nasty), "dev", "l", False, 1, "n", "", changes=tuple(changes), policy_results=(policy,))


def _mentions(markdown: str) -> list[str]:
    """`@name` outside of code, where GitHub would tell somebody."""
    fenced = re.compile(r"^(`{3,})\w*\n.*?^\1$", re.MULTILINE | re.DOTALL)
    spans = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", re.DOTALL)
    # A backslash before a backtick makes it ordinary text, so it opens no span.
    outside = spans.sub("", fenced.sub("", markdown).replace("\\`", ""))
    return re.findall(r"@\w+|<(?!/?(?:details|summary)>)[a-zA-Z/!]", outside)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_plans(), st.integers(2_500, 66_000))
def test_review_keeps_the_limit_and_cuts_nothing_silently(plan: Plan, limit: int) -> None:
    found = review_markdown(plan, "0" * 64, limit=limit)

    assert len(found) <= limit
    assert "0" * 64 in found
    destroyed = [c.address for c in plan.changes if c.action.destroys]
    named = sum(f"- `{address}` is **" in found for address in destroyed)
    left = re.search(r"([\d,]+) (?:more )?destroyed objects? left out here", found)
    counted = int(left.group(1).replace(",", "")) if left else 0
    assert named + counted == len(destroyed) or "Everything else is left out here" in found
    assert _mentions(found) == []


@given(_nasty)
def test_code_span_holds_its_text_literally(text: str) -> None:
    span = code(text)
    fence = re.match(r"`+", span)
    assert fence is not None
    inner = span[len(fence.group()) : len(span) - len(fence.group())]
    assert "\n" not in span
    if text.strip("` "):
        assert span.endswith(fence.group())
        assert fence.group() not in re.findall(r"`+", inner)


@pytest.mark.parametrize(
    "evil",
    ["@everyone", "<img src=x onerror=alert(1)>", "a | b", "</details>", "[x](https://evil.example)", "#12"],
)
def test_prose_is_not_markup(evil: str) -> None:
    shown = prose(evil)
    assert evil not in shown
    assert "<" not in shown
    assert not re.search(r"@\w|#\d|://\w|(?<!\\)[|\[\](]", shown)


@pytest.mark.parametrize(
    ("action", "word"),
    [(Action.CREATE, "safe"), (Action.DELETE, "destructive"), (Action.CREATE_THEN_DELETE, "destructive"),
     (Action.FORGET, "safe")],
)  # fmt: skip
def test_verdict_follows_from_the_worst_change(
    change: Callable[..., Change], plan_of: Callable[..., Plan], action: Action, word: str
) -> None:
    assert verdict(plan_of(change("bucket.a"), change("bucket.b", action)))[0] == word


@pytest.mark.stake(25)
def test_destroys_come_before_all_else_and_keep_their_room(
    change: Callable[..., Change], plan_of: Callable[..., Plan]
) -> None:
    many = [change(f"bucket.c{n}", Action.CREATE, FieldChange("a", None, "x" * 150)) for n in range(2_000)]
    gone = [change(f"bucket.d{n}", Action.DELETE, reason="no longer in the stack") for n in range(200)]
    found = review_markdown(plan_of(*many, *gone), "0" * 64)
    assert all(f"- `bucket.d{n}` is **destroyed**" in found for n in range(200))
    assert re.search(r"[\d,]+ more changes left out here for room", found)
    assert len(found) <= 65_535


def test_limit_without_room_for_the_verdict_is_refused(plan_of: Callable[..., Plan]) -> None:
    with pytest.raises(ValueError, match="needs at least"):
        review_markdown(plan_of(), "0" * 64, limit=100)
