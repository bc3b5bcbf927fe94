"""The provider `gcp`. Importing it imports neither google-auth nor any declaration."""

from collections.abc import Iterator, Mapping

import msgspec

from unknot.providers.base import PlanOpinion, PlanRequest, PlanResponse
from unknot.providers.declared.calls import Cloud
from unknot.providers.declared.declaration import Declaration
from unknot.providers.declared.formats import FORMATS
from unknot.providers.declared.provider import DeclaredProvider
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.target import Target


class GcpProvider(DeclaredProvider):
    """Resources of Google Cloud, as the target's project, region and credentials reach them."""

    def __init__(self) -> None:
        super().__init__("gcp", _declarations, _cloud)

    def plan(self, request: PlanRequest) -> PlanResponse:
        """As every declared type, and the target's project and region beside: said of the first thing that is there."""
        response = super().plan(request)
        problems = tuple(_problems(request.context.target))
        if not problems or not request.items:
            return response
        first = request.items[0].address
        opinion = response.opinions.get(first, PlanOpinion())
        told = msgspec.structs.replace(opinion, diagnostics=(*problems, *opinion.diagnostics))
        return PlanResponse({**response.opinions, first: told})


def _problems(target: Target) -> Iterator[Diagnostic]:
    given = {
        "region": ("gcp_location", target.region),
        "project": ("gcp_project", target.options.get("project")),
    }
    for name, (form, value) in given.items():
        if value is not None:
            for problem in FORMATS[form].check(value):
                yield Diagnostic.error(
                    f"the target `{target.name}` has the {name} `{value}`, which cannot be",
                    detail=problem.allowed,
                )


def _declarations() -> Mapping[str, Declaration]:
    from unknot.providers.gcp.types import DECLARATIONS

    return DECLARATIONS


def _cloud() -> Cloud:
    from unknot.providers.gcp.client import Gcp

    return Gcp()
