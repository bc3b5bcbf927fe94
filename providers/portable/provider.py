"""The provider of portable types. Touches nothing: the parts of a portable resource are what there is of it."""

from typing import Any

from unknot.providers.base import (
    UNKNOWN,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DeleteResponse,
    FindRequest,
    FindResponse,
    ImportRequest,
    ImportResponse,
    LiveObject,
    PlanOpinion,
    PlanRequest,
    PlanResponse,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from unknot.stacks.portable.words import PARTS, PHYSICAL_NAME, PORTABLE


class PortableProvider:
    """Gives back what the outputs are bound to. Its objects are what is recorded, and never drift."""

    name = PORTABLE

    def plan(self, request: PlanRequest) -> PlanResponse:
        """Outputs are what they are bound to, as far as that is known."""
        return PlanResponse(
            {item.address: PlanOpinion(outputs=_predicted(item.inputs)) for item in request.items}
        )

    def read_many(self, request: ReadRequest) -> ReadResponse:
        return ReadResponse(
            {item.address: LiveObject(item.id, item.inputs, _outputs(item.inputs)) for item in request.items}
        )

    def create(self, request: CreateRequest) -> CreateResponse:
        return CreateResponse(str(request.inputs.get(PHYSICAL_NAME, request.token)), _outputs(request.inputs))

    def update(self, request: UpdateRequest) -> UpdateResponse:
        return UpdateResponse(_outputs(request.inputs))

    def delete(self, request: DeleteRequest) -> DeleteResponse:
        return DeleteResponse()

    def find(self, request: FindRequest) -> FindResponse:
        """An interrupted create left nothing behind: it can be made again at once."""
        return FindResponse(None)

    def import_(self, request: ImportRequest) -> ImportResponse:
        """A node without outputs until it is updated: what is imported are its parts."""
        return ImportResponse(LiveObject(request.id, {}, {}, request.mark))


def _outputs(inputs: dict[str, Any]) -> dict[str, Any]:
    bound = inputs.get(PARTS, {})
    return dict(bound) if isinstance(bound, dict) else {}


def _predicted(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in _outputs(inputs).items() if value != UNKNOWN}
