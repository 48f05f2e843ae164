"""Compares the evaluations of runs on the same dev data, in pairs of mentions and documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pydantic import FiniteFloat
from typing_extensions import TypedDict

from hyplink.corpus import read_documents, running_texts
from hyplink.errors import InputError
from hyplink.gold import Gold, GoldResolver
from hyplink.linking.metrics_file import read_metrics
from hyplink.metrics.bootstrap import Estimate, document_counts, paired_estimate, precision_recall_f1
from hyplink.metrics.calibration import expected_calibration_error
from hyplink.metrics.detection import EvaluatedDocument, LabelledMention, gold_mentions, strict_counts
from hyplink.metrics.linking import Prediction, mention_metrics
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Run, read_records

METRICS = ("accuracy_at_1", "tree_distance", "expected_calibration_error", "raw_f1")
"""The metrics that are compared. `raw_f1` is that of detected mentions with exact spans."""

_DEV = "data.dev"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A metric of two runs.

    Attributes:
        metric: one of `METRICS`.
        first, second: its values; None where it is undefined.
        difference: the second minus the first, with its 95% confidence interval over documents.
    """

    metric: str
    first: float | None
    second: float | None
    difference: Estimate


@dataclass(frozen=True)
class _Evaluated:
    """The evaluation of a run: a row for each mention that is not composite, and a row for each text.

    Attributes:
        mentions: (document, start, end, id) of each.
        documents: the number of its document, int64 (n,).
        accuracy, distance: float64 (n,); a distance is NaN where the gold resolves to no concept.
        confidence: float64 (n,); NaN without a calibration.
        texts: the ids of the texts in which mentions were detected.
        counts: int64 (texts, 4), as for `bootstrap_precision_recall`.
    """

    mentions: Sequence[tuple[object, ...]]
    documents: NDArray[np.int64]
    accuracy: NDArray[np.float64]
    distance: NDArray[np.float64]
    confidence: NDArray[np.float64]
    texts: Sequence[str]
    counts: NDArray[np.int64]


class _Candidate(TypedDict):
    """A candidate of a given mention."""

    concept: str
    score: float


class _Line(TypedDict):
    """A line of `predictions.jsonl`."""

    doc: str
    start: int
    end: int
    mention_id: str
    gold: list[list[str]]
    confidence: FiniteFloat | None
    candidates: list[_Candidate]


class _Found(TypedDict):
    """A line of `found.jsonl`."""

    doc: str
    start: int
    end: int
    spans: list[tuple[int, int]] | None
    concept: str | None


def compare_runs(runs: Sequence[Run], seed: int = 0) -> list[list[Comparison]]:
    """The metrics of each run but the first beside those of the first.

    Raises:
        InputError: a run is given twice, the runs were evaluated on other data or mentions, or the dev data changed or
            cannot be read.
        RunError: a run is not evaluated, or damaged.
    """
    hashes = {run.folder: run.manifest("evaluate").inputs.get(_DEV) for run in runs}
    if len({folder.resolve() for folder in hashes}) < len(runs):
        raise InputError("a run is given twice; name different runs")
    first, *others = hashes
    for other in others:
        if hashes[other] != hashes[first]:
            raise InputError(
                f"{other} was evaluated on other dev data than {first}; set the same data.dev and evaluate"
            )
    evaluated = [run.snapshot(partial(_evaluated, run)) for run in runs]
    for folder, each in zip(others, evaluated[1:], strict=True):
        if each.mentions != evaluated[0].mentions or each.texts != evaluated[0].texts:
            raise InputError(f"{folder} was evaluated on other mentions than {first}; evaluate.branch may differ")
    return [list(_compared(evaluated[0], each, seed)) for each in evaluated[1:]]


def _compared(first: _Evaluated, second: _Evaluated, seed: int) -> Iterator[Comparison]:
    pair = (first, second)
    times = list(document_counts(int(first.documents.max(initial=-1)) + 1, seed))
    rows = [np.repeat(np.arange(len(first.documents)), each[first.documents]) for each in times]
    for metric, statistic in zip(METRICS, (_accuracy, _distance, _error), strict=False):
        values = [statistic(each, np.arange(len(each.documents))) for each in pair]
        resampled = [[statistic(each, chosen) for chosen in rows] for each in pair]
        yield _comparison(metric, values, resampled)
    texts = list(document_counts(len(first.texts), seed))
    values = [_f1(each.counts.sum(axis=0)) for each in pair]
    yield _comparison(METRICS[3], values, [[_f1(chosen @ each.counts) for chosen in texts] for each in pair])


def _comparison(metric: str, values: Sequence[float], resampled: Sequence[Sequence[float]]) -> Comparison:
    first, second = (None if np.isnan(value) else value for value in values)
    differences = np.subtract(resampled[1], resampled[0])
    return Comparison(metric, first, second, paired_estimate(values[1] - values[0], differences))


def _accuracy(evaluated: _Evaluated, rows: NDArray[np.int64]) -> float:
    return float(evaluated.accuracy[rows].mean()) if len(rows) else np.nan


def _distance(evaluated: _Evaluated, rows: NDArray[np.int64]) -> float:
    known = evaluated.distance[rows]
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else np.nan


def _error(evaluated: _Evaluated, rows: NDArray[np.int64]) -> float:
    confidence = evaluated.confidence[rows]
    if not len(rows) or np.isnan(confidence).any():
        return np.nan
    return expected_calibration_error(confidence, evaluated.accuracy[rows] > 0)


def _f1(counts: NDArray[np.int64]) -> float:
    return float(precision_recall_f1(counts[None])[0, 2])


def _evaluated(run: Run) -> _Evaluated:
    read_metrics(run.path("evaluate", "metrics.json"))
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    lines = [each for each in read_records(_Line, run.path("evaluate", "predictions.jsonl")) if len(each["gold"]) <= 1]
    metrics = [mention_metrics(_prediction(line), ontology) for line in lines]
    number_of = {doc_id: number for number, doc_id in enumerate(dict.fromkeys(line["doc"] for line in lines))}
    texts = list(_texts(run, ontology))
    return _Evaluated(
        [(line["doc"], line["start"], line["end"], line["mention_id"]) for line in lines],
        np.array([number_of[line["doc"]] for line in lines], dtype=np.int64),
        np.array([each.accuracy_at_1 for each in metrics]),
        np.array([each.tree_distance for each in metrics]),
        np.array([np.nan if line["confidence"] is None else line["confidence"] for line in lines]),
        [doc_id for doc_id, _ in texts],
        np.array([strict_counts(each) for _, each in texts], dtype=np.int64).reshape(-1, 4),
    )


def _prediction(line: _Line) -> Prediction:
    gold, candidates = Gold(tuple(frozenset(part) for part in line["gold"]), False), line["candidates"]
    concepts, scores = (each["concept"] for each in candidates), (each["score"] for each in candidates)
    return Prediction(line["doc"], gold, tuple(concepts), tuple(scores))


def _texts(run: Run, ontology: Ontology) -> Iterator[tuple[str, EvaluatedDocument]]:
    """The id of each text with its gold mentions and the found ones; documents of one id are one text."""
    resolver, found = GoldResolver(ontology), dict[str, list[LabelledMention]]()
    gold: dict[str, list[LabelledMention]] = {}
    for line in read_records(_Found, run.path("evaluate", "found.jsonl")):
        spans = tuple(line["spans"] or [(line["start"], line["end"])])
        concepts = frozenset([line["concept"]] if line["concept"] else [])
        found.setdefault(line["doc"], []).append(LabelledMention(spans, concepts))
    data = run.config.data
    for document in running_texts(read_documents(data.dev, data.input_format, sheet=data.dev_sheet)):
        of_document = gold.setdefault(document.doc_id, [])
        for mention in document.mentions or ():
            of_document.extend(
                gold_mentions(mention.spans or ((mention.start, mention.end),), resolver.resolve(mention))
            )
    for doc_id, mentions in gold.items():
        yield doc_id, EvaluatedDocument(tuple(mentions), tuple(found.get(doc_id, ())))
