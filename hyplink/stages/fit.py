"""The stage `fit`: a regressor learns to send names and mentions to the points of their concepts.

A ranker then learns to weigh what names say of a mention beside what the regressor says.
"""

import math
from pathlib import Path

import numpy as np
import torch

from hyplink.encoders.encoder import read_settings
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
    examples = training_examples(run, ontology)
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


def training_examples(run: Run, ontology: Ontology) -> TrainingExamples:
    """The encoded names and train mentions of a run, as the regressor learns from them."""
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
    )
