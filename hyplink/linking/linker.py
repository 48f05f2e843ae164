"""The linker: a trained run, ready to link text."""

import gc
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from html import escape
from itertools import chain, islice, repeat, tee
from pathlib import Path
from pickle import PicklingError
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.candidates.features import Candidates
from hyplink.candidates.matched_names import MatchedNames
from hyplink.candidates.rejected import RejectedConcepts
from hyplink.candidates.surface_forms import Vectors
from hyplink.candidates.topics import topics_of_texts
from hyplink.confidence.calibration import Calibration, Uncalibrated, are_names, load_calibration
from hyplink.corpus import Document
from hyplink.encoders import Encoder, Passage, load_encoder
from hyplink.errors import InputError, RunError
from hyplink.linking.arguments import (
    LinkOptions,
    as_documents,
    check_count,
    check_path,
    check_points,
    check_several,
    check_text,
)
from hyplink.linking.consistency import check_parts
from hyplink.linking.frame import frame_of_links
from hyplink.linking.index_bundle import INDEX_FOLDER, MODE, SPAN_DETECTOR_FOLDER, IndexBundle
from hyplink.linking.link import Candidate, Link, Links
from hyplink.linking.link_builder import LinkBuilder
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.relations import RelationFinder
from hyplink.linking.scored_candidates import Option, ScoredCandidates, options_of
from hyplink.mentions.abbreviations import ABBREVIATIONS, load_abbreviations
from hyplink.mentions.batch import MentionBatch
from hyplink.mentions.learned import Prefer, load_span_detector
from hyplink.mentions.spans import MentionSpan, SpanFinder
from hyplink.ontology import Ontology, load_ontology
from hyplink.placement.features import PlacementFeatures
from hyplink.placement.model import NOT_LEARNED, PlacementModel, load_placement
from hyplink.placement.placer import Placer
from hyplink.placement.relation_features import RelationFeatures
from hyplink.ranking.document_features import DocumentFeatures
from hyplink.ranking.ranker import FIRST_WEIGHTS, WEIGHTS, Ranker, load_ranker
from hyplink.regressor import load_regressor
from hyplink.run import Run, model_id
from hyplink.run.mode import Mode
from hyplink.run.tables import read_tables
from hyplink.senses.candidates import CandidateGenerator

if TYPE_CHECKING:
    from pandas import DataFrame

Texts = Iterable[str | tuple[str, str] | Document]
"""Texts, pairs of a document id and a text, and documents."""

BATCH_SIZE = 64
"""Documents whose mentions are encoded and looked up together by default."""

TOP_K = 5
"""Candidates shown in a link by default."""

Points = NDArray[np.float64]

Spans = Sequence[Sequence[MentionSpan]]
"""The mentions of each document."""


class Linker:
    """Links mentions to concepts: the given mentions of annotated documents, and those detected in plain text.

    A linker can be shared by threads: linking changes nothing but caches of what follows from the run alone, so several
    threads get the links that one gets. An iterator that `link_many` returned belongs to one thread, as any generator.

    Args:
        ontology: the concepts.
        encoder: gives the vector of a mention in its context.
        generator: proposes the candidates of a mention, with their features.
        ranker: scores the candidates.
        calibration: turns scores into probabilities.
        span_finder: finds the mentions of a document.
        mode: of the run.
        document_features: adds the features that depend on the documents of mentions.
        placement: what the run learned about concepts that the ontology lacks; None for nothing.
    """

    def __init__(
        self,
        ontology: Ontology,
        encoder: Encoder,
        generator: CandidateGenerator,
        ranker: Ranker,
        calibration: Calibration | Uncalibrated,
        span_finder: SpanFinder,
        mode: Mode,
        document_features: DocumentFeatures,
        placement: PlacementModel | None = None,
    ) -> None:
        self.ontology = ontology
        self.encoder = encoder
        self.generator = generator
        self.ranker = ranker
        self.calibration = calibration
        self.span_finder = span_finder
        self.mode = mode
        self.document_features = document_features
        self.placement = placement or PlacementModel(None, None, NOT_LEARNED)
        self._builder = LinkBuilder(ontology, MatchedNames(ontology, generator.names), calibration.source)
        self._origin: _Origin | None = None

    def __reduce__(self) -> "tuple[Callable[[_Origin], Linker], tuple[_Origin]]":
        """How it is pickled: as the path of its run, from which another process loads the same model."""
        if self._origin is None:
            raise PicklingError("only a linker that was loaded from a run can be pickled")
        return _linker_of, (self._origin,)

    def __repr__(self) -> str:
        concepts = f"{len(self.ontology):,} concepts of {self.ontology.source}"
        return f"<Linker: {concepts}, trained on {self.mode.trained_on}>"

    def _repr_html_(self) -> str:
        """A table of what it links to and how it was trained, as notebooks show it."""
        ontology, source = self.ontology, self.calibration.source
        release = f", release {ontology.release}" if ontology.release else ""
        facts = {
            "ontology": f"{ontology.source}{release}",
            "concepts": f"{len(ontology):,}",
            "trained on": self.mode.trained_on,
            "confidence": f"calibrated on {source}" if source else "none",
        }
        rows = (f"<tr><th>{name}</th><td>{escape(str(value))}</td></tr>" for name, value in facts.items())
        return f"<table>{''.join(rows)}</table>"

    @classmethod
    def load(cls, path: Path | str, *, follow_references: bool = False) -> "Linker":
        """The linker of a run directory.

        Args:
            path: the run directory.
            follow_references: whether word vectors or a model outside the directory are read, if the run names them.
                Of a run from someone else, they may be any files of this machine.

        Raises:
            RunError: there is no run, it is unfinished or damaged, or it refers to files that may not be read.
            InputError: `path` is not a path.
        """
        check_path(path)
        return cls.from_run(Run.open(Path(path), follow_references=follow_references))

    @classmethod
    def from_run(cls, run: Run) -> "Linker":
        """The linker of an open run.

        Raises:
            RunError: the run is unfinished or damaged, or it refers to files that may not be read.
        """
        with _garbage_collection_paused():
            return run.snapshot(lambda: cls._read(run))

    @classmethod
    def _read(cls, run: Run) -> "Linker":
        ontology = load_ontology(run.path("train-ontology", "ontology"))
        encoder = load_encoder(run.path("encode"), follow_references=run.follow_references)
        mode = Mode.read(run.path("encode", MODE))
        indices = read_tables(IndexBundle, run.path("encode", INDEX_FOLDER))
        regressor = load_regressor(run.path("fit"))
        check_parts(ontology, encoder, indices, regressor, run)
        lexicon = indices.senses.inventory if indices.senses else None
        rejected = RejectedConcepts.from_corrections(indices.corrections, ontology)
        abbreviations = load_abbreviations(run.path("encode", ABBREVIATIONS))
        span_detector = load_span_detector(run.path("encode", SPAN_DETECTOR_FOLDER), encoder)
        linker = cls(
            ontology,
            encoder,
            CandidateGenerator(indices.names, regressor, indices.senses, mode, rejected),
            load_ranker(run.path("fit", "ranker") / WEIGHTS),
            load_calibration(run.path("fit", "calibration.json")),
            SpanFinder(
                ontology,
                encoder.window,
                indices.detector(abbreviations),
                span_detector,
                lexicon,
                indices.corrections,
            ),
            mode,
            DocumentFeatures(load_ranker(run.path("fit", "ranker") / FIRST_WEIGHTS), regressor, indices.topics),
            load_placement(run.path("fit", "placement")) if run.has("fit", "placement") else None,
        )
        linker._origin = _Origin(run.folder.absolute(), run.follow_references, model_id(run))
        return linker

    def link(
        self,
        text: str,
        top_k: int = TOP_K,
        min_confidence: float | None = None,
        *,
        nested: bool = False,
        search_all: bool = False,
        prefer: Prefer = "balanced",
    ) -> Links:
        """The links of one text; arguments and errors as for `link_many`."""
        texts = [check_text(text)]
        return next(self.link_many(texts, top_k, min_confidence, nested=nested, search_all=search_all, prefer=prefer))

    def link_many(
        self,
        documents: Texts,
        top_k: int = TOP_K,
        min_confidence: float | None = None,
        *,
        nested: bool = False,
        search_all: bool = False,
        prefer: Prefer = "balanced",
        batch_size: int = BATCH_SIZE,
    ) -> Iterator[Links]:
        """The links of each document in turn, in text order; documents are read as they are needed.

        The links of a document are a list, which notebooks show as a table.

        Args:
            documents: texts, such as a column of a pandas or polars data frame, pairs of a document id and a text, or
                documents with or without given mentions.
            top_k: candidates shown in a link, at least 1. It changes no answer.
            min_confidence: answer no more precisely than with this probability, if need be with an ancestor or NIL.
                It needs the probability of every candidate, so it implies `search_all`.
            nested: detect mentions within other mentions too.
            search_all: in a run trained on names, search candidates for the mentions that are names of concepts too.
                Without it these concepts are their only candidates, which is several times faster; and where there is
                only one, and the words are not a plain name of it, the link has no confidence, which depends on the
                other candidates.
            prefer: in a run trained on documents, which mentions to detect: `precision`, those that the annotators of
                the training documents would mark; `balanced`, the plain names of concepts too, unless the training
                documents show that they are no mentions; `recall`, all other names too.
            batch_size: documents that are read and linked together, at least 1: more is faster, and takes memory.

        Raises:
            InputError: an argument is of another kind or out of its range, or `min_confidence` is given and the run is
                not calibrated. An item that is no document is an error when it is reached.
        """
        options = LinkOptions(top_k, min_confidence, nested, search_all, prefer)
        return chain.from_iterable(links for links, _ in self._linked(documents, options, batch_size))

    def to_frame(
        self,
        documents: Texts,
        top_k: int | None = None,
        min_confidence: float | None = None,
        *,
        nested: bool = False,
        search_all: bool = False,
        prefer: Prefer = "balanced",
    ) -> "DataFrame":
        """The links of documents as a pandas DataFrame, with the columns of the tables that `hyplink link` writes.

        Args:
            documents: as for `link_many`, such as a column of texts of a DataFrame. A text without an id has its
                position, from 0, as `doc`.
            top_k: give so many candidates of each mention rows of their own, with their rank; None: the answers alone.
            min_confidence: as for `link_many`.
            nested: as for `link_many`.
            search_all: as for `link_many`.
            prefer: as for `link_many`.

        Raises:
            InputError: as for `link_many`, or pandas is not installed.
        """
        check_several(documents)
        numbered = ((str(i), each) if isinstance(each, str) else each for i, each in enumerate(documents))
        first, second = tee(as_documents(numbered))
        top = TOP_K if top_k is None else top_k
        links = self.link_many(second, top, min_confidence, nested=nested, search_all=search_all, prefer=prefer)
        return frame_of_links(map(LinkedDocument, first, links), candidates=top_k is not None)

    def link_with_points(self, documents: Texts, options: LinkOptions) -> Iterator[tuple[list[Link], Points]]:
        """The links of each document in turn, with the points of its mentions, float64 (n, dim), as `points` gives.

        Raises:
            InputError: as for `link_many`, or the run was fitted in another space than the ball.
        """
        for links, spans in self._linked(documents, options, BATCH_SIZE):
            points, start = self._points_of(spans), 0
            for each in links:
                yield each, points[start : start + len(each)]
                start += len(each)

    def points(
        self, texts: str | Document | Iterable[str | Document], *, nested: bool = False, batch_size: int = BATCH_SIZE
    ) -> Points:
        """The points of mentions: the regressor's output, the place of each mention in its context.

        A point lies in the Poincaré ball of curvature −1 that also holds the concept points (`fit/points.npy` of the
        run): its Euclidean norm ‖x‖ is below 1, its hyperbolic radius is 2·artanh(‖x‖), and its distance from a concept
        is `hyplink.poincare.geometry.dist`, the `distance` of a candidate. `nearest` finds the concepts around it.

        Args:
            texts: a text or several, or documents with or without given mentions.
            nested: detect mentions within other mentions too.
            batch_size: texts that are read and encoded together, at least 1.

        Returns:
            float64 (n, dim). Row i is that of the i-th link that `link_many` gives for these texts: document by
            document, in text order.

        Raises:
            InputError: the run was fitted in another space than the ball, or an argument is wrong, as for `link_many`.
        """
        several = [texts] if isinstance(texts, str | Document) else texts
        check_several(several)
        check_count("batch_size", batch_size)
        remaining = as_documents(several)
        parts = [self._points_of([])]
        while block := list(islice(remaining, batch_size)):
            parts.append(self._points_of(self.span_finder.find_many(block, nested=nested)))
        return np.concatenate(parts)

    def nearest(self, points: NDArray[np.float64], k: int = 10) -> list[list[Candidate]]:
        """The concepts nearest to points of the ball, nearest first; a score is minus the distance.

        Args:
            points: float64 (n, dim), inside the ball of this run's concepts.
            k: how many for each.

        Raises:
            InputError: the run was fitted in another space than the ball, the points are no such array, or k is less
                than 1.
        """
        check_count("k", k)
        check_points(points, self.generator.regressor.point_dim)
        found = self.generator.regressor.nearest(points, k)
        return [
            [
                self._builder.candidate(Option(False, distance, concept, distance, math.nan, -1))
                for concept, distance in pairs
            ]
            for pairs in (zip(*each, strict=True) for each in zip(*(part.tolist() for part in found), strict=True))
        ]

    def _linked(self, documents: Texts, options: LinkOptions, batch_size: int) -> Iterator[tuple[list[Links], Spans]]:
        """The links of each document of a batch, and its mention spans, batch by batch."""
        options.check()
        check_count("batch_size", batch_size)
        check_several(documents)
        if options.min_confidence is not None and isinstance(self.calibration, Uncalibrated):
            raise InputError(f"the links of this run have no confidence: {self.calibration.reason}")
        return self._batches(as_documents(documents), options, batch_size)

    def _batches(
        self, remaining: Iterator[Document], options: LinkOptions, batch_size: int
    ) -> Iterator[tuple[list[Links], Spans]]:
        top_k, min_confidence, nested, search_all, prefer = options
        search_all = search_all or min_confidence is not None
        while True:
            with _garbage_collection_paused():
                block = list(islice(remaining, batch_size))
                spans = self.span_finder.find_many(block, nested=nested, prefer=prefer)
                scored = self.score(spans, search_all=search_all) if any(spans) else None
                links = self.links(spans, scored, top_k, min_confidence) if scored else iter(())
                found = [Links(islice(links, len(each))) for each in spans]
            if not block:
                return
            yield found, spans

    def _vectors(self, spans: Spans) -> Vectors:
        """The vectors, float32 (n, dim), of the mentions of documents, one document after the other."""
        passages = [span.passage for each in spans for span in each]
        if not passages:
            return np.zeros((0, self.encoder.dim), np.float32)
        if self.generator.reads_context:
            return self.encoder.encode(passages)
        return self._vectors_of_words([passage.mention for passage in passages])

    def _vectors_of_words(self, texts: Sequence[str]) -> Vectors:
        """The vectors of mentions without their context, which depend on the words alone: each is encoded once."""
        row_of = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        vectors = self.encoder.encode([Passage(text) for text in row_of])
        return vectors[[row_of[text] for text in texts]]

    def _points_of(self, spans: Spans) -> Points:
        return self.generator.regressor.points(self._vectors(spans))

    def score(self, spans: Spans, *, search_all: bool = True) -> ScoredCandidates:
        """The scored candidates of mentions.

        Args:
            spans: the mentions of each document.
            search_all: as for `link_many`.
        """
        batch = MentionBatch.from_spans(spans, self.ontology, search_all=search_all or not self.mode.names_only)
        texts = {str(number): each[0].document_text for number, each in enumerate(spans) if each}
        candidates, named = self._candidates(batch, self._generated(batch, spans), texts)
        scores = self.ranker.scores(candidates)
        probabilities = self.calibration.probabilities(candidates, scores, named)
        detected = np.array([span.mention_probability for each in spans for span in each])
        probabilities *= detected[candidates.mentions]
        # A single candidate would have probability 1, so only its names, whose accuracy is known, get a confidence.
        probabilities[np.isin(candidates.mentions, batch.unambiguous_rows) & ~are_names(candidates)] = np.nan
        return ScoredCandidates(candidates, scores, probabilities, named)

    def candidates(self, batch: MentionBatch, vectors: Vectors, texts: Mapping[str, str]) -> Candidates:
        """The candidates of mentions with all their features.

        Args:
            batch: the mentions.
            vectors: of the mentions in context, float32 (n, dim).
            texts: the text of each of their documents, by its key.
        """
        return self._candidates(batch, self.generator.candidates(batch, vectors), texts)[0]

    def _generated(self, batch: MentionBatch, spans: Spans) -> Candidates:
        """The candidates of detected mentions, without the features of their documents."""
        if self.generator.reads_context:
            return self.generator.candidates(batch, self._vectors(spans))
        return self.generator.candidates_of_words(batch, self._vectors_of_words)

    def _candidates(
        self, batch: MentionBatch, candidates: Candidates, texts: Mapping[str, str]
    ) -> tuple[Candidates, NDArray[np.bool_]]:
        """The candidates with the features of their documents, and which of them rank before all others."""
        named = self._are_named(batch, candidates)
        topic_of = topics_of_texts(self.encoder, texts)
        return self.document_features.added(candidates, batch, topic_of, named), named

    def _are_named(self, batch: MentionBatch, candidates: Candidates) -> NDArray[np.bool_]:
        """Whether each candidate ranks before all others, bool (c,).

        In a run trained on names alone, concepts whose name was found in the text do. In a run trained on documents no
        concept does: a matching name is one of the ranker's features.
        """
        if not self.mode.names_only:
            return np.zeros(len(candidates.mentions), dtype=bool)
        pairs, named = zip(candidates.mentions.tolist(), candidates.concepts.tolist(), strict=True), batch.named_pairs
        return np.array([pair in named for pair in pairs], dtype=bool)

    def links(
        self,
        spans: Spans,
        scored: ScoredCandidates,
        top_k: int,
        min_confidence: float | None = None,
    ) -> Iterator[Link]:
        """The link of each mention, given its scored candidates."""
        flat, finder = [span for each in spans for span in each], self._relation_finder

        def vectors_of(rows: Sequence[int]) -> Vectors:
            return self._vectors([[flat[row] for row in rows]])

        relations = repeat(None) if finder is None else finder.relations(flat, scored, vectors_of)
        options = options_of(scored, len(flat))
        return map(self._builder.link, flat, options, repeat(top_k), repeat(min_confidence), relations)

    @cached_property
    def _relation_finder(self) -> RelationFinder | None:
        if self.placement.relation is None:
            return None
        features = RelationFeatures(self.ontology, self.generator.names)
        return RelationFinder(self.placement.relation, features, self.placer)

    @cached_property
    def placer(self) -> Placer:
        """Ranks the parents of concepts that the ontology lacks.

        Raises:
            InputError: the run has not learned it.
        """
        if self.placement.parents is None:
            raise InputError(f"this run cannot place new concepts: {self.placement.reason}")
        features = PlacementFeatures(self.ontology, self.generator.names, self.generator.regressor)
        return Placer(features, self.placement.parents, self.encoder)


class _Origin(NamedTuple):
    """Where a linker was loaded from: the run, whether references were followed, and the id of its model."""

    folder: Path
    follow_references: bool
    model: str


def _linker_of(origin: _Origin) -> Linker:
    """The linker of a run again.

    Raises:
        RunError: the run holds another model now, or cannot be read.
    """
    linker = Linker.load(origin.folder, follow_references=origin.follow_references)
    if linker._origin != origin:
        raise RunError(f"{origin.folder}: contains another model than the linker that was pickled; load it again")
    return linker


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Pauses the garbage collector while many objects are made that stay: it would walk them again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
