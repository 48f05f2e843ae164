"""What a run learned about concepts that its ontology lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores
from hyplink.candidates.features import Candidates
from hyplink.candidates.surface_forms import Vectors
from hyplink.errors import RunError
from hyplink.placement.features import FEATURES
from hyplink.placement.parent_ranker import ParentRanker
from hyplink.placement.relation import RelationModel
from hyplink.placement.relation_features import RELATION_FEATURES
from hyplink.regressor import Regressor
from hyplink.run.tables import read_tables, write_tables

NOT_LEARNED = "it was fitted by an earlier version; re-run `hyplink fit RUN --force`"
"""Why a run has learned nothing about concepts that its ontology lacks."""


@dataclass(frozen=True)
class PlacementModel:
    """The rankers of parents and of relations.

    Attributes:
        parents: ranks the parents of new concepts; None if too few concepts could be held out.
        relation: gives the relations of mentions; None for the same reason.
        reason: why they are None; empty if they are not.
    """

    parents: ParentRanker | None
    relation: RelationModel | None
    reason: str = ""


def save_placement(model: PlacementModel, folder: Path) -> None:
    """Writes a placement model to a new folder."""
    write_tables(model, folder)


def load_placement(folder: Path) -> PlacementModel:
    """The placement model that `save_placement` wrote.

    Raises:
        RunError: a file is missing or damaged, or of another version's features.
    """
    model = read_tables(PlacementModel, folder)
    parents, relation = model.parents, model.relation
    fit = [_fits(parents.columns, FEATURES) and parents.is_sound] if parents else []
    fit += [_fits(relation.columns, RELATION_FEATURES) and relation.is_sound] if relation else []
    if not all(fit) or (relation and not parents):  # a broader answer needs both
        raise RunError(f"{folder}: not the weights of this version's features; re-run `hyplink fit` with --force")
    return model


def _fits(columns: Sequence[str], known: Sequence[str]) -> bool:
    return 0 < len(columns) == len(set(columns)) and set(columns) <= set(known)


def radii_of(regressor: Regressor, vectors: Vectors, of_concepts: Scores | None = None) -> tuple[Scores, Scores] | None:
    """The distances from the origin of mentions' points and of all concepts'; None if the space is not the ball.

    Args:
        regressor: maps vectors to points.
        vectors: of the mentions, float32 (n, dim).
        of_concepts: what `concept_radii` gave for the regressor, if it is known.
    """
    of_concepts = concept_radii(regressor) if of_concepts is None else of_concepts
    return None if of_concepts is None else (_radii(regressor.points(vectors)), of_concepts)


def concept_radii(regressor: Regressor) -> Scores | None:
    """The distances of all concepts' points from the origin, (n_concepts,); None if the space is not the ball."""
    points = regressor.space.concept_points()
    return None if regressor.space.name != "poincare" or points is None else _radii(points)


def _radii(points: Scores) -> Scores:
    radii: Scores = 2 * np.arctanh(np.minimum(np.linalg.norm(points, axis=1), 1 - 1e-15))
    return radii


def chosen_candidates(candidates: Candidates, rows: NDArray[np.bool_]) -> Candidates:
    """Some of the candidates, which keep the rows of their mentions."""
    mentions, concepts, features, distances, gold_groups = candidates
    kept = None if distances is None else distances[rows]
    return Candidates(mentions[rows], concepts[rows], features[rows], kept, gold_groups[rows])


def rows_with_candidates(candidates: Candidates) -> Indices:
    """The rows of the mentions that have candidates, ascending, int64 (n,)."""
    return np.unique(candidates.mentions)
