"""hyplink's own trainer: the compiled kernel, over threads that share the points without locks (hogwild)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.poincare.geometry import norm_of_radius
from hyplink.poincare.hierarchy import Hierarchy
from hyplink.poincare.kernel import TABLE_SIZE, train_children

START_RANGE = 1e-3
"""Coordinates of random starting points, as in gensim."""

LAST_LR_SHARE = 0.05
"""The learning rate falls linearly to this share of itself."""

COUNT_POWER = 0.75
"""Power of a concept's count in the relations by which it is drawn as a negative."""


class FastTrainer:
    """Trains with the compiled kernel, an epoch at a time; with one thread bit-identical, also after a restart."""

    def __init__(
        self, settings: TrainOntologySettings, hierarchy: Hierarchy, initial: NDArray[np.float64] | None
    ) -> None:
        self._settings = settings
        self._hierarchy = hierarchy
        self._children = np.flatnonzero(hierarchy.ancestors.counts).astype(np.int32)
        self._table = _frequency_table(hierarchy)
        shares = np.cumsum([settings.uniform_share, settings.kin_share]) * 256
        self._thresholds = np.round(shares).astype(np.uint64)
        if initial is None:
            generator = np.random.default_rng(settings.seed)
            initial = generator.uniform(-START_RANGE, START_RANGE, (hierarchy.n_concepts, settings.dim))
        self._points = initial.astype(np.float32)

    @property
    def points(self) -> NDArray[np.float64]:
        """The points so far, float64 (n_concepts, dim)."""
        return self._points.astype(np.float64)

    def run_epoch(self, epoch: int) -> float:
        """One pass over the pairs, epochs counted from 1; gives the mean loss of a pair."""
        settings, hierarchy = self._settings, self._hierarchy
        generator = np.random.default_rng([settings.seed, epoch])
        order = generator.permutation(self._children)
        seeds = generator.integers(0, 2**62, settings.threads)
        lr = np.float32(self._lr(epoch))
        greatest_norm = np.float32(norm_of_radius(settings.max_radius))

        def train(part: tuple[NDArray[np.int32], int]) -> float:
            return train_children(
                self._points, part[0], hierarchy.ancestors.starts, hierarchy.ancestors.items,
                hierarchy.children.starts, hierarchy.children.items, self._table, self._thresholds,
                settings.negatives, lr, np.float32(settings.inverse_temperature), greatest_norm, int(part[1]),
            )  # fmt: skip

        parts = zip(np.array_split(order, settings.threads), seeds, strict=True)
        with ThreadPoolExecutor(settings.threads) as pool:
            return float(sum(pool.map(train, parts)) / len(hierarchy.ancestors.items))

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that the next epoch depends on but its number."""
        return {"points": self._points}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Goes back to a state that `state` gave."""
        self._points = state["points"].copy()

    def _lr(self, epoch: int) -> float:
        settings = self._settings
        if epoch <= settings.burn_in_epochs:
            return settings.burn_in_lr
        done = (epoch - settings.burn_in_epochs - 1) / settings.epochs
        return settings.lr * (1 - (1 - LAST_LR_SHARE) * done)


def _frequency_table(hierarchy: Hierarchy) -> NDArray[np.int32]:
    """Concepts in proportion to the power of their count in the relations."""
    counts = hierarchy.ancestors.counts + np.bincount(hierarchy.ancestors.items, minlength=hierarchy.n_concepts)
    shares = np.cumsum(counts.astype(np.float64) ** COUNT_POWER)
    middles = (np.arange(TABLE_SIZE) + 0.5) / TABLE_SIZE * shares[-1]
    table: NDArray[np.int32] = np.searchsorted(shares, middles).astype(np.int32)
    return table
