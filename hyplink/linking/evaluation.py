"""Evaluation of a linker against annotated text: mention detection, linking, and overridden names."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hyplink.candidates.lexical import ExactNames
from hyplink.corpus import Document, Mention
from hyplink.gold import GoldResolver
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.mentions.abbreviations import Expansions
from hyplink.metrics.detection import (
    EvaluatedDocument,
    LabelledMention,
    gold_mentions,
    mention_scores,
    spans_overlap,
    within_branch,
)
from hyplink.metrics.documents import document_scores
from hyplink.metrics.errors import coverage, error_counts_raw_text
from hyplink.metrics.overrides import NamedMention, Overrides, count_overrides
from hyplink.ontology import Ontology
from hyplink.run import Progress

NAME_KINDS = ("exact_name", "any_wording")
"""The mention equals a name but for letter case; or also in normal form or in another order of words."""


def found_links(linker: Linker, documents: Sequence[Document], progress: Progress) -> list[list[Link]]:
    """The links of each document as plain text, without NIL."""
    found = []
    for links in linker.link_many(document.without_annotation() for document in documents):
        found.append([link for link in links if link.answer])
        progress.advance()
    return found


def raw_text_figures(
    documents: Sequence[Document],
    found: Sequence[Sequence[Link]],
    evaluated: Sequence[EvaluatedDocument],
    ontology: Ontology,
    branch: str | None = None,
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """Metrics of detecting and linking the mentions of plain text, as JSON.

    Args:
        documents: annotated running texts.
        found: the links found in each.
        evaluated: gold mentions and found ones of each (`evaluated_documents`).
        ontology: the concepts.
        branch: evaluate only descendants of this concept; None for all concepts.
        seed: of the bootstrap intervals.
    """
    named = list(_named_in(documents, found, evaluated, NameOwners(ontology)))
    if branch is not None:
        inside = ontology.descendants(branch) - {branch}
        named = [(_owners_among(inside, owners), answer, right) for owners, answer, right in named]
        evaluated = within_branch(evaluated, ontology, branch)
    errors = error_counts_raw_text(evaluated, ontology)
    mentions = mention_scores(evaluated, seed=seed)
    return {
        "n_documents": len(documents),
        "mentions": {group: _as_json(ways) for group, ways in mentions.items()},
        "documents": _as_json(document_scores(evaluated, ontology, branch, seed=seed)),
        "errors": {**errors, "coverage": coverage(errors)},
        "overrides": _as_json(overrides_by_kind(named)),
    }


class NameOwners:
    """Looks up the concept whose name a mention is, if it is the only one."""

    def __init__(self, ontology: Ontology) -> None:
        self._ids = ontology.concept_ids
        self._names = ExactNames.from_names((name, ontology.index_of[concept]) for name, concept in ontology.names())

    def owners(self, texts: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """For each text, by `NAME_KINDS`, the concept that has it as a name, if it is the only one."""
        ranked = self._names.rank(texts, 2)
        for (concept, other), (score, other_score) in zip(
            ranked.concepts.tolist(), ranked.scores.tolist(), strict=True
        ):
            owners = {}
            if score == 1 > other_score:
                owners["exact_name"] = self._ids[concept]
            if concept >= 0 > other:
                owners["any_wording"] = self._ids[concept]
            yield owners


def overrides_by_kind(mentions: Iterable[tuple[Mapping[str, str], str | None, frozenset[str]]]) -> dict[str, Overrides]:
    """How often names were overridden, by `NAME_KINDS`, from (owners, answer, right concepts) of each mention."""
    mentions = list(mentions)
    return {
        kind: count_overrides(
            NamedMention(owners[kind], answer, gold) for owners, answer, gold in mentions if kind in owners
        )
        for kind in NAME_KINDS
    }


def evaluated_documents(
    documents: Sequence[Document], found: Sequence[Sequence[Link]], ontology: Ontology
) -> list[EvaluatedDocument]:
    """Each document with its gold mentions and the found ones, in the order of its links."""
    resolver = GoldResolver(ontology)
    return [
        EvaluatedDocument(tuple(_gold_in(document, resolver)), tuple(map(_marked, links)))
        for document, links in zip(documents, found, strict=True)
    ]


def _gold_in(document: Document, resolver: GoldResolver) -> Iterator[LabelledMention]:
    for mention in document.mentions or ():
        yield from gold_mentions(_spans(mention), resolver.resolve(mention))


def _marked(link: Link) -> LabelledMention:
    return LabelledMention(_spans(link), frozenset([link.answer.concept]) if link.answer else frozenset())


def _named_in(
    documents: Sequence[Document],
    found: Sequence[Sequence[Link]],
    evaluated: Sequence[EvaluatedDocument],
    names: NameOwners,
) -> Iterator[tuple[Mapping[str, str], str | None, frozenset[str]]]:
    """For each found mention the owners of its words, its answer, and the right concepts of the gold mentions there."""
    for document, links, reading in zip(documents, found, evaluated, strict=True):
        expansions = Expansions.from_text(document.text)
        owners = names.owners([expansions.expanded(link.text) for link in links])
        for link, mark, each in zip(links, reading.found, owners, strict=True):
            right = frozenset[str]().union(*(gold.concepts for gold in reading.gold if spans_overlap(mark, gold)))
            yield each, link.answer.concept if link.answer else None, right


def _owners_among(concepts: Container[str], owners: Mapping[str, str]) -> dict[str, str]:
    return {kind: owner for kind, owner in owners.items() if owner in concepts}


def _spans(mention: Mention | Link) -> tuple[tuple[int, int], ...]:
    return mention.spans or ((mention.start, mention.end),)


def _as_json(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: asdict(each) for name, each in figures.items()}
