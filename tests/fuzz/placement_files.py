"""Readers of what a run learned about concepts that its ontology lacks; what is read is used once."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from hyplink.placement.features import FEATURES, ParentCandidates
from hyplink.placement.model import PlacementModel, load_placement, save_placement
from hyplink.placement.parent_ranker import ParentRanker
from hyplink.placement.relation import RelationModel
from hyplink.placement.relation_features import RELATION_FEATURES
from hyplink.run.tables import ARRAYS, TABLES
from tests.fuzz.harness import Harness
from tests.fuzz.run_files import TENSORS, TOKENS, Later

PARENTS = ParentRanker(
    FEATURES[:2], np.zeros(2), np.full(2, 0.5), np.full((2, 3), 0.25), np.zeros(3), np.full(3, 1.5), 0.75
)
RELATION = RelationModel(
    RELATION_FEATURES[:2], np.zeros(2), np.full(2, 0.5), np.full((2, 3), 0.25), np.zeros(3), 0.9, [40, 50, 60]
)


@cache
def saved() -> dict[str, bytes]:
    """The files of a model."""
    with tempfile.TemporaryDirectory() as folder:
        save_placement(PlacementModel(PARENTS, RELATION), Path(folder) / "placement")
        return {name: (Path(folder) / "placement" / name).read_bytes() for name in (TABLES, ARRAYS)}


def used(path: Path) -> None:
    """Reads the folder of a file, and asks for probabilities, which must be numbers."""
    model = load_placement(path.parent)
    features = np.linspace(-3, 3, 4 * len(FEATURES)).reshape(4, -1)
    if model.parents:
        candidates = ParentCandidates(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), features)
        shares = np.exp(model.parents.scores(candidates))
        assert np.allclose(np.add.reduceat(shares, [0, 2]), 1), shares
    if model.relation:
        probabilities = model.relation.probabilities(np.resize(features, (4, len(RELATION_FEATURES))))
        assert np.allclose(probabilities.sum(1), 1), probabilities


HARNESSES = tuple(
    Harness(
        f"run-placement-{file}",
        file,
        used,
        lambda file=file: [saved()[file]],  # type: ignore[misc]
        tokens,
        Later(lambda other=other: {other: saved()[other]}),  # type: ignore[misc]
    )
    for file, other, tokens in ((TABLES, ARRAYS, TOKENS), (ARRAYS, TABLES, TENSORS))
)
