"""Export of concept points in gensim's format."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from gensim.models.poincare import PoincareKeyedVectors
from numpy.typing import NDArray


def write_keyed_vectors(
    path: Path, concept_ids: Sequence[str], points: NDArray[np.float64], counts: NDArray[np.int64]
) -> None:
    """Writes points as gensim's PoincareKeyedVectors, for use with gensim and by `train_ontology.embedding`.

    Args:
        path: the file; gensim writes large arrays to further files beside it.
        concept_ids: the key of each row.
        points: float64 (n_concepts, dim).
        counts: number of relations in which each concept occurs, int64 (n_concepts,).
    """
    vectors = PoincareKeyedVectors(points.shape[1], len(points), dtype=np.float64)
    vectors.index_to_key = list(concept_ids)
    vectors.key_to_index = {concept_id: index for index, concept_id in enumerate(concept_ids)}
    vectors.vectors = points
    vectors.expandos["count"] = counts
    vectors.save(str(path))
