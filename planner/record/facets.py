"""Facets of OpenLineage events: each says who made it and which schema it follows.

Versions of the schemas: the ones published with OpenLineage 2-0-2 (https://openlineage.io/spec/facets/).
"""

from typing import Any, Final

from unknot.state.index import CodeEntry
from unknot.version import VERSION

SPEC: Final = "https://openlineage.io/spec/2-0-2/OpenLineage.json"

VERSIONS: Final = {
    "DataQualityAssertionsDatasetFacet": "1-1-0",
    "DataQualityMetricsInputDatasetFacet": "1-0-3",
    "DatasetVersionDatasetFacet": "1-0-1",
    "DatasourceDatasetFacet": "1-0-1",
    "ErrorMessageRunFacet": "1-0-1",
    "ExecutionParametersRunFacet": "1-0-0",
    "JobTypeJobFacet": "2-0-4",
    "NominalTimeRunFacet": "1-0-1",
    "OutputStatisticsOutputDatasetFacet": "1-0-2",
    "OwnershipJobFacet": "1-0-1",
    "ParentRunFacet": "1-2-0",
    "ProcessingEngineRunFacet": "1-1-1",
    "SchemaDatasetFacet": "1-2-0",
    "TestRunFacet": "1-0-1",
}


def producer() -> str:
    """The URI that names this unknot."""
    return f"urn:unknot:{VERSION}"


def facet(kind: str, **fields: Any) -> dict[str, Any]:
    """A facet that OpenLineage defines."""
    url = f"https://openlineage.io/spec/facets/{VERSIONS[kind]}/{kind}.json#/$defs/{kind}"
    return {"_producer": producer(), "_schemaURL": url, **fields}


def own_facet(kind: str, **fields: Any) -> dict[str, Any]:
    """A facet of unknot's own, for what OpenLineage has no word for."""
    return {"_producer": producer(), "_schemaURL": f"urn:unknot:facet:{kind}:1", **fields}


def code_facet(fingerprint: str, bundle: str, code: CodeEntry | None) -> dict[str, Any]:
    """What ran, by meaning: the fingerprint, the packed code, and the functions that it reached."""
    parts = {} if code is None else code.parts
    return own_facet("code", fingerprint=fingerprint, bundle=bundle, parts=parts)
