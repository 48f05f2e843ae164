"""The linker: a run directory at work on text."""

import gc
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Scores
from hyplink.candidates.features import Candidates
from hyplink.confidence.backoff import Answer, Posterior, backed_off
from hyplink.confidence.calibration import Calibration, Uncalibrated, are_plain, load_calibration
from hyplink.corpus import Document
from hyplink.encoders import Encoder, load_encoder
from hyplink.errors import InputError
from hyplink.linking.index_bundle import INDEX_FOLDER, IndexBundle
from hyplink.linking.link import Candidate, Link
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned import SpanDetector, load_span_detector
from hyplink.mentions.spans import Place, Places
from hyplink.ontology import Ontology, load_ontology
from hyplink.ranking.ranker import Ranker, load_ranker
from hyplink.regressor import load_regressor
from hyplink.run import Run
from hyplink.run.tables import read_tables
from hyplink.senses.candidates import CandidateGenerator

DOCUMENTS_AT_A_TIME = 64
"""Documents whose mentions are encoded and looked up together, unless told otherwise."""

TOP_K = 5
"""Candidates of a link, unless told otherwise."""


class ScoredCandidates(NamedTuple):
    """What speaks for the candidates of some mentions.

    Attributes:
        candidates: of all the mentions.
        scores: the log-probability of each, float64 (c,).
        probabilities: the calibrated probability of each, float64 (c,); NaN without a calibration, and for a sole
            candidate whose name stands there in other words.
        named: which of them come before all others, as their names were found in the text, bool (c,).
    """

    candidates: Candidates
    scores: Scores
    probabilities: Scores
    named: NDArray[np.bool_]


class _Option(NamedTuple):
    """A candidate of a mention; the least is the best: a name that the text bears comes before all else."""

    is_unnamed: bool
    minus_score: float
    concept: int
    distance: float
    probability: float
    gold_group: int


class Linker:
    """Links mentions to concepts. Mentions that come with a document are linked as given; else names are found.

    Args:
        ontology: the concepts.
        encoder: makes a vector of a mention in its context.
        evidence: gathers the candidates of a mention.
        ranker: weighs what speaks for each.
        calibration: says how far it is to be trusted.
        detector: finds names in text.
        span_detector: says which words are mentions; None where names alone do.

    Attributes:
        places: finds the mentions of a document.
        trusts_names: whether a name that was found in the text comes before all other candidates: so it is where no
            documents have taught what names mean in them.
    """

    def __init__(
        self,
        ontology: Ontology,
        encoder: Encoder,
        evidence: CandidateGenerator,
        ranker: Ranker,
        calibration: Calibration | Uncalibrated,
        detector: DictionaryDetector,
        span_detector: SpanDetector | None,
    ) -> None:
        self.ontology = ontology
        self.encoder = encoder
        self.evidence = evidence
        self.ranker = ranker
        self.calibration = calibration
        self.trusts_names = calibration.basis != "documents"
        lexicon = evidence.senses.inventory if evidence.senses else None
        self.places = Places(ontology, encoder.window, detector, span_detector, lexicon)

    @classmethod
    def load(cls, path: Path | str) -> "Linker":
        """The linker of a run directory.

        Raises:
            RunError: no run, an unfinished or a damaged one.
        """
        return cls.from_run(Run.open(Path(path)))

    @classmethod
    def from_run(cls, run: Run) -> "Linker":
        """The linker of a run that is open.

        Raises:
            RunError: the run is unfinished or damaged.
        """
        with _uncollected():
            encoder = load_encoder(run.path("encode"))
            prepared = read_tables(IndexBundle, run.path("encode", INDEX_FOLDER))
            return cls(
                load_ontology(run.path("train-ontology", "ontology.json.gz")),
                encoder,
                CandidateGenerator(prepared.names, load_regressor(run.path("fit")), prepared.senses),
                load_ranker(run.path("fit", "ranker")),
                load_calibration(run.path("fit", "calibration.json")),
                DictionaryDetector(prepared.index),
                load_span_detector(run.path("encode", "span_detector"), encoder),
            )

    def link(
        self, text: str, top_k: int | None = None, min_confidence: float | None = None, *, nested: bool = False
    ) -> list[Link]:
        """The links of one text."""
        return next(self.link_many([Document("", text)], top_k, min_confidence, nested=nested))

    def link_many(
        self,
        documents: Iterable[Document],
        top_k: int | None = None,
        min_confidence: float | None = None,
        *,
        nested: bool = False,
        batch_size: int = DOCUMENTS_AT_A_TIME,
    ) -> Iterator[list[Link]]:
        """The links of each document in turn, ordered by place; documents are read as they are needed.

        Args:
            documents: texts, with or without given mentions.
            top_k: candidates of a link, at least 1. None gives five, but where names are trusted one alone to a mention
                that was found by a name of one concept: nothing else is looked for, which is far quicker. Such a link
                has no confidence where the name stands there in other words: that takes a look at the others.
            min_confidence: answer no more precisely than with this probability, if need be with an ancestor or NIL.
            nested: find mentions that lie within others too.
            batch_size: documents that are read and linked together, at least 1: more is quicker, and takes memory.

        Raises:
            InputError: a confidence is demanded of a run that has none.
        """
        if min_confidence is not None and isinstance(self.calibration, Uncalibrated):
            raise InputError(f"this run gives no confidences to demand: {self.calibration.reason}")
        remaining, quick = iter(documents), top_k is None and min_confidence is None
        while True:
            with _uncollected():
                block = list(islice(remaining, batch_size))
                places = [self.places.of(document, nested=nested) for document in block]
                scored = self.score(places, quick=quick) if any(places) else None
                links = self.links(places, scored, top_k or TOP_K, min_confidence) if scored else iter(())
                found = [list(islice(links, len(each))) for each in places]
            if not block:
                return
            yield from found

    def nearest(self, points: NDArray[np.float64], k: int = 10) -> list[list[Candidate]]:
        """The concepts nearest to points of the ball, nearest first; a score is minus the distance.

        Args:
            points: float64 (n, dim), inside the ball of this run's concepts.
            k: how many for each.

        Raises:
            InputError: the run was fitted in another space than the ball.
        """
        found = self.evidence.regressor.nearest(points, k)
        return [
            [self._candidate(_Option(False, distance, concept, distance, math.nan, -1)) for concept, distance in pairs]
            for pairs in (zip(*each, strict=True) for each in zip(*(part.tolist() for part in found), strict=True))
        ]

    def score(self, places: Sequence[Sequence[Place]], *, quick: bool = False) -> ScoredCandidates:
        """The candidates of the mentions of documents, and what the ranker makes of the evidence for each.

        Args:
            places: the mentions of each document.
            quick: where names are trusted, look for no other candidates than the one concept whose name was found.
        """
        documents = [str(number) for number, each in enumerate(places) for _ in each]
        flat = [place for each in places for place in each]
        vectors = self.encoder.encode([place.passage for place in flat])
        named = {(row, self.ontology.index_of[each]) for row, place in enumerate(flat) for each in place.named}
        texts = [place.passage.mention for place in flat]
        quick = quick and self.trusts_names
        unambiguous = [row for row, place in enumerate(flat) if quick and len(place.named) == 1]
        uses = [place.use and place.use._replace(doc=doc) for place, doc in zip(flat, documents, strict=True)]
        candidates = self.evidence.candidates(texts, vectors, documents, sorted(named), unambiguous, uses)
        scores = self.ranker.scores(candidates)
        pairs = zip(candidates.mentions.tolist(), candidates.concepts.tolist(), strict=True)
        are_named = np.array([self.trusts_names and pair in named for pair in pairs], dtype=bool)
        probabilities = self.calibration.probabilities(candidates, scores, are_named)
        probabilities *= np.array([place.mention_probability for place in flat])[candidates.mentions]
        # Alone, a candidate looks certain: only a plain name's confidence does not come of looking at the others.
        probabilities[np.isin(candidates.mentions, unambiguous) & ~are_plain(candidates)] = np.nan
        return ScoredCandidates(candidates, scores, probabilities, are_named)

    def links(
        self,
        places: Sequence[Sequence[Place]],
        scored: ScoredCandidates,
        top_k: int,
        min_confidence: float | None = None,
    ) -> Iterator[Link]:
        """The link of each mention, by what was weighed."""
        flat = [place for each in places for place in each]
        for place, options in zip(flat, _options(scored, len(flat)), strict=True):
            yield self._link(place, options, top_k, min_confidence)

    def _link(self, place: Place, options: Sequence[_Option], top_k: int, min_confidence: float | None) -> Link:
        candidates = tuple(map(self._candidate, options[:top_k]))
        best, basis = candidates[0], None if math.isnan(options[0].probability) else self.calibration.basis
        answer = self._answer(options, min_confidence)
        return Link(
            place.doc,
            place.start,
            place.end,
            place.spans,
            place.text,
            *place.assertion,
            best if answer.concept == best.concept else self._ancestor(answer, candidates),
            None if answer.concept is None else self.ontology.depth(answer.concept),
            answer.probability if basis and answer.concept else None,
            basis,
            answer.given_up,
            candidates,
            place.match,
        )

    def _answer(self, options: Sequence[_Option], least: float | None) -> Answer:
        ids, best = self.ontology.concept_ids, options[0]
        if least is None:
            confidence = sum(each.probability for each in options if each.gold_group == best.gold_group)
            return Answer(ids[best.concept], confidence, None)
        told = ((ids[each.concept], each.probability, each.gold_group) for each in options)
        return backed_off(Posterior.from_candidates(told, ids[best.concept], self.ontology), least, self.ontology)

    def _candidate(self, option: _Option) -> Candidate:
        concept_id = self.ontology.concept_ids[option.concept]
        distance = None if math.isnan(option.distance) else option.distance
        return Candidate(concept_id, self.ontology.concepts[concept_id].label, -option.minus_score, distance)

    def _ancestor(self, answer: Answer, candidates: Iterable[Candidate]) -> Candidate | None:
        """The concept that was backed off to, as it stands among the candidates where it is one."""
        if answer.concept is None:
            return None
        label = self.ontology.concepts[answer.concept].label
        shown = (each for each in candidates if each.concept == answer.concept)
        return next(shown, Candidate(answer.concept, label, math.log(answer.probability), None))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Holds the garbage collector back while much is made that is no garbage: it would walk all that there is."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _options(scored: ScoredCandidates, n_mentions: int) -> list[list[_Option]]:
    """The candidates of each mention, best first."""
    candidates, scores, probabilities, named = scored
    distances = np.full(scores.shape, np.nan) if candidates.distances is None else candidates.distances
    options: list[list[_Option]] = [[] for _ in range(n_mentions)]
    columns = (~named, -scores, candidates.concepts, distances, probabilities, candidates.gold_groups)
    for row, *fields in zip(candidates.mentions.tolist(), *(each.tolist() for each in columns), strict=True):
        options[row].append(_Option(*fields))
    return [sorted(each) for each in options]
