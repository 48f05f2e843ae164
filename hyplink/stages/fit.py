"""The stage `fit`: a regressor learns to send names and mentions to the points of their concepts.

A ranker then learns to weigh what names say of a mention beside what the regressor says.
"""

import math
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.encoders.encoder import read_settings
from hyplink.errors import InputError
from hyplink.linking.examples import read_examples
from hyplink.linking.rank import Ranker
from hyplink.linking.rehearsal import FOLDS, rehearsed_ranker
from hyplink.ontology import Ontology, load_ontology
from hyplink.regressor import Regressor, TrainingExamples, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import drawn_inward, starting_points
from hyplink.run import Reporter, Run, counted, write_json_lines


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the regressor, the ranker and the history of its training to `folder`."""
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    examples = _training_examples(run, ontology, reporter)
    settings = run.config.fit
    reporter.line(
        f"fit: {counted(examples.n_names, 'name')} and {counted(len(examples) - examples.n_names, 'mention')} of "
        f"{counted(len(ontology), 'concept')}, {counted(settings.epochs, 'epoch')} of "
        f"{counted(math.ceil(len(examples) / settings.batch_size), 'step')}"
    )
    embedding = np.load(run.path("train-ontology", "points.npy"), allow_pickle=False)
    points = starting_points(settings.start, embedding, ontology, settings.seed)
    if settings.concepts == "tuned":
        points = drawn_inward(points, settings.start_share)
    # A step is many small products: more threads than idle cores make it many times slower.
    torch.set_num_threads(settings.threads)
    history = []
    with reporter.progress("fitting", settings.epochs) as progress:
        for record in train_regressor(settings, examples, points, HierarchyTargets.of(ontology)):
            history.append({"epoch": record.epoch, "loss": record.loss, "seconds": round(record.seconds, 2)})
            progress.advance(note=f"loss {record.loss:.3f}")
    record.regressor.save(folder)
    write_json_lines(folder / "history.jsonl", history)
    _ranker(run, ontology, record.regressor, reporter).save(folder / "ranker")


def _ranker(run: Run, ontology: Ontology, regressor: Regressor, reporter: Reporter) -> Ranker:
    known = read_examples(run.path("encode", "mentions.jsonl"))
    vectors = np.concatenate(
        [np.load(run.path("encode", f"{split}.npy"), allow_pickle=False) for split in ("names", "train")]
    )
    mention_dim = read_settings(run.path("encode", "encoder.json"))["blocks"][0]
    examples = [*known["names"], *known["train"]]
    with reporter.progress("weighing evidence", FOLDS) as progress:
        return rehearsed_ranker(ontology, examples, vectors, mention_dim, regressor, run.config.fit.seed, progress)


def _training_examples(run: Run, ontology: Ontology, reporter: Reporter) -> TrainingExamples:
    examples = read_examples(run.path("encode", "mentions.jsonl"))
    # A composite mention speaks of several concepts at once: no single point is its place.
    gold = [
        [ontology.index_of[concept_id] for concept_id in example.gold[0]] if len(example.gold) == 1 else []
        for example in examples["train"]
    ]
    return TrainingExamples.of(
        np.load(run.path("encode", "names.npy"), allow_pickle=False),
        [ontology.index_of[example.gold[0][0]] for example in examples["names"]],
        np.load(run.path("encode", "train.npy"), allow_pickle=False),
        [example.read_as for example in examples["train"]],
        gold,
        tuple(read_settings(run.path("encode", "encoder.json"))["blocks"]),
        _unlabelled(run, reporter),
    )


def _unlabelled(run: Run, reporter: Reporter) -> NDArray[np.float32] | None:
    """The vectors of the unlabelled mentions, or None where the clustering loss has no weight.

    Raises:
        InputError: it has a weight and there are none.
    """
    vectors: NDArray[np.float32] = np.load(run.path("encode", "unlabelled.npy"), allow_pickle=False)
    weight, mentions = run.config.fit.clustering_weight, counted(len(vectors), "unlabelled mention")
    if weight and not len(vectors):
        raise InputError(f"fit.clustering_weight is {weight:g} and there is no unlabelled text; set data.unlabelled")
    if len(vectors):
        reporter.line(f"fit: {mentions} {'beside them' if weight else 'not used, fit.clustering_weight is 0'}")
    return vectors if weight else None
