"""The routes of an audit's page: the next link to check or passage to read, the answers, and the findings."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from hyplink.pipeline.audit import Audit, Check, findings_of
from hyplink.server.model import BoundError, ServedModel
from hyplink.server.schemas import Body, Pair, Text

CONTEXT = 400
"""Characters shown on each side of a link."""

Number = Annotated[int, Field(ge=0, description="Of the link or passage, as `next` gives it.")]


class LinkCheck(Body):
    """The answer about a link."""

    number: Number
    right: bool
    is_mention: bool = True
    concept: Text | None = Field(None, description="The right concept of a wrong link, if the reviewer knows it.")


class PassageRead(Body):
    """The mentions that were missed in a passage, as spans of the text that was shown."""

    number: Number
    missed: list[Pair]


def audit_routes(served: ServedModel, audit: Audit, wanted: float) -> APIRouter:
    """The routes of an audit.

    Args:
        served: makes the links of passages.
        audit: the audit.
        wanted: the accuracy to find a threshold for.
    """
    router = APIRouter(prefix="/audit", tags=["audit"])
    answered: list[tuple[str, int]] = []

    @router.get("/state", summary="How far the audit is, the findings, and what is next")
    async def state() -> dict[str, Any]:
        plan = audit.plan
        return {
            "file": str(audit.path),
            "n_links": len(plan.links),
            "n_checked": len(audit.checks),
            "n_passages": len(plan.passages),
            "n_read": len(audit.missed),
            "margin": plan.expected,
            "findings": list(findings_of(audit, wanted).sentences()),
            "next": await _next(served, audit),
        }

    @router.post("/check", summary="Say whether a link is right")
    async def check(given: LinkCheck) -> dict[str, bool]:
        if given.number >= len(audit.plan.links):
            raise BoundError(400, f"no link {given.number}; there are {len(audit.plan.links)}")
        audit.check(given.number, Check(given.right, given.is_mention, given.concept))
        answered.append(("link", given.number))
        return {"done": audit.is_done}

    @router.post("/read", summary="Say which mentions of a passage were missed")
    async def read(given: PassageRead) -> dict[str, bool]:
        if given.number >= len(audit.plan.passages):
            raise BoundError(400, f"no passage {given.number}; there are {len(audit.plan.passages)}")
        _, start, end = audit.plan.passages[given.number]
        for first, last in given.missed:
            if not 0 <= first < last <= end - start:
                raise BoundError(400, f"{first}–{last} is outside the passage of {end - start} characters")
        audit.read(given.number, [(start + first, start + last) for first, last in given.missed])
        answered.append(("passage", given.number))
        return {"done": audit.is_done}

    @router.post("/undo", summary="Take back the last answer")
    async def undo() -> dict[str, bool]:
        if not answered:
            return {"undone": False}
        kind, number = answered.pop()
        (audit.checks if kind == "link" else audit.missed).pop(number, None)  # the next answer is the one that counts
        return {"undone": True}

    return router


async def _next(served: ServedModel, audit: Audit) -> dict[str, Any] | None:
    plan = audit.plan
    for number, link in enumerate(plan.links):
        if number not in audit.checks:
            document = audit.documents[link.doc]
            first, last = max(0, link.start - CONTEXT), min(len(document.text), link.end + CONTEXT)
            return {
                "kind": "link",
                "number": number,
                "name": document.doc_id,
                "text": document.text[first:last],
                "start": link.start - first,
                "end": link.end - first,
                "concept": link.concept,
                "label": link.label,
                "confidence": link.confidence,
            }
    for number, (doc, start, end) in enumerate(plan.passages):
        if number not in audit.missed:
            document = audit.documents[doc]
            links = await served.run(lambda model, _, text=document.text: model.linker.link(text, 1))  # type: ignore[misc]
            inside = [each for each in links if each.answer and start <= each.start and each.end <= end]
            return {
                "kind": "passage",
                "number": number,
                "name": document.doc_id,
                "text": document.text[start:end],
                "spans": [[each.start - start, each.end - start] for each in inside],
            }
    return None
