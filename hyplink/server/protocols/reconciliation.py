"""The Reconciliation Service API, version 0.2, by which OpenRefine links the cells of a column to concepts.

Source: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, TypeAdapter, ValidationError

import hyplink
from hyplink.linking.explain import path_to
from hyplink.ontology import Ontology
from hyplink.server.model import BoundError, Deadline, Model, ServedModel
from hyplink.server.protocols.concept_properties import PROPERTIES
from hyplink.server.protocols.reconcile_queries import ANY_CONCEPT, answers_to, parsed_queries
from hyplink.server.schemas import Text, check_bound
from hyplink.server.settings import ServerSettings

_PAGE = 20
"""Suggestions on a page of them."""

_MAX_CURSOR = 10_000

Prefix = Annotated[str, Query(max_length=1000, description="What the user has typed.")]
Cursor = Annotated[int, Query(ge=0, le=_MAX_CURSOR, description="How many suggestions to skip.")]


class _ExtendedProperty(BaseModel):
    id: Text
    settings: dict[str, Any] = {}


class _Extension(BaseModel):
    ids: list[Text]
    properties: list[_ExtendedProperty]


def reconciliation_routes(served: ServedModel, settings: ServerSettings) -> APIRouter:
    """The routes of the reconciliation service, below `/reconcile`."""
    router = APIRouter(prefix="/reconcile", tags=["reconciliation"])

    async def answered(request: Request, queries: str | None, extend: str | None) -> JSONResponse:
        if queries is not None:
            batch = parsed_queries(queries)
            check_bound(len(batch), settings.max_queries, "queries")
            check_bound(sum(len(each.query or "") for each in batch.values()), settings.max_characters, "characters")
            return JSONResponse(await served.run(lambda model, deadline: answers_to(batch, model, deadline)))
        if extend is not None:
            return JSONResponse(await served.run(lambda model, deadline: _extended(extend, model, deadline, settings)))
        return JSONResponse(_manifest(served, settings, str(request.base_url).rstrip("/")))

    @router.get("", summary="The manifest, or the answer to `queries` or `extend`")
    async def get(
        request: Request,
        queries: Annotated[str | None, Query(description="A batch of reconciliation queries in JSON.")] = None,
        extend: Annotated[str | None, Query(description="A data extension query in JSON.")] = None,
    ) -> dict[str, Any]:
        return await answered(request, queries, extend)  # type: ignore[return-value]

    @router.post("", summary="The answer to `queries` or `extend`")
    async def post(
        request: Request,
        queries: Annotated[str | None, Form(description="A batch of reconciliation queries in JSON.")] = None,
        extend: Annotated[str | None, Form(description="A data extension query in JSON.")] = None,
    ) -> dict[str, Any]:
        if queries is None and extend is None:
            raise BoundError(400, "expected a form field queries or extend")
        return await answered(request, queries, extend)  # type: ignore[return-value]

    @router.get("/suggest/entity", summary="Concepts whose names begin with what is typed")
    async def suggest_entity(prefix: Prefix = "", cursor: Cursor = 0) -> dict[str, Any]:
        return {"result": await served.run(lambda model, _: _suggested(model, prefix, cursor))}

    @router.get("/suggest/type", summary="Concepts by whose descendants a column can be restricted")
    async def suggest_type(prefix: Prefix = "", cursor: Cursor = 0) -> dict[str, Any]:
        found = await served.run(lambda model, _: _suggested(model, prefix, cursor))
        types = [{key: each[key] for key in ("id", "name", "description") if key in each} for each in found]
        is_any = not cursor and ANY_CONCEPT["name"].startswith(prefix.lower())
        return {"result": [*([ANY_CONCEPT] if is_any else []), *types]}

    @router.get("/suggest/property", summary="Properties whose names begin with what is typed")
    async def suggest_property(prefix: Prefix = "", cursor: Cursor = 0) -> dict[str, Any]:
        typed = prefix.lower()
        found = [each for each in _properties() if typed in (each["id"], "") or each["name"].lower().startswith(typed)]
        return {"result": found[cursor : cursor + _PAGE]}

    @router.get("/properties", summary="The properties that a table can be extended by")
    async def propose_properties(
        type_id: Annotated[str, Query(alias="type", max_length=1000)] = ANY_CONCEPT["id"],
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> dict[str, Any]:
        return {"type": type_id, "limit": limit, "properties": _properties()[:limit]}

    @router.get("/preview", summary="A small page about a concept", response_class=HTMLResponse)
    async def preview(
        concept_id: Annotated[str, Query(alias="id", max_length=1000)],
    ) -> HTMLResponse:
        ontology = served.current.linker.ontology
        if concept_id not in ontology.concepts:
            raise BoundError(404, f"no concept {concept_id!r}")
        origins = " ".join(("'self'", *settings.allowed_origins))
        policy = f"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors {origins}"
        return HTMLResponse(_preview(concept_id, ontology), headers={"content-security-policy": policy})

    return router


def _manifest(served: ServedModel, settings: ServerSettings, base: str) -> dict[str, Any]:
    ontology = served.current.linker.ontology
    suggest = {
        kind: {"service_url": base, "service_path": f"/reconcile/suggest/{kind}"}
        for kind in ("entity", "type", "property")
    }
    secured = {"authentication": {"type": "apiKey", "name": "Authorization", "in": "header"}} if settings.token else {}
    return {
        "versions": ["0.2"],
        "name": f"hyplink: {ontology.source.rsplit('/', 1)[-1] or 'concepts'} ({len(ontology):,} concepts)",
        "identifierSpace": f"{base}/concepts/",
        "schemaSpace": "http://www.w3.org/2004/02/skos/core#Concept",
        "serviceVersion": hyplink.__version__,
        "defaultTypes": [ANY_CONCEPT],
        "batchSize": min(settings.max_queries, 100),
        "view": {"url": f"{base}/reconcile/preview?id={{{{id}}}}"},
        "preview": {"url": f"{base}/reconcile/preview?id={{{{id}}}}", "width": 430, "height": 300},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/reconcile/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": 0,
                    "help_text": "Most values of a cell; 0 for all",
                }
            ],
        },
        **secured,
    }


def _suggested(model: Model, prefix: str, cursor: int) -> list[dict[str, Any]]:
    ontology = model.linker.ontology
    found = model.search.find(prefix, cursor + _PAGE)[cursor:]
    suggestions = []
    for concept_id, name in found:
        concept = ontology.concepts[concept_id]
        notes = [f"“{name}”" if name != concept.label else "", concept.definition or ""]
        description = "; ".join(filter(None, notes))
        parents = [{"id": each, "name": ontology.concepts[each].label} for each in concept.parents]
        suggestions.append(
            {
                "id": concept_id,
                "name": concept.label,
                "notable": parents,
                **({"description": description} if description else {}),
            }
        )
    return suggestions


def _properties() -> list[dict[str, str]]:
    return [
        {"id": property_id, "name": each.name, "description": each.description}
        for property_id, each in PROPERTIES.items()
    ]


def _extended(text: str, model: Model, deadline: Deadline, settings: ServerSettings) -> dict[str, Any]:
    """The values of properties of concepts.

    Raises:
        BoundError: the query is not as the specification has it, or a property is unknown (400), it names too many
            concepts (413), or the time is over (408).
    """
    try:
        extension = TypeAdapter(_Extension).validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise BoundError(400, f"extend: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
    check_bound(len(extension.ids), settings.max_queries, "ids")
    check_bound(len(extension.properties), settings.max_queries, "properties")
    for each in extension.properties:
        if each.id not in PROPERTIES:
            raise BoundError(400, f"extend: no property {each.id!r}; there are {', '.join(PROPERTIES)}")
    limits = {each.id: _limit(each) for each in extension.properties}
    rows, ontology = dict[str, dict[str, Any]](), model.linker.ontology
    for concept_id in extension.ids:
        deadline.check()
        is_known = concept_id in ontology.concepts
        rows[concept_id] = {
            each: PROPERTIES[each].values(concept_id, ontology)[:limit] if is_known else []
            for each, limit in limits.items()
        }
    return {"meta": [_meta(each) for each in limits], "rows": rows}


def _limit(extended: _ExtendedProperty) -> int | None:
    """The most values of a cell; None for all.

    Raises:
        BoundError: the setting is no number, or a negative one (400).
    """
    given = extended.settings.get("limit", 0)
    try:
        limit = int(given)
    except (TypeError, ValueError, OverflowError):
        limit = -1
    if limit < 0:
        raise BoundError(400, f"extend: {extended.id}: limit must be a number, at least 0, not {given!r}")
    return limit or None


def _meta(property_id: str) -> dict[str, Any]:
    found = PROPERTIES[property_id]
    return {"id": property_id, "name": found.name, **({"type": ANY_CONCEPT} if found.are_concepts else {})}


def _preview(concept_id: str, ontology: Ontology) -> str:
    concept = ontology.concepts[concept_id]
    path = " › ".join(label for _, label in path_to(concept_id, ontology))
    names = ", ".join(each.text for each in concept.synonyms)
    parts = [
        f"<h1>{escape(concept.label)} <small>{escape(concept_id)}</small></h1>",
        f"<p>{escape(concept.definition)}</p>" if concept.definition else "",
        f"<p><b>Path:</b> {escape(path)}</p>",
        f"<p><b>Names:</b> {escape(names)}</p>" if names else "",
    ]
    style = "body{font:14px system-ui;margin:8px;color-scheme:light dark}h1{font-size:16px}small{font-weight:400}"
    head = f"<meta charset=utf-8><title>{escape(concept.label)}</title><style>{style}</style>"
    return f"<!doctype html><html lang=en><head>{head}</head><body>{''.join(parts)}</body></html>"
