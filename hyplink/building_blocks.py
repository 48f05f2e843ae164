"""The parts of hyplink's networks, for use in other networks: plain functions and modules of PyTorch.

They need no run and no configuration, and work with float32 and float64 tensors. Half precision has no numbers near
enough to 1 for points far from the origin. Each is imported when it is first used.

from hyplink.building_blocks import expmap0_points, mean_distance

loss = mean_distance(expmap0_points(network(inputs), max_radius=6.0), targets)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geoopt.optim import RiemannianAdam as RiemannianAdam
    from geoopt.optim import RiemannianSGD as RiemannianSGD

    from hyplink.encoders.merge_tree import render_tree as render_tree
    from hyplink.encoders.merge_tree import tree_of as tree_of
    from hyplink.encoders.merging import Composer as Composer
    from hyplink.encoders.merging import merge_greedily as merge_greedily
    from hyplink.poincare.geometry import dist as dist
    from hyplink.poincare.geometry import dist0 as dist0
    from hyplink.poincare.geometry import expmap0 as expmap0
    from hyplink.poincare.geometry import logmap0 as logmap0
    from hyplink.poincare.geometry import pairwise_training_dist as pairwise_training_dist
    from hyplink.poincare.geometry import project as project
    from hyplink.poincare.geometry import training_dist as training_dist
    from hyplink.poincare.index import ConceptIndex as ConceptIndex
    from hyplink.poincare.pretrained import PretrainedEmbedding as PretrainedEmbedding
    from hyplink.poincare.pretrained import read_embedding as read_embedding
    from hyplink.regressor.heads import PoincareNormalize as PoincareNormalize
    from hyplink.regressor.heads import dhingra_points as dhingra_points
    from hyplink.regressor.heads import expmap0_points as expmap0_points
    from hyplink.regressor.heads import lorentz_points as lorentz_points
    from hyplink.regressor.heads import poincare_normalize as poincare_normalize
    from hyplink.regressor.heads import polar_points as polar_points
    from hyplink.regressor.layers import AngularLinear as AngularLinear
    from hyplink.regressor.layers import MobiusLinear as MobiusLinear
    from hyplink.regressor.losses import clustering_loss as clustering_loss
    from hyplink.regressor.losses import clustering_loss_of_probabilities as clustering_loss_of_probabilities
    from hyplink.regressor.point_losses import distance_softmax as distance_softmax
    from hyplink.regressor.point_losses import mean_distance as mean_distance
    from hyplink.regressor.points_adam import PointsAdam as PointsAdam

_HOMES = {
    **dict.fromkeys(("RiemannianAdam", "RiemannianSGD"), "geoopt.optim"),
    **dict.fromkeys(("render_tree", "tree_of"), "hyplink.encoders.merge_tree"),
    **dict.fromkeys(("Composer", "merge_greedily"), "hyplink.encoders.merging"),
    **dict.fromkeys(
        ("dist", "dist0", "expmap0", "logmap0", "pairwise_training_dist", "project", "training_dist"),
        "hyplink.poincare.geometry",
    ),
    "ConceptIndex": "hyplink.poincare.index",
    **dict.fromkeys(("PretrainedEmbedding", "read_embedding"), "hyplink.poincare.pretrained"),
    **dict.fromkeys(
        (
            "PoincareNormalize",
            "dhingra_points",
            "expmap0_points",
            "lorentz_points",
            "poincare_normalize",
            "polar_points",
        ),
        "hyplink.regressor.heads",
    ),
    **dict.fromkeys(("AngularLinear", "MobiusLinear"), "hyplink.regressor.layers"),
    **dict.fromkeys(("clustering_loss", "clustering_loss_of_probabilities"), "hyplink.regressor.losses"),
    **dict.fromkeys(("distance_softmax", "mean_distance"), "hyplink.regressor.point_losses"),
    "PointsAdam": "hyplink.regressor.points_adam",
}
# The module of each name.

__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    """Imports a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
