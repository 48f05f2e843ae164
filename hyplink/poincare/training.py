"""Places the concepts of an ontology in the ball: one loop for every trainer, which yields a record an epoch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.poincare.geometry import norm_of_radius


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """Where training stands after an epoch.

    Attributes:
        epoch: how many epochs are done, burn-in among them.
        n_epochs: how many there will be.
        loss: mean loss of a pair in this epoch.
        points: the concepts' points so far, float64 (n_concepts, dim).
    """

    epoch: int
    n_epochs: int
    loss: float
    points: NDArray[np.float64]


class Trainer(Protocol):
    """One way to train: an epoch at a time, over the concepts that have relations."""

    @property
    def points(self) -> NDArray[np.float64]:
        """The points so far, one row for each of `concepts`."""

    @property
    def concepts(self) -> NDArray[np.int64]:
        """The concept of each row."""

    def run_epoch(self, lr: float) -> float:
        """One pass over the pairs; gives the mean loss of a pair."""


def train_points(
    settings: TrainOntologySettings, relations: NDArray[np.int32], n_concepts: int
) -> Iterator[EpochRecord]:
    """Trains an embedding of the relations, yielding a record after each epoch; the last holds the result.

    Args:
        settings: the section `train_ontology` of the configuration.
        relations: (child, ancestor) pairs of concept indices, int32 (n_pairs, 2), in the order gensim shall see.
        n_concepts: how many concepts there are; those without relations get a point at the cap.
    """
    if len(relations) == 0:
        points = _with_lone_concepts(np.empty((0, settings.dim)), np.empty(0, np.int64), n_concepts, settings)
        yield EpochRecord(1, 1, 0.0, points)
        return
    trainer = _trainer(settings, relations)
    n_epochs = settings.burn_in_epochs + settings.epochs
    for epoch in range(1, n_epochs + 1):
        loss = trainer.run_epoch(settings.burn_in_lr if epoch <= settings.burn_in_epochs else settings.lr)
        points = _with_lone_concepts(trainer.points, trainer.concepts, n_concepts, settings)
        yield EpochRecord(epoch, n_epochs, loss, points)


def write_keyed_vectors(
    path: Path, concept_ids: list[str], points: NDArray[np.float64], counts: NDArray[np.int64]
) -> None:
    """Writes the points as gensim's PoincareKeyedVectors, for gensim's users.

    Args:
        path: the file; gensim adds files beside it where arrays are large.
        concept_ids: the key of each row.
        points: float64 (n_concepts, dim).
        counts: how often each concept occurs in the relations, int64 (n_concepts,).
    """
    from gensim.models.poincare import PoincareKeyedVectors

    vectors = PoincareKeyedVectors(points.shape[1], 0, dtype=np.float64)
    vectors.add_vectors(concept_ids, points)
    for concept_id, count in zip(concept_ids, counts, strict=True):
        vectors.set_vecattr(concept_id, "count", int(count))
    vectors.save(str(path))


def _trainer(settings: TrainOntologySettings, relations: NDArray[np.int32]) -> Trainer:
    from hyplink.poincare.gensim_trainer import GensimTrainer

    return GensimTrainer(settings, relations)


def _with_lone_concepts(
    points: NDArray[np.float64], concepts: NDArray[np.int64], n_concepts: int, settings: TrainOntologySettings
) -> NDArray[np.float64]:
    """All concepts' points: a concept without relations stands at the cap, in a direction of its own."""
    directions = np.random.default_rng(settings.seed).standard_normal((n_concepts, settings.dim))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    everything = directions * norm_of_radius(settings.max_radius)
    everything[concepts] = points
    return everything
