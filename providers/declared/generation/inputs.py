"""The inputs of a resource type: what its declaration and the service's model say of each, put together."""

from collections.abc import Iterable, Iterator
from typing import Final

from unknot.providers.declared.declaration import Call, Declaration, Field, Tags
from unknot.providers.declared.generation.expressions import fields_read, speaks_of
from unknot.providers.declared.generation.naming import input_name, is_taken, pascal
from unknot.providers.declared.generation.shapebook import ShapeBook
from unknot.providers.declared.model import ModelError
from unknot.providers.declared.shapes import InputShape, Shape
from unknot.stacks.diagnostic import nearest
from unknot.stacks.resource_type import FieldTraits

TAG_SHAPE: Final = "Tags of {}"


_SPELT: Final = {"sagemaker": "SageMaker", "secretsmanager": "SecretsManager"}
"""Names of services that are two words."""


class Inputs:
    """The inputs of one type, in the order in which users see them."""

    def __init__(self, declaration: Declaration, book: ShapeBook) -> None:
        self._declaration = declaration
        self._book = book
        self._fields = {field.name: field for field in declaration.fields}
        self._members = book.members(declaration.create.operation) if declaration.create else {}
        self._required = self._required_members()
        self.shapes: dict[str, InputShape] = {}
        for field in self._all_fields():
            if is_taken(field.name):
                raise ModelError(f"the input `{field.name}` is what every resource has: give it another name")
            if field.name in self.shapes:
                raise ModelError(f"`{declaration.type}` has the input `{field.name}` twice")
            self.shapes[field.name] = self._shape(field)
        if declaration.tags is not None:
            self.shapes.setdefault(declaration.tags.field, self._tags(declaration.tags))
        self.shapes = dict(
            sorted(self.shapes.items(), key=lambda entry: (not entry[1].required, self._rank(entry[0])))
        )
        self.traits = {name: self._traits(name) for name in self.shapes}

    # which there are

    def _all_fields(self) -> Iterator[Field]:
        """Those that the declaration names first, then the other members of the create operation."""
        declared = self._declaration
        by_member: dict[str, Field] = {}
        for field in declared.fields:
            if declared.tags is not None and field.name == declared.tags.field:
                continue
            by_member[self._place(field)[0]] = field
            yield field
        skipped = {*declared.omit, *(declared.create.params if declared.create else ())}
        if declared.tags is not None:
            skipped.add(declared.tags.create)
        if declared.create is not None:
            skipped.add(self._book.operation(declared.create.operation).token)
        for name in (*declared.omit, *declared.only):
            if name not in self._members:
                raise ModelError(
                    f"`{declared.type}`: the create takes no `{name}`. {nearest(name, self._members)}"
                )
        for member in self._members:
            if member in by_member or (declared.only and member not in declared.only) or member in skipped:
                continue
            yield Field(input_name(member, declared.type), member=member)

    def _own_member(self, field: Field) -> str:
        """The member of the create operation whose name is the field's in the API's own case."""
        for member in self._members:
            if input_name(member, self._declaration.type) == field.name:
                return member
        known = [input_name(member, self._declaration.type) for member in self._members]
        raise ModelError(
            f"`{self._declaration.type}`: the create takes nothing called `{field.name}`. {nearest(field.name, known)}"
            "Give the field a `shape`, or a `member`."
        )

    def _required_members(self) -> tuple[str, ...]:
        create = self._declaration.create
        structure = self._book.operation(create.operation).input if create else ""
        return self._book.model.shape(structure).required if structure else ()

    def _rank(self, name: str) -> int:
        """The object's own name first, tags last, the others as the declaration and the API have them."""
        field = self._fields.get(name)
        if field is not None and field.physical_name:
            return -1
        tags = self._declaration.tags
        return 1 if tags is not None and name == tags.field else 0

    # what each is

    def _shape(self, field: Field) -> InputShape:
        member, shape = self._place(field)
        if field.format:
            shape = self._book.with_format(shape, field.format)
        if field.sensitive is False:
            shape = self._book.shown(shape)
        for path in field.shown:
            self._book.show(shape, path.split("."))
        if field.values or field.minimum is not None or field.maximum is not None:
            shape = self._book.narrowed(f"{self._declaration.type}.{field.name}", shape, field)
        self._book.use(shape)
        required = field.required
        if required is None:
            create = self._declaration.create
            is_own = not field.shape or (create is not None and field.shape == f"{create.operation}.{member}")
            required = (
                is_own and member in self._required and not field.physical_name and field.default is None
            )
        return InputShape(
            member=member,
            shape=shape,
            doc=field.doc or self._doc(field, member),
            required=required,
            unordered=field.unordered,
            default=field.default,
        )

    def _place(self, field: Field) -> tuple[str, str]:
        """The member of the API, and the name of the shape."""
        if field.shape:
            last, shape = self._book.at(field.shape)
            return field.member or last, shape
        member = field.member or self._own_member(field)
        if member not in self._members:
            raise ModelError(
                f"`{self._declaration.type}`: the create takes no `{member}`. {nearest(member, self._members)}"
                "Give the field a `shape`."
            )
        return member, self._members[member]

    def _doc(self, field: Field, member: str) -> str:
        if not field.shape:
            create = self._declaration.create
            return (
                self._book.model.member_doc(self._book.operation(create.operation).input, member)
                if create
                else ""
            )
        if "." not in field.shape:
            return ""
        return self._book.doc_at(field.shape)

    def _tags(self, tags: Tags) -> InputShape:
        """A map of text to text, whose keys and values have the shapes that the API has for them."""
        key = value = "string"
        limit = None
        found = self._tag_shape(tags)
        if found is not None:
            shape = self._book.model.shape(found)
            limit = shape.max
            if shape.kind == "map":
                key, value = shape.key, shape.item
            elif shape.kind == "list":
                members = self._book.model.shape(shape.item).members
                key, value = members.get(tags.key, key), members.get(tags.value, value)
        name = self._book.add(
            TAG_SHAPE.format(self._declaration.type), Shape("map", key=key, item=value, max=limit)
        )
        field = self._fields.get(tags.field)
        doc = field.doc if field is not None and field.doc else "Names and values that are put on the object."
        return InputShape(member="", shape=name, doc=doc, required=bool(field and field.required))

    def _tag_shape(self, tags: Tags) -> str | None:
        if tags.create in self._members:
            return self._tag_list(self._members[tags.create], tags)
        for call in (tags.replace, tags.add):
            for shape in self._book.members(call.operation).values() if call is not None else ():
                if (listed := self._tag_list(shape, tags)) is not None:
                    return listed
        return None

    def _tag_list(self, name: str, tags: Tags, depth: int = 0) -> str | None:
        """The shape that holds tags, at `name` or a few steps into it."""
        shape = self._book.model.shape(name)
        if shape.kind == "map" and tags.form == "map":
            return name
        if shape.kind == "list" and tags.form == "list":
            entry = self._book.model.shape(shape.item)
            if {tags.key, tags.value} <= entry.members.keys():
                return name
        if depth < 3:
            inside = (shape.item,) if shape.kind == "list" else tuple(shape.members.values())
            for each in inside:
                if (listed := self._tag_list(each, tags, depth + 1)) is not None:
                    return listed
        return None

    # what changes of each mean

    def _traits(self, name: str) -> FieldTraits:
        field = self._fields.get(name, Field(name))
        shape = self.shapes[name]
        sensitive = field.sensitive
        if sensitive is None:
            sensitive = not field.write_only and self._book.is_sensitive(shape.shape)
        immutable = field.immutable
        if immutable is None:
            immutable = not self._is_mutable(name, shape)
        return FieldTraits(immutable=immutable, sensitive=sensitive, write_only=field.write_only)

    def _is_mutable(self, name: str, shape: InputShape) -> bool:
        declared = self._declaration
        if declared.tags is not None and name == declared.tags.field:
            tags = declared.tags
            return bool(tags.replace or tags.add) or any(
                tags.create in self._book.members(call.operation) for call in declared.update
            )
        if any(name in fields_read(expression, "input") for expression in declared.identity.keys.values()):
            return False
        if any(name in aspect.fields for aspect in declared.aspects):
            return True
        if not shape.member:
            return True
        return any(self._takes(call, name, shape.member) for call in declared.update)

    def _takes(self, call: Call, name: str, member: str) -> bool:
        only = self._declaration.update_fields.get(call.operation)
        if only is not None:
            return name in only
        takes: Iterable[str] = self._book.members(call.operation).keys() - call.params.keys()
        return member in takes or any(
            name in fields_read(text, "input") or speaks_of(text, "members") for text in call.params.values()
        )


def class_name(declaration: Declaration) -> str:
    """The name of the class that users write with."""
    if declaration.class_name:
        return declaration.class_name
    name = declaration.type.partition(".")[2]
    for written, spelt in _SPELT.items():
        name = name.replace(written, spelt)
    return pascal(name)
