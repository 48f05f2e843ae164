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
    """Trains with the compiled kernel, an epoch at a time; with one thread bit-identical, also after a restart."""

    def __init__(
        self,
        settings: TrainOntologySettings,
        hierarchy: Hierarchy,
        initial: NDArray[np.float64] | None = None,
        held_out: Lists | None = None,
    ) -> None:
        self._settings = settings
        self._hierarchy = hierarchy
        self._children = np.flatnonzero(hierarchy.ancestors.counts).astype(np.int32)
        self._barred = hierarchy.ancestors if held_out is None else hierarchy.ancestors.united(held_out)
        generator = np.random.default_rng(settings.seed)
        if initial is None:
            initial = generator.uniform(-START_RANGE, START_RANGE, (hierarchy.n_concepts, settings.dim))
        even_share = min(1.0, settings.uniform_share / (1 - settings.kin_share))
        self._table = table_of_draws(hierarchy, even_share, generator)
        self._points = initial.astype(np.float32)
        self._hard = np.full((hierarchy.n_concepts, settings.hard_negatives), -1, np.int32)

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
        phase = self._phase(epoch)
        hard = self._hard if phase.refines else self._hard[:, :0].copy()
        lr, tau = np.float32(phase.lr), np.float32(phase.inverse_temperature)
        greatest_norm = np.float32(norm_of_radius(settings.max_radius))

        def train(part: tuple[NDArray[np.int32], int]) -> float:
            return train_children(
                self._points, part[0], hierarchy.ancestors.starts, hierarchy.ancestors.items,
                self._barred.starts, self._barred.items, hierarchy.children.starts, hierarchy.children.items,
                self._table, round(256 * settings.kin_share), hard, settings.negatives, lr, tau,
                greatest_norm, int(part[1]),
            )  # fmt: skip

        parts = zip(np.array_split(order, settings.threads), seeds, strict=True)
        with ThreadPoolExecutor(settings.threads) as pool:
            return float(sum(pool.map(train, parts)) / len(hierarchy.ancestors.items))

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


class _Phase(NamedTuple):
    """What an epoch is trained with."""

    lr: float
    inverse_temperature: float
    refines: bool


def _left(done: float) -> float:
    """What is left of the learning rate when a share of the epochs is done."""
    return 1 - (1 - LAST_LR_SHARE) * done
