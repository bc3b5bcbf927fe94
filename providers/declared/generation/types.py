"""One resource type from its declaration and the service's model, with everything in the declaration held against the model."""

import re
from collections.abc import Iterator

import msgspec

from unknot.providers.declared.declaration import Call, Declaration, Reading, Until
from unknot.providers.declared.generation.expressions import (
    Fields,
    Found,
    ListOf,
    Named,
    found,
    last_member,
)
from unknot.providers.declared.generation.inputs import Inputs, class_name
from unknot.providers.declared.generation.naming import is_taken
from unknot.providers.declared.generation.shapebook import ShapeBook
from unknot.providers.declared.model import ModelError
from unknot.providers.declared.shapes import TypeShape
from unknot.stacks.diagnostic import nearest
from unknot.stacks.resource_type import FieldTraits, TypeInfo


class GeneratedType(msgspec.Struct, frozen=True):
    """A type, and what only its class and its page need."""

    declaration: Declaration
    shape: TypeShape
    outputs: dict[str, Found]
    """What each output is in the model."""
    operations: frozenset[str]
    """Names of every operation that the declaration calls."""


def generated_type(declaration: Declaration, book: ShapeBook) -> GeneratedType:
    """Raises ModelError, which names the type, where the declaration does not fit the model."""
    try:
        return _Type(declaration, book).generated()
    except ModelError as problem:
        raise ModelError(f"{declaration.type}: {problem}") from problem


class _Type:
    def __init__(self, declaration: Declaration, book: ShapeBook) -> None:
        self._declaration = declaration
        self._book = book
        self._inputs = Inputs(declaration, book)

    def generated(self) -> GeneratedType:
        declared = self._declaration
        outputs = self._outputs()
        self._check()
        info = TypeInfo(
            type=declared.type,
            provider=declared.type.partition(".")[0],
            fields=self._inputs.traits,
            computed={
                name: FieldTraits(sensitive=name in declared.sensitive_outputs) for name in declared.outputs
            },
            resolve_by=declared.resolve_by,
            timeout_s=declared.timeout_s,
        )
        shape = TypeShape(
            info=info,
            class_name=class_name(declared),
            doc=declared.doc,
            inputs=self._inputs.shapes,
            outputs={name: self._output_doc(name) for name in declared.outputs},
            permissions=self._permissions(),
        )
        operations = frozenset(call.operation for call in self._calls())
        return GeneratedType(declared, shape, outputs, operations)

    # documents that expressions see

    def _answer(self, operation: str) -> Found:
        output = self._book.operation(operation).output
        return Named(output) if output else None

    def _keys(self) -> Fields:
        return Fields(dict.fromkeys(self._declaration.identity.keys))

    def _situation(self, *, created: bool = False) -> Fields:
        declared = self._declaration
        inputs: dict[str, Found] = {
            name: Named(shape.shape) if self._is_of_model(shape.shape) else None
            for name, shape in self._inputs.shapes.items()
        }
        members: dict[str, Found] = {
            "input": Fields(inputs),
            "prior": Fields(inputs),
            "key": self._keys(),
            "output": Fields(dict.fromkeys(declared.outputs)),
            **dict.fromkeys(
                ("members", "live", "changed", "mark", "tags", "added", "removed", "token", "place")
            ),
        }
        if created:
            members["created"] = self._answer(declared.create.operation) if declared.create else None
        return Fields(members)

    def _is_of_model(self, name: str) -> bool:
        try:
            self._book.model.shape(name)
        except KeyError:
            return False
        return True

    def _document(self, reading: Reading) -> Found:
        self._check_call(reading.call)
        answer = self._answer(reading.call.operation)
        if reading.result == "@":
            return answer
        return found(reading.result, self._beside(answer), self._book.model)

    def _beside(self, answer: Found) -> Found:
        """What an answer is seen with."""
        return None if answer is None else Fields({"key": self._keys(), "place": None}, base=answer)

    # outputs

    def _outputs(self) -> dict[str, Found]:
        document = self._document(self._declaration.read)
        view = self._beside(document)
        return {
            name: self._at(f"output `{name}`", expression, view)
            for name, expression in self._declaration.outputs.items()
        }

    def _output_doc(self, name: str) -> str:
        if name in self._declaration.output_docs:
            return self._declaration.output_docs[name]
        expression = self._declaration.outputs[name]
        parent, _, _ = expression.rpartition(".")
        document = self._document(self._declaration.read)
        try:
            holder = found(parent, document, self._book.model) if parent else document
        except ModelError:
            return ""
        member = last_member(expression)
        if isinstance(holder, Named) and member in self._book.model.shape(holder.name).members:
            return self._book.model.member_doc(holder.name, member)
        return ""

    # everything else in the declaration

    def _check(self) -> None:
        declared = self._declaration
        for name, expression in declared.identity.keys.items():
            self._at(f"the identity's `{name}`", expression, self._situation(created=True))
        for name in declared.outputs:
            if is_taken(name) or name in self._inputs.shapes:
                raise ModelError(
                    f"the output `{name}` is also {'an input' if name in self._inputs.shapes else 'what every resource has'}. "
                    "Choose another name; that of the object itself is `physical_name`."
                )
        wanted = set(re.findall(r"\{(\w+)\}", declared.identity.id))
        if wanted != declared.identity.keys.keys():
            raise ModelError(
                f"the id `{declared.identity.id}` is not made of {sorted(declared.identity.keys)}"
            )
        for call in self._calls():
            self._check_call(call)
        document = self._document(declared.read)
        if declared.read.gone:
            self._at("`gone`", declared.read.gone, self._beside(document))
        told_apart = {name for aspect in declared.aspects if aspect.reading for name in aspect.fields}
        for field in declared.fields:
            if field.read and field.name not in told_apart:
                self._at(f"the reading of `{field.name}`", field.read, document)
        self._check_aspects()
        self._check_listings()
        if declared.content is not None:
            self._document(declared.content)
        for sweep in declared.sweeps:
            self._check_call(sweep.listing)
            entries = self._at("a sweep", sweep.items, self._answer(sweep.listing.operation))
            self._check_call(sweep.delete, items=entries)
            if sweep.refused:
                self._at("what a sweep refuses", sweep.refused, self._answer(sweep.delete.operation))
        self._check_until(declared.ready, document)
        self._check_until(declared.deleted, document)
        if declared.tags is not None:
            if declared.tags.reading is not None:
                self._document(declared.tags.reading)
            else:
                self._at("the reading of tags", declared.tags.read, document)
        for operation, fields in declared.update_fields.items():
            if operation not in {call.operation for call in declared.update}:
                raise ModelError(f"`update_fields` names `{operation}`, which is no update")
            self._check_names(fields, f"`update_fields` of `{operation}`")

    def _check_aspects(self) -> None:
        for aspect in self._declaration.aspects:
            self._check_names(aspect.fields, f"the aspect of `{aspect.put.operation}`")
            if aspect.reading is None:
                continue
            document = self._document(aspect.reading)
            for name in aspect.fields:
                field = next((each for each in self._declaration.fields if each.name == name), None)
                if field is not None and field.read:
                    self._at(f"the reading of `{name}`", field.read, document)

    def _check_listings(self) -> None:
        for listing in self._declaration.listing:
            answer = self._answer(listing.call.operation)
            items = self._at("a listing", listing.items, answer)
            match items:
                case ListOf(item):
                    document: Found = item
                case Named(name) if self._book.model.shape(name).kind in ("list", "map"):
                    document = Named(self._book.model.shape(name).item)
                case None:
                    document = None
                case _:
                    raise ModelError(f"`{listing.items}` of `{listing.call.operation}` gives no list")
            for name, expression in listing.keys.items():
                if name not in self._declaration.identity.keys:
                    raise ModelError(f"a listing gives `{name}`, which is no part of the identity")
                self._at(f"a listing's `{name}`", expression, self._beside(document))
            self._check_names([name for name in listing.fields if name != "*"], "a listing")
            for name in listing.outputs:
                if name != "*" and name not in self._declaration.outputs:
                    raise ModelError(f"a listing tells `{name}`, which is no output")
            if listing.by and listing.by not in self._book.members(listing.call.operation):
                raise ModelError(f"`{listing.call.operation}` takes no `{listing.by}`")

    def _check_until(self, until: Until | None, document: Found) -> None:
        if until is not None:
            self._at("`ready` or `deleted`", until.path, document)
            if until.why:
                self._at("`why`", until.why, document)

    def _check_names(self, names: tuple[str, ...] | list[str], where: str) -> None:
        for name in names:
            if name not in self._inputs.shapes:
                raise ModelError(
                    f"{where} names `{name}`, which is no input. {nearest(name, self._inputs.shapes)}"
                )

    def _check_call(self, call: Call, **more: Found) -> None:
        """`more` is what its expressions see beside what all do."""
        members = self._book.members(call.operation)
        situation = self._situation()
        if more:
            situation = Fields({**situation.members, **more}, base=situation.base)
        for member, expression in call.params.items():
            if member not in members:
                raise ModelError(f"`{call.operation}` takes no `{member}`. {nearest(member, members)}")
            self._at(f"`{call.operation}`", expression, situation)
        self._at(f"`when` of `{call.operation}`", call.when, self._situation())

    def _at(self, where: str, expression: str, document: Found) -> Found:
        try:
            return found(expression, document, self._book.model)
        except ModelError as problem:
            raise ModelError(f"{where}: {problem}") from None

    def _calls(self) -> Iterator[Call]:
        for calls in self._by_verb().values():
            yield from calls

    def _by_verb(self) -> dict[str, list[Call]]:
        declared = self._declaration
        puts = [call for aspect in declared.aspects for call in (*aspect.before_put, aspect.put)]
        unsets = [aspect.unset for aspect in declared.aspects if aspect.unset is not None]
        readings = [aspect.reading for aspect in declared.aspects if aspect.reading is not None]
        tagging: list[Call] = []
        if declared.tags is not None:
            tagging = [
                call for call in (declared.tags.replace, declared.tags.add, declared.tags.remove) if call
            ]
            if declared.tags.reading is not None:
                readings.append(declared.tags.reading)
        set_tags = [call for call in tagging if declared.tags and call is not declared.tags.remove]
        return {
            "create": [*([declared.create] if declared.create else []), *puts, *set_tags],
            "read": [declared.read.call, *(reading.call for reading in readings)],
            "list": [listing.call for listing in declared.listing],
            "update": [*declared.update, *puts, *unsets, *tagging],
            "delete": [
                *([declared.content.call] if declared.content else []),
                *declared.before_delete,
                *([declared.delete] if declared.delete else []),
            ],
        }

    def _permissions(self) -> dict[str, tuple[str, ...]]:
        found_: dict[str, tuple[str, ...]] = {}
        for verb, calls in self._by_verb().items():
            needed: set[str] = set()
            for call in calls:
                declared = self._declaration.permissions.get(call.operation)
                needed.update(
                    declared if declared is not None else (self._book.operation(call.operation).permission,)
                )
            if needed:
                found_[verb] = tuple(sorted(needed))
        for name in self._declaration.lasting:
            if name not in self._declaration.outputs:
                raise ModelError(f"`lasting` names `{name}`, which is no output")
        for operation in self._declaration.permissions:
            self._book.operation(operation)
        return found_
