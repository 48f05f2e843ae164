"""Cells of the ball: an inverted file that limits the search for the nearest concepts to a part of them.

The concepts are grouped by k-means in the tangent space at the origin (`geometry.logmap0`). A query is compared with
the concepts of the cells whose centres are nearest to it by hyperbolic distance. Distance in the tangent space would
order the cells badly: near the rim, points in different directions are farther apart than their tangent vectors tell.

The arrays are plain ones, which a damaged run cannot make a search read outside of: `check` holds what it relies on.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save

from hyplink.poincare.geometry import expmap0, logmap0
from hyplink.run.array_files import Kind, check_shapes, read_tensors
from hyplink.run.artifacts import damaged

MIN_CONCEPTS = 200_000
"""Ontologies of fewer concepts are searched exactly, which takes less than a millisecond for each of many queries."""

SAMPLE_PER_CELL, ITERATIONS = 32, 8
"""Of k-means. More of either changes the recall by less than its error."""

_ROWS_AT_A_TIME = 4096


@dataclass(frozen=True)
class Cells:
    """A partition of concepts.

    Attributes:
        centres: points of the ball, float64 (n_cells, dim).
        starts: the first position of each cell in `members`, and the end of the last, int64 (n_cells + 1,).
        members: concept indices, grouped by cell, ascending in each, int64 (n_concepts,).
    """

    centres: NDArray[np.float64]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]

    @classmethod
    def from_points(cls, points: NDArray[np.float64]) -> "Cells":
        """Four times √n cells of n concept points, float64 (n, dim), by k-means from a fixed seed."""
        vectors = logmap0(torch.from_numpy(points)).numpy().astype(np.float32)
        n_cells = min(len(points), 4 * math.isqrt(len(points)))
        generator = np.random.default_rng(0)
        sample = vectors[_chosen(len(vectors), SAMPLE_PER_CELL * n_cells, generator)]
        centres = sample[_chosen(len(sample), n_cells, generator)]
        for _ in range(ITERATIONS):
            centres = _means(sample, _nearest(sample, centres), centres)
        cell_of = _nearest(vectors, centres)
        starts = np.concatenate(([0], np.cumsum(np.bincount(cell_of, minlength=n_cells))))
        in_ball = expmap0(torch.from_numpy(centres.astype(np.float64))).numpy()
        return cls(in_ball, starts, np.argsort(cell_of, kind="stable"))

    @classmethod
    def read(cls, path: Path, shape: tuple[int, ...]) -> "Cells":
        """The cells of points of a shape that `write` wrote to a file.

        Raises:
            RunError: the file cannot be read, is damaged, or holds cells of other points.
        """
        arrays = read_tensors(path)
        n_concepts, dim = shape
        kinds: dict[str, Kind] = {
            "centres": (np.float64, (None, dim)),
            "starts": (np.int64, (None,)),
            "members": (np.int64, (n_concepts,)),
        }
        check_shapes(arrays, kinds, path)
        cells = cls(**arrays)
        try:
            cells.check(n_concepts, dim)
        except ValueError as error:
            raise damaged(path, str(error)) from error
        return cells

    def write(self, path: Path) -> None:
        """Writes the cells in safetensors format."""
        path.write_bytes(save({"centres": self.centres, "starts": self.starts, "members": self.members}))

    def check(self, n_concepts: int, dim: int) -> None:
        """Checks that these are cells of so many concepts.

        Raises:
            ValueError: they are not.
        """
        n_cells = len(self.centres)
        if n_cells == 0 or self.centres.shape != (n_cells, dim) or self.starts.shape != (n_cells + 1,):
            raise ValueError(f"{self.centres.shape} centres of cells, and {self.starts.shape} starts")
        if not (np.square(self.centres.clip(-2, 2)).sum(1) < 1).all():  # no square overflows
            raise ValueError("the centre of a cell is not inside the ball")
        if self.starts[0] != 0 or self.starts[-1] != n_concepts or (self.starts[1:] < self.starts[:-1]).any():
            raise ValueError("cells that overlap, or do not hold all concepts")
        if self.members.shape != (n_concepts,) or not np.array_equal(np.sort(self.members), np.arange(n_concepts)):
            raise ValueError("cells that do not hold each concept once")


def _chosen(n: int, count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    return np.sort(generator.choice(n, min(n, count), replace=False))


def _nearest(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.int64]:
    """The nearest centre of each vector, int64 (n,)."""
    halves = np.square(centres).sum(1) / 2
    blocks = (vectors[start : start + _ROWS_AT_A_TIME] for start in range(0, len(vectors), _ROWS_AT_A_TIME))
    return np.concatenate([(halves - block @ centres.T).argmin(1) for block in blocks])


def _means(
    vectors: NDArray[np.float32], cell_of: NDArray[np.int64], centres: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The mean vector of each cell; an empty cell keeps its centre."""
    order = np.argsort(cell_of, kind="stable")
    cells, starts, counts = np.unique(cell_of[order], return_index=True, return_counts=True)
    means = centres.copy()
    means[cells] = np.add.reduceat(vectors[order], starts, axis=0) / counts[:, None]
    return means
