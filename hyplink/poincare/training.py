"""Training of an ontology embedding: a generator that yields one record per epoch, for every trainer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.metrics.embedding import EmbeddingMetrics
from hyplink.poincare.construct import constructed_points
from hyplink.poincare.evaluation import evaluate_points
from hyplink.poincare.hierarchy import ConceptLists, Hierarchy
from hyplink.poincare.trainers.checkpoint import Checkpoint

Points = NDArray[np.float64]
Relations = NDArray[np.int32]

PAIRS_PER_SECOND = {"gensim": 10_000, "fast": 1_000_000, "construct": 10_000_000}
"""Approximate speed of each trainer on one core, for estimates of the duration."""

CHECKPOINT_SECONDS = 10.0
"""Minimum time between two checkpoints, in seconds."""

MAX_QUERIES_DURING_TRAINING = 2_000
"""Maximum number of query concepts in an evaluation before the last epoch."""

MAX_FINAL_COMPARISONS = 10**9
"""Maximum number of distances in the final evaluation: with more than about 31,000 concepts, queries are sampled."""


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """The state of training after an epoch.

    Attributes:
        epoch: number of epochs done, including burn-in.
        n_epochs: maximum number of epochs.
        loss: mean loss of a pair in this epoch; 0 for points that are not trained.
        points: the current points, float64 (n_concepts, dim). In the last record these are the result: with early
            stopping, the best points that were evaluated.
        figures: evaluation metrics of the points; in the last record those of the result. None if no evaluation was
            due after this epoch.
    """

    epoch: int
    n_epochs: int
    loss: float
    points: Points
    figures: EmbeddingMetrics | None


class Trainer(Protocol):
    """Trains an embedding one epoch at a time."""

    @property
    def points(self) -> Points:
        """The current points, float64 (n_concepts, dim)."""

    def run_epoch(self, epoch: int) -> float:
        """Trains on every pair once and returns the mean loss of a pair; epochs are counted from 1."""

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything the next epoch depends on, except its number."""

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Restores a state returned by `state`."""


def train_points(
    settings: TrainOntologySettings,
    relations: Relations,
    n_concepts: int,
    checkpoint_folder: Path | None = None,
    frozen: Points | None = None,
) -> Iterator[EpochRecord]:
    """Trains an embedding of the relations and yields a record after each epoch; the last record holds the result.

    Args:
        settings: the settings of the embedding.
        relations: (child, ancestor) pairs of concept indices, int32 (n_pairs, 2); gensim trains in their order.
            Concepts without relations are placed at `max_radius`, in directions of their own.
        n_concepts: number of concepts, at least one.
        checkpoint_folder: folder of the checkpoint, from which an interrupted training with the same settings and
            relations resumes. None writes no checkpoint.
        frozen: points that must not move, float64 (n_concepts, dim); a row of NaN stands for a concept to be trained.
            With frozen points, the fast trainer is used whatever `settings.trainer` is.
    """
    trained, held_out = _held_out(relations, n_concepts, settings)
    hierarchy = Hierarchy(trained, n_concepts)
    evaluator = _Evaluator(settings, hierarchy, held_out)
    if (settings.trainer == "construct" and frozen is None) or len(trained) == 0:
        points = constructed_points(hierarchy, settings.dim, settings.max_radius)
        points = points if frozen is None else np.where(np.isnan(frozen), points, frozen)
        yield EpochRecord(1, 1, 0.0, points, evaluator.final_figures(points))
        return
    trainer = _trainer(settings, trained, hierarchy, held_out, frozen)
    checkpoint = None
    if checkpoint_folder:
        checkpoint = Checkpoint.from_training(checkpoint_folder, settings, relations, n_concepts)
    yield from _epochs(settings, trainer, evaluator, checkpoint)


def evaluated_points(settings: TrainOntologySettings, relations: Relations, points: Points) -> EpochRecord:
    """The record of points that are not trained, with their metrics.

    Args:
        settings: the settings of the embedding.
        relations: (child, ancestor) pairs of concept indices, int32 (n_pairs, 2).
        points: float64 (n_concepts, dim).
    """
    evaluator = _Evaluator(settings, Hierarchy(relations, len(points)), None)
    return EpochRecord(1, 1, 0.0, points, evaluator.final_figures(points))


def _epochs(
    settings: TrainOntologySettings, trainer: Trainer, evaluator: "_Evaluator", checkpoint: Checkpoint | None
) -> Iterator[EpochRecord]:
    n_epochs = settings.n_epochs
    n_done = _resume(checkpoint, trainer, evaluator)
    checkpoint_time = time.monotonic()
    for epoch in range(n_done + 1, n_epochs + 1):
        loss = trainer.run_epoch(epoch)
        points = trainer.points
        figures = evaluator.figures_after(points, epoch)
        if epoch == n_epochs or evaluator.is_patience_exhausted:
            points = evaluator.result(points)
            yield EpochRecord(epoch, n_epochs, loss, points, evaluator.final_figures(points))
            break
        if checkpoint and time.monotonic() - checkpoint_time >= CHECKPOINT_SECONDS:
            checkpoint.write({"epoch": np.array(epoch), **trainer.state(), **evaluator.state()})
            checkpoint_time = time.monotonic()
        yield EpochRecord(epoch, n_epochs, loss, points, figures)
    if checkpoint:
        checkpoint.remove()


def _resume(checkpoint: Checkpoint | None, trainer: Trainer, evaluator: "_Evaluator") -> int:
    """Restores the state of a matching checkpoint, if there is one; returns the number of epochs done."""
    state = checkpoint.read() if checkpoint else None
    if state is None:
        return 0
    trainer.restore(state)
    evaluator.restore(state)
    return int(state["epoch"])


def _trainer(
    settings: TrainOntologySettings,
    relations: Relations,
    hierarchy: Hierarchy,
    held_out: ConceptLists | None,
    frozen: Points | None,
) -> Trainer:
    initial = None
    if settings.embedding_init == "construct":
        initial = constructed_points(hierarchy, settings.dim, settings.max_radius)
    if settings.trainer == "gensim" and frozen is None:
        from hyplink.poincare.trainers.gensim_trainer import GensimTrainer  # gensim is slow to import

        return GensimTrainer(settings, relations, hierarchy, initial)
    from hyplink.poincare.trainers.fast_trainer import FastTrainer

    return FastTrainer(settings, hierarchy, initial, held_out, frozen)


def _held_out(
    relations: Relations, n_concepts: int, settings: TrainOntologySettings
) -> tuple[Relations, ConceptLists | None]:
    """The pairs to train on, and the held-out ancestors: a random share of the pairs that other pairs imply.

    All (child, parent) pairs are trained on, as in Ganea et al. 2018 (Hyperbolic Entailment Cones, section 5).
    """
    if settings.held_out_edges == 0 or len(relations) == 0:
        return relations, None
    parents = Hierarchy(relations, n_concepts).parents
    owners = np.repeat(np.arange(n_concepts), parents.counts)
    direct = np.isin(_keys(relations, n_concepts), owners * n_concepts + parents.items)
    implied = np.flatnonzero(~direct)
    generator = np.random.default_rng(settings.seed)
    rows = generator.choice(implied, round(settings.held_out_edges * len(implied)), replace=False)
    held_out = ConceptLists.from_pairs(relations[rows, 0], relations[rows, 1], n_concepts)
    return np.delete(relations, rows, axis=0), held_out


def _keys(relations: Relations, n_concepts: int) -> NDArray[np.int64]:
    """One integer per pair."""
    return relations[:, 0].astype(np.int64) * n_concepts + relations[:, 1]


@dataclass
class _Evaluator:
    """Evaluates an embedding during training, keeps the best points and decides on early stopping."""

    settings: TrainOntologySettings
    hierarchy: Hierarchy
    held_out: ConceptLists | None
    best_score: float = -1.0
    best_points: Points = field(default_factory=lambda: np.empty((0, 0)))
    n_worse: int = 0

    @property
    def is_patience_exhausted(self) -> bool:
        """Whether training must stop early."""
        return 0 < self.settings.patience <= self.n_worse

    def figures_after(self, points: Points, epoch: int) -> EmbeddingMetrics | None:
        """The metrics after an epoch, on a sample of the concepts, or None if no evaluation is due."""
        every = self.settings.evaluate_every
        if every == 0 or epoch % every != 0:
            return None
        figures = self._figures(points, MAX_QUERIES_DURING_TRAINING)
        score = (figures.prediction or figures.reconstruction).mean_average_precision
        self.n_worse += 1
        if score > self.best_score:
            self.best_score, self.best_points, self.n_worse = score, points, 0
        return figures

    def result(self, points: Points) -> Points:
        """The best evaluated points if early stopping is enabled, else the given ones."""
        return self.best_points if self.settings.patience and self.best_points.size else points

    def final_figures(self, points: Points) -> EmbeddingMetrics:
        """The metrics of the result."""
        return self._figures(points, max(1, MAX_FINAL_COMPARISONS // len(points)))

    def state(self) -> dict[str, NDArray[Any]]:
        """The state to be stored in a checkpoint."""
        return {
            "best_score": np.array(self.best_score),
            "best_points": self.best_points,
            "n_worse": np.array(self.n_worse),
        }

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Restores a state returned by `state`."""
        self.best_score, self.n_worse = float(state["best_score"]), int(state["n_worse"])
        self.best_points = state["best_points"]

    def _figures(self, points: Points, n_queries: int) -> EmbeddingMetrics:
        settings = self.settings
        return evaluate_points(
            points, self.hierarchy, self.held_out, threads=settings.threads, n_queries=n_queries, seed=settings.seed
        )
