"""Everything that is generated for one service, before it is written down in any form."""

import msgspec

from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.generation.shapebook import ShapeBook
from unknot.providers.declared.generation.types import GeneratedType, generated_type
from unknot.providers.declared.model import ModelError, ServiceModel
from unknot.providers.declared.shapes import Catalogue, OperationShape, Shape


class Service(msgspec.Struct, frozen=True):
    """The types of one service."""

    provider: str
    service: str
    model: ServiceModel
    types: dict[str, GeneratedType]
    catalogue: Catalogue

    def shape(self, name: str) -> Shape:
        """A shape of the catalogue, or of the model."""
        return self.catalogue.shapes.get(name) or self.model.shape(name)

    def member_doc(self, shape: str, member: str) -> str:
        """One sentence on a member of a structure; empty for a structure that the model has not."""
        try:
            return self.model.member_doc(shape, member)
        except KeyError:
            return ""


def service_of(provider: str, model: ServiceModel, declarations: tuple[Declaration, ...]) -> Service:
    """Raises ModelError, with every type that does not fit the model."""
    book = ShapeBook(model)
    types: dict[str, GeneratedType] = {}
    problems: list[str] = []
    for declaration in sorted(declarations, key=lambda each: each.type):
        try:
            types[declaration.type] = generated_type(declaration, book)
        except ModelError as problem:
            problems.append(str(problem))
    if problems:
        raise ModelError("\n".join(problems))
    operations = sorted({name for each in types.values() for name in each.operations})
    catalogue = Catalogue(
        service=model.service,
        source=model.source,
        types={name: each.shape for name, each in types.items()},
        shapes=dict(sorted(book.shapes.items())),
        operations={name: _operation(book, name) for name in operations},
    )
    return Service(provider, model.service, model, types, catalogue)


def _operation(book: ShapeBook, name: str) -> OperationShape:
    operation = book.operation(name)
    return OperationShape(
        members=tuple(sorted(book.members(name))),
        token=operation.token,
        http=operation.http,
        query=operation.query,
        paging=operation.paging,
    )
