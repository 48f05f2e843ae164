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
from hyplink.errors import InputError
from hyplink.linking.backoff import Answer, Doubt, backed_off
from hyplink.linking.calibrate import Calibration, Uncalibrated, load_calibration
from hyplink.linking.detect import DetectedMention, MentionDetector
from hyplink.linking.evidence import Evidence, load_evidence
from hyplink.linking.expansions import Expansions
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


class _Weighed(NamedTuple):
    """A candidate of a mention; the least is the best: a name that the text bears comes before all else."""

    is_unnamed: bool
    minus_score: float
    concept: int
    distance: float
    probability: float


class Linker:
    """Links mentions to concepts. Mentions that come with a document are linked as given; else names are found.

    Args:
        ontology: the concepts.
        encoder: makes a vector of a mention in its context.
        evidence: gathers the candidates of a mention.
        ranker: weighs what speaks for each.
        calibration: says how far it is to be trusted.
    """

    def __init__(
        self,
        ontology: Ontology,
        encoder: Encoder,
        evidence: Evidence,
        ranker: Ranker,
        calibration: Calibration | Uncalibrated,
    ) -> None:
        self.ontology = ontology
        self.encoder = encoder
        self.calibration = calibration
        self._evidence = evidence
        self._ranker = ranker
        self._detector = MentionDetector(ontology.names())

    @classmethod
    def load(cls, path: Path | str) -> "Linker":
        """The linker of a run directory.

        Raises:
            RunError: no run, an unfinished or a damaged one.
        """
        run = Run.open(Path(path))
        ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
        return cls(
            ontology,
            load_encoder(run.path("encode")),
            load_evidence(run, ontology, load_regressor(run.path("fit"))),
            load_ranker(run.path("fit", "ranker")),
            load_calibration(run.path("fit", "calibration.json")),
        )

    def link(self, text: str, top_k: int = 5, min_confidence: float | None = None) -> list[Link]:
        """The links of one text."""
        return next(self.link_many([Document("", text)], top_k, min_confidence))

    def link_many(
        self, documents: Iterable[Document], top_k: int = 5, min_confidence: float | None = None
    ) -> Iterator[list[Link]]:
        """The links of each document in turn, ordered by place; documents are read as they are needed.

        Args:
            documents: texts, with or without given mentions.
            top_k: candidates of a link, at least 1.
            min_confidence: answer no more precisely than with this probability, if need be with an ancestor or NIL.

        Raises:
            InputError: a confidence is demanded of a run that has none.
        """
        if min_confidence is not None and isinstance(self.calibration, Uncalibrated):
            raise InputError(f"this run gives no confidences to demand: {self.calibration.reason}")
        remaining = iter(documents)
        while block := list(islice(remaining, DOCUMENTS_AT_A_TIME)):
            places = [self._places(document) for document in block]
            numbers = [str(number) for number, each in enumerate(places) for _ in each]
            weighed = self._weighed([place for each in places for place in each], numbers)
            for each in places:
                yield [self._link(place, next(weighed), top_k, min_confidence) for place in each]

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

    def _weighed(self, places: Sequence[_Place], documents: Sequence[str]) -> Iterator[list[_Weighed]]:
        """The candidates of each mention, best first."""
        if not places:
            return
        vectors = self.encoder.encode([place.passage for place in places])
        named = {(row, self.ontology.index_of[each]) for row, place in enumerate(places) for each in place.named}
        texts = [place.passage.mention for place in places]
        candidates = self._evidence.candidates(texts, vectors, documents, also=sorted(named))
        scores = self._ranker.scores(candidates)
        distances = np.full(scores.shape, np.nan) if candidates.distances is None else candidates.distances
        probabilities = self.calibration.probabilities(candidates, scores)
        found: list[list[_Weighed]] = [[] for _ in places]
        columns = (candidates.mentions, candidates.concepts, scores, distances, probabilities)
        for row, concept, score, distance, probability in zip(*(each.tolist() for each in columns), strict=True):
            found[row].append(_Weighed((row, concept) not in named, -score, concept, distance, probability))
        yield from map(sorted, found)

    def _link(self, place: _Place, weighed: list[_Weighed], top_k: int, min_confidence: float | None) -> Link:
        candidates = tuple(map(self._candidate, weighed[:top_k]))
        best, basis = candidates[0], self.calibration.basis
        answer = Answer(best.concept, weighed[0].probability, None)
        if min_confidence is not None:
            answer = self._backed_off(weighed, min_confidence)
        return Link(
            place.doc,
            place.start,
            place.end,
            place.spans,
            place.text,
            *place.assertion,
            best if answer.concept == best.concept else self._ancestor(answer.concept, candidates),
            None if answer.concept is None else self.ontology.depth(answer.concept),
            answer.probability if basis and answer.concept else None,
            basis,
            answer.given_up,
            candidates,
        )

    def _backed_off(self, weighed: Sequence[_Weighed], least: float) -> Answer:
        ids = self.ontology.concept_ids
        probabilities = {ids[each.concept]: each.probability for each in weighed}
        return backed_off(Doubt.of(probabilities, ids[weighed[0].concept], self.ontology), least, self.ontology)

    def _candidate(self, weighed: _Weighed) -> Candidate:
        concept_id = self.ontology.concept_ids[weighed.concept]
        distance = None if math.isnan(weighed.distance) else weighed.distance
        return Candidate(concept_id, self.ontology.concepts[concept_id].label, -weighed.minus_score, distance)

    def _ancestor(self, concept_id: str | None, candidates: Iterable[Candidate]) -> Candidate | None:
        """The concept that was backed off to, as it stands among the candidates, or without a score."""
        if concept_id is None:
            return None
        shown = (each for each in candidates if each.concept == concept_id)
        return next(shown, Candidate(concept_id, self.ontology.concepts[concept_id].label, None, None))
