"""POST /link and POST /explain."""

from itertools import islice

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from hyplink.confidence.calibration import Uncalibrated
from hyplink.corpus import Document
from hyplink.linking.explain import explanations
from hyplink.linking.link import Link
from hyplink.server.model import BoundError, Deadline, Model, ServedModel
from hyplink.server.schemas import ExplainAnswer, ExplainRequest, LinkAnswer, LinkRequest
from hyplink.server.settings import ServerSettings

BATCH_SIZE = 16
"""Documents linked between two looks at the clock."""


def link_routes(served: ServedModel, settings: ServerSettings) -> APIRouter:
    """The routes that link texts."""
    router = APIRouter(tags=["linking"])

    @router.post("/link", response_model=LinkAnswer, summary="Link the mentions of texts to concepts")
    async def link(request: LinkRequest) -> JSONResponse:
        documents = request.read(settings)
        links = await served.run(lambda model, deadline: linked(model, documents, request, deadline))
        answer = [
            {"doc": document.doc_id, "links": [link.as_json() for link in each]}
            for document, each in zip(documents, links, strict=True)
        ]
        return JSONResponse({"documents": answer})

    @router.post("/explain", response_model=ExplainAnswer, summary="Explain the links of texts")
    async def explain(request: ExplainRequest) -> JSONResponse:
        documents = request.read(settings)

        def explained(model: Model, deadline: Deadline) -> list[dict[str, object]]:
            answer = list[dict[str, object]]()
            for document in documents:
                deadline.check()
                found = explanations(model.linker, document, request.top_k)
                answer.append({"doc": document.doc_id, "explanations": [each.as_json() for each in found]})
            return answer

        return JSONResponse({"documents": await served.run(explained)})

    return router


def linked(model: Model, documents: list[Document], request: LinkRequest, deadline: Deadline) -> list[list[Link]]:
    """The links of documents, batch by batch until the deadline.

    Raises:
        BoundError: a confidence is wanted of a run without confidences (400), or the time is over (408).
    """
    if request.min_confidence is not None and isinstance(model.linker.calibration, Uncalibrated):
        raise BoundError(400, f"min_confidence: this run has no confidences: {model.linker.calibration.reason}")
    found = model.linker.link_many(
        documents,
        request.top_k,
        request.min_confidence,
        nested=request.nested,
        search_all=request.search_all,
        batch_size=BATCH_SIZE,
    )
    links = list[list[Link]]()
    while batch := list(islice(found, BATCH_SIZE)):
        links.extend(batch)
        deadline.check()
    return links
