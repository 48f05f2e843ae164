"""hyplink's own trainer: the compiled kernel, over threads that share the points without locks (hogwild)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.poincare.geometry import norm_of_radius
from hyplink.poincare.hierarchy import Hierarchy, Lists
from hyplink.poincare.kernel import train_children
from hyplink.poincare.negatives import table_of_draws

START_RANGE = 1e-3
"""Coordinates of random starting points, as in gensim."""

LAST_LR_SHARE = 0.05
"""The learning rate falls linearly to this share of itself, and once more in the refining epochs."""


class FastTrainer:
    """Trains with the compiled kernel, an epoch at a time; with one thread bit-identical, also after a restart.

    Args:
        settings: the section `train_ontology` of the configuration.
        hierarchy: what is trained on.
        initial: where points start, float64 (n_concepts, dim); None for random places near the origin.
        held_out: pairs that are not trained on and are no negatives.
        kept: points that stay exactly where they are, float64 (n_concepts, dim), NaN for a concept without one. Only
            pairs that another concept is part of are trained on.
    """

    def __init__(
        self,
        settings: TrainOntologySettings,
        hierarchy: Hierarchy,
        initial: NDArray[np.float64] | None = None,
        held_out: Lists | None = None,
        kept: NDArray[np.float64] | None = None,
    ) -> None:
        self._settings = settings
        self._hierarchy = hierarchy
        self._barred = hierarchy.ancestors if held_out is None else hierarchy.ancestors.united(held_out)
        generator = np.random.default_rng(settings.seed)
        if initial is None:
            initial = generator.uniform(-START_RANGE, START_RANGE, (hierarchy.n_concepts, settings.dim))
        even_share = min(1.0, settings.uniform_share / (1 - settings.sibling_share))
        self._table = table_of_draws(hierarchy, even_share, generator)
        self._kept = np.full(initial.shape, np.nan) if kept is None else kept
        self._is_kept = ~np.isnan(self._kept[:, 0])
        self._children = _children_to_train(hierarchy, self._is_kept)
        self._points = np.where(self._is_kept[:, None], self._kept, initial).astype(np.float32)
        self._hard = np.full((hierarchy.n_concepts, settings.hard_negatives), -1, np.int32)

    @property
    def points(self) -> NDArray[np.float64]:
        """The points so far, float64 (n_concepts, dim)."""
        return np.where(self._is_kept[:, None], self._kept, self._points.astype(np.float64))

    def run_epoch(self, epoch: int) -> float:
        """One pass over the pairs, epochs counted from 1; gives the mean loss of a pair."""
        settings, hierarchy = self._settings, self._hierarchy
        generator = np.random.default_rng([settings.seed, epoch])
        order = generator.permutation(self._children)
        seeds = generator.integers(0, 2**62, settings.threads)
        phase = self._phase(epoch)
        hard = self._hard if phase.refines else self._hard[:, :0].copy()
        lr, tau = np.float32(phase.lr), np.float32(phase.inverse_temperature)
        greatest_norm = np.float32(norm_of_radius(settings.max_radius))

        def train(part: tuple[NDArray[np.int32], int]) -> float:
            return train_children(
                self._points, part[0], hierarchy.ancestors.starts, hierarchy.ancestors.items,
                self._barred.starts, self._barred.items, hierarchy.children.starts, hierarchy.children.items,
                self._table, round(256 * settings.sibling_share), hard, settings.negatives, lr, tau,
                greatest_norm, int(part[1]),
            )  # fmt: skip

        parts = zip(np.array_split(order, settings.threads), seeds, strict=True)
        with ThreadPoolExecutor(settings.threads) as pool:
            loss = sum(pool.map(train, parts))
        self._points[self._is_kept] = self._kept[self._is_kept]
        return float(loss / max(1, hierarchy.ancestors.counts[self._children].sum()))

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything that the next epoch depends on but its number."""
        return {"points": self._points, "hard": self._hard}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Goes back to a state that `state` gave."""
        self._points, self._hard = state["points"].copy(), state["hard"].copy()

    def _phase(self, epoch: int) -> "_Phase":
        settings = self._settings
        after = epoch - settings.burn_in_epochs - 1
        if after < 0:
            return _Phase(settings.burn_in_lr, settings.inverse_temperature, refines=False)
        if after < settings.epochs:
            lr = settings.lr * _left(after / settings.epochs)
            return _Phase(lr, settings.inverse_temperature, refines=False)
        done = (after - settings.epochs) / settings.refine_epochs
        tau = 1 + (settings.inverse_temperature - 1) * done
        return _Phase(settings.lr * _left(done), tau, refines=True)


def _children_to_train(hierarchy: Hierarchy, is_kept: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The concepts with ancestors, other than those that are kept below nothing but kept ones."""
    ancestors = hierarchy.ancestors
    owners = np.repeat(np.arange(hierarchy.n_concepts, dtype=np.int32), ancestors.counts)
    return np.unique(owners[~(is_kept[owners] & is_kept[ancestors.items])])


class _Phase(NamedTuple):
    """What an epoch is trained with."""

    lr: float
    inverse_temperature: float
    refines: bool


def _left(done: float) -> float:
    """What is left of the learning rate when a share of the epochs is done."""
    return 1 - (1 - LAST_LR_SHARE) * done
