"""The relation of a mention to the ontology: its concept is there, or only a broader one, or none.

A multinomial logistic regression on standardised features gives the probability of each relation. All relations have
the same weight in training: how frequent each is depends on the text. A mention that is a name in normal form is
`exact` with the probability that such names had among the examples and have in texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.special import softmax

from hyplink.arrays import LARGEST, Indices, Scores, are_moderate
from hyplink.confidence.calibration import PLAIN_IN_TEXT
from hyplink.placement.relation_features import RELATION_FEATURES

Relation = Literal["exact", "broader", "none"]
RELATIONS: tuple[Relation, ...] = get_args(Relation)

STRENGTH = 0.1
"""The inverse strength of the weights' regularisation."""

ASSUMED_NAMES = 20
"""Examples that are names, added with the share of plain names in texts that mean their concept: few ontologies have
unknown names that are names of other concepts, and some have none."""

FARTHEST = 4.0
"""Standardised features are clipped to this distance from 0."""

_NAME = RELATION_FEATURES.index("normal_name")


@dataclass(frozen=True)
class RelationModel:
    """Gives the probability of each relation.

    Attributes:
        columns: the features that are used, in the order of the weights.
        mean, scale: of the features, float64 (k,).
        weights, bias: float64 (k, 3) and (3,).
        of_names: the probability that a name is of relation `exact`.
        n_examples: how many examples of each relation it was trained on.
    """

    columns: Sequence[str]
    mean: Scores
    scale: Scores
    weights: Scores
    bias: Scores
    of_names: float
    n_examples: Sequence[int]

    @property
    def is_sound(self) -> bool:
        """Whether the weights have the shapes that belong together, and give probabilities."""
        n, n_relations = len(self.columns), len(RELATIONS)
        arrays = (self.mean, self.scale, self.weights, self.bias)
        shapes = [each.shape for each in arrays] == [(n,), (n,), (n, n_relations), (n_relations,)]
        return shapes and are_moderate(arrays) and bool((self.scale >= 1 / LARGEST).all()) and 0 <= self.of_names <= 1

    def probabilities(self, features: Scores) -> Scores:
        """The probability of each of `RELATIONS`, float64 (n, 3), given features, (n, len(RELATION_FEATURES))."""
        inputs = _standardised(features[:, _places(self.columns)], self.mean, self.scale)
        found: Scores = softmax(inputs @ self.weights + self.bias, axis=1)
        others = (1 - self.of_names) / (len(RELATIONS) - 1)
        found[features[:, _NAME] > 0] = [self.of_names, others, others]
        return found


def train_relation(
    features: Scores, relations: Indices, columns: Sequence[str] = RELATION_FEATURES
) -> RelationModel | None:
    """The model under which the relations of examples are most likely; None if a relation has no example.

    Args:
        features: of the examples, float64 (n, len(RELATION_FEATURES)).
        relations: the index in `RELATIONS` of each, int64 (n,).
        columns: the features to use.
    """
    from sklearn.linear_model import LogisticRegression  # linking does not need it

    is_name = features[:, _NAME] > 0
    counts = np.bincount(relations[~is_name], minlength=len(RELATIONS))
    if not counts.all():
        return None
    chosen = features[~is_name][:, _places(columns)]
    mean, scale = chosen.mean(0), chosen.std(0) + 1e-6
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit(_standardised(chosen, mean, scale), relations[~is_name])
    n_exact = np.sum(relations[is_name] == 0) + ASSUMED_NAMES * PLAIN_IN_TEXT
    of_names = float(n_exact / (is_name.sum() + ASSUMED_NAMES))
    return RelationModel(list(columns), mean, scale, model.coef_.T.copy(), model.intercept_, of_names, counts.tolist())


def _standardised(features: Scores, mean: Scores, scale: Scores) -> Scores:
    return np.clip((features - mean) / scale, -FARTHEST, FARTHEST)


def _places(columns: Sequence[str]) -> list[int]:
    return [RELATION_FEATURES.index(name) for name in columns]
