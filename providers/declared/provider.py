"""The provider of declared types: one for every cloud, given its declarations and its connections."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from unknot.providers.base import (
    Context,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DeleteResponse,
    ExamineRequest,
    ExamineResponse,
    FindRequest,
    FindResponse,
    ImportRequest,
    ImportResponse,
    LiveObject,
    PlanItem,
    PlanOpinion,
    PlanRequest,
    PlanResponse,
    ReadItem,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from unknot.providers.declared.calls import Api, CallFailed, Cloud, Tally
from unknot.providers.declared.catalogue import catalogue
from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.examination import examine
from unknot.providers.declared.failures import explained
from unknot.providers.declared.kind import Kind
from unknot.providers.declared.reading import Reader
from unknot.providers.declared.validation import check
from unknot.providers.declared.writing import Writer
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic, nearest
from unknot.stacks.errors import ProviderError
from unknot.stacks.target import Target


class DeclaredProvider:
    """Carries out what declarations say."""

    def __init__(
        self, name: str, declarations: Callable[[], Mapping[str, Declaration]], cloud: Callable[[], Cloud]
    ) -> None:
        self.name = name
        self._declarations = declarations
        self._open = cloud
        self._cloud: Cloud | None = None
        self._kinds: dict[str, Kind] = {}

    def plan(self, request: PlanRequest) -> PlanResponse:
        """Checks what is known only now that references are resolved. Needs no SDK and no network."""
        opinions = {}
        target = request.context.target
        of_target = tuple(self.wrong_target(target))  # said once, of the first thing that is there
        for item in request.items:
            problems = (*of_target, *self.misplaced(item, target), *self._problems(item))
            outputs = self._lasting(item)
            if problems or outputs:
                opinions[item.address] = PlanOpinion(outputs=outputs, diagnostics=problems)
            of_target = ()
        return PlanResponse(opinions)

    def wrong_target(self, target: Target) -> Iterable[Diagnostic]:
        """What is wrong with a target itself, for a cloud to say."""
        return ()

    def misplaced(self, item: PlanItem, target: Target) -> Iterable[Diagnostic]:
        """What a target does not say of where a thing is, and the thing does not say either; for a cloud to say."""
        return ()

    def read_many(self, request: ReadRequest) -> ReadResponse:
        tally = Tally()
        objects: dict[Address, LiveObject | None] = {}
        diagnostics: list[Diagnostic] = []
        by_type: dict[str, list[ReadItem]] = {}
        for item in request.items:
            by_type.setdefault(item.type, []).append(item)

        def failed(item: ReadItem, problem: CallFailed) -> None:
            error = explained(problem, f"`{item.id}` cannot be read")
            diagnostics.append(Diagnostic.error(error.summary, detail=error.detail, address=item.address))

        api = self._api(request.context)
        for type_, items in by_type.items():
            objects.update(Reader(self.kind(type_), api, tally).many(items, failed))
        return ReadResponse(objects, tuple(diagnostics), tally.calls)

    def create(self, request: CreateRequest) -> CreateResponse:
        with _explaining(f"`{request.address}` cannot be created"):
            return self._writer(request.type, request.context).create(request)

    def update(self, request: UpdateRequest) -> UpdateResponse:
        with _explaining(f"`{request.id}` cannot be updated"):
            return self._writer(request.type, request.context).update(request)

    def delete(self, request: DeleteRequest) -> DeleteResponse:
        with _explaining(f"`{request.id}` cannot be deleted"):
            self._writer(request.type, request.context).delete(request)
        return DeleteResponse()

    def find(self, request: FindRequest) -> FindResponse:
        with _explaining(f"what became of `{request.address}` cannot be read"):
            return FindResponse(self._writer(request.type, request.context).find(request))

    def import_(self, request: ImportRequest) -> ImportResponse:
        kind, api = self.kind(request.type), self._api(request.context)
        reader = Reader(kind, api, Tally())
        kind.needed_keys(request.id)
        with _explaining(f"`{request.id}` cannot be read"):
            found = reader.one(request.id, None, tags=True)
            if found is None:
                return ImportResponse(None)
            if request.adopt:
                Writer(kind, api, Tally()).adopt(request.id, found, request.mark)
            live = reader.live(request.id, found, None)
            wanted = {name: value for name, value in request.inputs.items() if name in kind.inputs}
            if wanted:
                told = reader.live(request.id, found, wanted).inputs
                live = msgspec.structs.replace(live, inputs={**live.inputs, **told})
            return ImportResponse(live)

    def examine(self, request: ExamineRequest) -> ExamineResponse:
        """Who the target's credentials are of, and which permissions of the types' declared calls they lack."""
        return examine(self._api, self.name, request)

    def kind(self, type_: str) -> Kind:
        """A type of this provider. Raises ProviderError with the nearest names."""
        found = self._kinds.get(type_)
        if found is None:
            declarations = self._declarations()
            if type_ not in declarations:
                raise ProviderError(
                    f"`{self.name}` has no type `{type_}`",
                    detail=f"{nearest(type_, declarations)}See docs/reference/resources.",
                )
            declaration = declarations[type_]
            found = self._kinds[type_] = Kind(declaration, catalogue(self.name, declaration.service))
        return found

    def _problems(self, item: PlanItem) -> Iterator[Diagnostic]:
        kind = self.kind(item.type)
        for name, value in item.inputs.items():
            shape = kind.inputs.get(name)
            if shape is None or value is None:
                continue
            for problem in check(value, shape.shape, kind.catalogue):
                if problem.certain:  # of the others, the resource has warned where it is written
                    yield problem.diagnostic(name, item.address)

    def _lasting(self, item: PlanItem) -> dict[str, Any]:
        """Of an update, outputs that are as they were."""
        if item.action != "update" or not item.prior_outputs:
            return {}
        lasting = self.kind(item.type).lasting
        return {name: value for name, value in item.prior_outputs.items() if name in lasting}

    def _writer(self, type_: str, context: Context) -> Writer:
        return Writer(self.kind(type_), self._api(context), Tally())

    def _api(self, context: Context) -> Api:
        if self._cloud is None:
            self._cloud = self._open()
        return self._cloud.api(context)


@contextlib.contextmanager
def _explaining(summary: str) -> Iterator[None]:
    try:
        yield
    except CallFailed as problem:
        raise explained(problem, summary) from problem
