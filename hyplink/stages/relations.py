"""Evaluates, for the stage `evaluate`, the relations and the broader answers of mentions that are annotated with them.

The annotation is a column `relation` of a table of mentions: `exact`, `broader` (the concepts are the nearest ancestors
of what is meant) or `none`. `scripts/hold_out_concepts.py` writes such tables. In a table that `hyplink link` wrote the
column holds what the run believes, so a row counts only if a reviewer has checked it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple, cast, get_args

import numpy as np

from hyplink.corpus import Document, Mention
from hyplink.errors import InputError
from hyplink.gold import GoldResolver
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.metrics.relations import placement_metrics, relation_metrics
from hyplink.placement.baselines import baseline_rankings
from hyplink.placement.relation import RELATIONS, Relation
from hyplink.placement.training import encoded_texts

RANKED = 100
"""How many parents are ranked."""


class RelationAnswer(NamedTuple):
    """What was answered to an annotated mention.

    Attributes:
        link: the answer.
        relation: the annotated relation.
        gold: the ids of the annotated concepts: any that is meant, or the nearest ancestors of what is meant.
    """

    link: Link
    relation: Relation
    gold: frozenset[str]


CERTAIN = {name: tuple(float(name == each) for each in RELATIONS) for name in RELATIONS}


def relation_figures(linker: Linker, documents: Sequence[Document], *, seed: int = 0) -> dict[str, Any] | None:
    """The metrics of relations and of broader answers, as JSON; None if no mention is annotated with a relation.

    Args:
        linker: of the run.
        documents: annotated documents.
        seed: of the noise floor.

    Raises:
        InputError: a relation is of another name, or the run has learned no relations.
    """
    answered = relation_answers(linker, documents)
    if not answered:
        return None
    links = [each.link for each in answered]
    relations = np.array([RELATIONS.index(each.relation) for each in answered], dtype=np.int64)
    probabilities = np.array([link.relation_probabilities or CERTAIN["exact"] for link in links])
    confidences = np.array([link.confidence or 0.0 for link in links])
    return {
        "n_mentions": dict(zip(RELATIONS, np.bincount(relations, minlength=len(RELATIONS)).tolist(), strict=True)),
        "relations": asdict(relation_metrics(relations, probabilities, confidences, seed=seed)),
        "placement": _placement_figures(linker, [each for each in answered if each.relation == "broader"]),
    }


def relation_answers(linker: Linker, documents: Iterable[Document]) -> list[RelationAnswer]:
    """The link of each mention that is annotated with a relation, beside the annotation.

    Raises:
        InputError: a relation is of another name or contradicts the ids, or the run has learned no relations.
    """
    documents = list(documents)
    check_relations(documents)
    annotated = [replace(each, mentions=tuple(m for m in each.mentions or () if _relation(m))) for each in documents]
    annotated = [each for each in annotated if each.mentions]
    if annotated and linker.placement.relation is None:
        raise InputError(f"relations of the dev data cannot be evaluated: {linker.placement.reason}")
    resolver = GoldResolver(linker.ontology)
    return [
        RelationAnswer(link, cast(Relation, _relation(mention)), resolver.resolve(mention).concepts)
        for document, links in zip(annotated, linker.link_many(annotated, search_all=True), strict=True)
        for mention, link in zip(document.mentions or (), links, strict=True)
    ]


def _placement_figures(linker: Linker, answered: Sequence[RelationAnswer]) -> dict[str, Any]:
    """By the name of a ranking, the metrics of the parents that it gives for mentions of missing concepts."""
    placed = [(each.link.text, each.gold) for each in answered if each.gold]
    if not placed:
        return {}
    names = [name for name, _ in placed]
    ranked = [[parent.concept for parent in each.parents] for each in linker.placer.place(names, k=RANKED)]
    rules = baseline_rankings(linker.placer.features, names, encoded_texts(linker.encoder, names))
    rankings = {"hyplink": ranked, **dict(rules)}
    return {
        name: asdict(placement_metrics(each, [gold for _, gold in placed], linker.ontology))
        for name, each in rankings.items()
    }


def check_relations(documents: Iterable[Document]) -> None:
    """Raises an InputError if the relation of a mention is of another name, or its ids contradict it."""
    for document in documents:
        for mention in document.mentions or ():
            found, where = _relation(mention), f"{document.doc_id}: the mention {mention.text!r}"
            if found and found not in get_args(Relation):
                raise InputError(f"{where} has the relation {found!r}; expected {', '.join(RELATIONS)}")
            if found in ("exact", "broader") and not mention.parts:
                raise InputError(f"{where} has the relation {found!r} and no concept")
            if found == "none" and mention.parts:
                raise InputError(f"{where} has the relation 'none' and a concept; leave one of the cells empty")


def _relation(mention: Mention) -> str | None:
    """The annotated relation of a mention; None for none, or one that `hyplink link` wrote and nobody has checked."""
    if mention.proposed is not None and not mention.checked:
        return None
    found = next((cell.strip().lower() for heading, cell in mention.columns if heading.lower() == "relation"), "")
    return found or None
