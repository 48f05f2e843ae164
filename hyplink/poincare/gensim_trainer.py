"""gensim's PoincareModel, with the cap on the radius that gensim means and does not keep.

gensim's own clip divides by the norm and then takes epsilon off every coordinate, which turns directions as soon as
epsilon is not tiny. Here a point is drawn back along its own direction instead.
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

# What gensim tells its log is progress, which the stage reports itself.
logging.getLogger("gensim").setLevel(logging.ERROR)

GENSIM_EPSILON = 1e-5
"""gensim's default margin, under its own clip."""

LEAST_LOG_ACCEPTANCE = math.log(1e-3)
"""Below this chance of an acceptable draw gensim's sampler is as good as hung, and is not asked."""


class ReferenceModel(PoincareModel):  # type: ignore[misc]
    """PoincareModel with a summed loss, and negatives that are always found.

    gensim draws all negatives of a pair anew until none is repeated and none is an ancestor: with many negatives, or
    a concept with common ancestors, forever. Where that is hopeless, they are drawn one at a time.
    """

    def __init__(self, relations: list[tuple[int, int]], **settings: Any) -> None:  # noqa: ANN401
        self.epoch_loss = 0.0
        super().__init__(relations, **settings)
        self._negatives_buffer_size: int = max(2000, self.negative)
        pairs_of_negatives = self.negative * (self.negative - 1) / 2
        self._expected_repeats = pairs_of_negatives * np.square(self._node_probabilities).sum()

    def _train_on_batch(self, relations: list[tuple[int, int]], check_gradients: bool = False) -> Any:  # noqa: ANN401
        batch = super()._train_on_batch(relations, check_gradients)
        self.epoch_loss += float(batch.loss)
        return batch

    def _sample_negatives(self, node_index: int) -> list[int]:
        ancestors = self.node_relations[node_index]
        draws_anew = len(ancestors) < 0.01 * len(self.kv)  # elsewhere gensim draws from what is left
        if draws_anew and self._log_acceptance(ancestors) < LEAST_LOG_ACCEPTANCE:
            return self._sample_one_by_one(ancestors)
        return list(super()._sample_negatives(node_index))

    def _log_acceptance(self, ancestors: set[int]) -> float:
        mass = min(float(self._node_probabilities[list(ancestors)].sum()), 1 - 1e-9)
        return float(self.negative * math.log1p(-mass) - self._expected_repeats)

    def _sample_one_by_one(self, ancestors: set[int]) -> list[int]:
        found: dict[int, None] = {}
        while len(found) < self.negative:
            drawn = self._get_candidate_negatives()
            found.update((int(index), None) for index in drawn if index not in ancestors)
        return list(found)[: self.negative]


class CappedModel(ReferenceModel):
    """ReferenceModel whose points keep their direction when they reach the cap."""

    @staticmethod
    def _clip_vectors(vectors: NDArray[np.float64], epsilon: float) -> NDArray[np.float64]:
        norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
        capped: NDArray[np.float64] = vectors * np.minimum(1.0, (1.0 - epsilon) / np.maximum(norms, 1e-300))
        return capped


class GensimTrainer:
    """Trains with gensim, an epoch at a time; bit-identical with gensim's own training where it has one."""

    def __init__(
        self,
        settings: TrainOntologySettings,
        relations: NDArray[np.int32],
        hierarchy: Hierarchy,
        initial: NDArray[np.float64] | None,
    ) -> None:
        self._settings = settings
        own_clip = settings.gensim_clip
        self._model = (ReferenceModel if own_clip else CappedModel)(
            [(int(child), int(ancestor)) for child, ancestor in relations],
            size=settings.dim,
            negative=_available_negatives(settings.negatives, hierarchy),
            epsilon=GENSIM_EPSILON if own_clip else 1.0 - norm_of_radius(settings.max_radius),
            seed=settings.seed,
        )
        self._concepts = np.asarray(self._model.kv.index_to_key, dtype=np.int64)  # in order of appearance
        if initial is not None:
            self._model.kv.vectors = initial[self._concepts]
        # gensim knows only concepts that have relations; the others keep where the closed form puts them.
        self._everything = constructed_points(hierarchy, settings.dim, settings.max_radius)

    @property
    def points(self) -> NDArray[np.float64]:
        """The points so far, float64 (n_concepts, dim)."""
        points = self._everything.copy()
        points[self._concepts] = self._model.kv.vectors
        return points

    def run_epoch(self, epoch: int) -> float:
        """One pass over the pairs, epochs counted from 1; gives the mean loss of a pair."""
        settings, model = self._settings, self._model
        model.alpha = settings.burn_in_lr if epoch <= settings.burn_in_epochs else settings.lr
        model.epoch_loss = 0.0
        with np.errstate(divide="ignore", invalid="ignore"):
            model._train_batchwise(epochs=1, batch_size=settings.gensim_batch_size)
        return float(model.epoch_loss / len(model.all_relations))

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that the next epoch depends on."""
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
        """Goes back to a state that `state` gave."""
        position, has_gauss, gauss = state["generator_rest"]
        self._model.kv.vectors = state["vectors"]
        self._model._np_random.set_state(("MT19937", state["generator_keys"], int(position), int(has_gauss), gauss))
        self._model._negatives_buffer = NegativesBuffer(state["buffer_items"])
        self._model._negatives_buffer._current_index = int(state["buffer_position"])


def _available_negatives(wanted: int, hierarchy: Hierarchy) -> int:
    """Distinct negatives are what gensim wants: at most as many as the busiest concept leaves."""
    counts = hierarchy.ancestors.counts
    n_related = len(np.union1d(np.flatnonzero(counts), hierarchy.ancestors.items))
    return max(1, min(wanted, n_related - int(counts.max())))
