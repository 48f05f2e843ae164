"""The stage `train-ontology`: reads the ontology and places its concepts in the Poincaré ball."""

import shutil
from pathlib import Path

import numpy as np

from hyplink.config import TrainOntologySettings
from hyplink.ontology import Ontology, configured_ontology, load_ontology, write_ontology
from hyplink.ontology.changes import previous_ids, unmoved_ids
from hyplink.poincare.keyed_vectors import write_keyed_vectors
from hyplink.poincare.points import read_points
from hyplink.poincare.training import PAIRS_PER_SECOND, EpochRecord, Points, train_points
from hyplink.run import Reporter, Run, counted, seconds_in_words, write_json_lines

CHECKPOINTS = "checkpoints"

RELATIONS = {"ancestors": "(child, ancestor) pair", "parents": "(child, parent) pair"}
"""The pairs of `research.embedding_pairs`, in words."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the ontology, its concepts' points, gensim's keyed vectors and the embedding's figures to `folder`.

    Raises:
        InputError: no ontology is configured, or it cannot be read.
    """
    ontology = _read(run, reporter)
    _train(run.config.train_ontology_settings, ontology, None, folder, reporter)


def update(run: Run, former: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the same; concepts whose relations are unchanged keep their points of the former run.

    Raises:
        InputError: the ontology cannot be read.
    """
    ontology = _read(run, reporter)
    old = load_ontology(former.path("train-ontology", "ontology.json.gz"))
    points = read_points(former, old)
    was = previous_ids(old, ontology)
    kept = np.full((len(ontology), points.shape[1]), np.nan)
    for concept_id in unmoved_ids(old, ontology, was):
        kept[ontology.index_of[concept_id]] = points[old.index_of[was[concept_id]]]
    n_kept = int(np.isfinite(kept[:, 0]).sum())
    reporter.line(
        f"train-ontology: {counted(n_kept, 'concept')} kept in place, {len(ontology) - n_kept:,} to be placed"
    )
    # Burn-in finds a rough layout from random points; it would only disturb points that are placed already.
    settings = run.config.train_ontology_settings.model_copy(update={"burn_in_epochs": 0})
    _train(settings, ontology, kept, folder, reporter)


def _read(run: Run, reporter: Reporter) -> Ontology:
    ontology = configured_ontology(run.config.data)
    for problem in ontology.problems:
        reporter.line(f"ontology: {problem.sentence}")
    return ontology


def _train(
    settings: TrainOntologySettings, ontology: Ontology, kept: Points | None, folder: Path, reporter: Reporter
) -> None:
    relations = ontology.closure() if settings.embedding_pairs == "ancestors" else ontology.edges()
    n_epochs, pairs = settings.n_epochs, counted(len(relations), RELATIONS[settings.embedding_pairs])
    seconds = len(relations) * n_epochs / PAIRS_PER_SECOND[settings.trainer]
    reporter.line(
        f"train-ontology: {counted(len(ontology), 'concept')}, {pairs}, "
        f"{counted(n_epochs, 'epoch')} at most, about {seconds_in_words(seconds)}"
    )
    history = []
    with reporter.progress("training the ontology", n_epochs) as progress:
        for record in train_points(settings, relations, len(ontology), folder / CHECKPOINTS, kept):
            progress.advance(note=f"loss {record.loss:.3f}")
            history.append({"epoch": record.epoch, "loss": record.loss, **_figures(record)})
            if record.figures:
                reporter.line(f"train-ontology: epoch {record.epoch}: {record.figures.summary}")
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    write_ontology(ontology, folder / "ontology.json.gz")
    (folder / "concepts.txt").write_text("\n".join(ontology.concept_ids) + "\n", encoding="utf-8")
    np.save(folder / "points.npy", record.points, allow_pickle=False)
    counts = np.bincount(relations.ravel(), minlength=len(ontology)).astype(np.int64)
    write_keyed_vectors(folder / "poincare.kv", list(ontology.concept_ids), record.points, counts)
    write_json_lines(folder / "history.jsonl", history)


def _figures(record: EpochRecord) -> dict[str, object]:
    return {"figures": record.figures.as_dict()} if record.figures else {}
