"""The points as gensim's users load them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from gensim.models.poincare import PoincareKeyedVectors
from numpy.typing import NDArray


def write_keyed_vectors(
    path: Path, concept_ids: Sequence[str], points: NDArray[np.float64], counts: NDArray[np.int64]
) -> None:
    """Writes points as gensim's PoincareKeyedVectors; hyplink itself never reads them.

    Args:
        path: the file; gensim adds files beside it where arrays are large.
        concept_ids: the key of each row.
        points: float64 (n_concepts, dim).
        counts: how often each concept occurs in the relations, int64 (n_concepts,).
    """
    vectors = PoincareKeyedVectors(points.shape[1], len(points), dtype=np.float64)
    vectors.index_to_key = list(concept_ids)
    vectors.key_to_index = {concept_id: index for index, concept_id in enumerate(concept_ids)}
    vectors.vectors = points
    vectors.expandos["count"] = counts
    vectors.save(str(path))
