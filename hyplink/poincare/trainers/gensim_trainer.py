"""Trainer that runs gensim's PoincareModel, with radial clipping.

gensim clips a point by dividing it by its norm and then subtracting epsilon from every coordinate, which changes its
direction unless epsilon is tiny. Here a point is scaled back along its direction instead.
"""

import logging
import math
from typing import Any

import numpy as np
from gensim.models.poincare import NegativesBuffer, PoincareModel
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.poincare.construct import constructed_points
from hyplink.poincare.geometry import norm_of_radius
from hyplink.poincare.hierarchy import Hierarchy

# gensim logs its progress, which the caller of the trainer reports itself.
logging.getLogger("gensim").setLevel(logging.ERROR)

GENSIM_EPSILON = 1e-5
"""gensim's default distance from the unit sphere, used with its own clipping."""

MIN_LOG_ACCEPTANCE = math.log(1e-3)
"""Below this acceptance probability, gensim's rejection sampling of negatives takes too long and is not used."""


class ReferenceModel(PoincareModel):  # type: ignore[misc]
    """PoincareModel that sums the loss of an epoch and whose sampling of negatives always terminates.

    gensim samples all negatives of a pair together and rejects the whole sample if a negative is repeated or is an
    ancestor. With many negatives, or for a concept with frequent ancestors, no sample may ever be accepted. If the
    acceptance probability is too low, negatives are accepted or rejected one at a time here.
    """

    def __init__(self, relations: list[tuple[int, int]], **settings: Any) -> None:  # noqa: ANN401
        self.epoch_loss = 0.0
        super().__init__(relations, **settings)
        self._negatives_buffer_size: int = max(2000, self.negative)
        n_pairs = self.negative * (self.negative - 1) / 2
        self._expected_repeats = n_pairs * np.square(self._node_probabilities).sum()

    def _train_on_batch(self, relations: list[tuple[int, int]], check_gradients: bool = False) -> Any:  # noqa: ANN401
        batch = super()._train_on_batch(relations, check_gradients)
        self.epoch_loss += float(batch.loss)
        return batch

    def _sample_negatives(self, node_index: int) -> list[int]:
        ancestors = self.node_relations[node_index]
        uses_rejection = len(ancestors) < 0.01 * len(self.kv)  # otherwise gensim samples from the other concepts
        if uses_rejection and self._log_acceptance(ancestors) < MIN_LOG_ACCEPTANCE:
            return self._sample_one_by_one(ancestors)
        return list(super()._sample_negatives(node_index))

    def _log_acceptance(self, ancestors: set[int]) -> float:
        """Approximate log probability that a sample has no repeated negative and no ancestor."""
        mass = min(float(self._node_probabilities[list(ancestors)].sum()), 1 - 1e-9)
        return float(self.negative * math.log1p(-mass) - self._expected_repeats)

    def _sample_one_by_one(self, ancestors: set[int]) -> list[int]:
        negatives: dict[int, None] = {}  # an ordered set
        while len(negatives) < self.negative:
            sample = self._get_candidate_negatives()
            negatives.update((int(index), None) for index in sample if index not in ancestors)
        return list(negatives)[: self.negative]


class RadiallyClippedModel(ReferenceModel):
    """ReferenceModel that clips points along their direction."""

    @staticmethod
    def _clip_vectors(vectors: NDArray[np.float64], epsilon: float) -> NDArray[np.float64]:
        norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
        clipped: NDArray[np.float64] = vectors * np.minimum(1.0, (1.0 - epsilon) / np.maximum(norms, 1e-300))
        return clipped


class GensimTrainer:
    """Trains an embedding with gensim, one epoch at a time.

    With `settings.gensim_clip` the points are bit-identical to those of gensim's own training loop.

    Args:
        settings: the settings of the embedding.
        relations: (child, ancestor) pairs of concept indices, int32 (n_pairs, 2).
        hierarchy: the same relations.
        initial: initial points, float64 (n_concepts, dim); None leaves gensim's random ones.
    """

    def __init__(
        self,
        settings: TrainOntologySettings,
        relations: NDArray[np.int32],
        hierarchy: Hierarchy,
        initial: NDArray[np.float64] | None,
    ) -> None:
        self._settings = settings
        gensim_clip = settings.gensim_clip
        self._model = (ReferenceModel if gensim_clip else RadiallyClippedModel)(
            [(int(child), int(ancestor)) for child, ancestor in relations],
            size=settings.dim,
            negative=_available_negatives(settings.negatives, hierarchy),
            epsilon=GENSIM_EPSILON if gensim_clip else 1.0 - norm_of_radius(settings.max_radius),
            seed=settings.seed,
        )
        self._concepts = np.asarray(self._model.kv.index_to_key, dtype=np.int64)  # gensim's row order
        if initial is not None:
            self._model.kv.vectors = initial[self._concepts]
        # gensim trains only concepts that have relations; the others keep the points of the construction.
        self._constructed = constructed_points(hierarchy, settings.dim, settings.max_radius)

    @property
    def points(self) -> NDArray[np.float64]:
        """The current points, float64 (n_concepts, dim)."""
        points = self._constructed.copy()
        points[self._concepts] = self._model.kv.vectors
        return points

    def run_epoch(self, epoch: int) -> float:
        """Trains on every pair once and returns the mean loss of a pair; epochs are counted from 1."""
        settings, model = self._settings, self._model
        model.alpha = settings.burn_in_lr if epoch <= settings.burn_in_epochs else settings.lr
        model.epoch_loss = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            model._train_batchwise(epochs=1, batch_size=settings.gensim_batch_size)
        return float(model.epoch_loss / len(model.all_relations))

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything the next epoch depends on, except its number."""
        _, keys, position, has_gauss, gauss = self._model._np_random.get_state()
        buffer = self._model._negatives_buffer
        return {
            "vectors": self._model.kv.vectors,
            "generator_keys": keys,
            "generator_rest": np.array([position, has_gauss, gauss]),
            "buffer_items": np.asarray(buffer._items, dtype=np.int64),
            "buffer_position": np.array(buffer._current_index),
        }

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Restores a state returned by `state`."""
        position, has_gauss, gauss = state["generator_rest"]
        self._model.kv.vectors = state["vectors"]
        self._model._np_random.set_state(("MT19937", state["generator_keys"], int(position), int(has_gauss), gauss))
        self._model._negatives_buffer = NegativesBuffer(state["buffer_items"])
        self._model._negatives_buffer._current_index = int(state["buffer_position"])


def _available_negatives(requested: int, hierarchy: Hierarchy) -> int:
    """The number of distinct negatives, at most `requested`, that the concept with the most ancestors can have."""
    counts = hierarchy.ancestors.counts
    n_related = len(np.union1d(np.flatnonzero(counts), hierarchy.ancestors.items))
    return max(1, min(requested, n_related - int(counts.max())))
