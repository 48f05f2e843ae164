"""The stage `fit`: trains the regressor, the ranker, the calibration, and the placement of concepts that are missing.

The regressor maps names and mentions to the points of their concepts. The ranker and the calibration are trained by
cross-fitting: on documents or names held out from the regressors that score them.
"""

import math
import shutil
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.candidates.encoded import Encoded
from hyplink.candidates.examples import read_examples, require_text
from hyplink.candidates.gold_groups import target_concepts
from hyplink.candidates.surface_forms import Vectors
from hyplink.confidence.calibration import Calibration, Uncalibrated, save_calibration, train_calibration
from hyplink.config import FitSettings
from hyplink.encoders.encoder import load_encoder, read_settings
from hyplink.errors import InputError
from hyplink.linking.index_bundle import INDEX_FOLDER, MODE, IndexBundle
from hyplink.ontology import Ontology, load_ontology
from hyplink.ontology.changes import previous_ids
from hyplink.placement.model import NOT_LEARNED, PlacementModel, save_placement
from hyplink.placement.training import PlacementTraining
from hyplink.poincare.points import read_points
from hyplink.ranking.cross_fitting import (
    HeldOutSplit,
    OutOfFoldExamples,
    Rows,
    concatenated,
    held_batch,
    held_out_splits,
    out_of_fold_examples,
    read_splits,
    with_document_features,
)
from hyplink.ranking.ranker import FIRST_WEIGHTS, WEIGHTS, Ranker, prior_ranker, train_ranker
from hyplink.regressor import FitRecord, Regressor, TrainingExamples, load_regressor, train_regressor
from hyplink.regressor.dev_accuracy import DevMentions
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import initial_points, scale_radii
from hyplink.run import Reporter, Run, counted, write_json_lines
from hyplink.run.array_files import read_array
from hyplink.run.mode import Mode
from hyplink.run.tables import read_tables
from hyplink.tuning.model_folder import CROSS_FIT, SPLITS

CROSS_FIT_EPOCHS = 0.5
"""The epochs of the regressors for cross-fitting, as a share of the regressor's own: half the cost suffices."""

UPDATE_EPOCHS = 0.1
"""The epochs in which a regressor is updated to a new release, as a share of its own."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the regressor, the ranker, its calibration and the history of training to `folder`."""
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    trainer = RegressorTrainer(run, ontology, reporter)
    regressor, history = trainer.trained("fitting", dev=_dev_mentions(run, ontology))
    regressor.save(folder)
    write_json_lines(folder / "history.jsonl", history)
    first_ranker, ranker, calibration = _cross_fit(trainer)
    first_ranker.save(folder / "ranker" / FIRST_WEIGHTS)
    ranker.save(folder / "ranker" / WEIGHTS)
    save_calibration(calibration, folder / "calibration.json")
    reporter.line(_sentence(calibration))
    placement = _placement(run, trainer, ranker, calibration)
    save_placement(placement, folder / "placement")
    if placement.reason:
        reporter.line(f"fit: no relations and no placement of new concepts, {placement.reason}")


def update(run: Run, former: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the same, continuing from the former regressor; the former ranker and calibration are kept.

    If concepts have no tuned points in the ball, everything is trained from scratch.
    """
    settings = run.config.research
    if (settings.space, settings.concepts) != ("poincare", "tuned"):
        build(run, folder, reporter)
        return
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    trainer = RegressorTrainer(run, ontology, reporter)
    regressor = load_regressor(former.path("fit"))
    old = load_ontology(former.path("train-ontology", "ontology"))
    points = points_in_new_release(old, ontology, regressor, trainer.encoded)
    dev = _dev_mentions(run, ontology)
    regressor, history = trainer.trained("fitting on", UPDATE_EPOCHS, former=(regressor, points), dev=dev)
    regressor.save(folder)
    write_json_lines(folder / "history.jsonl", history)
    shutil.copytree(former.path("fit", "ranker"), folder / "ranker")
    shutil.copyfile(former.path("fit", "calibration.json"), folder / "calibration.json")
    if former.has("fit", "placement"):
        shutil.copytree(former.path("fit", "placement"), folder / "placement")
    else:
        save_placement(PlacementModel(None, None, NOT_LEARNED), folder / "placement")


def points_in_new_release(old: Ontology, new: Ontology, regressor: Regressor, encoded: Encoded) -> NDArray[np.float64]:
    """The initial points of concepts, float64 (n_concepts, dim): as before, or the mean of their names' and mentions'.

    Args:
        old: the release that the regressor was fitted to.
        new: the new release.
        regressor: with points in the ball.
        encoded: names and mentions of the new release.
    """
    before = cast(NDArray[np.float64], regressor.space.concept_points())
    was = previous_ids(old, new)
    sums, counts = np.zeros((len(new), before.shape[1])), np.zeros((len(new), 1))
    gold = [each.gold for each in encoded.examples]
    rows = [row for row, each in enumerate(gold) if len(each) == 1 and not was.keys() >= set(each[0])]
    for row, point in zip(rows, regressor.points(encoded.vectors(np.array(rows, dtype=np.int64))), strict=True):
        concepts = [new.index_of[concept_id] for concept_id in gold[row][0]]
        sums[concepts] += point
        counts[concepts] += 1
    points = sums / np.maximum(counts, 1)
    for concept_id, former in was.items():
        points[new.index_of[concept_id]] = before[old.index_of[former]]
    return points


class RegressorTrainer:
    """Trains regressors on a run's names and mentions, all from the same initial points."""

    def __init__(self, run: Run, ontology: Ontology, reporter: Reporter) -> None:
        self.settings: FitSettings = run.config.fit_settings
        self.ontology = ontology
        self.encoded = read_encoded(run)
        self.mode = Mode.read(run.path("encode", MODE))
        self._run, self._reporter = run, reporter
        embedding = read_points(run, ontology, "tune-encoder" if self.settings.start == "tuned" else "train-ontology")
        self._points = initial_points(self.settings.start, embedding, ontology, self.settings.seed)
        if self.settings.concepts == "tuned" and self.settings.start != "tuned":
            self._points = scale_radii(self._points, self.settings.start_share)
        self._near = HierarchyTargets.from_ontology(ontology)
        self._unlabelled = _unlabelled(run, reporter)
        # A step consists of many small products: more threads than idle cores make it many times slower.
        torch.set_num_threads(self.settings.threads)

    @cached_property
    def indices(self) -> IndexBundle:
        """The indices of names and mentions. Their topics of concepts are None for a lexicon."""
        return read_tables(IndexBundle, self._run.path("encode", INDEX_FOLDER))

    def trained(
        self,
        what: str,
        share: float = 1.0,
        *,
        kept: Rows | None = None,
        former: tuple[Regressor, NDArray[np.float64]] | None = None,
        encoded: Encoded | None = None,
        dev: DevMentions | None = None,
    ) -> tuple[Regressor, list[dict[str, float]]]:
        """A trained regressor, and the history of its training.

        It is trained on all examples or the kept ones, for a share of the epochs, from scratch or from a former
        regressor and its points. Other vectors of the examples may be given. On dev mentions it is measured after each
        epoch.
        """
        learned = training_examples(encoded or self.encoded, self.ontology, kept, self._unlabelled)
        epochs = max(1, round(share * self.settings.n_epochs(len(learned))))
        settings = self.settings.model_copy(update={"epochs": epochs})
        regressor, points = former or (None, self._points)
        steps = counted(math.ceil(len(learned) / settings.batch_size), "step")
        self._reporter.line(f"{what}: {self._counted(learned)}, {counted(epochs, 'epoch')} of {steps}")
        history = []
        record: FitRecord
        records = train_regressor(settings, learned, points, self._near, warm_start=regressor)
        with self._reporter.progress(what, epochs) as progress:
            for record in records:
                measured = {} if dev is None else {"dev_accuracy_at_1": dev.accuracy_at_1(record.regressor)}
                seconds = round(record.seconds, 2)
                history.append({"epoch": record.epoch, "loss": record.loss, **measured, "seconds": seconds})
                progress.advance(note=f"loss {record.loss:.3f}")
        return record.regressor, history

    def cross_fitted(self) -> tuple[Encoded, list[HeldOutSplit]]:
        """The examples for cross-fitting and their splits.

        The vectors of a tuned encoder are those of the encoder that was tuned without the held-out examples.
        """
        run, examples = self._run, self.encoded.examples
        if run.config.tune.encoder == "none" or not run.has("encode", CROSS_FIT):
            return self.encoded, held_out_splits(self.ontology, examples, self.mode, self.settings.seed)
        splits = read_splits(run.path("tune-encoder", SPLITS), len(examples))
        return read_encoded(run, f"{CROSS_FIT}/"), splits

    def _counted(self, learned: TrainingExamples) -> str:
        n_glosses = len(self.encoded.glosses)
        mentions = counted(len(learned) - learned.n_names - n_glosses, "mention")
        glosses = f", {counted(n_glosses, 'definition')}" if n_glosses else ""
        return f"{counted(learned.n_names, 'name')} and {mentions} of {counted(len(self.ontology), 'concept')}{glosses}"


def _cross_fit(trainer: RegressorTrainer) -> tuple[Ranker, Ranker, Calibration | Uncalibrated]:
    """The ranker that gives the confident links of documents, the ranker of links, and the calibration."""
    examples = cross_fitted_examples(trainer)
    if examples is None:
        return prior_ranker(), prior_ranker(), Uncalibrated("the ontology has too few names to hold any out")
    mode = trainer.mode
    first, ranker = (
        train_ranker(each.candidates, each.is_target, of_names=mode.names_only, tuned_encoder=mode.tuned_encoder)
        for each in (examples.first, examples.second)
    )
    return first, ranker, train_calibration(examples.second, mode)


def _placement(
    run: Run, trainer: RegressorTrainer, ranker: Ranker, calibration: Calibration | Uncalibrated
) -> PlacementModel:
    """What is learned about concepts that the ontology lacks, from regressors trained without some of its concepts."""

    def regressor_of(kept: Rows) -> Regressor:
        return trainer.trained("holding out concepts", CROSS_FIT_EPOCHS, kept=kept)[0]

    encoder = load_encoder(run.path("encode"), follow_references=run.follow_references)
    return PlacementTraining(
        trainer.ontology,
        trainer.encoded,
        trainer.indices.names,
        encoder,
        trainer.mode,
        ranker,
        calibration,
        regressor_of,
        trainer.settings.seed,
    ).trained()


class CrossFitted(NamedTuple):
    """The out-of-fold examples of the first ranking, and the same with the features of their documents."""

    first: OutOfFoldExamples
    second: OutOfFoldExamples


def cross_fitted_examples(trainer: RegressorTrainer) -> CrossFitted | None:
    """The examples that rankers and calibration learn from; None if there are too few names to hold any out."""
    encoded, splits = trainer.cross_fitted()
    parts, regressors = [], []
    for number, split in enumerate(splits, start=1):
        what = f"cross-fitting, {number} of {len(splits)}" if len(splits) > 1 else "cross-fitting"
        regressor, _ = trainer.trained(what, CROSS_FIT_EPOCHS, kept=split.kept, encoded=encoded)
        regressors.append(regressor)
        parts.append(out_of_fold_examples(trainer.ontology, encoded, regressor, split, trainer.mode))
    if not parts:
        return None
    first = concatenated(parts)
    if trainer.mode.names_only or trainer.mode.is_lexicon:  # names have no document; senses, other features of theirs
        return CrossFitted(first, first)
    batches = [held_batch(encoded, split) for split in splits]
    topics, topic_of = trainer.indices.topics, encoded.topics.__getitem__
    return CrossFitted(first, concatenated(with_document_features(parts, batches, regressors, topics, topic_of)))


def _sentence(calibration: Calibration | Uncalibrated) -> str:
    if isinstance(calibration, Uncalibrated):
        return f"fit: no confidences, {calibration.reason}"
    held = counted(calibration.n_mentions, "name" if calibration.source == "names" else "mention")
    within = f" of {counted(calibration.n_documents, 'document')}" if calibration.n_documents else ""
    return f"fit: confidences calibrated on {held}{within}, held out"


def read_encoded(run: Run, within: str = "") -> Encoded:
    """The names and training mentions of a run with their vectors.

    Args:
        run: the run.
        within: the folder of the vectors in that of the stage, with a final slash; empty for the stage's own.

    Raises:
        RunError: a file is missing or damaged.
    """
    known = read_examples(run.path("encode", "mentions.jsonl"))
    require_text(known["train"], run.path("encode", "mentions.jsonl"))
    blocks = read_settings(run.path("encode", "encoder.json"))["blocks"]
    names = read_array(run.path("encode", f"{within}names.npy"), np.float32, (len(known["names"]), blocks[0]))
    train = read_array(run.path("encode", f"{within}train.npy"), np.float32, (len(known["train"]), sum(blocks)))
    glosses = read_array(run.path("encode", "glosses.npy"), np.float32, (None, sum(blocks)))
    if within and len(glosses):
        glosses = read_array(run.path("encode", f"{within}glosses.npy"), np.float32, glosses.shape)
    documents = list(dict.fromkeys(each.doc for each in known["train"]))
    topics = read_array(run.path("encode", "topics.npy"), np.float32, (len(documents), None))
    return Encoded(
        [*known["names"], *known["train"]],
        names,
        np.concatenate([train, glosses]),
        blocks,
        dict(zip(documents, topics, strict=True)),
    )


def _dev_mentions(run: Run, ontology: Ontology) -> DevMentions | None:
    """The dev mentions with a single concept in the ontology, or alternatives; None without any."""
    examples = read_examples(run.path("encode", "mentions.jsonl"))["dev"]
    dim = sum(read_settings(run.path("encode", "encoder.json"))["blocks"])
    vectors = read_array(run.path("encode", "dev.npy"), np.float32, (len(examples), dim))
    gold = [each.gold[0] if len(each.gold) == 1 else () for each in examples]
    return DevMentions.sampled(vectors, [frozenset(map(ontology.index_of.__getitem__, each)) for each in gold])


def training_examples(
    encoded: Encoded, ontology: Ontology, kept: Rows | None = None, unlabelled: Vectors | None = None
) -> TrainingExamples:
    """The training examples of a regressor: names, mentions and the glosses of a lexicon.

    A gloss is used as the context of its concept's label, so that senses without annotated uses have a context too.

    Args:
        encoded: names and mentions.
        ontology: the concepts.
        kept: which of the examples to use, bool (n_examples,); None for all.
        unlabelled: vectors of unlabelled mentions, or None.
    """
    examples, glosses = encoded.examples, range(len(encoded.glosses))
    # A composite mention means several concepts at once: it has no single target point.
    gold = [target_concepts(each, ontology) if kept is None or kept[row] else [] for row, each in enumerate(examples)]
    mentions = (each.read_as for each in examples[len(encoded.names) :])
    labels = (ontology.concepts[ontology.concept_ids[concept]].label for concept in glosses)
    return TrainingExamples.from_vectors(
        encoded.names,
        encoded.texts,
        [*mentions, *labels],
        [*gold, *([concept] for concept in glosses)],
        encoded.blocks,
        unlabelled,
    )


def _unlabelled(run: Run, reporter: Reporter) -> Vectors | None:
    """The vectors of the unlabelled mentions, or None if the clustering loss has no weight.

    Raises:
        InputError: the clustering loss has a weight and there are no unlabelled mentions.
    """
    vectors: Vectors = read_array(run.path("encode", "unlabelled.npy"), np.float32, (None, None))
    weight, mentions = run.config.research.clustering_weight, counted(len(vectors), "unlabelled mention")
    if weight and not len(vectors):
        raise InputError(
            f"research.clustering_weight is {weight:g} and there is no unlabelled text; set data.unlabelled"
        )
    if len(vectors):
        reporter.line(f"fit: {mentions} {'beside them' if weight else 'not used, research.clustering_weight is 0'}")
    return vectors if weight else None
