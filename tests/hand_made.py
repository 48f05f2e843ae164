"""Objects made by hand, so that candidates, features and links can be computed on paper.

A vector is `OWN` numbers of the mention itself, then the coordinates of its point in the ball: the regressor is the
identity on the latter. Points lie on one axis, so that their distance is the difference of their hyperbolic radii.
"""

import numpy as np
import torch

from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.regressor import Regressor
from hyplink.regressor.layers import LastLayer
from hyplink.regressor.network import Network
from hyplink.regressor.spaces import FlatSpace, PoincareSpace
from hyplink.regressor.whitening import Whitening

OWN, DIM = 3, 2
TEMPERATURE = 5.0
"""A score of the ball is minus this times the distance."""


def on_axis(radii):
    """Points (n, 2) of the ball at these signed hyperbolic distances from the origin."""
    radii = np.asarray(radii, dtype=np.float64)
    return np.stack([np.tanh(radii / 2), np.zeros(len(radii))], axis=1)


def identity_regressor(concept_radii):
    """A regressor that takes the last two numbers of a vector for the point of the ball."""
    return Regressor(
        Whitening((OWN, DIM)), _selecting(DIM, OWN), PoincareSpace(on_axis(concept_radii), "project", False), True
    )


def flat_regressor(n_concepts):
    """A regressor without a ball, whose logits are a vector's first numbers: concepts have no points."""
    return Regressor(Whitening((OWN, DIM)), _selecting(n_concepts, 0), FlatSpace(n_concepts), True)


def _selecting(n_out, first):
    network = Network(OWN + DIM, 0, n_out, LastLayer("linear", "cosine", 1.0))
    with torch.no_grad():
        network.layers.weight.copy_(torch.eye(OWN + DIM)[first : first + n_out])
        network.layers.bias.zero_()
    return network


def vectors_of(own, radii):
    """Vectors (n, 5), float32, of mentions with these own numbers (n, 3), whose points lie at these radii."""
    return np.concatenate([np.asarray(own, dtype=np.float64), on_axis(radii)], axis=1).astype(np.float32)


def surface_forms_of(rows, gold_groups):
    """Surface forms from (text, concept, own vector, document, whether it is a label or an exact synonym)."""
    texts, concepts, vectors, docs, own = zip(*rows, strict=True)
    return SurfaceForms(
        texts,
        np.array(concepts, dtype=np.int64),
        np.array(vectors, dtype=np.float32),
        docs,
        np.array(own, dtype=bool),
        np.array(own, dtype=bool),
        np.array(gold_groups, dtype=np.int64),
    )
