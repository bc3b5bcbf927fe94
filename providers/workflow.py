"""Workflow deployments as resources: turns the verbs of a provider into those of an engine."""

from typing import Any

import msgspec

from unknot.providers.base import (
    Context,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DeleteResponse,
    FindRequest,
    FindResponse,
    ImportRequest,
    ImportResponse,
    LiveObject,
    Mark,
    PlanOpinion,
    PlanRequest,
    PlanResponse,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from unknot.providers.engine import DeployRequest, Engine, Inspected, RunQuery, UndeployRequest
from unknot.stacks.address import Uid
from unknot.stacks.definition import PUBLISHED
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import ProviderError
from unknot.stacks.graph import Resources, WorkflowGraph
from unknot.stacks.run import ArtifactRef, Deployment


class WorkflowProvider:
    """The provider `engine:NAME`: deploys, reads and undeploys workflows on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.name = f"engine:{engine.name}"
        self._engine = engine

    def plan(self, request: PlanRequest) -> PlanResponse:
        """A deployment that is updated keeps its uid; of a new one it is known only after apply."""
        return PlanResponse(
            {
                item.address: PlanOpinion(outputs=item.prior_outputs)
                for item in request.items
                if item.action in ("update", "move") and item.prior_outputs
            }
        )

    def read_many(self, request: ReadRequest) -> ReadResponse:
        objects: dict[Any, LiveObject | None] = {}
        notes: list[Diagnostic] = []
        for item in request.items:
            query = RunQuery(request.context, Uid(item.id), "")
            found = self._engine.deployed(query)
            by_hand = self._engine.differences(query) if isinstance(self._engine, Inspected) and found else ()
            for said in by_hand:
                detail = "`unknot apply` puts back what is recorded."
                notes.append(Diagnostic.warning(said, detail=detail, address=item.address))
            objects[item.address] = None if found is None else _live(found, by_hand)
        return ReadResponse(objects, tuple(notes), calls=len(request.items))

    def create(self, request: CreateRequest) -> CreateResponse:
        self._deploy(request)
        return CreateResponse(request.mark.uid, {"uid": request.mark.uid})

    def update(self, request: UpdateRequest) -> UpdateResponse:
        self._deploy(request)
        return UpdateResponse()

    def delete(self, request: DeleteRequest) -> DeleteResponse:
        self._engine.undeploy(UndeployRequest(request.context, request.mark.uid, request.id))
        return DeleteResponse()

    def find(self, request: FindRequest) -> FindResponse:
        found = self._deployed(request.context, request.mark.uid)
        return FindResponse(None if found is None else _live(found))

    def import_(self, request: ImportRequest) -> ImportResponse:
        raise ProviderError(
            f"a workflow cannot be imported from the engine `{self._engine.name}`",
            detail="Write it in the stack and apply.",
        )

    def _deployed(self, context: Context, uid: Uid) -> Deployment | None:
        return self._engine.deployed(RunQuery(context, uid, ""))

    def _deploy(self, request: CreateRequest | UpdateRequest) -> None:
        deployment = deployment_of(request)
        if request.bundles is None:
            raise ProviderError("the packed code is not at hand", detail="Apply from the plan that has it.")
        self._engine.deploy(
            DeployRequest(request.context, deployment, request.bundles.read(deployment.bundle))
        )


def deployment_of(request: CreateRequest | UpdateRequest) -> Deployment:
    """The deployment that a request's inputs describe."""
    inputs = request.inputs
    fixed: dict[str, ArtifactRef] = {}
    published: dict[str, tuple[Uid, str]] = {}
    for name, binding in inputs.get("bindings", {}).items():
        if isinstance(binding, dict) and PUBLISHED in binding:
            published[name] = (Uid(binding["uid"]), binding[PUBLISHED][1])
        else:
            fixed[name] = msgspec.convert(binding, ArtifactRef)
    return Deployment(
        address=request.address,
        uid=request.mark.uid,
        generation=request.generation,
        stack=inputs["stack"],
        environment=inputs["environment"],
        lineage=request.mark.lineage,
        owner=request.owner,
        target=request.context.target,
        graph=msgspec.convert(inputs["graph"], WorkflowGraph),
        bundle=inputs["bundle"],
        fingerprint=inputs["fingerprint"],
        inputs=fixed,
        published_inputs=published,
        schedule=inputs.get("schedule"),
        overrides=msgspec.convert(inputs.get("overrides", {}), dict[str, Resources]),
        secrets=inputs.get("secrets", {}),
        channels=tuple(inputs.get("channels", ())),
        lock=inputs.get("lock", ""),
    )


def _live(found: Deployment, by_hand: tuple[str, ...] = ()) -> LiveObject:
    """Only what a hand could have changed and unknot would put back: the code, the schedule."""
    inputs: dict[str, Any] = {"bundle": found.bundle, "fingerprint": found.fingerprint}
    if by_hand:
        inputs["fingerprint"] = "; ".join(by_hand)  # what it does now is not what was deployed
    if found.schedule is not None:
        inputs["schedule"] = found.schedule
    return LiveObject(found.uid, inputs, mark=Mark(found.lineage, found.uid))
