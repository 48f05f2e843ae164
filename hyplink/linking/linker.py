"""The linker: a run directory at work on text."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from hyplink.corpus import Document, Mention
from hyplink.corpus.document import Span
from hyplink.encoders import Encoder, Passage, load_encoder, passage_of
from hyplink.linking.detect import DetectedMention, MentionDetector
from hyplink.linking.evidence import Candidates, Evidence, load_evidence
from hyplink.linking.expansions import Expansions
from hyplink.linking.lexical import Scores
from hyplink.linking.link import Candidate, Link
from hyplink.linking.negation import Assertion, assertions_of
from hyplink.linking.rank import Ranker, load_ranker
from hyplink.ontology import Ontology, load_ontology
from hyplink.regressor import load_regressor
from hyplink.run import Run

DOCUMENTS_AT_A_TIME = 64
"""Documents whose mentions are encoded and looked up together."""


AFFIRMED = Assertion(negated=False, uncertain=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A mention to be linked: where it stands, what the encoder reads, and the concepts whose names it matches."""

    doc: str
    start: int
    end: int
    spans: tuple[Span, ...] | None
    text: str
    passage: Passage
    named: tuple[str, ...]
    assertion: Assertion = AFFIRMED


class Weighed(NamedTuple):
    """What speaks for the candidates of some mentions.

    Attributes:
        candidates: of all the mentions.
        scores: the log-probability of each, float64 (c,).
        named: (row of the mention, concept index) of the candidates whose name was found in the text.
    """

    candidates: Candidates
    scores: Scores
    named: frozenset[tuple[int, int]]


class Linker:
    """Links mentions to concepts. Mentions that come with a document are linked as given; else names are found.

    Args:
        ontology: the concepts.
        encoder: makes a vector of a mention in its context.
        evidence: gathers the candidates of a mention.
        ranker: weighs what speaks for each.
    """

    def __init__(self, ontology: Ontology, encoder: Encoder, evidence: Evidence, ranker: Ranker) -> None:
        self.ontology = ontology
        self.encoder = encoder
        self.evidence = evidence
        self.ranker = ranker
        self._detector = MentionDetector(ontology.names())

    @classmethod
    def load(cls, path: Path | str) -> "Linker":
        """The linker of a run directory.

        Raises:
            RunError: no run, an unfinished or a damaged one.
        """
        return cls.of(Run.open(Path(path)))

    @classmethod
    def of(cls, run: Run) -> "Linker":
        """The linker of a run that is open.

        Raises:
            RunError: the run is unfinished or damaged.
        """
        ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
        return cls(
            ontology,
            load_encoder(run.path("encode")),
            load_evidence(run, ontology, load_regressor(run.path("fit"))),
            load_ranker(run.path("fit", "ranker")),
        )

    def link(self, text: str, top_k: int = 5) -> list[Link]:
        """The links of one text."""
        return next(self.link_many([Document("", text)], top_k))

    def link_many(self, documents: Iterable[Document], top_k: int = 5) -> Iterator[list[Link]]:
        """The links of each document in turn, ordered by place; documents are read as they are needed.

        Args:
            documents: texts, with or without given mentions.
            top_k: candidates of a link, at least 1.
        """
        remaining = iter(documents)
        while block := list(islice(remaining, DOCUMENTS_AT_A_TIME)):
            places = [self.places(document) for document in block]
            links = self._link_places([place for each in places for place in each], top_k)
            for each in places:
                yield list(islice(links, len(each)))

    def places(self, document: Document) -> list[Place]:
        """The mentions of a document, those that come with it or else those that are found, ordered by place."""
        if document.mentions:
            expansions = Expansions.of(document.text)
            places = [self._place(document, each, expansions.expanded(each.text), ()) for each in document.mentions]
        else:
            found = self._detector.detect(document.text)
            places = [self._place(document, each, each.name_text, each.candidates) for each in found]
        assertions = assertions_of(document.text, [(place.start, place.end) for place in places])
        return [replace(place, assertion=each) for place, each in zip(places, assertions, strict=True)]

    def _place(
        self, document: Document, mention: Mention | DetectedMention, read_as: str, named: tuple[str, ...]
    ) -> Place:
        start, end = mention.start, mention.end
        passage = passage_of(document.text, start, end, read_as, self.encoder.window)
        return Place(document.doc_id, start, end, mention.spans, mention.text, passage, named)

    def _link_places(self, places: Sequence[Place], top_k: int) -> Iterator[Link]:
        return self.links(places, self.weigh(places), top_k) if places else iter(())

    def weigh(self, places: Sequence[Place]) -> Weighed:
        """The candidates of mentions, and what the ranker makes of the evidence for each."""
        vectors = self.encoder.encode([place.passage for place in places])
        named = {(row, self.ontology.index_of[each]) for row, place in enumerate(places) for each in place.named}
        texts = [place.passage.mention for place in places]
        candidates = self.evidence.candidates(texts, vectors, also=sorted(named))
        return Weighed(candidates, self.ranker.scores(candidates), frozenset(named))

    def links(self, places: Sequence[Place], weighed: Weighed, top_k: int) -> Iterator[Link]:
        """The link of each mention, by what was weighed."""
        candidates, scores, named = weighed
        found: list[list[tuple[bool, float, int, float]]] = [[] for _ in places]
        distances = np.full(scores.shape, np.nan) if candidates.distances is None else candidates.distances
        for row, concept, score, distance in zip(
            candidates.mentions.tolist(), candidates.concepts.tolist(), scores.tolist(), distances.tolist(), strict=True
        ):
            found[row].append(((row, concept) not in named, -score, concept, distance))
        for place, ranked in zip(places, found, strict=True):
            best = sorted(ranked)[:top_k]  # a name that the text bears comes before all else
            yield self._link(place, tuple(self._candidate(concept, -score, each) for _, score, concept, each in best))

    def _candidate(self, concept: int, score: float, distance: float) -> Candidate:
        concept_id = self.ontology.concept_ids[concept]
        label = self.ontology.concepts[concept_id].label
        return Candidate(concept_id, label, score, None if math.isnan(distance) else distance)

    def _link(self, place: Place, candidates: tuple[Candidate, ...]) -> Link:
        depth = self.ontology.depth(candidates[0].concept)
        return Link(place.doc, place.start, place.end, place.spans, place.text, *place.assertion, depth, candidates)
