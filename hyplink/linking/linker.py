"""The linker: a run directory at work on text."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hyplink.corpus import Document, Mention
from hyplink.corpus.document import Span
from hyplink.encoders import Encoder, Passage, load_encoder, passage_of
from hyplink.linking.detect import DetectedMention, MentionDetector
from hyplink.linking.expansions import Expansions
from hyplink.linking.link import Candidate, Link
from hyplink.linking.negation import Assertion, assertions_of
from hyplink.ontology import Ontology, load_ontology
from hyplink.regressor import Regressor, load_regressor
from hyplink.run import Run

Vectors = NDArray[np.float32]

DOCUMENTS_AT_A_TIME = 64
"""Documents whose mentions are encoded and looked up together."""


AFFIRMED = Assertion(negated=False, uncertain=False)


@dataclass(frozen=True, slots=True)
class _Place:
    """A mention to be linked: where it stands, what the encoder reads, and the concepts whose names it matches."""

    doc: str
    start: int
    end: int
    spans: tuple[Span, ...] | None
    text: str
    passage: Passage
    named: tuple[str, ...]
    assertion: Assertion = AFFIRMED


class Linker:
    """Links mentions to concepts. Mentions that come with a document are linked as given; else names are found.

    Args:
        ontology: the concepts.
        encoder: makes a vector of a mention in its context.
        regressor: sends it to the concepts' space.
    """

    def __init__(self, ontology: Ontology, encoder: Encoder, regressor: Regressor) -> None:
        self.ontology = ontology
        self.encoder = encoder
        self.regressor = regressor
        self._detector = MentionDetector(ontology.names())

    @classmethod
    def load(cls, path: Path | str) -> "Linker":
        """The linker of a run directory.

        Raises:
            RunError: no run, an unfinished or a damaged one.
        """
        run = Run.open(Path(path))
        return cls(
            load_ontology(run.path("train-ontology", "ontology.json.gz")),
            load_encoder(run.path("encode")),
            load_regressor(run.path("fit")),
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
            places = [self._places(document) for document in block]
            links = iter(self._link_places([place for each in places for place in each], top_k))
            for each in places:
                yield list(islice(links, len(each)))

    def _places(self, document: Document) -> list[_Place]:
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
    ) -> _Place:
        start, end = mention.start, mention.end
        passage = passage_of(document.text, start, end, read_as, self.encoder.window)
        return _Place(document.doc_id, start, end, mention.spans, mention.text, passage, named)

    def _link_places(self, places: Sequence[_Place], top_k: int) -> Iterator[Link]:
        if not places:
            return
        vectors = self.encoder.encode([place.passage for place in places])
        nearest = self._nearest(vectors, top_k)
        named = self._named(vectors, places)
        for place, by_name, by_point in zip(places, named, nearest, strict=True):
            known = {candidate.concept for candidate in by_name}
            others = [candidate for candidate in by_point if candidate.concept not in known]
            yield self._link(place, tuple([*by_name, *others][:top_k]))

    def _nearest(self, vectors: Vectors, top_k: int) -> list[list[Candidate]]:
        """The nearest concepts of each mention, best first."""
        ranking = self.regressor.rank(vectors, top_k)
        distances = np.full(ranking.scores.shape, np.nan) if ranking.distances is None else ranking.distances
        return [
            [self._candidate(*each) for each in zip(*rows, strict=True)]
            for rows in zip(ranking.concepts.tolist(), ranking.scores.tolist(), distances.tolist(), strict=True)
        ]

    def _named(self, vectors: Vectors, places: Sequence[_Place]) -> list[list[Candidate]]:
        """The concepts whose names each mention matches, nearest first: context decides between them."""
        pairs = [(row, self.ontology.index_of[each]) for row, place in enumerate(places) for each in place.named]
        found: list[list[Candidate]] = [[] for _ in places]
        if pairs:
            rows, concepts = np.array(pairs, dtype=np.int64).T
            fit = self.regressor.compare(vectors, rows, concepts)
            distances = np.full(len(pairs), np.nan) if fit.distances is None else fit.distances
            for (row, concept), score, distance in zip(pairs, fit.scores.tolist(), distances.tolist(), strict=True):
                found[row].append(self._candidate(concept, score, distance))
        return [sorted(candidates, key=lambda each: -each.score) for candidates in found]

    def _candidate(self, concept: int, score: float, distance: float) -> Candidate:
        concept_id = self.ontology.concept_ids[concept]
        label = self.ontology.concepts[concept_id].label
        return Candidate(concept_id, label, score, None if math.isnan(distance) else distance)

    def _link(self, place: _Place, candidates: tuple[Candidate, ...]) -> Link:
        depth = self.ontology.depth(candidates[0].concept)
        return Link(place.doc, place.start, place.end, place.spans, place.text, *place.assertion, depth, candidates)
