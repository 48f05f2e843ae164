"""The stage `train-ontology`: reads the ontology and places its concepts in the Poincaré ball."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import torch

from hyplink.config import TrainOntologySettings
from hyplink.errors import InputError
from hyplink.ontology import Ontology, configured_ontology, load_ontology, write_ontology
from hyplink.ontology.changes import previous_ids, unmoved_ids
from hyplink.poincare.geometry import MAX_RADIUS, project
from hyplink.poincare.keyed_vectors import write_keyed_vectors
from hyplink.poincare.points import read_points
from hyplink.poincare.pretrained import examples, read_embedding
from hyplink.poincare.training import (
    PAIRS_PER_SECOND,
    EpochRecord,
    Points,
    Relations,
    evaluated_points,
    train_points,
)
from hyplink.run import Reporter, Run, counted, seconds_in_words, write_json_lines

CHECKPOINTS = "checkpoints"

RELATIONS = {"ancestors": "(child, ancestor) pair", "parents": "(child, parent) pair"}
"""The pairs of `research.embedding_pairs`, in words."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the ontology, its concepts' points, gensim's keyed vectors and the embedding's figures to `folder`.

    Raises:
        InputError: no ontology is configured, or it or the embedding that the settings name cannot be used.
    """
    ontology = _read(run, reporter)
    _write(run.config.train_ontology_settings, ontology, None, folder, reporter)


def update(run: Run, former: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the same; concepts whose relations are unchanged keep their points of the former run.

    If the settings name an embedding, all points are those of its file.

    Raises:
        InputError: the ontology or the embedding cannot be used.
    """
    if run.config.train_ontology.embedding is not None:
        build(run, folder, reporter)
        return
    ontology = _read(run, reporter)
    old = load_ontology(former.path("train-ontology", "ontology"))
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
    _write(settings, ontology, kept, folder, reporter)


def _read(run: Run, reporter: Reporter) -> Ontology:
    ontology = configured_ontology(run.config.data)
    for problem in ontology.problems:
        reporter.line(f"ontology: {problem.sentence}")
    return ontology


def _write(
    settings: TrainOntologySettings, ontology: Ontology, kept: Points | None, folder: Path, reporter: Reporter
) -> None:
    """Writes the ontology and its embedding: the one that the settings name, or one trained around the kept points."""
    relations = ontology.closure() if settings.embedding_pairs == "ancestors" else ontology.edges()
    if settings.embedding is None:
        records = _trained(settings, relations, ontology, kept, folder, reporter)
    else:
        points = _pretrained(settings, settings.embedding, ontology, reporter)
        records = iter([evaluated_points(settings, relations, points)])
    history = []
    for record in records:
        history.append({"epoch": record.epoch, "loss": record.loss, **_figures(record)})
        if record.figures:
            reporter.line(f"train-ontology: epoch {record.epoch}: {record.figures.summary}")
    write_ontology(ontology, folder / "ontology")
    (folder / "concepts.txt").write_text("\n".join(ontology.concept_ids) + "\n", encoding="utf-8")
    np.save(folder / "points.npy", record.points, allow_pickle=False)
    counts = np.bincount(relations.ravel(), minlength=len(ontology)).astype(np.int64)
    write_keyed_vectors(folder / "poincare.kv", list(ontology.concept_ids), record.points, counts)
    write_json_lines(folder / "history.jsonl", history)


def _trained(
    settings: TrainOntologySettings,
    relations: Relations,
    ontology: Ontology,
    kept: Points | None,
    folder: Path,
    reporter: Reporter,
) -> Iterator[EpochRecord]:
    """Trains an embedding and yields the record of each epoch."""
    n_epochs, pairs = settings.n_epochs, counted(len(relations), RELATIONS[settings.embedding_pairs])
    seconds = len(relations) * n_epochs / PAIRS_PER_SECOND[settings.trainer]
    reporter.line(
        f"train-ontology: {counted(len(ontology), 'concept')}, {pairs}, "
        f"{counted(n_epochs, 'epoch')} at most, about {seconds_in_words(seconds)}"
    )
    with reporter.progress("training the ontology", n_epochs) as progress:
        for record in train_points(settings, relations, len(ontology), folder / CHECKPOINTS, kept):
            progress.advance(note=f"loss {record.loss:.3f}")
            yield record
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)


def _pretrained(settings: TrainOntologySettings, path: Path, ontology: Ontology, reporter: Reporter) -> Points:
    """The points of all concepts in the embedding of a file, float64 (n_concepts, dim).

    Raises:
        InputError: the file cannot be read, a concept has no point, or the dimension is not that of the settings.
    """
    embedding = read_embedding(path)
    dim = embedding.points.shape[1]
    if dim != settings.dim:
        raise InputError(
            f"{path}: its points have {dim:,} dimensions, and train_ontology.dim is {settings.dim:,}; "
            f"set train_ontology.dim to {dim}"
        )
    points = embedding.rows(ontology.concept_ids)
    reporter.line(f"train-ontology: the points of {counted(len(ontology), 'concept')} are read from {path}")
    if others := [key for key in embedding.keys if key not in ontology.index_of]:
        reporter.line(
            f"train-ontology: {path}: keys that are no concept ids, left out: {len(others):,} ({examples(others)})"
        )
    bounded = project(torch.from_numpy(points), MAX_RADIUS).numpy()
    if n_far := int((bounded != points).any(1).sum()):
        reporter.line(
            f"train-ontology: {path}: points beyond hyperbolic radius {MAX_RADIUS:g}, the largest that single "
            f"precision represents well, moved back to it: {n_far:,}"
        )
    return cast(Points, bounded)


def _figures(record: EpochRecord) -> dict[str, object]:
    return {"figures": record.figures.as_dict()} if record.figures else {}
