"""GET /concepts: search, one concept, its ancestors and its children."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from hyplink.linking.explain import path_to
from hyplink.ontology import Ontology
from hyplink.server.model import BoundError, ServedModel
from hyplink.server.schemas import (
    Ancestor,
    AncestorsAnswer,
    ChildrenAnswer,
    ConceptAnswer,
    ConceptReference,
    FoundConceptOut,
    SearchAnswer,
    SynonymOut,
)

ConceptId = Annotated[str, Path(description="The concept's id as the ontology spells it, such as `DOID:1612`.")]


def concept_routes(served: ServedModel) -> APIRouter:
    """The routes that show the ontology."""
    router = APIRouter(tags=["concepts"])

    @router.get("/concepts", summary="Search concepts by id or name")
    async def search(
        query: Annotated[str, Query(max_length=1000, description="An id, or words that names begin with.")],
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> SearchAnswer:
        found = await served.run(lambda model, _: model.search.find(query, limit))
        ontology = served.current.linker.ontology
        return SearchAnswer(
            concepts=[
                FoundConceptOut(
                    **reference_to(ontology, each.concept_id).model_dump(),
                    matched_name=each.name,
                    definition=ontology.concepts[each.concept_id].definition,
                    path=path_of(ontology, each.concept_id),
                )
                for each in found
                if each.concept_id in ontology.concepts
            ]
        )

    @router.get("/concepts/{concept_id:path}/ancestors", summary="The ancestors of a concept, nearest first")
    async def ancestors(concept_id: ConceptId) -> AncestorsAnswer:
        ontology = _with(served, concept_id)
        steps = sorted(ontology.ancestors(concept_id).items(), key=lambda each: each[1])
        found = (
            Ancestor(**reference_to(ontology, each).model_dump(), steps=n) for each, n in steps if each != concept_id
        )
        return AncestorsAnswer(ancestors=list(found))

    @router.get("/concepts/{concept_id:path}/children", summary="The children of a concept")
    async def children(concept_id: ConceptId) -> ChildrenAnswer:
        ontology = _with(served, concept_id)
        return ChildrenAnswer(children=[reference_to(ontology, each) for each in ontology.children(concept_id)])

    @router.get("/concepts/{concept_id:path}", summary="A concept")
    async def one(concept_id: ConceptId) -> ConceptAnswer:
        ontology = _with(served, concept_id)
        concept = ontology.concepts[concept_id]
        return ConceptAnswer(
            concept=concept_id,
            label=concept.label,
            synonyms=[SynonymOut(name=each.text, scope=each.scope) for each in concept.synonyms],
            definition=concept.definition,
            depth=ontology.depth(concept_id),
            parents=[reference_to(ontology, each) for each in concept.parents],
            path=path_of(ontology, concept_id),
            cross_references=list(concept.cross_references),
        )

    return router


def reference_to(ontology: Ontology, concept_id: str) -> ConceptReference:
    """The id and label of a concept."""
    return ConceptReference(concept=concept_id, label=ontology.concepts[concept_id].label)


def path_of(ontology: Ontology, concept_id: str) -> list[ConceptReference]:
    """The concepts from a root down to a concept, on a shortest path."""
    return [ConceptReference(concept=each, label=label) for each, label in path_to(concept_id, ontology)]


def _with(served: ServedModel, concept_id: str) -> Ontology:
    """The ontology, which has this concept.

    Raises:
        BoundError: it has not (404).
    """
    ontology = served.current.linker.ontology
    if concept_id not in ontology.concepts:
        raise BoundError(404, f"no concept {concept_id!r}; search for one with GET /concepts?query=…")
    return ontology
