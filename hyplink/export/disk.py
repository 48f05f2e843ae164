"""What a picture of a run's disk shows: concepts with their is-a edges, and mentions with where they landed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyplink.candidates.examples import Example, read_examples
from hyplink.export.tree_layout import Disk, spanning_parents, tree_layout
from hyplink.ontology import Ontology, load_ontology
from hyplink.poincare import geometry
from hyplink.regressor import Regressor, load_regressor
from hyplink.run import Run, read_json_lines

MOST_MENTIONS = 300
"""More would hide the concepts under them."""

NEIGHBOURS = 5
"""So many of the nearest concepts say where a mention stands among them."""


@dataclass(frozen=True, slots=True)
class DrawnMention:
    """A mention of the dev data, and its answer.

    Attributes:
        text: its words.
        place: where its point stands in the disk.
        gold: row of a right concept, None where none is drawn.
        answer: row of the concept that it was linked to, None where that is not drawn.
        right: whether the answer is right.
    """

    text: str
    place: complex
    gold: int | None
    answer: int | None
    right: bool


@dataclass(frozen=True, slots=True)
class DiskPicture:
    """A picture before it is drawn.

    Attributes:
        title: the ontology, and the branch if one was chosen.
        caption: what the places are: the model's own points, or a layout of the tree.
        concept_ids: of the concepts drawn, in rows.
        labels: their preferred names.
        depths: their depths in the whole ontology.
        n_below: how many concepts lie below each.
        places: in the disk, complex128 (n_concepts,).
        edges: rows of child and parent, int64 (n_edges, 2).
        mentions: those of the dev data that mean one of the concepts.
    """

    title: str
    caption: str
    concept_ids: tuple[str, ...]
    labels: tuple[str, ...]
    depths: tuple[int, ...]
    n_below: tuple[int, ...]
    places: Disk
    edges: NDArray[np.int64]
    mentions: tuple[DrawnMention, ...]


def disk_of_run(run: Run, branch: str | None = None) -> DiskPicture:
    """The picture of a run, or of one branch of its ontology.

    A model of two dimensions is drawn as it is. The points of a model of more cannot be drawn: its ontology's tree is
    laid out in the disk, and a mention stands amid the concepts that its point is nearest to.

    Raises:
        InputError: the ontology has no such concept as the branch.
        RunError: an unfinished or a damaged run.
    """
    whole = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    regressor = load_regressor(run.path("fit"))
    points = regressor.space.concept_points()
    drawn = whole.restricted_to([branch]) if branch else whole
    rows = {concept_id: row for row, concept_id in enumerate(drawn.concept_ids)}
    own = points is not None and points.shape[1] == 2 and regressor.space.name == "poincare"
    kept = [whole.index_of[concept_id] for concept_id in drawn.concept_ids]
    places = _complex(points[kept]) if own and points is not None else tree_layout(drawn)
    parents = spanning_parents(drawn)
    return DiskPicture(
        title=whole.source + (f", {whole.concepts[branch].label}" if branch else ""),
        caption=_caption(own, regressor),
        concept_ids=drawn.concept_ids,
        labels=tuple(drawn.concepts[each].label for each in drawn.concept_ids),
        depths=tuple(map(whole.depth, drawn.concept_ids)),
        n_below=tuple(len(drawn.descendants(each)) for each in drawn.concept_ids),
        places=places,
        edges=np.array([(rows[child], rows[parent]) for child, parent in parents.items()], dtype=np.int64).reshape(
            -1, 2
        ),
        mentions=tuple(_mentions(run, whole, rows, regressor, places, own)),
    )


def _caption(own: bool, regressor: Regressor) -> str:
    if own:
        return "The model's own points: its Poincaré ball has two dimensions."
    return (
        f"The ontology's tree, laid out in the disk: the model has {regressor.space.output_dim} dimensions, which no "
        f"disk can show. A mention stands amid the {NEIGHBOURS} concepts that it is nearest to."
    )


def _mentions(
    run: Run, ontology: Ontology, rows: dict[str, int], regressor: Regressor, places: Disk, own: bool
) -> list[DrawnMention]:
    """At most `MOST_MENTIONS` mentions of the dev data, evenly chosen; none where nothing was evaluated."""
    if not run.has("evaluate", "predictions.jsonl"):
        return []
    dev = read_examples(run.path("encode", "mentions.jsonl"))["dev"]
    answers = [line["candidates"] for line in read_json_lines(run.path("evaluate", "predictions.jsonl"))]
    shown = [row for row, each in enumerate(dev) if any(concept in rows for part in each.gold for concept in part)]
    shown = shown[:: -(-len(shown) // MOST_MENTIONS) or 1]
    if not shown:
        return []
    vectors = np.load(run.path("encode", "dev.npy"), allow_pickle=False)[shown]
    landed = _complex(regressor.points(vectors)) if own else _amid(regressor, vectors, ontology, rows, places)
    return [_mention(dev[row], answers[row], complex(place), rows) for row, place in zip(shown, landed, strict=True)]


def _mention(
    example: Example, candidates: Sequence[dict[str, str]], place: complex, rows: dict[str, int]
) -> DrawnMention:
    meant = [concept for part in example.gold for concept in part]
    answer = candidates[0]["concept"] if candidates else None
    drawn = [rows[concept] for concept in meant if concept in rows]
    gold = rows[answer] if answer in meant and answer in rows else drawn[0]
    return DrawnMention(example.text, place, gold, rows.get(answer or ""), answer in meant)


def _amid(
    regressor: Regressor, vectors: NDArray[np.float32], ontology: Ontology, rows: dict[str, int], places: Disk
) -> Disk:
    """The places of mentions amid their nearest concepts, weighted by the model's probabilities.

    The mean is the Lorentzian centroid (Law et al. 2019, Lorentzian Distance Learning for Hyperbolic Representations,
    theorem 3.3). Nearest concepts that are not drawn have no say; where none is, the mention stands at the centre.
    """
    ranking = regressor.rank(vectors, min(NEIGHBOURS, len(ontology)))
    row_of = np.array([rows.get(concept_id, -1) for concept_id in ontology.concept_ids])
    near = row_of[ranking.concepts]  # (n, k)
    weights = np.exp(ranking.scores - ranking.scores.max(axis=1, keepdims=True)) * (near >= 0)
    lifted = _lifted(places)[near]  # (n, k, 3)
    total = (weights[:, :, None] * lifted).sum(axis=1) + np.array([1e-9, 0, 0])
    length = np.sqrt(total[:, 0] ** 2 - total[:, 1] ** 2 - total[:, 2] ** 2)
    x0, x1, x2 = (total / length[:, None]).T
    amid: Disk = (x1 + 1j * x2) / (1 + x0)
    return amid


def _lifted(places: Disk) -> NDArray[np.float64]:
    """Lorentz coordinates (n, 3) of points of the disk."""
    import torch

    flat = torch.from_numpy(np.column_stack((places.real, places.imag)))
    lifted: NDArray[np.float64] = geometry.lorentz(flat).numpy()
    return lifted


def _complex(points: NDArray[np.float64]) -> Disk:
    """Points (n, 2) as complex numbers (n,)."""
    return np.ascontiguousarray(points[:, 0] + 1j * points[:, 1])
