"""Places the concepts of an ontology in the ball: one loop for every trainer, which yields a record an epoch."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.metrics.embedding import EmbeddingFigures
from hyplink.poincare.checkpoint import Checkpoint
from hyplink.poincare.construct import constructed_points
from hyplink.poincare.evaluation import evaluate_points
from hyplink.poincare.hierarchy import Hierarchy, Lists

Points = NDArray[np.float64]
Relations = NDArray[np.int32]

PAIRS_A_SECOND = {"gensim": 10_000, "fast": 1_000_000, "construct": 10_000_000}
"""About how many pairs a trainer takes a second on one core, for estimates."""

CHECKPOINT_SECONDS = 10.0
"""Time between checkpoints."""

MOST_QUERIES_BETWEEN = 2_000
"""Concepts that are asked when training is measured on its way."""

MOST_COMPARISONS = 10**9
"""Of the last measurement, some seconds' work: above 31,000 concepts it asks a sample of them."""


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """Where training stands after an epoch.

    Attributes:
        epoch: how many epochs are done, burn-in among them.
        n_epochs: how many there will be at most.
        loss: mean loss of a pair in this epoch; 0 where nothing is minimised.
        points: the concepts' points so far, float64 (n_concepts, dim); in the last record the result, which with
            early stopping is the best that was measured.
        figures: what was measured after this epoch; in the last record of the result, else None where it was not due.
    """

    epoch: int
    n_epochs: int
    loss: float
    points: Points
    figures: EmbeddingFigures | None


class Trainer(Protocol):
    """One way to train, an epoch at a time."""

    @property
    def points(self) -> Points:
        """The points so far, float64 (n_concepts, dim)."""

    def run_epoch(self, epoch: int) -> float:
        """One pass over the pairs, epochs counted from 1; gives the mean loss of a pair."""

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that the next epoch depends on but its number."""

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Goes back to a state that `state` gave."""


def train_points(
    settings: TrainOntologySettings,
    relations: Relations,
    n_concepts: int,
    checkpoint_folder: Path | None = None,
    kept: Points | None = None,
) -> Iterator[EpochRecord]:
    """Trains an embedding of the relations, yielding a record after each epoch; the last one holds the result.

    Args:
        settings: the section `train_ontology` of the configuration.
        relations: (child, ancestor) pairs of concept indices, int32 (n_pairs, 2), in the order gensim shall see.
            Concepts without any stand apart from the others, at the cap on the radius.
        n_concepts: how many concepts there are, at least one.
        checkpoint_folder: where the place is kept every few seconds; a training of the same settings and relations
            that was cut short goes on from there. None keeps nothing.
        kept: points that stay exactly where they are, float64 (n_concepts, dim), NaN for a concept that is to be
            placed among them; hyplink's own kernel does that, whatever trainer placed them.
    """
    trained, held_out = _held_out(relations, n_concepts, settings)
    hierarchy = Hierarchy(trained, n_concepts)
    measure = _Measure(settings, hierarchy, held_out)
    if (settings.trainer == "construct" and kept is None) or len(trained) == 0:
        points = constructed_points(hierarchy, settings.dim, settings.max_radius)
        points = points if kept is None else np.where(np.isnan(kept), points, kept)
        yield EpochRecord(1, 1, 0.0, points, measure.finally_of(points))
        return
    trainer = _trainer(settings, trained, hierarchy, held_out, kept)
    checkpoint = Checkpoint.of(checkpoint_folder, settings, relations, n_concepts) if checkpoint_folder else None
    yield from _epochs(settings, trainer, measure, checkpoint)


def _epochs(
    settings: TrainOntologySettings, trainer: Trainer, measure: "_Measure", checkpoint: Checkpoint | None
) -> Iterator[EpochRecord]:
    n_epochs = settings.n_epochs
    done = _resumed(checkpoint, trainer, measure)
    kept_at = time.monotonic()
    for epoch in range(done + 1, n_epochs + 1):
        loss = trainer.run_epoch(epoch)
        points = trainer.points
        figures = measure.on_the_way(points, epoch)
        if epoch == n_epochs or measure.is_exhausted:
            points = measure.best_of(points)
            yield EpochRecord(epoch, n_epochs, loss, points, measure.finally_of(points))
            break
        if checkpoint and time.monotonic() - kept_at >= CHECKPOINT_SECONDS:
            checkpoint.write({"epoch": np.array(epoch), **trainer.state(), **measure.state()})
            kept_at = time.monotonic()
        yield EpochRecord(epoch, n_epochs, loss, points, figures)
    if checkpoint:
        checkpoint.remove()


def _resumed(checkpoint: Checkpoint | None, trainer: Trainer, measure: "_Measure") -> int:
    """Takes up a checkpoint if there is one that fits; gives how many epochs are done."""
    state = checkpoint.read() if checkpoint else None
    if state is None:
        return 0
    trainer.restore(state)
    measure.restore(state)
    return int(state["epoch"])


def _trainer(
    settings: TrainOntologySettings,
    relations: Relations,
    hierarchy: Hierarchy,
    held_out: Lists | None,
    kept: Points | None,
) -> Trainer:
    initial = None
    if settings.embedding_init == "construct":
        initial = constructed_points(hierarchy, settings.dim, settings.max_radius)
    if settings.trainer == "gensim" and kept is None:
        from hyplink.poincare.gensim_trainer import GensimTrainer  # gensim is slow to import

        return GensimTrainer(settings, relations, hierarchy, initial)
    from hyplink.poincare.fast_trainer import FastTrainer

    return FastTrainer(settings, hierarchy, initial, held_out, kept)


def _held_out(relations: Relations, n_concepts: int, settings: TrainOntologySettings) -> tuple[Relations, Lists | None]:
    """The pairs to train on, and the ancestors kept from it: a share of the pairs that direct ones imply.

    (Ganea et al. 2018, Hyperbolic Entailment Cones: every direct pair stays, so that no concept loses its place.)
    """
    if settings.held_out_edges == 0 or len(relations) == 0:
        return relations, None
    parents = Hierarchy(relations, n_concepts).parents
    owners = np.repeat(np.arange(n_concepts), parents.counts)
    direct = np.isin(_keys(relations, n_concepts), owners * n_concepts + parents.items)
    implied = np.flatnonzero(~direct)
    generator = np.random.default_rng(settings.seed)
    kept = generator.choice(implied, round(settings.held_out_edges * len(implied)), replace=False)
    held_out = Lists.of(relations[kept, 0], relations[kept, 1], n_concepts)
    return np.delete(relations, kept, axis=0), held_out


def _keys(relations: Relations, n_concepts: int) -> NDArray[np.int64]:
    return relations[:, 0].astype(np.int64) * n_concepts + relations[:, 1]


@dataclass
class _Measure:
    """Measures an embedding on its way, remembers the best and says when to stop."""

    settings: TrainOntologySettings
    hierarchy: Hierarchy
    held_out: Lists | None
    best_score: float = -1.0
    best_points: Points = field(default_factory=lambda: np.empty((0, 0)))
    n_worse: int = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether patience has come to its end."""
        return 0 < self.settings.patience <= self.n_worse

    def on_the_way(self, points: Points, epoch: int) -> EmbeddingFigures | None:
        """The figures where they are due after an epoch, of a sample of the concepts."""
        every = self.settings.evaluate_every
        if every == 0 or epoch % every != 0:
            return None
        figures = self._figures(points, MOST_QUERIES_BETWEEN)
        score = (figures.prediction or figures.reconstruction).mean_average_precision
        self.n_worse += 1
        if score > self.best_score:
            self.best_score, self.best_points, self.n_worse = score, points, 0
        return figures

    def best_of(self, points: Points) -> Points:
        """With early stopping the best points that were measured, else those given."""
        return self.best_points if self.settings.patience and self.best_points.size else points

    def finally_of(self, points: Points) -> EmbeddingFigures:
        """The figures of the result."""
        return self._figures(points, max(1, MOST_COMPARISONS // len(points)))

    def state(self) -> dict[str, NDArray[Any]]:
        """What a checkpoint keeps of it."""
        return {
            "best_score": np.array(self.best_score),
            "best_points": self.best_points,
            "n_worse": np.array(self.n_worse),
        }

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Goes back to a state that `state` gave."""
        self.best_score, self.n_worse = float(state["best_score"]), int(state["n_worse"])
        self.best_points = state["best_points"]

    def _figures(self, points: Points, n_queries: int) -> EmbeddingFigures:
        settings = self.settings
        return evaluate_points(
            points, self.hierarchy, self.held_out, threads=settings.threads, n_queries=n_queries, seed=settings.seed
        )
