"""A linker judged on annotated text: what it finds by itself, and what it makes of plain names."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hyplink.candidates.lexical import ExactNames
from hyplink.corpus import Document, Mention
from hyplink.gold import GoldResolver
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.mentions.expansions import Expansions
from hyplink.metrics.detection import Marked, Reading, gold_marks, mention_rates, overlap, within_branch
from hyplink.metrics.documents import document_rates
from hyplink.metrics.errors import coverage, errors_of_found
from hyplink.metrics.overrides import Named, Overrides, overrides_of
from hyplink.ontology import Ontology
from hyplink.run import Progress

NAME_KINDS = ("exact_name", "any_wording")
"""The mention is a name but for letter case; it is one in normal form or in another order of words too."""


def found_links(linker: Linker, documents: Sequence[Document], progress: Progress) -> list[list[Link]]:
    """The links of each document where its mentions are not given; NIL is left out."""
    found = []
    for links in linker.link_many(document.without_annotation() for document in documents):
        found.append([link for link in links if link.answer])
        progress.advance()
    return found


def raw_text_figures(
    documents: Sequence[Document],
    found: Sequence[Sequence[Link]],
    ontology: Ontology,
    branch: str | None = None,
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """How well the mentions of documents were found and linked, ready for JSON.

    Args:
        documents: annotated running texts.
        found: the links that were found in each.
        ontology: the concepts.
        branch: judge nothing but the concepts below this one; None for all.
        seed: of the bootstrap intervals.
    """
    readings = readings_of(documents, found, ontology)
    named = list(_named_in(documents, found, readings, NameOwners(ontology)))
    if branch is not None:
        inside = ontology.descendants(branch) - {branch}
        named = [(_owners_among(inside, owners), answer, right) for owners, answer, right in named]
        readings = within_branch(readings, ontology, branch)
    errors = errors_of_found(readings, ontology)
    mentions = mention_rates(readings, seed=seed)
    return {
        "n_documents": len(documents),
        "mentions": {group: _as_json(ways) for group, ways in mentions.items()},
        "documents": _as_json(document_rates(readings, ontology, branch, seed=seed)),
        "errors": {**errors, "coverage": coverage(errors)},
        "overrides": _as_json(overrides_by_kind(named)),
    }


class NameOwners:
    """Tells whose name a mention is, where it is the name of one concept alone."""

    def __init__(self, ontology: Ontology) -> None:
        self._ids = ontology.concept_ids
        self._names = ExactNames.from_names((name, ontology.index_of[concept]) for name, concept in ontology.names())

    def owners(self, texts: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """For each text the one concept that bears it as a name, by those of `NAME_KINDS` in which it is but one."""
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
    """How names fared, for each of `NAME_KINDS`, from (owners, answer, right concepts) of each mention."""
    mentions = list(mentions)
    return {
        kind: overrides_of(Named(owners[kind], answer, gold) for owners, answer, gold in mentions if kind in owners)
        for kind in NAME_KINDS
    }


def readings_of(documents: Sequence[Document], found: Sequence[Sequence[Link]], ontology: Ontology) -> list[Reading]:
    """Each document with its gold mentions and what was found in it, in the order of its links."""
    resolver = GoldResolver(ontology)
    return [
        Reading(tuple(_gold_in(document, resolver)), tuple(map(_marked, links)))
        for document, links in zip(documents, found, strict=True)
    ]


def _gold_in(document: Document, resolver: GoldResolver) -> Iterator[Marked]:
    for mention in document.mentions or ():
        yield from gold_marks(_spans(mention), resolver.resolve(mention))


def _marked(link: Link) -> Marked:
    return Marked(_spans(link), frozenset([link.answer.concept]) if link.answer else frozenset())


def _named_in(
    documents: Sequence[Document], found: Sequence[Sequence[Link]], readings: Sequence[Reading], names: NameOwners
) -> Iterator[tuple[Mapping[str, str], str | None, frozenset[str]]]:
    """The owners of the words of each found mention, its answer, and the right concepts where it stands."""
    for document, links, reading in zip(documents, found, readings, strict=True):
        expansions = Expansions.from_text(document.text)
        owners = names.owners([expansions.expanded(link.text) for link in links])
        for link, mark, each in zip(links, reading.found, owners, strict=True):
            right = frozenset[str]().union(*(gold.concepts for gold in reading.gold if overlap(mark, gold)))
            yield each, link.answer.concept if link.answer else None, right


def _owners_among(concepts: Container[str], owners: Mapping[str, str]) -> dict[str, str]:
    return {kind: owner for kind, owner in owners.items() if owner in concepts}


def _spans(mention: Mention | Link) -> tuple[tuple[int, int], ...]:
    return mention.spans or ((mention.start, mention.end),)


def _as_json(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: asdict(each) for name, each in figures.items()}
