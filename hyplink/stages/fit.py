"""The stage `fit`: a regressor learns to send names and mentions to the points of their concepts.

A ranker then learns to weigh what names say of a mention beside what the regressor says, and how far it is to be
trusted, in rehearsals: on documents or names that a regressor trained for each has not seen.
"""

import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.config import FitSettings
from hyplink.encoders.encoder import read_settings
from hyplink.errors import InputError
from hyplink.linking.calibrate import Calibration, Uncalibrated, save_calibration, trained_calibration
from hyplink.linking.examples import Example, read_examples
from hyplink.linking.known import Vectors
from hyplink.linking.meanings import concepts_to_learn
from hyplink.linking.rank import Ranker, prior_ranker, train_ranker
from hyplink.linking.rehearsal import Rehearsal, joined, rehearsals_of, rehearsed
from hyplink.ontology import Ontology, load_ontology
from hyplink.ontology.changes import former_ids
from hyplink.regressor import FitRecord, Regressor, TrainingExamples, load_regressor, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import drawn_inward, starting_points
from hyplink.run import Reporter, Run, counted, write_json_lines

REHEARSAL_EPOCHS = 0.5
"""The share of its epochs that the regressor of a rehearsal is given: it costs half as much, and learns enough."""

UPDATE_EPOCHS = 0.1
"""The share of its epochs in which a regressor learns what a new release brings."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the regressor, the ranker, its calibration and the history of training to `folder`."""
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    known = read_examples(run.path("encode", "mentions.jsonl"))
    examples = [*known["names"], *known["train"]]
    vectors = _vectors(run)
    trainer = _Trainer(run, ontology, reporter)
    regressor, history = trainer.trained("fitting", trainer.learned(examples, vectors))
    regressor.save(folder)
    write_json_lines(folder / "history.jsonl", history)
    ranker, calibration = _rehearse(trainer, examples, vectors)
    ranker.save(folder / "ranker")
    save_calibration(calibration, folder / "calibration.json")
    reporter.line(_sentence(calibration))


def update(run: Run, former: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the same, from a regressor that goes on from the former one; its ranker and calibration are kept.

    Where concepts have no tuned points in the ball, all is fitted anew.
    """
    settings = run.config.fit
    if (settings.space, settings.concepts) != ("poincare", "tuned"):
        build(run, folder, reporter)
        return
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    known = read_examples(run.path("encode", "mentions.jsonl"))
    examples = [*known["names"], *known["train"]]
    vectors = _vectors(run)
    regressor = load_regressor(former.path("fit"))
    old = load_ontology(former.path("train-ontology", "ontology.json.gz"))
    points = points_in_new_release(old, ontology, regressor, examples, vectors)
    trainer = _Trainer(run, ontology, reporter)
    regressor, history = trainer.trained(
        "fitting on", trainer.learned(examples, vectors), UPDATE_EPOCHS, (regressor, points)
    )
    regressor.save(folder)
    write_json_lines(folder / "history.jsonl", history)
    shutil.copytree(former.path("fit", "ranker"), folder / "ranker")
    shutil.copyfile(former.path("fit", "calibration.json"), folder / "calibration.json")


def points_in_new_release(
    old: Ontology, new: Ontology, regressor: Regressor, examples: Sequence[Example], vectors: Vectors
) -> NDArray[np.float64]:
    """Where concepts stand before they learn, float64 (n_concepts, dim): as before, or amid their names and mentions.

    Args:
        old: the release that the regressor was fitted to.
        new: the new release.
        regressor: with points in the ball.
        examples: names and mentions of the new release.
        vectors: of them, float32 (n_examples, dim).
    """
    before = cast(NDArray[np.float64], regressor.space.concept_points())
    was = former_ids(old, new)
    sums, counts = np.zeros((len(new), before.shape[1])), np.zeros((len(new), 1))
    rows = [row for row, each in enumerate(examples) if len(each.gold) == 1 and not was.keys() >= set(each.gold[0])]
    for row, point in zip(rows, regressor.points(vectors[rows]), strict=True):
        concepts = [new.index_of[concept_id] for concept_id in examples[row].gold[0]]
        sums[concepts] += point
        counts[concepts] += 1
    points = sums / np.maximum(counts, 1)
    for concept_id, former in was.items():
        points[new.index_of[concept_id]] = before[old.index_of[former]]
    return points


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

    def trained(
        self,
        what: str,
        learned: TrainingExamples,
        share: float = 1.0,
        former: tuple[Regressor, NDArray[np.float64]] | None = None,
    ) -> tuple[Regressor, list[dict[str, float]]]:
        """A regressor trained on examples, and the history of its training.

        It learns for a share of the epochs, and begins anew or goes on from a former regressor and its concepts'
        points.
        """
        epochs = max(1, round(share * self.settings.n_epochs(len(learned))))
        settings = self.settings.model_copy(update={"epochs": epochs})
        regressor, points = former or (None, self._points)
        mentions = counted(len(learned) - learned.n_names - len(self.glosses), "mention")
        glosses = f", {counted(len(self.glosses), 'definition')}" if len(self.glosses) else ""
        self._reporter.line(
            f"{what}: {counted(learned.n_names, 'name')} and {mentions} of {counted(len(self.ontology), 'concept')}"
            f"{glosses}, {counted(epochs, 'epoch')} of "
            f"{counted(math.ceil(len(learned) / settings.batch_size), 'step')}"
        )
        history = []
        record: FitRecord
        records = train_regressor(settings, learned, points, self._near, former=regressor)
        del learned  # the loop makes a whitened copy of them, and they may be gigabytes
        with self._reporter.progress(what, epochs) as progress:
            for record in records:
                history.append({"epoch": record.epoch, "loss": record.loss, "seconds": round(record.seconds, 2)})
                progress.advance(note=f"loss {record.loss:.3f}")
        return record.regressor, history


def _rehearse(
    trainer: _Trainer, examples: Sequence[Example], vectors: Vectors
) -> tuple[Ranker, Calibration | Uncalibrated]:
    rehearsals = rehearsals_of(trainer.ontology, examples, trainer.settings.seed)
    if not rehearsals:
        return prior_ranker(), Uncalibrated("the ontology has too few names to hold any out, and there are no mentions")
    told = []
    for number, rehearsal in enumerate(rehearsals, start=1):
        what = f"rehearsing, {number} of {len(rehearsals)}" if len(rehearsals) > 1 else "rehearsing"
        regressor = _blind_regressor(trainer, what, examples, vectors, rehearsal)
        told.append(
            rehearsed(trainer.ontology, examples, vectors, trainer.glosses, trainer.blocks, regressor, rehearsal)
        )
    whole = joined(told)
    ranker = train_ranker(whole.candidates, whole.teaches, of_names=not any(whole.documents))
    return ranker, trained_calibration(whole)


def _blind_regressor(
    trainer: _Trainer, what: str, examples: Sequence[Example], vectors: Vectors, rehearsal: Rehearsal
) -> Regressor:
    """A regressor that has not seen what is held out."""
    kept = np.flatnonzero(rehearsal.kept)
    known = [examples[row] for row in kept.tolist()]
    return trainer.trained(what, trainer.learned(known, vectors[kept]), REHEARSAL_EPOCHS)[0]


def _sentence(calibration: Calibration | Uncalibrated) -> str:
    if isinstance(calibration, Uncalibrated):
        return f"fit: no confidences, {calibration.reason}"
    held = counted(calibration.n_mentions, "name" if calibration.basis == "names" else "mention")
    within = f" of {counted(calibration.n_documents, 'document')}" if calibration.n_documents else ""
    return f"fit: confidences calibrated on {held}{within}, held out"


def _vectors(run: Run) -> Vectors:
    """The vectors of names and training mentions."""
    splits = (run.path("encode", f"{split}.npy") for split in ("names", "train"))
    return np.concatenate([np.load(path, allow_pickle=False) for path in splits])


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
    gold = [concepts_to_learn(example, ontology) for example in examples]
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
