"""The ranker of candidate parents: networks with one hidden layer, and a softmax over the candidates of a name.

It is trained listwise: the right parents of a name shall have the greatest sum of probabilities among its candidates
(Cao et al., "Learning to rank: from pairwise approach to listwise approach", ICML 2007). A temperature fitted on names
that a network trained on the others ranks makes the probabilities those of new names.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hyplink.arrays import LARGEST, Indices, Scores, are_moderate, log_softmax, segment_starts
from hyplink.placement.features import FEATURES, ParentCandidates

HIDDEN, EPOCHS, BATCH_SIZE, LEARNING_RATE, WEIGHT_DECAY, DROPOUT = 32, 15, 32, 5e-3, 1e-3, 0.1
FARTHEST = 5.0
"""Standardised features are clipped to this distance from 0."""

MIN_STEPS = 400
"""The least number of steps, even if more than `EPOCHS` epochs are needed."""

NETWORKS = 3
"""How many networks, which differ in their seeds, have their logits averaged."""

HELD_OUT = 0.25
"""The share of the names on which the temperature is fitted."""

TEMPERATURES = np.geomspace(0.3, 3.0, 25)


@dataclass(frozen=True)
class ParentRanker:
    """Scores candidate parents.

    Attributes:
        columns: the features that are used, in the order of the weights.
        mean, scale: of the features, float64 (k,).
        hidden_weights, hidden_bias: float64 (k, h) and (h,).
        output_weights: float64 (h,).
        temperature: the logits are divided by it.
    """

    columns: Sequence[str]
    mean: Scores
    scale: Scores
    hidden_weights: Scores
    hidden_bias: Scores
    output_weights: Scores
    temperature: float

    @property
    def is_sound(self) -> bool:
        """Whether the weights have the shapes that belong together, and give finite scores."""
        n, hidden = len(self.columns), len(self.hidden_bias)
        arrays = (self.mean, self.scale, self.hidden_weights, self.hidden_bias, self.output_weights)
        shapes = [each.shape for each in arrays] == [(n,), (n,), (n, hidden), (hidden,), (hidden,)]
        divisors = np.array([*self.scale, self.temperature])
        return shapes and are_moderate([*arrays, divisors]) and bool((divisors >= 1 / LARGEST).all())

    def scores(self, candidates: ParentCandidates) -> Scores:
        """The log-probability of each candidate among those of its name, float64 (c,)."""
        return log_softmax(self.logits(candidates.features) / self.temperature, candidates.names)

    def logits(self, features: Scores) -> Scores:
        """The logit of each candidate (c,), before the temperature."""
        inputs = _standardised(features[:, _places(self.columns)], self.mean, self.scale)
        logits: Scores = np.maximum(inputs @ self.hidden_weights + self.hidden_bias, 0) @ self.output_weights
        return logits


def train_parent_ranker(
    candidates: ParentCandidates, is_parent: NDArray[np.bool_], seed: int, columns: Sequence[str] = FEATURES
) -> ParentRanker:
    """The ranker of candidates that gives right parents the greatest probabilities.

    Args:
        candidates: of names of which at least one has a right candidate.
        is_parent: whether each candidate is right, bool (c,).
        seed: of the weights and the order of examples.
        columns: the features to use.
    """
    with_a_parent = np.unique(candidates.names[is_parent])
    drawn = np.random.default_rng(seed).permutation(with_a_parent)
    held = np.isin(candidates.names, drawn[: int(HELD_OUT * len(drawn))])
    ranker = _trained(candidates.take(~held), is_parent[~held], seed, columns)
    temperature = _temperature(ranker, candidates.take(held), is_parent[held]) if held.any() else 1.0
    return replace(_trained(candidates, is_parent, seed, columns), temperature=temperature)


def _trained(
    candidates: ParentCandidates, is_parent: NDArray[np.bool_], seed: int, columns: Sequence[str]
) -> ParentRanker:
    """The mean of several networks, as a single network with all their hidden units."""
    parts = [_trained_once(candidates, is_parent, seed + number, columns) for number in range(NETWORKS)]
    return replace(
        parts[0],
        hidden_weights=np.concatenate([each.hidden_weights for each in parts], axis=1),
        hidden_bias=np.concatenate([each.hidden_bias for each in parts]),
        output_weights=np.concatenate([each.output_weights for each in parts]) / NETWORKS,
    )


def _trained_once(
    candidates: ParentCandidates, is_parent: NDArray[np.bool_], seed: int, columns: Sequence[str]
) -> ParentRanker:
    features = candidates.features[:, _places(columns)]
    mean, scale = features.mean(0), features.std(0) + 1e-6
    inputs = torch.from_numpy(_standardised(features, mean, scale)).float()
    rows = [each for each in _rows_of(candidates.names) if is_parent[each].any()]
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = nn.Sequential(
            nn.Linear(len(columns), HIDDEN), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, 1, bias=False)
        )
        optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        for _ in range(max(EPOCHS, math.ceil(MIN_STEPS * BATCH_SIZE / len(rows)))):
            order = torch.randperm(len(rows), generator=generator).tolist()
            for start in range(0, len(order), BATCH_SIZE):
                batch = [rows[i] for i in order[start : start + BATCH_SIZE]]
                optimiser.zero_grad()
                _loss(network, inputs, is_parent, batch).backward()  # type: ignore[no-untyped-call]
                optimiser.step()
    weights = [each.detach().double().numpy() for each in network.parameters()]
    return ParentRanker(list(columns), mean, scale, weights[0].T.copy(), weights[1], weights[2][0], 1.0)


def _loss(network: nn.Module, inputs: Tensor, is_parent: NDArray[np.bool_], batch: Sequence[Indices]) -> Tensor:
    """Minus the mean log-probability of the right candidates of some names, given the rows of each."""
    rows = np.concatenate(batch)
    sizes = torch.tensor([len(each) for each in batch])
    filled = torch.arange(int(sizes.max()))[None, :] < sizes[:, None]  # (n, most candidates)
    logits = torch.full(filled.shape, -1e9).masked_scatter(filled, network(inputs[rows]).squeeze(1))
    right = torch.zeros(filled.shape, dtype=torch.bool).masked_scatter(filled, torch.from_numpy(is_parent[rows]))
    log_right = torch.logsumexp(torch.log_softmax(logits, 1).masked_fill(~right, -1e9), 1)
    return -log_right.mean()


def _temperature(ranker: ParentRanker, candidates: ParentCandidates, is_parent: NDArray[np.bool_]) -> float:
    """The temperature at which the right candidates are most likely."""
    kept = np.isin(candidates.names, candidates.names[is_parent])
    right, names = is_parent[kept], candidates.names[kept]
    logits = ranker.logits(candidates.features[kept])

    def log_likelihood(temperature: float) -> float:
        scores = log_softmax(logits / temperature, names)[right]
        return float(np.logaddexp.reduceat(scores, segment_starts(names[right])).sum())

    return float(max(TEMPERATURES.tolist(), key=log_likelihood))


def _standardised(features: Scores, mean: Scores, scale: Scores) -> Scores:
    return np.clip((features - mean) / scale, -FARTHEST, FARTHEST)


def _places(columns: Sequence[str]) -> list[int]:
    return [FEATURES.index(name) for name in columns]


def _rows_of(names: Indices) -> list[Indices]:
    return np.split(np.arange(len(names)), segment_starts(names)[1:]) if len(names) else []
