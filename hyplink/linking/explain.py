"""Explanations of links: the candidates of a mention, their features and weights, and their paths in the hierarchy."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from hyplink.candidates.features import FEATURES
from hyplink.corpus import Document, Mention
from hyplink.errors import InputError
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linker import Linker
from hyplink.linking.scored_candidates import ScoredCandidates
from hyplink.mentions.match import Match
from hyplink.names.normal_forms import normal_name
from hyplink.ontology import Ontology

FEATURE_DESCRIPTIONS = {
    "exact_name": "is a name of it, letter case aside",
    "normal_name": "is a name of it, plural and spelling aside",
    "reordered_name": "is a name of it, in any order of words",
    "only_exact_name": "no other concept has such a name",
    "own_name": "the name is its label or an exact synonym",
    "tfidf": "characters: likeness to its nearest name",
    "tfidf_lead": "characters: lead over the next concept",
    "tfidf_rank": "characters: place (1, ½, ⅓, …)",
    "cosine": "word vectors: likeness to its nearest name",
    "cosine_lead": "word vectors: lead over the next concept",
    "cosine_rank": "word vectors: place (1, ½, ⅓, …)",
    "ball": "ball: log-probability by its distance",
    "concept_count": "annotated text: how often meant (log)",
    "surface_form_count": "annotated text: by these words (log)",
    "words_left_over": "words: those that no name of it has (minus)",
    "words_left_out": "words: those that only the name has (minus)",
    "words_most_similar": "words: no other concept shares more",
    "label_tfidf": "characters: likeness to its label",
    "part_tfidf": "characters: likeness of a part of the mention",
    "first_part_tfidf": "characters: likeness of the first part",
    "head_word": "words: a name of it has the same head",
    "named_nearby": "another mention in the document is its name",
    "document_links": "ball: nearness to the document's other links",
    "document_topic": "document: likeness to its definition",
    "sense_prior": "the word: how often it has this sense (log)",
    "sense_unseen": "the word: never annotated in this sense",
    "context": "context: likeness to annotated ones",
    "contexts_below": "context: likeness to those of narrower senses",
    "document": "document: likeness to annotated ones",
    "gloss": "context: likeness to the gloss, and those below",
    "gloss_document": "document: likeness to the gloss, and those below",
    "kinds": "context and document: kind of thing spoken of",
    "form": "clue: the form of the word (log)",
    "word_before": "clue: the word before it (log)",
    "two_before": "clue: the two words before it (log)",
    "word_after": "clue: the word after it (log)",
}
"""Descriptions of the features."""

FOUND_AS = {
    Match.EXACT: "a name, letter by letter",
    Match.NORMALISED: "a name, spelling, plural and hyphens aside",
    Match.DERIVED: "a name, but for the endings of words",
    Match.REORDERED: "a name in another order of words",
    Match.REWORDED: "a name, with words that mean the same",
    Match.PROPOSED: "in no name, but such words as annotators mark",
}
"""Descriptions of the kinds of match."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature of a candidate.

    Attributes:
        feature: its name, one of `FEATURES`.
        value: of the feature.
        weight: of the feature in the ranker; value × weight is added to the candidate's score.
    """

    feature: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class ExplainedCandidate:
    """A candidate with its features.

    Attributes:
        candidate: the concept, its score and its distance.
        named: whether it ranks before all others because its name was found in the text.
        path: (id, label) from a root down to the concept, on a shortest path.
        reasons: in the order of `FEATURES`.
    """

    candidate: Candidate
    named: bool
    path: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A link with its explanation.

    Attributes:
        link: the link.
        mention_probability: the probability that it is a mention at all; 1 for a given mention.
        read_as: the words of the mention with abbreviations expanded, which were linked.
        normal_form: their normal form, by which names are compared.
        candidates: best first; the first is the answer.
    """

    link: Link
    mention_probability: float
    read_as: str
    normal_form: str
    candidates: tuple[ExplainedCandidate, ...]

    def as_json(self) -> dict[str, Any]:
        """The fields of the link, and the candidates with their features."""
        return {
            **self.link.as_json(),
            "chance": self.mention_probability,
            "read_as": self.read_as,
            "normal_form": self.normal_form,
            "candidates": [_as_json(each) for each in self.candidates],
        }


def explanations(linker: Linker, document: Document, top_k: int) -> Iterator[Explanation]:
    """The explanation of each link of a document, in order.

    Args:
        linker: makes the links.
        document: the mentions of an annotated document are explained, or those that are found in plain text.
        top_k: candidates of a link, at least 1.
    """
    spans = linker.span_finder.find(document)
    if not spans:
        return
    scored = linker.score([spans])
    for row, (span, link) in enumerate(zip(spans, linker.links([spans], scored, top_k), strict=True)):
        rows = _rows_of(scored, row)
        explained = tuple(
            _explained(linker, scored, rows[linker.ontology.index_of[each.concept]], each) for each in link.candidates
        )
        words = span.passage.mention
        yield Explanation(link, span.mention_probability, words, " ".join(normal_name(words)), explained)


def with_mention(document: Document, words: str) -> Document:
    """The document with every occurrence of these words, ignoring case, as its given mentions.

    Raises:
        InputError: the words do not occur in the text.
    """
    places = [match.span() for match in re.finditer(re.escape(words), document.text, re.IGNORECASE)] if words else []
    if not places:
        raise InputError(f"--mention: {words!r} is not in the text; give the words as they are written there")
    mentions = tuple(Mention(start, end, document.text[start:end]) for start, end in places)
    return replace(document, mentions=mentions)


def path_to(concept_id: str, ontology: Ontology) -> tuple[tuple[str, str], ...]:
    """(id, label) from a root down to a concept, on the shortest path; of several, the first in file order."""
    path = [concept_id]
    while parents := ontology.concepts[path[-1]].parents:
        path.append(min(parents, key=ontology.depth))
    return tuple((each, ontology.concepts[each].label) for each in reversed(path))


def _rows_of(scored: ScoredCandidates, mention: int) -> dict[int, int]:
    """The rows of a mention's candidates by concept index."""
    rows = (scored.candidates.mentions == mention).nonzero()[0].tolist()
    return {int(scored.candidates.concepts[row]): row for row in rows}


def _explained(linker: Linker, scored: ScoredCandidates, row: int, candidate: Candidate) -> ExplainedCandidate:
    values, weights = scored.candidates.features[row].tolist(), linker.ranker.weights.tolist()
    reasons = tuple(map(Reason, FEATURES, values, weights))
    return ExplainedCandidate(candidate, bool(scored.named[row]), path_to(candidate.concept, linker.ontology), reasons)


def _as_json(explained: ExplainedCandidate) -> dict[str, Any]:
    return {
        **explained.candidate.as_json(),
        "named": explained.named,
        "path": [{"concept": concept_id, "label": label} for concept_id, label in explained.path],
        "evidence": [{**asdict(reason), "adds": reason.value * reason.weight} for reason in explained.reasons],
    }
