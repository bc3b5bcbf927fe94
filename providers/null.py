"""Resources without a world: what is recorded is all there is. For glue, triggers, and measuring unknot itself.

Terraform's `terraform_data` is the same idea.
"""

from typing import Annotated, Any, ClassVar

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
from unknot.stacks.output import Input
from unknot.stacks.resource import Computed, Immutable, Resource, computed


class Node(Resource, type="null.resource", provider="null", resolve_by="token"):
    """A value with an address. `output` gives it back once the node was created."""

    value: Any = None
    triggers: Annotated[Input[dict[str, Any]] | None, Immutable()] = None
    """A change of any of these makes the node again, and with it what `replace_triggered_by` names it."""
    output: ClassVar[Computed[Any]] = computed()
    id: ClassVar[Computed[str]] = computed()


class NullProvider:
    """Touches nothing. An object's id comes from its token, so that a repeated create gives the same one."""

    name = "null"

    def plan(self, request: PlanRequest) -> PlanResponse:
        """The output is predicted; parts of the value that are not known stay so in it."""
        opinions = {}
        for item in request.items:
            outputs = {"output": item.inputs.get("value")}
            if item.action == "update" and item.prior_outputs and "id" in item.prior_outputs:
                outputs["id"] = item.prior_outputs["id"]
            if outputs["output"] == UNKNOWN:
                del outputs["output"]
            opinions[item.address] = PlanOpinion(outputs=outputs)
        return PlanResponse(opinions)

    def read_many(self, request: ReadRequest) -> ReadResponse:
        """What is recorded is there, by definition: no node ever drifts."""
        return ReadResponse(
            {
                item.address: LiveObject(item.id, item.inputs, _outputs(item.id, item.inputs))
                for item in request.items
            }
        )

    def create(self, request: CreateRequest) -> CreateResponse:
        return CreateResponse(request.token, _outputs(request.token, request.inputs))

    def update(self, request: UpdateRequest) -> UpdateResponse:
        return UpdateResponse(_outputs(request.id, request.inputs))

    def delete(self, request: DeleteRequest) -> DeleteResponse:
        return DeleteResponse()

    def find(self, request: FindRequest) -> FindResponse:
        """An interrupted create left nothing behind: it can be made again at once."""
        return FindResponse(None)

    def import_(self, request: ImportRequest) -> ImportResponse:
        """Any id can be imported: the node has no value until the next update."""
        return ImportResponse(LiveObject(request.id, {}, _outputs(request.id, {}), request.mark))


def _outputs(id: str, inputs: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the field's word
    return {"id": id, "output": inputs.get("value")}
