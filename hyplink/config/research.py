"""The section `research` of the configuration: settings of the variants that the project's studies compare.

The section is flat, so that each variant is selected with one line of YAML. A class for each stage says which settings
belong to it: a change of one makes that stage stale, and no other.
"""

from typing import Literal

from pydantic import Field

from hyplink.config.sections import Section


class TrainOntologyResearch(Section):
    """The research settings of the stage train-ontology."""

    embedding_init: Literal["random", "construct"] = Field(
        "random",
        description="Initial points of the embedding. random: near the origin. construct: the closed form of the "
        "hierarchy.",
    )
    embedding_pairs: Literal["ancestors", "parents"] = Field(
        "ancestors",
        description="Pairs that the embedding is trained on. ancestors: each concept with all its ancestors. parents: "
        "only the is-a edges, in the order of the file.",
    )
    gensim_clip: bool = Field(
        False,
        description="For trainer gensim: use gensim's own clipping, with its epsilon of 1e-5, instead of max_radius.",
    )
    gensim_batch_size: int = Field(10, ge=1, description="For trainer gensim: pairs per training step.")
    inverse_temperature: float = Field(
        1.0, gt=0, le=100, description="For trainer fast: factor of the distances in the embedding loss."
    )
    uniform_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="For trainer fast: share of the negatives drawn uniformly from all concepts. The others are drawn "
        "in proportion to how often a concept occurs in the pairs, to the power 0.75.",
    )
    sibling_share: float = Field(
        0.05,
        ge=0,
        le=0.5,
        description="For trainer fast: share of the negatives drawn from the siblings of the concept and of its "
        "ancestors.",
    )
    refine_epochs: int = Field(
        0,
        ge=0,
        description="For trainer fast: additional epochs with hard negatives. The learning rate decays a second time, "
        "and the inverse temperature rises from 1. A large hierarchy is reconstructed better with them.",
    )
    hard_negatives: int = Field(
        4,
        ge=1,
        le=100,
        description="For refine_epochs: the number of nearest negatives that each concept keeps from one epoch to the "
        "next, in addition to those drawn.",
    )
    held_out_edges: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Share of the transitive pairs that is held out of training, to measure link prediction.",
    )


class EncodeResearch(Section):
    """The research settings of the stage encode."""

    merge: Literal["any", "neighbours"] = Field(
        "any",
        description="For encoder recursive: which pair is merged next. any: of all pairs of words or groups, the one "
        "with the least total error. neighbours: the adjacent pair with the least error.",
    )
    merge_error: Literal["weighted", "unweighted"] = Field(
        "weighted",
        description="For encoder recursive: how the reconstruction errors of the two parts of a pair are added. "
        "weighted: by their numbers of words. unweighted: equally.",
    )


class SpaceResearch(Section):
    """The research settings that the stages tune-encoder and fit share."""

    space: Literal["poincare", "euclidean", "flat"] = Field(
        "poincare",
        description="The space of the outputs. poincare: the Poincaré ball. euclidean: a Euclidean space of the same "
        "dimension. flat: no space, a plain softmax over the concepts.",
    )
    head: Literal["expmap0", "polar", "dhingra", "project", "tanh-project", "lorentz"] = Field(
        "expmap0",
        description="The output head: how an output becomes a point of the ball. expmap0: the exponential map of a "
        "tangent vector at the origin. polar: a direction and a radius. dhingra: a direction and a norm from a sigmoid "
        "(Dhingra et al. 2018). lorentz: a point of the hyperboloid. project: cut off at the boundary. tanh-project: "
        "tanh of each coordinate, then cut off.",
    )
    concepts: Literal["tuned", "frozen"] = Field(
        "tuned",
        description="Whether the concept points are trained. tuned: with Riemannian Adam. frozen: they keep their "
        "initial values.",
    )


class FitResearch(SpaceResearch):
    """The research settings of the stage fit."""

    start: Literal["embedding", "construct", "random", "tuned"] = Field(
        "embedding",
        description="Initial values of the concept points. embedding: the points of train-ontology. construct: the "
        "closed form of the hierarchy. random: random points, as far from the origin as the embedding. tuned: the "
        "points of tune-encoder.",
    )
    start_share: float = Field(
        0.35,
        gt=0,
        le=1,
        description="Factor of the initial distances of tuned points from the origin. Points that start close together "
        "can still change places. Frozen points are not moved.",
    )
    layer: Literal["linear", "mobius", "angular"] = Field(
        "linear",
        description="The last layer. linear: weights and a bias. mobius: its counterpart on the ball. angular: a "
        "function of the angle between input and weights.",
    )
    angle: Literal["cosine", "linear", "sigmoid"] = Field(
        "cosine", description="For layer angular: the function of the angle."
    )
    angle_steepness: float = Field(
        0.3, ge=0.01, le=10, description="For angle sigmoid: its parameter k. Smaller values are steeper at 90 degrees."
    )
    loss: Literal["softmax", "distance", "squared-distance", "ranking"] = Field(
        "softmax",
        description="The loss. softmax: cross-entropy over −τ·distance, with τ trained. distance and squared-distance: "
        "the distance from the gold concept alone, for frozen concepts. ranking: other concepts must be farther away "
        "by a margin.",
    )
    margin: float = Field(1.0, gt=0, le=100, description="For loss ranking: the margin, a distance.")
    clustering_weight: float = Field(
        0.0,
        ge=0,
        le=100,
        description="Weight of the clustering loss on the mentions of data.unlabelled. 0: these are not used.",
    )
    clustering_gamma: float = Field(
        1.0,
        ge=0,
        le=100,
        description="γ of the clustering loss. The loss makes the prediction for each mention certain and, with weight "
        "γ, spreads the predictions of all mentions over many concepts.",
    )


class ResearchSettings(FitResearch, EncodeResearch, TrainOntologyResearch):
    """Variants of the method that the project's studies compare. Linking does not require changes here."""


_RESEARCH: dict[str, type[Section]] = {
    "train_ontology": TrainOntologyResearch,
    "encode": EncodeResearch,
    "fit": FitResearch,
    "tune": SpaceResearch,
}


def research_keys(section: str) -> tuple[str, ...]:
    """The settings of `research` that belong to the stage with this section; none for other sections."""
    return tuple(_RESEARCH[section].model_fields) if section in _RESEARCH else ()
