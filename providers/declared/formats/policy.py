"""The language of IAM policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from unknot.providers.declared.formats.documents import is_open, texts
from unknot.providers.declared.problem import Problem, likeliest, member

_TOP: Final = ("Version", "Id", "Statement")
_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_STATEMENT: Final = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
_PRINCIPALS: Final = ("AWS", "Service", "Federated", "CanonicalUser")
_OPERATORS: Final = (
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
    "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
    "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
    "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals",
    "ArnNotLike", "Null",
)  # fmt: skip
_ACTION: Final = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
_ARN: Final = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|\$\{.+", re.DOTALL)
_SID: Final = re.compile(r"[A-Za-z0-9]*")


def any_policy(value: Any) -> Iterator[Problem]:
    """With or without principals."""
    yield from _policy(value, principal=None, resource=None)


def identity(value: Any) -> Iterator[Problem]:
    """What an identity may do: names resources and no principals."""
    yield from _policy(value, principal=False, resource=True, plain_sid=True)


def resource(value: Any) -> Iterator[Problem]:
    """Who may use the object that the policy is on."""
    yield from _policy(value, principal=True, resource=None)


def trust(value: Any) -> Iterator[Problem]:
    """Who may assume a role: names principals and no resources."""
    yield from _policy(value, principal=True, resource=False, plain_sid=True)


def _policy(
    value: Any, *, principal: bool | None, resource: bool | None, plain_sid: bool = False
) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield Problem("", "is not a policy", "A policy is a JSON object with `Version` and `Statement`.")
        return
    yield from _unknown("", value, _TOP)
    version = value.get("Version", _VERSIONS[0])
    if not is_open(version) and version not in _VERSIONS:
        yield Problem(
            ".Version", _cannot(version), "It is `2012-10-17`; `2008-10-17` in policies of that time."
        )
    if "Statement" not in value:
        yield Problem("", "lacks `Statement`", "It is a list of objects, each with `Effect` and `Action`.")
        return
    statements = value["Statement"]
    if is_open(statements):
        return
    if not isinstance(statements, list):
        yield from _statement(".Statement", statements, principal, resource, plain_sid)
        return
    if not statements:
        yield Problem(".Statement", "is empty", "A policy has at least one statement.")
    sids: set[str] = set()
    for n, statement in enumerate(statements):
        path = member(".Statement", n)
        yield from _statement(path, statement, principal, resource, plain_sid)
        sid = statement.get("Sid") if isinstance(statement, Mapping) else None
        if isinstance(sid, str) and sid:
            if sid in sids:
                yield Problem(
                    f"{path}.Sid", f"is `{sid}` a second time", "Each statement has a `Sid` of its own."
                )
            sids.add(sid)


def _statement(
    path: str, value: Any, principal: bool | None, resource: bool | None, plain_sid: bool
) -> Iterator[Problem]:
    if is_open(value):
        return
    if not isinstance(value, Mapping):
        yield Problem(
            path, "is not a statement", "A statement is an object with `Effect`, `Action` and so on."
        )
        return
    yield from _unknown(path, value, _STATEMENT)
    if "Effect" not in value:
        yield Problem(path, "lacks `Effect`", "It is `Allow` or `Deny`.")
    elif not is_open(value["Effect"]) and value["Effect"] not in ("Allow", "Deny"):
        yield Problem(
            f"{path}.Effect",
            _cannot(value["Effect"]),
            f"{likeliest(value['Effect'], ('Allow', 'Deny'))}It is `Allow` or `Deny`.",
        )
    sid = value.get("Sid")
    if plain_sid and isinstance(sid, str) and not is_open(sid) and not _SID.fullmatch(sid):
        yield Problem(f"{path}.Sid", _cannot(sid), "IAM takes letters and digits only.")
    yield from _one_of(path, value, ("Action", "NotAction"), wanted=True)
    yield from _one_of(path, value, ("Resource", "NotResource"), wanted=resource)
    yield from _one_of(path, value, ("Principal", "NotPrincipal"), wanted=principal)
    for name in ("Action", "NotAction"):
        yield from _texts(
            member(path, name),
            value.get(name),
            _ACTION,
            "An action is `service:Action`, such as `s3:GetObject`, or `*`.",
        )
    for name in ("Resource", "NotResource"):
        yield from _texts(
            member(path, name),
            value.get(name),
            _ARN,
            "A resource is an ARN, such as `arn:aws:s3:::bucket/*`, or `*`.",
        )
    for name in ("Principal", "NotPrincipal"):
        if name in value:
            yield from _principal(member(path, name), value[name])
    if "Condition" in value:
        yield from _condition(f"{path}.Condition", value["Condition"])


def _one_of(
    path: str, value: Mapping[str, Any], names: tuple[str, str], *, wanted: bool | None
) -> Iterator[Problem]:
    there = [name for name in names if name in value]
    if len(there) == 2:
        yield Problem(path, f"has both `{names[0]}` and `{names[1]}`", "A statement has one of the two.")
    elif wanted is True and not there:
        yield Problem(
            path, f"lacks `{names[0]}`", f"A statement of this policy has `{names[0]}` or `{names[1]}`."
        )
    elif wanted is False and there:
        yield Problem(member(path, there[0]), "has no place in this policy", f"Leave `{there[0]}` out.")


def _texts(path: str, value: Any, pattern: re.Pattern[str], allowed: str) -> Iterator[Problem]:
    if value is None or is_open(value):
        return
    for n, text in enumerate(texts(value)):
        if is_open(text):
            continue
        where = member(path, n) if isinstance(value, list) else path
        if not isinstance(text, str):
            yield Problem(where, "is not text", allowed)
        elif not pattern.fullmatch(text):
            yield Problem(where, _cannot(text), allowed)


def _principal(path: str, value: Any) -> Iterator[Problem]:
    if is_open(value) or value == "*":
        return
    if not isinstance(value, Mapping):
        yield Problem(
            path, "is not a principal", 'It is `"*"` or an object: `{"Service": "ec2.amazonaws.com"}`.'
        )
        return
    yield from _unknown(path, value, _PRINCIPALS)
    for kind, names in value.items():
        for n, name in enumerate(texts(names)):
            where = member(member(path, kind), n) if isinstance(names, list) else member(path, kind)
            if is_open(name):
                continue
            if not isinstance(name, str):
                yield Problem(where, "is not text", "A principal is an ARN, an account, a service or `*`.")
            elif kind == "AWS" and not re.fullmatch(
                r"\*|\d{12}|arn:[^:]+:(iam|sts):.*|A[A-Z0-9]{15,}|\$\{.+", name
            ):
                yield Problem(
                    where, _cannot(name), "It is an account of 12 digits, an ARN of IAM or STS, or `*`."
                )
            elif kind == "Service" and not re.fullmatch(
                r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com|internal)|\*", name
            ):
                yield Problem(
                    where, _cannot(name), "It is the name of a service, such as `lambda.amazonaws.com`."
                )


def _condition(path: str, value: Any) -> Iterator[Problem]:
    if is_open(value):
        return
    if not isinstance(value, Mapping):
        yield Problem(
            path,
            "is not a condition",
            'It is an object: `{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}`.',
        )
        return
    for operator, keys in value.items():
        plain = re.sub(r"^(ForAllValues|ForAnyValue):", "", operator)
        if plain.removesuffix("IfExists") not in _OPERATORS:
            yield Problem(
                path,
                f"has the operator `{operator}`, which there is not",
                f"{likeliest(plain, _OPERATORS)}Operators: {', '.join(_OPERATORS)}.",
            )
        elif not isinstance(keys, Mapping):
            yield Problem(
                member(path, operator),
                "is not an object",
                "It has keys of conditions, and what they are compared with.",
            )


def _unknown(path: str, value: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[Problem]:
    for name in value:
        if name not in known:
            yield Problem(
                path,
                f"has `{name}`, which there is not",
                f"{likeliest(name, known)}It may have: {', '.join(known)}.",
            )


def _cannot(value: Any) -> str:
    return f"cannot be `{str(value)[:60]}`"
