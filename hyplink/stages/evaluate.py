"""The stage `evaluate`: how well the mentions of annotated text are linked, with baselines beside the model."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyplink.corpus import Document
from hyplink.encoders import load_encoder
from hyplink.errors import InputError
from hyplink.gold import Gold, GoldResolver
from hyplink.linking.evidence import load_evidence
from hyplink.linking.examples import Example, encode_examples, examples_of_document, read_examples, texts_of
from hyplink.linking.lexical import Ranked
from hyplink.linking.rank import load_ranker
from hyplink.metrics.linking import Prediction, linking_figures
from hyplink.ontology import Ontology, load_ontology
from hyplink.regressor import load_regressor
from hyplink.run import Reporter, Run, SilentReporter, write_json, write_json_lines

CANDIDATES = 10
"""How many candidates are kept of each mention: the figures look no deeper."""

MODEL = "hyplink"


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the figures of the configured dev data, and what was answered for each mention, to `folder`.

    Raises:
        InputError: no dev data is configured, or none of it is annotated.
    """
    examples = read_examples(run.path("encode", "mentions.jsonl"))["dev"]
    if not examples:
        raise InputError("there are no annotated dev mentions to evaluate on; set data.dev")
    vectors = np.load(run.path("encode", "dev.npy"), allow_pickle=False)
    metrics, predictions = _evaluated(run, examples, vectors, reporter)
    write_json(folder / "metrics.json", metrics)
    write_json_lines(folder / "predictions.jsonl", predictions)


def evaluate_documents(run: Run, documents: Sequence[Document], reporter: Reporter) -> dict[str, Any]:
    """The figures of other annotated documents than those of the configuration; nothing in the run changes.

    Raises:
        InputError: the documents hold no mentions.
    """
    resolver = GoldResolver(load_ontology(run.path("train-ontology", "ontology.json.gz")))
    examples = [example for document in documents for example in examples_of_document(document, resolver)]
    if not examples:
        raise InputError("the documents hold no annotated mentions to evaluate on")
    with SilentReporter().progress("encoding", len(examples)) as progress:
        vectors = encode_examples(load_encoder(run.path("encode")), examples, texts_of(documents), progress)
    metrics, _ = _evaluated(run, examples, vectors, reporter)
    return metrics


def _evaluated(
    run: Run, examples: Sequence[Example], vectors: NDArray[np.float32], reporter: Reporter
) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    """The figures of every model, ready for JSON, and a line for each mention with the answer of hyplink itself."""
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    train = read_examples(run.path("encode", "mentions.jsonl"))["train"]
    answers = {}
    with reporter.progress("evaluating", 5) as progress:
        for name, answer in _models(run, ontology, examples, vectors):
            answers[name] = answer
            progress.advance(note=name)
    seen = {concept for example in train for part in example.gold for concept in part}
    models = {
        name: linking_figures(
            _predictions(examples, answer, ontology, seen), ontology, seed=run.config.evaluate.seed
        ).as_dict()
        for name, answer in answers.items()
    }
    return {"n_mentions": len(examples), "models": models}, _lines(examples, answers[MODEL], ontology)


def _models(
    run: Run, ontology: Ontology, examples: Sequence[Example], vectors: NDArray[np.float32]
) -> Iterator[tuple[str, Ranked]]:
    """The answers of hyplink, of its ball alone and of the baselines, each of which knows names and train mentions."""
    regressor = load_regressor(run.path("fit"))
    evidence = load_evidence(run, ontology, regressor)
    texts = [example.read_as for example in examples]
    candidates = evidence.candidates(texts, vectors, [example.doc for example in examples])
    yield MODEL, load_ranker(run.path("fit", "ranker")).rank(candidates, len(examples), CANDIDATES)
    ranking = regressor.rank(vectors, CANDIDATES)
    yield "ball alone", Ranked(ranking.concepts, ranking.scores)
    yield "exact name", evidence.exact.rank(texts, CANDIDATES)
    yield "character n-gram TF-IDF", evidence.tfidf.rank(texts, CANDIDATES)
    yield "nearest name by fastText", evidence.nearest.rank(vectors[:, : evidence.mention_dim], CANDIDATES)


def _predictions(examples: Sequence[Example], answers: Ranked, ontology: Ontology, seen: set[str]) -> list[Prediction]:
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
                seen_concept=not gold.concepts.isdisjoint(seen),
                exact_name=example.text.lower() in _names_of(gold, ontology),
            )
        )
    return predictions


def _names_of(gold: Gold, ontology: Ontology) -> set[str]:
    return {name.lower() for concept in gold.concepts for name in ontology.concepts[concept].names()}


def _lines(examples: Sequence[Example], answers: Ranked, ontology: Ontology) -> Iterator[dict[str, Any]]:
    for example, concepts, scores in zip(examples, answers.concepts.tolist(), answers.scores.tolist(), strict=True):
        yield {
            **example.as_json(),
            "candidates": [
                {"concept": ontology.concept_ids[concept], "score": score}
                for concept, score in zip(concepts, scores, strict=True)
                if concept >= 0
            ],
        }
