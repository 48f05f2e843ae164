"""The stage `fit`: a regressor learns to send names and mentions to the points of their concepts.

A ranker then learns to weigh what names say of a mention beside what the regressor says, and how far it is to be
trusted, in a rehearsal: on documents or names that a second regressor, trained for it, has not seen.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from hyplink.config import FitSettings
from hyplink.encoders.encoder import read_settings
from hyplink.errors import InputError
from hyplink.linking.calibrate import Calibration, Uncalibrated, save_calibration, trained_calibration
from hyplink.linking.examples import Example, read_examples
from hyplink.linking.known import Vectors
from hyplink.linking.rank import Ranker, prior_ranker, train_ranker
from hyplink.linking.rehearsal import rehearsal_of, rehearsed
from hyplink.ontology import Ontology, load_ontology
from hyplink.regressor import FitRecord, Regressor, TrainingExamples, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import drawn_inward, starting_points
from hyplink.run import Reporter, Run, counted, write_json_lines

REHEARSAL_EPOCHS = 0.5
"""The share of its epochs that the regressor of the rehearsal is given: it costs half as much, and learns enough."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the regressor, the ranker, its calibration and the history of training to `folder`."""
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    known = read_examples(run.path("encode", "mentions.jsonl"))
    examples = [*known["names"], *known["train"]]
    vectors = np.concatenate(
        [np.load(run.path("encode", f"{split}.npy"), allow_pickle=False) for split in ("names", "train")]
    )
    trainer = _Trainer(run, ontology, reporter)
    regressor, history = trainer.trained("fitting", trainer.learned(examples, vectors), run.config.fit.epochs)
    regressor.save(folder)
    write_json_lines(folder / "history.jsonl", history)
    ranker, calibration = _rehearse(trainer, examples, vectors)
    ranker.save(folder / "ranker")
    save_calibration(calibration, folder / "calibration.json")
    reporter.line(_sentence(calibration))


class _Trainer:
    """Trains regressors on examples, all from the same start."""

    def __init__(self, run: Run, ontology: Ontology, reporter: Reporter) -> None:
        self.settings: FitSettings = run.config.fit
        self.ontology = ontology
        self.blocks = tuple(read_settings(run.path("encode", "encoder.json"))["blocks"])
        self._reporter = reporter
        embedding = np.load(run.path("train-ontology", "points.npy"), allow_pickle=False)
        self._points = starting_points(self.settings.start, embedding, ontology, self.settings.seed)
        if self.settings.concepts == "tuned":
            self._points = drawn_inward(self._points, self.settings.start_share)
        self._near = HierarchyTargets.of(ontology)
        self.glosses: Vectors = np.load(run.path("encode", "glosses.npy"), allow_pickle=False)
        self._unlabelled = _unlabelled(run, reporter)
        # A step is many small products: more threads than idle cores make it many times slower.
        torch.set_num_threads(self.settings.threads)

    def learned(self, examples: Sequence[Example], vectors: Vectors) -> TrainingExamples:
        """What there is to learn from examples with their vectors."""
        return training_examples(
            examples, vectors, self.ontology, self.blocks, glosses=self.glosses, unlabelled=self._unlabelled
        )

    def trained(self, what: str, learned: TrainingExamples, epochs: int) -> tuple[Regressor, list[dict[str, float]]]:
        """A regressor trained on examples, and the history of its training."""
        settings = self.settings.model_copy(update={"epochs": epochs})
        mentions = counted(len(learned) - learned.n_names - len(self.glosses), "mention")
        glosses = f", {counted(len(self.glosses), 'definition')}" if len(self.glosses) else ""
        self._reporter.line(
            f"{what}: {counted(learned.n_names, 'name')} and {mentions} of {counted(len(self.ontology), 'concept')}"
            f"{glosses}, {counted(epochs, 'epoch')} of "
            f"{counted(math.ceil(len(learned) / settings.batch_size), 'step')}"
        )
        history = []
        record: FitRecord
        records = train_regressor(settings, learned, self._points, self._near)
        del learned  # the loop makes a whitened copy of them, and they may be gigabytes
        with self._reporter.progress(what, epochs) as progress:
            for record in records:
                history.append({"epoch": record.epoch, "loss": record.loss, "seconds": round(record.seconds, 2)})
                progress.advance(note=f"loss {record.loss:.3f}")
        return record.regressor, history


def _rehearse(
    trainer: _Trainer, examples: Sequence[Example], vectors: Vectors
) -> tuple[Ranker, Calibration | Uncalibrated]:
    rehearsal = rehearsal_of(examples, trainer.settings.seed)
    if not rehearsal.held.any():
        return prior_ranker(), Uncalibrated("the ontology has too few names to hold any out, and there are no mentions")
    kept = np.flatnonzero(rehearsal.kept)
    regressor, _ = trainer.trained(
        "rehearsing",
        trainer.learned([examples[row] for row in kept.tolist()], vectors[kept]),
        max(1, round(REHEARSAL_EPOCHS * trainer.settings.epochs)),
    )
    told = rehearsed(trainer.ontology, examples, vectors, trainer.glosses, trainer.blocks, regressor, rehearsal)
    ranker = train_ranker(told.candidates, told.is_gold, learn_ball=any(told.documents))
    return ranker, trained_calibration(told)


def _sentence(calibration: Calibration | Uncalibrated) -> str:
    if isinstance(calibration, Uncalibrated):
        return f"fit: no confidences, {calibration.reason}"
    held = counted(calibration.n_mentions, "name" if calibration.basis == "names" else "mention")
    within = f" of {counted(calibration.n_documents, 'document')}" if calibration.n_documents else ""
    return f"fit: confidences calibrated on {held}{within}, held out"


def training_examples(
    examples: Sequence[Example],
    vectors: Vectors,
    ontology: Ontology,
    blocks: tuple[int, ...],
    *,
    glosses: Vectors,
    unlabelled: Vectors | None = None,
) -> TrainingExamples:
    """What a regressor learns from examples, of which the names come first, and from the glosses of a lexicon.

    A gloss is the context of its concept's label, so that a sense which no text has shown has a context too.
    """
    n_names = sum(not example.doc for example in examples)
    # A composite mention speaks of several concepts at once: no single point is its place.
    gold = [
        [ontology.index_of[concept_id] for concept_id in example.gold[0]] if len(example.gold) == 1 else []
        for example in examples
    ]
    labels = [ontology.concepts[concept_id].label for concept_id in ontology.concept_ids[: len(glosses)]]
    return TrainingExamples.of(
        vectors[:n_names],
        [concepts[0] for concepts in gold[:n_names]],
        np.concatenate([vectors[n_names:], glosses]),
        [*(example.read_as for example in examples[n_names:]), *labels],
        [*gold[n_names:], *([concept] for concept in range(len(glosses)))],
        blocks,
        unlabelled,
    )


def _unlabelled(run: Run, reporter: Reporter) -> Vectors | None:
    """The vectors of the unlabelled mentions, or None where the clustering loss has no weight.

    Raises:
        InputError: it has a weight and there are none.
    """
    vectors: Vectors = np.load(run.path("encode", "unlabelled.npy"), allow_pickle=False)
    weight, mentions = run.config.fit.clustering_weight, counted(len(vectors), "unlabelled mention")
    if weight and not len(vectors):
        raise InputError(f"fit.clustering_weight is {weight:g} and there is no unlabelled text; set data.unlabelled")
    if len(vectors):
        reporter.line(f"fit: {mentions} {'beside them' if weight else 'not used, fit.clustering_weight is 0'}")
    return vectors if weight else None
