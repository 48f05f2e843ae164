"""INCEpTION's external recommender: it sends a document, and gets it back with the suggested annotations.

Source: the section "External Recommender" of INCEpTION's developer documentation.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from hyplink.linking.link import Link
from hyplink.ontology.prefixes import PrefixMap
from hyplink.server.model import Deadline, Model, ServedModel
from hyplink.server.protocols.cas import CasDocument, Prediction, features_of
from hyplink.server.schemas import Text, check_bound
from hyplink.server.settings import ServerSettings

IS_PREDICTION = "inception_internal_predicted"
"""The feature by which INCEpTION tells suggestions from annotations."""

Ids = Literal["iri", "curie"]


class _Metadata(BaseModel):
    layer: Annotated[str, Field(max_length=1000, pattern=r"^([A-Za-z_][A-Za-z0-9_]*\.)*[A-Za-z_][A-Za-z0-9_]*$")]
    feature: Annotated[str, Field(max_length=1000, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]

    model_config = ConfigDict(extra="allow")


class _SentDocument(BaseModel):
    xmi: Text

    model_config = ConfigDict(extra="allow")


class PredictRequest(BaseModel):
    """A document, and the layer and feature of the annotations to suggest. Further fields are ignored."""

    metadata: _Metadata
    document: _SentDocument
    typeSystem: Text  # noqa: N815 (the protocol's name)

    model_config = ConfigDict(extra="allow")


class PredictAnswer(BaseModel):
    """The document with suggestions."""

    document: str


def inception_routes(served: ServedModel, settings: ServerSettings) -> APIRouter:
    """The routes of the recommender, below `/inception/iri` (ids in full) and `/inception/curie`."""
    router = APIRouter(prefix="/inception", tags=["INCEpTION"])

    @router.post("/{ids}/predict", summary="Suggest annotations for a document")
    async def predict(ids: Ids, request: PredictRequest) -> PredictAnswer:
        return PredictAnswer(
            document=await served.run(lambda model, deadline: _predicted(ids, request, model, deadline, settings))
        )

    @router.post("/{ids}/train", status_code=204, response_class=Response, summary="Accepted without effect")
    async def train(ids: Ids) -> Response:
        """Answers INCEpTION, which offers all annotations after each change; a run learns from the review page."""
        return Response(status_code=204)

    return router


def _predicted(ids: Ids, request: PredictRequest, model: Model, deadline: Deadline, settings: ServerSettings) -> str:
    document = CasDocument(request.document.xmi)
    check_bound(len(document.text), settings.max_characters, "characters of text")
    declared = features_of(request.typeSystem, request.metadata.layer)
    links = model.linker.link(document.text, 1)
    deadline.check()
    prefixes = PrefixMap(model.linker.ontology.prefixes) if ids == "iri" else None
    predictions = [
        Prediction(link.start, link.end, _features(link, request.metadata.feature, prefixes, declared))
        for link in links
        if link.answer
    ]
    document.add(request.metadata.layer, predictions)
    return document.xmi()


def _features(link: Link, feature: str, prefixes: PrefixMap | None, declared: set[str]) -> dict[str, str]:
    """The features of a suggestion: those that INCEpTION's type system has for it, others it would not read."""
    answer: Any = link.answer
    described = {
        f"{feature}_score": None if link.confidence is None else f"{link.confidence:.4f}",
        f"{feature}_score_explanation": answer.label,
    }
    optional = {name: value for name, value in described.items() if value is not None and name in declared}
    value = prefixes.iri(answer.concept) if prefixes else answer.concept
    return {IS_PREDICTION: "true", feature: value, **optional}
