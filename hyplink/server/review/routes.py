"""The routes of the review page: its files, texts with their items, decisions, and learning."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse
from pydantic import Field

from hyplink.corpus import Document
from hyplink.corpus.annotations import mention_at
from hyplink.linking.explain import FEATURE_DESCRIPTIONS, Explanation, explanations
from hyplink.ontology import Ontology
from hyplink.pipeline.decisions import Decision, Decisions, id_of
from hyplink.run import Run
from hyplink.server.model import BoundError, Deadline, Model, ServedModel
from hyplink.server.review.items import as_json, items_of, review_order
from hyplink.server.review.job import LearningJob
from hyplink.server.schemas import Body, Text, check_bound
from hyplink.server.settings import ServerSettings

PAGE = files("hyplink.server.review").joinpath("static")

CANDIDATES = 9
"""Candidates of a mention that the page offers, one for each digit key."""

EVIDENCE = 6
"""Features shown of a candidate."""

StaticFile = Annotated[str, Path(pattern=r"^[a-z]+\.(js|css)$")]


class NamedText(Body):
    """A text under review."""

    name: Text = Field("pasted", max_length=1000, description="Of its document.")
    text: Text


class SpanOf(NamedText):
    """A span of a text."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)

    def check(self) -> None:
        """Refuses a span that is empty or outside the text.

        Raises:
            BoundError: it is (400).
        """
        try:
            mention_at(self.text, [(self.start, self.end)], ())
        except ValueError as error:
            raise BoundError(400, str(error)) from None


class LeftLink(Body):
    """A link that is shown and not decided."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)
    concept: Text


class DecisionOf(SpanOf):
    """A decision about a span, and the links that are shown and not decided."""

    action: Literal["accept", "correct", "mark", "reject"]
    concept: Text | None = None
    was: Text | None = None
    confidence: float | None = None
    undecided: list[LeftLink] = Field([])


def page_routes() -> APIRouter:
    """The routes of the page's files."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index() -> FileResponse:
        return FileResponse(str(PAGE.joinpath("index.html")), media_type="text/html; charset=utf-8")

    @router.get("/audit")
    async def audit() -> FileResponse:
        return FileResponse(str(PAGE.joinpath("audit.html")), media_type="text/html; charset=utf-8")

    @router.get("/static/{name}")
    async def file(name: StaticFile) -> FileResponse:
        path = PAGE.joinpath(name)
        if not path.is_file():
            raise BoundError(404, f"no file {name!r}")
        kind = "text/javascript" if name.endswith(".js") else "text/css"
        return FileResponse(str(path), media_type=f"{kind}; charset=utf-8")

    return router


def review_routes(
    served: ServedModel, settings: ServerSettings, run: Run, decisions: Decisions, documents: Sequence[Document]
) -> APIRouter:
    """The routes that the page calls.

    Args:
        served: makes the links.
        settings: bounds of the server.
        run: the run that learns.
        decisions: the reviewer's.
        documents: the texts to review; pasted ones are reviewed too.
    """
    router = APIRouter(prefix="/review", tags=["review"])
    job = LearningJob(run, decisions.path, served)

    @router.get("/state", summary="The decisions, the documents, and how learning goes")
    async def state() -> dict[str, Any]:
        return {
            "run": run.folder.name,
            "file": str(decisions.path),
            "n_decisions": decisions.n_decisions,
            "documents": [
                {"name": each.doc_id, "n_decided": len(decisions.of(id_of(each.doc_id, each.text)))}
                for each in documents
            ],
            "model": served.current.number,
            "learning": job.state,
        }

    @router.get("/documents/{number}", summary="A document to review")
    async def document(number: Annotated[int, Path(ge=0, le=10_000_000)]) -> dict[str, str]:
        if number >= len(documents):
            raise BoundError(404, f"no document {number}; there are {len(documents):,}")
        return {"name": documents[number].doc_id, "text": documents[number].text}

    @router.post("/items", summary="The links and decisions of a text, and the order in which to review them")
    async def items(given: NamedText) -> dict[str, Any]:
        check_bound(len(given.text), settings.max_characters, "characters of text")
        made = decisions.of(id_of(given.name, given.text))

        def reviewed(model: Model, _: Deadline) -> dict[str, Any]:
            found = items_of(model.linker.link(given.text, CANDIDATES, search_all=True), made)
            shown = [as_json(each, given.text, model.linker.ontology) for each in found]
            return {"items": shown, "order": review_order(found)}

        return {**await served.run(reviewed), "n_decisions": decisions.n_decisions}

    @router.post("/explain", summary="The candidates of a span, with paths and evidence")
    async def explain(given: SpanOf) -> dict[str, Any]:
        check_bound(len(given.text), settings.max_characters, "characters of text")
        given.check()
        mention = mention_at(given.text, [(given.start, given.end)], ())

        def explained(model: Model, _: Deadline) -> dict[str, Any]:
            found = next(explanations(model.linker, Document("", given.text, (mention,)), CANDIDATES))
            return _explanation_json(found, model.linker.ontology)

        return await served.run(explained)

    @router.post("/decide", summary="Decide on a span")
    async def decide(given: DecisionOf) -> dict[str, Any]:
        given.check()
        is_mention = given.action != "reject"
        if is_mention and given.concept not in served.current.linker.ontology.concepts:
            raise BoundError(400, f"no concept {given.concept!r}")
        concept = given.concept if is_mention else None
        made = Decision(given.action, given.start, given.end, concept, given.was, given.confidence)
        decisions.decide(id_of(given.name, given.text), given.text, made, _inside(given.undecided, given.text))
        return {"n_decisions": decisions.n_decisions}

    @router.post("/undo", summary="Take back the last decision")
    async def undo() -> dict[str, Any]:
        taken = decisions.undo()
        return {"n_decisions": decisions.n_decisions, "span": None if taken is None else taken[1]}

    @router.post("/learn", status_code=202, summary="Refit the run with the decisions")
    async def learn() -> dict[str, bool]:
        if not decisions.n_decisions:
            raise BoundError(400, "there are no decisions to learn from yet")
        return {"started": job.start()}

    return router


def _inside(links: Sequence[LeftLink], text: str) -> dict[tuple[int, int], str]:
    """The concepts of links by span, without links that are empty or outside the text."""
    return {(each.start, each.end): each.concept for each in links if each.start < each.end <= len(text)}


def _explanation_json(explanation: Explanation, ontology: Ontology) -> dict[str, Any]:
    candidates = []
    for each in explanation.candidates:
        reasons = sorted(each.reasons, key=lambda reason: -abs(reason.value * reason.weight))
        concept = ontology.concepts.get(each.candidate.concept)
        candidates.append(
            {
                **each.candidate.as_json(),
                "path": [label for _, label in each.path],
                "definition": concept.definition if concept else None,
                "evidence": [
                    {"means": FEATURE_DESCRIPTIONS[reason.feature], "adds": round(reason.value * reason.weight, 3)}
                    for reason in reasons[:EVIDENCE]
                    if reason.value * reason.weight
                ],
            }
        )
    return {"read_as": explanation.read_as, "candidates": candidates}
