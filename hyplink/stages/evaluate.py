"""The stage `evaluate`: metrics of linking annotated text, for the model and its baselines."""

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hyplink.candidates.examples import (
    Example,
    encode_examples,
    examples_of_document,
    mention_batch,
    read_examples,
    texts_of,
)
from hyplink.candidates.features import Candidates
from hyplink.candidates.lexical import Ranked
from hyplink.candidates.surface_forms import Vectors
from hyplink.confidence.backoff import Posterior
from hyplink.confidence.reliability import posteriors_about, reliability_figures
from hyplink.corpus import Document, read_documents, running_texts, write_answers
from hyplink.encoders import load_encoder
from hyplink.errors import InputError
from hyplink.gold import Gold, GoldResolver
from hyplink.linking.error_analysis import Mistake, mistakes_in_found, mistakes_in_given
from hyplink.linking.evaluation import (
    NameOwners,
    evaluated_documents,
    found_links,
    overrides_by_kind,
    raw_text_figures,
)
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.mentions.abbreviations import ABBREVIATIONS, load_abbreviations
from hyplink.mentions.lexicon import Lexicon, sense_key
from hyplink.metrics.errors import coverage, error_counts_given
from hyplink.metrics.linking import Prediction, accuracy_difference, linking_metrics
from hyplink.ontology import Ontology, load_ontology
from hyplink.ranking.ranker import single_feature_ranker
from hyplink.run import Reporter, Run, SilentReporter, write_json, write_json_lines
from hyplink.run.array_files import read_array
from hyplink.stages.relations import check_relations, relation_figures

CANDIDATES = 10
"""Number of candidates kept per mention: no metric needs more."""

MODEL = "hyplink"

ENCODERS = {
    "fasttext": "fastText",
    "recursive": "the recursive encoder",
    "transformer": "the transformer",
    "static": "the static student",
}
"""Names of the encoders in tables."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the metrics of the dev data, the answers to given mentions, the links found in plain text, and the errors.

    Raises:
        InputError: no dev data is configured, none of it is annotated, or `evaluate.branch` is no concept.
    """
    data = run.config.data
    documents = list(read_documents(data.dev, data.input_format, sheet=data.dev_sheet))
    examples = _examples_of(run, documents)
    if not examples:
        raise InputError("there are no annotated dev mentions to evaluate on; set data.dev")
    if examples == read_examples(run.path("encode", "mentions.jsonl"))["dev"]:
        vectors = read_array(run.path("encode", "dev.npy"), np.float32, (len(examples), None))
    else:  # data.dev has changed since the run was trained
        vectors = _encoded(run, documents, examples)
    evaluation = _evaluated(run, documents, examples, vectors, reporter)
    write_json(folder / "metrics.json", evaluation.metrics)
    write_json_lines(folder / "predictions.jsonl", evaluation.predictions)
    if evaluation.answers:
        write_answers(folder / "answers.key.txt", evaluation.answers)
    write_json_lines(folder / "found.jsonl", (link.as_json() for links in evaluation.found for link in links))
    write_json_lines(folder / "mistakes.jsonl", (mistake.as_json() for mistake in evaluation.mistakes))


def evaluate_documents(run: Run, documents: Sequence[Document], reporter: Reporter) -> "Evaluation":
    """The evaluation on other annotated documents than data.dev; the run is not changed.

    Raises:
        InputError: the documents hold no mentions, or `evaluate.branch` is no concept.
    """
    examples = _examples_of(run, documents)
    if not examples:
        raise InputError("the documents hold no annotated mentions to evaluate on")
    return _evaluated(run, documents, examples, _encoded(run, documents, examples), reporter)


def _examples_of(run: Run, documents: Sequence[Document]) -> list[Example]:
    """The annotated mentions of documents, after a check of their relations."""
    check_relations(documents)
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    resolver, lexicon = GoldResolver(ontology), Lexicon.from_ontology(ontology)
    known = load_abbreviations(run.path("encode", ABBREVIATIONS))
    return [each for document in documents for each in examples_of_document(document, resolver, lexicon, known)]


def _encoded(run: Run, documents: Sequence[Document], examples: Sequence[Example]) -> Vectors:
    encoder = load_encoder(run.path("encode"), follow_references=run.follow_references)
    with SilentReporter().progress("encoding", len(examples)) as progress:
        return encode_examples(encoder, examples, texts_of(documents), progress)


class Evaluation(NamedTuple):
    """The metrics as JSON, a line per given mention, the sense keys of words, the links in plain text, errors."""

    metrics: dict[str, Any]
    predictions: Iterator[dict[str, Any]]
    answers: Sequence[tuple[str, str]]
    found: Sequence[Sequence[Link]]
    mistakes: Iterator[Mistake]


def _evaluated(
    run: Run, documents: Sequence[Document], examples: Sequence[Example], vectors: Vectors, reporter: Reporter
) -> Evaluation:
    linker, settings = Linker.from_run(run), run.config.evaluate
    ontology = linker.ontology
    examples, vectors = examples_below(examples, vectors, ontology, settings.branch)
    answers = {}
    with reporter.progress("evaluating", 3 if linker.generator.senses else 5) as progress:
        candidates = linker.candidates(mention_batch(examples), vectors, texts_of(documents))
        for name, answer in _models(run, linker, examples, vectors, candidates):
            answers[name] = answer
            progress.advance(note=name)
    given = _given_figures(run, examples, answers, ontology)
    posteriors = posteriors_about(candidates, linker.ranker, linker.calibration, ontology)
    confidence = reliability_figures(examples, posteriors, linker.calibration, ontology, seed=settings.seed)
    texts = running_texts(documents)
    with reporter.progress("finding mentions", len(texts)) as progress:
        found = found_links(linker, texts, progress)
    evaluated = evaluated_documents(texts, found, ontology)
    raw = raw_text_figures(texts, found, evaluated, ontology, settings.branch, seed=settings.seed) if texts else None
    metrics = {
        "n_mentions": len(examples),
        "branch": settings.branch,
        **given,
        "confidence": confidence,
        "raw_text": raw,
        "missing_concepts": relation_figures(linker, documents, seed=settings.seed),
    }
    lines = _lines(examples, answers[MODEL], posteriors, ontology)
    mistakes = chain(
        mistakes_in_given(examples, _best(answers[MODEL], ontology), list(map(_confidence, posteriors)), ontology),
        mistakes_in_found(texts, found, evaluated, ontology, settings.branch),
    )
    return Evaluation(metrics, lines, list(_sense_keys(examples, answers[MODEL], ontology)), found, mistakes)


def examples_below(
    examples: Sequence[Example], vectors: Vectors, ontology: Ontology, branch: str | None
) -> tuple[Sequence[Example], Vectors]:
    """The mentions with a right concept below the branch, and their vectors; all mentions without a branch.

    Raises:
        InputError: the branch is no concept, or no mention is in it.
    """
    if branch is None:
        return examples, vectors
    ontology.require("evaluate.branch", branch)
    inside = ontology.descendants(branch) - {branch}
    rows = [row for row, example in enumerate(examples) if any(not inside.isdisjoint(part) for part in example.gold)]
    if not rows:
        raise InputError(f"evaluate.branch: no annotated mention is of a concept below {branch}; name a wider one")
    return [examples[row] for row in rows], vectors[rows]


def _given_figures(
    run: Run, examples: Sequence[Example], answers: Mapping[str, Ranked], ontology: Ontology
) -> dict[str, Any]:
    """The metrics of every model on given mentions, and how often plain names were overridden."""
    train = read_examples(run.path("encode", "mentions.jsonl"))["train"]
    seen = {concept for example in train for part in example.gold for concept in part}
    predictions = {name: predictions_of(examples, answer, ontology, seen) for name, answer in answers.items()}
    errors = {name: error_counts_given(each, ontology) for name, each in predictions.items()}
    owners = NameOwners(ontology).owners([example.read_as for example in examples])
    named = [
        (each, prediction.candidates[0] if prediction.candidates else None, prediction.gold.concepts)
        for each, prediction in zip(owners, predictions[MODEL], strict=True)
        if not prediction.gold.composite
    ]
    seed = run.config.evaluate.seed
    return {
        "models": {name: linking_metrics(each, ontology, seed=seed).as_dict() for name, each in predictions.items()},
        "differences": {
            name: asdict(accuracy_difference(predictions[MODEL], each, seed=seed))
            for name, each in predictions.items()
            if name != MODEL
        },
        "errors": {name: {**counts, "coverage": coverage(counts)} for name, counts in errors.items()},
        "overrides": {kind: asdict(each) for kind, each in overrides_by_kind(named).items()},
    }


def _models(
    run: Run, linker: Linker, examples: Sequence[Example], vectors: Vectors, candidates: Candidates
) -> Iterator[tuple[str, Ranked]]:
    """The answers of hyplink, of the hyperbolic score alone among all concepts, and of the baselines.

    Baselines know the names and the training mentions; for words of a lexicon the baseline is the most frequent sense.
    """
    generator = linker.generator
    texts = [example.read_as for example in examples]
    yield MODEL, linker.ranker.rank(candidates, len(examples), CANDIDATES)
    ranking = generator.regressor.rank(vectors, CANDIDATES)
    yield "ball alone", Ranked(ranking.concepts, ranking.scores)
    if generator.senses:
        yield "first sense", single_feature_ranker("sense_prior").rank(candidates, len(examples), CANDIDATES)
        return
    yield "exact name", generator.names.exact.rank(texts, CANDIDATES)
    yield "character n-gram TF-IDF", generator.names.tfidf.rank(texts, CANDIDATES)
    yield (
        f"nearest name by {ENCODERS[run.config.encode.encoder]}",
        generator.names.nearest.rank(vectors[:, : generator.names.mention_dim], CANDIDATES),
    )


def predictions_of(
    examples: Sequence[Example], answers: Ranked, ontology: Ontology, seen: Container[str]
) -> list[Prediction]:
    """The answer and the gold of each mention.

    Args:
        examples: the mentions.
        answers: the candidates of each.
        ontology: the concepts.
        seen: ids of the concepts with a training mention.
    """
    predictions = []
    for example, concepts, scores in zip(examples, answers.concepts.tolist(), answers.scores.tolist(), strict=True):
        candidates = [
            (ontology.concept_ids[each], score) for each, score in zip(concepts, scores, strict=True) if each >= 0
        ]
        gold = Gold(tuple(frozenset(part) for part in example.gold), len(example.gold) > 1)
        predictions.append(
            Prediction(
                example.doc,
                gold,
                tuple(concept for concept, _ in candidates),
                tuple(score for _, score in candidates),
                seen_concept=any(concept in seen for concept in gold.concepts),
                exact_name=example.text.lower() in _names_of(gold, ontology),
            )
        )
    return predictions


def _names_of(gold: Gold, ontology: Ontology) -> set[str]:
    return {name.lower() for concept in gold.concepts for name in ontology.concepts[concept].names()}


def _best(answers: Ranked, ontology: Ontology) -> list[str | None]:
    """The concept that each mention was linked to; None for NIL."""
    return [ontology.concept_ids[row] if row >= 0 else None for row in answers.concepts[:, 0].tolist()]


def _confidence(doubt: Posterior) -> float | None:
    """The confidence of the best candidate; None without a calibration."""
    return None if math.isnan(doubt.probability) else doubt.probability


def _lines(
    examples: Sequence[Example], answers: Ranked, doubts: Sequence[Posterior], ontology: Ontology
) -> Iterator[dict[str, Any]]:
    for example, concepts, scores, doubt in zip(
        examples, answers.concepts.tolist(), answers.scores.tolist(), doubts, strict=True
    ):
        yield {
            **example.as_json(),
            "confidence": _confidence(doubt),
            "candidates": [
                {"concept": ontology.concept_ids[concept], "score": score}
                for concept, score in zip(concepts, scores, strict=True)
                if concept >= 0
            ],
        }


def _sense_keys(examples: Sequence[Example], answers: Ranked, ontology: Ontology) -> Iterator[tuple[str, str]]:
    """The id of each mention of a word, and the key of its answer's sense."""
    for example, best in zip(examples, answers.concepts[:, 0].tolist(), strict=True):
        if example.use and example.mention_id and best >= 0:
            key = sense_key(ontology.concepts[ontology.concept_ids[best]], example.use.word)
            if key:
                yield example.mention_id, key
