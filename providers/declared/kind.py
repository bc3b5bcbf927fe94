"""One resource type at work: its declaration, its generated shapes, and what both say of identities, fields and tags."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from unknot.providers.base import Mark
from unknot.providers.declared.calls import Api
from unknot.providers.declared.declaration import Aspect, Call, Declaration, Field
from unknot.providers.declared.expressions import evaluate
from unknot.providers.declared.made_up import made_up
from unknot.providers.declared.shapes import Catalogue, InputShape, TypeShape
from unknot.stacks.address import Address, Uid, name_of
from unknot.stacks.errors import ProviderError

CREATED: Final = "created."
"""Begins the expression of a part of the identity that the API gives."""

_MARKS: Final = {
    "any": ("unknot:lineage", "unknot:uid"),
    "label": ("unknot-lineage", "unknot-uid"),
    "identifier": ("unknot_lineage", "unknot_uid"),
}

_NO_FIELD: Final = Field("")


class Kind:
    """A declared type. Immutable, shared by threads."""

    def __init__(self, declaration: Declaration, catalogue: Catalogue) -> None:
        self.declaration = declaration
        self.catalogue = catalogue
        self.type: TypeShape = catalogue.types[declaration.type]
        self.inputs: Mapping[str, InputShape] = self.type.inputs
        self.fields: Mapping[str, Field] = {field.name: field for field in declaration.fields}
        self.aspects: Mapping[str, Aspect] = {
            name: aspect for aspect in declaration.aspects for name in aspect.fields
        }
        self.tag_field = declaration.tags.field if declaration.tags is not None else ""
        marks = _MARKS[declaration.tags.characters if declaration.tags is not None else "any"]
        self.mark_names: tuple[str, str] = marks

    def field(self, name: str) -> Field:
        return self.fields.get(name, _NO_FIELD)

    @functools.cached_property
    def main_fields(self) -> tuple[str, ...]:
        """Inputs that the create call takes."""
        return tuple(
            name
            for name in self.inputs
            if name != self.tag_field and (name not in self.aspects or self.aspects[name].at_create)
        )

    @functools.cached_property
    def main_fields_set(self) -> frozenset[str]:
        return frozenset(self.main_fields)

    @functools.cached_property
    def tags_at_create(self) -> bool:
        """Whether the create call takes the tags, in a parameter of its own or in one that speaks of them."""
        tags, create = self.declaration.tags, self.declaration.create
        if tags is None or create is None:
            return False
        return bool(tags.create) or speaks_of(create.params.values(), "tags")

    @functools.cached_property
    def lasting(self) -> frozenset[str]:
        """Outputs that no update changes."""
        made = {name for name, text in self.declaration.outputs.items() if _roots(text) <= {"key", "place"}}
        return frozenset(
            {"physical_name"} & self.declaration.outputs.keys() | made | set(self.declaration.lasting)
        )

    @functools.cached_property
    def is_named(self) -> bool:
        """Whether the identity is known before the object exists."""
        return not any(CREATED in expression for expression in self.declaration.identity.keys.values())

    # identity

    @functools.cached_property
    def _id_pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.declaration.identity.id)
        last = len(parts) - 2
        pattern = "".join(
            re.escape(part) if n % 2 == 0 else f"(?P<{part}>{'.+' if n == last else '.+?'})"
            for n, part in enumerate(parts)
        )
        return re.compile(pattern, re.DOTALL)

    def keys(self, object_id: str) -> dict[str, str] | None:
        """The parts of an identity; None when the text is not in the form of one."""
        found = self._id_pattern.fullmatch(object_id)
        return None if found is None else found.groupdict()

    def needed_keys(self, object_id: str) -> dict[str, str]:
        """The parts of an identity. Raises ProviderError, with the form that it has."""
        keys = self.keys(object_id)
        if keys is None:
            raise ProviderError(
                f"`{object_id}` is no id of a `{self.declaration.type}`",
                detail=f"It has the form `{self.declaration.identity.id}`.",
            )
        return keys

    def object_id(self, keys: Mapping[str, str]) -> str:
        return self.declaration.identity.id.format_map(keys)

    def known_keys(self, document: Mapping[str, Any], answer: Any = None) -> dict[str, str] | None:
        """The identity, from the inputs and the answer of the create; None while some part is not known."""
        keys = {}
        for name, expression in self.declaration.identity.keys.items():
            value = evaluate(expression, {**document, "created": answer})
            if value is None:
                return None
            keys[name] = str(value)
        return keys

    def told_keys(self, document: Mapping[str, Any]) -> dict[str, str]:
        """Those parts of the identity that are known before the object exists."""
        told = {
            name: evaluate(expression, document)
            for name, expression in self.declaration.identity.keys.items()
            if CREATED not in expression
        }
        return {name: str(value) for name, value in told.items() if value is not None}

    # parameters

    def situation(
        self, inputs: Mapping[str, Any], keys: Mapping[str, Any], place: Mapping[str, Any], **more: Any
    ) -> dict[str, Any]:
        """The document that the parameters of a call are made from: see `declaration.py`."""
        members = {
            self.inputs[name].member: value
            for name, value in inputs.items()
            if name in self.main_fields_set and self.inputs[name].member and value is not None
        }
        return {
            "input": dict(inputs),
            "members": members,
            "key": dict(keys),
            "place": place,
            "prior": {},
            "changed": [],
            "mark": None,
            "output": {},
            "live": None,
            "token": "",
            **more,
        }

    def members(self, names: Iterable[str]) -> list[str]:
        """API names of inputs, tags and aspects left out."""
        return sorted(
            self.inputs[name].member
            for name in names
            if name in self.main_fields_set and self.inputs[name].member
        )

    def parameters(
        self, call: Call, document: Mapping[str, Any], fields: Iterable[str], api: Api
    ) -> dict[str, Any]:
        """What the call is given, beside what `call.params` says: see `Call`."""
        service = self.declaration.service
        takes = api.takes(service, call.operation)
        given = {name: value for name, value in document["key"].items() if name in takes}
        inputs = document["input"]
        for name in fields:
            member = self.inputs[name].member
            if not member or member not in takes:
                continue
            if call.merges:
                given[member] = merge_patch(document["prior"].get(name), inputs.get(name))
            elif inputs.get(name) is not None:
                given[member] = inputs[name]
        for member, expression in call.params.items():
            value = evaluate(expression, document)
            if value is None:
                given.pop(member, None)
            else:
                given[member] = value if call.merges else without_nulls(value)
        for member in api.tokens(service, call.operation) if document["token"] else ():
            given.setdefault(member, document["token"])
        return given

    def fields_of(self, call: Call, api: Api) -> frozenset[str]:
        """Inputs whose change calls for `call`."""
        declared = self.declaration.update_fields.get(call.operation)
        if declared is not None:
            return frozenset(declared)
        return self._fields_by_member(call, api) - self.aspects.keys()

    def _fields_by_member(self, call: Call, api: Api) -> frozenset[str]:
        takes = api.takes(self.declaration.service, call.operation)
        by_name = {
            name for name in self.main_fields if self.inputs[name].member in takes - call.params.keys()
        }
        if speaks_of(call.params.values(), "members"):
            by_name |= self.main_fields_set
        texts = call.params.values()
        return frozenset(by_name | {n for n in self.main_fields if speaks_of(texts, f"input.{n}")})

    # tags and our mark

    def with_mark(self, tags: Mapping[str, str] | None, mark: Mark) -> dict[str, str]:
        """Tags with our mark among them."""
        lineage, uid = self.mark_names
        return {**(tags or {}), lineage: mark.lineage, uid: mark.uid}

    def without_mark(self, tags: Mapping[str, str]) -> tuple[dict[str, str], Mark | None]:
        """Tags as users set them, and the mark that was among them."""
        lineage, uid = self.mark_names
        mark = Mark(tags[lineage], Uid(tags[uid])) if lineage in tags and uid in tags else None
        return {name: value for name, value in tags.items() if name not in self.mark_names}, mark

    def tag_map(self, value: Any) -> dict[str, str]:
        """Tags of an answer as a map, whatever form the API has for them."""
        tags = self.declaration.tags
        assert tags is not None
        if not value:
            return {}
        if isinstance(value, Mapping):
            return {str(name): str(text) for name, text in value.items()}
        return {tag[tags.key]: tag.get(tags.value) or "" for tag in value}

    def tag_form(self, value: Mapping[str, str]) -> Any:
        """Tags in the API's own form."""
        tags = self.declaration.tags
        assert tags is not None
        if tags.form == "map":
            return dict(value)
        return [{tags.key: name, tags.value: value[name]} for name in sorted(value)]

    # what is live

    def live_field(self, name: str, document: Any, keys: Mapping[str, str]) -> Any:
        """One input as the document of a read has it; what is part of the identity need not be in it."""
        expression = self.field(name).read
        if expression:
            return evaluate(expression, document)
        member = self.inputs[name].member
        if isinstance(document, Mapping) and member in document:
            return document[member]
        return keys.get(self._key_inputs.get(name, ""))

    @functools.cached_property
    def _key_inputs(self) -> dict[str, str]:
        """Inputs that are parts of the identity as they stand."""
        found = {}
        for key, expression in self.declaration.identity.keys.items():
            if whole := re.fullmatch(r"input\.(\w+)(?:\s*\|\|.*)?", expression):
                found[whole[1]] = key
        return found

    def outputs(self, document: Any, keys: Mapping[str, str], place: Mapping[str, Any]) -> dict[str, Any]:
        """Outputs, from the document of the main read. Those that are null are left out."""
        found = {}
        view = {**(document if isinstance(document, Mapping) else {}), "key": keys, "place": place}
        for name, expression in self.declaration.outputs.items():
            value = evaluate(expression, view)
            if value is not None:
                found[name] = value
        return found

    def made_up_name(self, address: Address, token: str, given: Mapping[str, Any]) -> dict[str, str]:
        """Names of the object that the stack did not give."""
        return {
            field.name: made_up(
                name_of(address), token, field.name, self.catalogue.shapes.get(self.inputs[field.name].shape)
            )
            for field in self.declaration.fields
            if field.physical_name and given.get(field.name) is None
        }


def _roots(expression: str) -> set[str]:
    """What a simple expression reads of its document; more than that of one that is not simple."""
    plain = re.sub(r"'[^']*'|`[^`]*`|\"[^\"]*\"", "", expression)
    return set(re.findall(r"(?<![.\w])[A-Za-z_@]\w*(?!\w|\s*\()", plain))


def speaks_of(expressions: Iterable[str], name: str) -> bool:
    """Whether one of the expressions reads `name` of its document: `tags`, `input.role_name`."""
    wanted = re.compile(rf"\b{re.escape(name)}\b")
    return any(wanted.search(text) for text in expressions)


def without_nulls(value: Any) -> Any:
    """`value` without members that an expression left null."""
    if isinstance(value, dict):
        return {key: without_nulls(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [without_nulls(entry) for entry in value if entry is not None]
    return value


def merge_patch(prior: Any, wanted: Any) -> Any:
    """What makes `wanted` of anything like `prior` where it is merged (RFC 7396): all of it, with null for what went."""
    if not (isinstance(prior, Mapping) and isinstance(wanted, Mapping)):
        return wanted
    gone = dict.fromkeys(prior.keys() - wanted.keys())
    return gone | {name: merge_patch(prior.get(name), entry) for name, entry in wanted.items()}


def readings(kind: Kind, wanted: Iterable[str]) -> Iterator[Aspect]:
    """The aspects that tell the fields `wanted`, each once."""
    seen: set[int] = set()
    for name in wanted:
        aspect = kind.aspects.get(name)
        if aspect is not None and id(aspect) not in seen:
            seen.add(id(aspect))
            yield aspect
