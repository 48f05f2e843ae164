"""POST /link and POST /explain."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from hyplink.linking.explain import explanations
from hyplink.server.link_queue import LinkQueue
from hyplink.server.model import Deadline, Model, ServedModel
from hyplink.server.schemas import ExplainAnswer, ExplainRequest, LinkAnswer, LinkRequest
from hyplink.server.settings import ServerSettings


def link_routes(served: ServedModel, settings: ServerSettings) -> APIRouter:
    """The routes that link texts."""
    router, queue = APIRouter(tags=["linking"]), LinkQueue(served, settings)

    @router.post("/link", response_model=LinkAnswer, summary="Link the mentions of texts to concepts")
    async def link(request: LinkRequest) -> JSONResponse:
        documents = request.read(settings)
        links = await queue.link(documents, request.options())
        answer = [{"doc": document.doc_id, "links": each} for document, each in zip(documents, links, strict=True)]
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
