"""Trainer that runs the compiled kernel in threads that update the shared points without locks (Hogwild)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.poincare.geometry import norm_of_radius
from hyplink.poincare.hierarchy import ConceptLists, Hierarchy
from hyplink.poincare.trainers.kernel import train_concepts
from hyplink.poincare.trainers.negatives import negative_table

INITIAL_RANGE = 1e-3
"""Random initial coordinates are uniform in ±INITIAL_RANGE, as in gensim."""

FINAL_LR_SHARE = 0.05
"""The learning rate decays linearly to this share of its initial value, and again in the refinement epochs."""


class FastTrainer:
    """Trains an embedding with the compiled kernel, one epoch at a time.

    With one thread the result is bit-identical from run to run, also after a restart from `state`.

    Args:
        settings: the settings of the embedding.
        hierarchy: the training relations.
        initial: initial points, float64 (n_concepts, dim); None samples them near the origin.
        held_out: pairs that are neither trained on nor used as negatives.
        frozen: points that must not move, float64 (n_concepts, dim); a row of NaN stands for a concept to be trained.
            A frozen concept all of whose ancestors are frozen is not trained on.
    """

    def __init__(
        self,
        settings: TrainOntologySettings,
        hierarchy: Hierarchy,
        initial: NDArray[np.float64] | None = None,
        held_out: ConceptLists | None = None,
        frozen: NDArray[np.float64] | None = None,
    ) -> None:
        self._settings = settings
        self._hierarchy = hierarchy
        self._excluded = hierarchy.ancestors if held_out is None else hierarchy.ancestors.union(held_out)
        generator = np.random.default_rng(settings.seed)
        if initial is None:
            initial = generator.uniform(-INITIAL_RANGE, INITIAL_RANGE, (hierarchy.n_concepts, settings.dim))
        uniform_share = min(1.0, settings.uniform_share / (1 - settings.sibling_share))
        self._negative_table = negative_table(hierarchy, uniform_share, generator)
        self._frozen = np.full(initial.shape, np.nan) if frozen is None else frozen
        self._is_frozen = ~np.isnan(self._frozen[:, 0])
        self._trained_concepts = _concepts_to_train(hierarchy, self._is_frozen)
        self._points = np.where(self._is_frozen[:, None], self._frozen, initial).astype(np.float32)
        self._hard_negatives = np.full((hierarchy.n_concepts, settings.hard_negatives), -1, np.int32)

    @property
    def points(self) -> NDArray[np.float64]:
        """The current points, float64 (n_concepts, dim)."""
        return np.where(self._is_frozen[:, None], self._frozen, self._points.astype(np.float64))

    def run_epoch(self, epoch: int) -> float:
        """Trains on every pair once and returns the mean loss of a pair; epochs are counted from 1."""
        settings, hierarchy = self._settings, self._hierarchy
        generator = np.random.default_rng([settings.seed, epoch])
        order = generator.permutation(self._trained_concepts)
        seeds = generator.integers(0, 2**62, settings.threads)
        phase = self._phase(epoch)
        hard_negatives = self._hard_negatives if phase.refines else self._hard_negatives[:, :0].copy()
        lr, tau = np.float32(phase.lr), np.float32(phase.inverse_temperature)
        max_norm = np.float32(norm_of_radius(settings.max_radius))

        def train(part: tuple[NDArray[np.int32], int]) -> float:
            return train_concepts(
                self._points, part[0], hierarchy.ancestors.starts, hierarchy.ancestors.items,
                self._excluded.starts, self._excluded.items, hierarchy.children.starts, hierarchy.children.items,
                self._negative_table, round(256 * settings.sibling_share), hard_negatives, settings.negatives, lr, tau,
                max_norm, int(part[1]),
            )  # fmt: skip

        parts = zip(np.array_split(order, settings.threads), seeds, strict=True)
        with ThreadPoolExecutor(settings.threads) as pool:
            loss = sum(pool.map(train, parts))
        self._points[self._is_frozen] = self._frozen[self._is_frozen]
        return float(loss / max(1, hierarchy.ancestors.counts[self._trained_concepts].sum()))

    def state(self) -> dict[str, NDArray[Any]]:
        """Everything the next epoch depends on, except its number."""
        return {"points": self._points, "hard": self._hard_negatives}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Restores a state returned by `state`."""
        self._points, self._hard_negatives = state["points"].copy(), state["hard"].copy()

    def _phase(self, epoch: int) -> "_Phase":
        settings = self._settings
        n_done = epoch - settings.burn_in_epochs - 1  # epochs after burn-in
        if n_done < 0:
            return _Phase(settings.burn_in_lr, settings.inverse_temperature, refines=False)
        if n_done < settings.epochs:
            lr = settings.lr * _lr_share(n_done / settings.epochs)
            return _Phase(lr, settings.inverse_temperature, refines=False)
        done = (n_done - settings.epochs) / settings.refine_epochs
        tau = 1 + (settings.inverse_temperature - 1) * done
        return _Phase(settings.lr * _lr_share(done), tau, refines=True)


def _concepts_to_train(hierarchy: Hierarchy, is_frozen: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The concepts that have an ancestor and form at least one pair that is not frozen on both sides."""
    ancestors = hierarchy.ancestors
    owners = np.repeat(np.arange(hierarchy.n_concepts, dtype=np.int32), ancestors.counts)
    return np.unique(owners[~(is_frozen[owners] & is_frozen[ancestors.items])])


class _Phase(NamedTuple):
    """The parameters of one epoch."""

    lr: float
    inverse_temperature: float
    refines: bool


def _lr_share(done: float) -> float:
    """The share of the initial learning rate when a share `done` of the epochs is done."""
    return 1 - (1 - FINAL_LR_SHARE) * done
