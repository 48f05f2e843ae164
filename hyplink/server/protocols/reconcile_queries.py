"""Reconciliation queries: a cell of a table is linked as a whole, among the concepts of a type if one is given."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from hyplink.candidates.features import FEATURES
from hyplink.corpus import Document, Mention
from hyplink.linking.link import Candidate, Link
from hyplink.linking.scored_candidates import ScoredCandidates
from hyplink.names.normal_forms import tokens_of
from hyplink.ontology import Ontology
from hyplink.server.model import BoundError, Deadline, Model
from hyplink.server.protocols.concept_properties import values_as_text
from hyplink.server.schemas import Text

ANY_CONCEPT = {"id": "concept", "name": "any concept"}
"""The type that every concept has; any other type is a concept, of which its descendants are instances."""

MATCH_CONFIDENCE = 0.95
"""The confidence at which a candidate counts as a match; so does the only candidate that has the cell as a name."""

_SHOWN = {name: FEATURES.index(name) for name in ("exact_name", "normal_name", "tfidf", "cosine", "ball")}
_NORMAL_NAME = FEATURES.index("normal_name")

_BATCH_SIZE = 64
_DEFAULT_LIMIT, _MAX_LIMIT = 5, 100


class _PropertyValue(BaseModel):
    pid: str
    v: Any


class Query(BaseModel):
    """A reconciliation query."""

    model_config = ConfigDict(extra="forbid")

    query: Text | None = None
    type: str | list[str] = []
    limit: float = _DEFAULT_LIMIT
    properties: list[_PropertyValue] = []
    type_strict: str | None = Field(None, pattern="^(any|should|all)$")


class _Cell(NamedTuple):
    """A query that is linked.

    Attributes:
        query: the query.
        allowed: the concepts of the wanted types; None for all.
        is_of_type: whether the wanted types are known, or none is wanted: only then is a candidate a match.
        concept_id: the concept whose id the query is; None if it is no id.
    """

    query: Query
    allowed: frozenset[str] | None
    is_of_type: bool
    concept_id: str | None


_QUERIES = TypeAdapter(dict[Text, Query])


def parsed_queries(text: str) -> dict[str, Query]:
    """The queries of a batch by their keys.

    Raises:
        BoundError: they are not as the specification has them (400).
    """
    try:
        queries = _QUERIES.validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise BoundError(400, f"queries: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
    for key, query in queries.items():
        if query.query is None and not query.properties:
            raise BoundError(400, f"queries: {key}: expected a query, or properties")
    return queries


def answers_to(queries: Mapping[str, Query], model: Model, deadline: Deadline) -> dict[str, Any]:
    """The candidates for each query, as a reconciliation result batch.

    Raises:
        BoundError: the time is over (408).
    """
    ontology, answer = model.linker.ontology, dict[str, Any]()
    linked = [(key, query) for key, query in queries.items() if tokens_of(query.query or "")]
    for start in range(0, len(linked), _BATCH_SIZE):
        deadline.check()
        batch = linked[start : start + _BATCH_SIZE]
        cells = [
            _Cell(query, *_allowed(query, ontology), model.search.concept_with_id(query.query or ""))
            for _, query in batch
        ]
        for (key, _), candidates in zip(batch, _candidates(cells, model), strict=True):
            answer[key] = {"result": candidates}
    return {key: answer.get(key, {"result": []}) for key in queries}


def _allowed(query: Query, ontology: Ontology) -> tuple[frozenset[str] | None, bool]:
    """The concepts of the wanted types, None for all, and whether a type is known or none is wanted."""
    types = [query.type] if isinstance(query.type, str) else query.type
    known = [each for each in types if each in ontology.concepts]
    if not known:  # of an unknown type, candidates are shown all the same
        return None, not types or ANY_CONCEPT["id"] in types
    return frozenset[str]().union(*(ontology.descendants(each) - {each} for each in known)), True


def _candidates(cells: Sequence[_Cell], model: Model) -> Iterator[list[dict[str, Any]]]:
    """The candidates of each cell, best first."""
    linker = model.linker
    texts = [" ".join((cell.query.query or "").split()) for cell in cells]
    documents = [Document("", text, (Mention(0, len(text), text),)) for text in texts]
    spans = [linker.span_finder.find(document) for document in documents]
    scored = linker.score(spans)
    few = max(_MAX_LIMIT if cell.allowed or cell.query.properties else int(cell.query.limit) for cell in cells)
    links = linker.links(spans, scored, max(1, min(few + 1, _MAX_LIMIT)))
    starts = np.searchsorted(scored.candidates.mentions, np.arange(len(cells) + 1)).tolist()
    for i, (cell, link) in enumerate(zip(cells, links, strict=True)):
        rows = {int(scored.candidates.concepts[row]): row for row in range(starts[i], starts[i + 1])}
        yield _result(cell, link, rows, scored, model.linker.ontology)


def _result(
    cell: _Cell, link: Link, rows: Mapping[int, int], scored: ScoredCandidates, ontology: Ontology
) -> list[dict[str, Any]]:
    limit = int(max(1, min(cell.query.limit, _MAX_LIMIT)))
    allowed = (each for each in link.candidates if cell.allowed is None or each.concept in cell.allowed)
    others = (each for each in allowed if each.concept != cell.concept_id)
    ranked = list(_with_shares(cell, others, limit, ontology))
    n_named = sum(scored.candidates.features[row, _NORMAL_NAME] > 0 for row in rows.values())
    found, least = list[dict[str, Any]](), 0.0
    for share, candidate in reversed(ranked):  # a candidate that was named ranks first, whatever its score
        features = scored.candidates.features[rows[ontology.index_of[candidate.concept]]]
        is_only_name = n_named == 1 and features[_NORMAL_NAME] > 0
        is_answer = link.answer is not None and candidate.concept == link.answer.concept
        is_certain = is_answer and (link.confidence or 0.0) >= MATCH_CONFIDENCE
        least = max(least, 100 * math.exp(min(candidate.score, 0.0)) * (0.5 + 0.5 * (1.0 if share is None else share)))
        shown = [{"id": name, "value": round(float(features[column]), 4)} for name, column in _SHOWN.items()]
        found.append(
            {
                **_described(candidate.concept, ontology),
                "score": round(least, 3),
                "match": bool(cell.is_of_type and (is_only_name or is_certain)),
                "features": shown if share is None else [*shown, {"id": "properties", "value": share}],
            }
        )
    found.reverse()
    if cell.concept_id:
        found = [{**_described(cell.concept_id, ontology), "score": 100.0, "match": True, "features": []}, *found]
    return found[:limit]


def _with_shares(
    cell: _Cell, candidates: Iterable[Candidate], limit: int, ontology: Ontology
) -> Iterable[tuple[float | None, Candidate]]:
    """At most `limit` candidates, each with the share of the wanted properties that it has; None if none is wanted."""
    if not cell.query.properties:
        return ((None, each) for each in islice(candidates, limit))
    wanted = [(each.pid, _as_texts(each.v)) for each in cell.query.properties]
    with_shares = [(_share_with(wanted, each.concept, ontology), each) for each in candidates]
    return sorted(with_shares, key=lambda each: -each[0])[:limit]


def _described(concept_id: str, ontology: Ontology) -> dict[str, Any]:
    concept = ontology.concepts[concept_id]
    parents = [{"id": each, "name": ontology.concepts[each].label} for each in concept.parents]
    description = {"description": concept.definition} if concept.definition else {}
    return {"id": concept_id, "name": concept.label, **description, "type": [ANY_CONCEPT, *parents]}


def _as_texts(value: object) -> set[str]:
    """The values of a property in a query, of which each is a value or an object with an id."""
    several = value if isinstance(value, list) else [value]
    return {str(each.get("id") if isinstance(each, dict) else each).casefold() for each in several}


def _share_with(wanted: Sequence[tuple[str, set[str]]], concept_id: str, ontology: Ontology) -> float:
    """The share of the wanted properties of which the concept has a value."""
    held = sum(not values.isdisjoint(values_as_text(pid, concept_id, ontology)) for pid, values in wanted)
    return held / len(wanted)
