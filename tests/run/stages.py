"""Two small stages: points, built from an ontology file, and vectors, built from the points and texts."""

from pathlib import Path

from hyplink.run import Run, Stage

POINTS = Stage(
    "train-ontology",
    "train_ontology",
    data=("ontology", "roots"),
    writes=("points.npy", "names/all.txt"),
)
VECTORS = Stage(
    "encode", "encode", reads=("train-ontology/points.npy", "train-ontology/names"), data=("train", "texts")
)
RESUMED = Stage("train-ontology", "train_ontology", writes=("points.npy",), resumes=True)


def build_points(run: Run, content: bytes = b"points") -> None:
    with run.building(POINTS) as folder:
        write_points(folder, content)


def write_points(folder: Path, content: bytes = b"points") -> None:
    (folder / "points.npy").write_bytes(content)
    (folder / "names").mkdir()
    (folder / "names" / "all.txt").write_bytes(content)


def build_vectors(run: Run) -> None:
    with run.building(VECTORS) as folder:
        (folder / "vectors.npy").write_bytes(run.path("train-ontology", "points.npy").read_bytes() * 2)
