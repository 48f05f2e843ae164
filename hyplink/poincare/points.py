"""The points of an ontology's concepts, which the stages `train-ontology` and `tune-encoder` write."""

import numpy as np
from numpy.typing import NDArray

from hyplink.errors import RunError
from hyplink.ontology import Ontology
from hyplink.run import Run
from hyplink.run.array_files import read_array


def read_points(run: Run, ontology: Ontology, stage: str = "train-ontology") -> NDArray[np.float64]:
    """The points of the concepts of a run, float64 (n_concepts, dim), inside the ball.

    Args:
        run: the run.
        ontology: its concepts.
        stage: the stage that wrote them.

    Raises:
        RunError: the file is missing or damaged.
    """
    path = run.path(stage, "points.npy")
    points: NDArray[np.float64] = read_array(path, np.float64, (len(ontology), None))
    if not (np.square(points.clip(-2, 2)).sum(1) < 1).all():  # clipped, so that no square overflows
        raise RunError(f"{path}: damaged: a point is not inside the ball")
    return points
