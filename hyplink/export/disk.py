"""The data of a disk plot: concepts with their is-a edges, and dev mentions with their predicted positions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypedDict

from hyplink.candidates.examples import Example, read_examples
from hyplink.errors import RunError
from hyplink.export.tree_layout import Disk, spanning_parents, tree_layout
from hyplink.linking.consistency import check_regressor
from hyplink.ontology import Ontology, load_ontology
from hyplink.poincare import geometry
from hyplink.regressor import Regressor, load_regressor
from hyplink.run import Run, read_records
from hyplink.run.array_files import read_array

MAX_MENTIONS = 300
"""More would cover the concepts."""

N_NEIGHBOURS = 5
"""Number of nearest concepts that determine the position of a mention in a tree layout."""


@dataclass(frozen=True, slots=True)
class PlottedMention:
    """A dev mention and its answer.

    Attributes:
        text: its text.
        position: its position in the disk.
        gold: row of a gold concept; None if none is plotted.
        answer: row of the concept that it was linked to; None for NIL, or if that concept is not plotted.
        correct: whether the answer is a gold concept.
    """

    text: str
    position: complex
    gold: int | None
    answer: int | None
    correct: bool


@dataclass(frozen=True, slots=True)
class DiskPlot:
    """The data of a plot, independent of the output format.

    Attributes:
        title: name of the ontology, and of the branch if one was chosen.
        caption: what the positions are: the model's own points, or a layout of the tree.
        concept_ids: ids of the plotted concepts, one per row.
        labels: their labels.
        depths: their depths in the whole ontology.
        n_descendants: their numbers of descendants among the plotted concepts, without the concepts themselves.
        positions: complex128 (n_concepts,), in the unit disk.
        edges: int64 (n_edges, 2), rows of child and parent.
        mentions: dev mentions of the plotted concepts.
    """

    title: str
    caption: str
    concept_ids: tuple[str, ...]
    labels: tuple[str, ...]
    depths: tuple[int, ...]
    n_descendants: tuple[int, ...]
    positions: Disk
    edges: NDArray[np.int64]
    mentions: tuple[PlottedMention, ...]


class _Candidate(TypedDict):
    """A candidate of a prediction."""

    concept: str


class _Prediction(TypedDict):
    """What a plot needs of a line of `predictions.jsonl`."""

    candidates: list[_Candidate]


def disk_plot(run: Run, branch: str | None = None) -> DiskPlot:
    """The plot of a run, or of one branch of its ontology.

    The points of a two-dimensional model are plotted as they are. Otherwise the ontology's tree is laid out in the
    disk, and each mention is placed at the centroid of the concepts nearest to its predicted point.

    Raises:
        InputError: the branch is not a concept of the ontology.
        RunError: the run is unfinished or damaged.
    """
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    regressor = load_regressor(run.path("fit"))
    check_regressor(regressor, ontology, run)
    points = regressor.space.concept_points()
    plotted = ontology.restricted_to([branch]) if branch else ontology
    rows = {concept_id: row for row, concept_id in enumerate(plotted.concept_ids)}
    planar = points is not None and points.shape[1] == 2 and regressor.space.name == "poincare"
    kept = [ontology.index_of[concept_id] for concept_id in plotted.concept_ids]
    positions = _as_complex(points[kept]) if planar and points is not None else tree_layout(plotted)
    parents = spanning_parents(plotted)
    edges = [(rows[child], rows[parent]) for child, parent in parents.items()]
    return DiskPlot(
        title=ontology.source + (f", {ontology.concepts[branch].label}" if branch else ""),
        caption=_caption(planar, regressor),
        concept_ids=plotted.concept_ids,
        labels=tuple(plotted.concepts[each].label for each in plotted.concept_ids),
        depths=tuple(map(ontology.depth, plotted.concept_ids)),
        n_descendants=tuple(len(plotted.descendants(each)) - 1 for each in plotted.concept_ids),
        positions=positions,
        edges=np.array(edges, dtype=np.int64).reshape(-1, 2),
        mentions=tuple(_mentions(run, ontology, rows, regressor, positions, planar)),
    )


def _caption(planar: bool, regressor: Regressor) -> str:
    if planar:
        return "Points of the model's two-dimensional Poincaré ball."
    return (
        f"Tree layout of the ontology (the model has {regressor.space.output_dim} dimensions). Mentions are placed at "
        f"the centroid of the {N_NEIGHBOURS} concepts nearest to their predicted point."
    )


def _mentions(
    run: Run, ontology: Ontology, rows: dict[str, int], regressor: Regressor, positions: Disk, planar: bool
) -> list[PlottedMention]:
    """At most `MAX_MENTIONS` dev mentions, evenly sampled; none if the run was not evaluated."""
    if not run.has("evaluate", "predictions.jsonl"):
        return []
    dev = read_examples(run.path("encode", "mentions.jsonl"))["dev"]
    path = run.path("evaluate", "predictions.jsonl")
    candidates = [line["candidates"] for line in read_records(_Prediction, path)]
    if len(candidates) != len(dev):
        raise RunError(f"{path}: damaged: {len(candidates)} lines for {len(dev)} dev mentions")
    chosen = [row for row, each in enumerate(dev) if any(concept in rows for part in each.gold for concept in part)]
    chosen = chosen[:: -(-len(chosen) // MAX_MENTIONS) or 1]
    if not chosen:
        return []
    vectors = read_array(run.path("encode", "dev.npy"), np.float32, (len(dev), sum(regressor.whitening.blocks)))[chosen]
    places = (
        _as_complex(regressor.points(vectors)) if planar else _centroids(regressor, vectors, ontology, rows, positions)
    )
    return [
        _mention(dev[row], candidates[row], complex(place), rows) for row, place in zip(chosen, places, strict=True)
    ]


def _mention(
    example: Example, candidates: Sequence[_Candidate], position: complex, rows: dict[str, int]
) -> PlottedMention:
    gold_ids = [concept for part in example.gold for concept in part]
    answer = candidates[0]["concept"] if candidates else None
    plotted = [rows[concept] for concept in gold_ids if concept in rows]
    gold = rows[answer] if answer in gold_ids and answer in rows else plotted[0]
    return PlottedMention(example.text, position, gold, rows.get(answer or ""), answer in gold_ids)


def _centroids(
    regressor: Regressor, vectors: NDArray[np.float32], ontology: Ontology, rows: dict[str, int], positions: Disk
) -> Disk:
    """The centroid of the nearest concepts of each mention, weighted by the model's probabilities, complex128 (n,).

    This is the Lorentzian centroid (Law et al. 2019, Lorentzian Distance Learning for Hyperbolic Representations,
    theorem 3.3). Concepts that are not plotted are ignored; if none of the nearest is plotted, the result is the
    centre of the disk.
    """
    ranking = regressor.rank(vectors, min(N_NEIGHBOURS, len(ontology)))
    row_of = np.array([rows.get(concept_id, -1) for concept_id in ontology.concept_ids])
    nearest = row_of[ranking.concepts]  # (n, k), -1 for concepts that are not plotted
    weights = np.exp(ranking.scores - ranking.scores.max(axis=1, keepdims=True)) * (nearest >= 0)
    neighbours = _lorentz(positions)[nearest]  # (n, k, 3)
    total = (weights[:, :, None] * neighbours).sum(axis=1) + np.array([1e-9, 0, 0])
    norm = np.sqrt(total[:, 0] ** 2 - total[:, 1] ** 2 - total[:, 2] ** 2)
    x0, x1, x2 = (total / norm[:, None]).T
    centroids: Disk = (x1 + 1j * x2) / (1 + x0)
    return centroids


def _lorentz(positions: Disk) -> NDArray[np.float64]:
    """Lorentz coordinates (n, 3) of points of the disk."""
    import torch

    points = torch.from_numpy(np.column_stack((positions.real, positions.imag)))
    coordinates: NDArray[np.float64] = geometry.lorentz(points).numpy()
    return coordinates


def _as_complex(points: NDArray[np.float64]) -> Disk:
    """Points (n, 2) as complex numbers (n,)."""
    return np.ascontiguousarray(points[:, 0] + 1j * points[:, 1])
