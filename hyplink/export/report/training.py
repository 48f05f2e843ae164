"""Training curves by epoch, and metrics of how well the embedding represents the hierarchy."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple, NotRequired

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import FiniteFloat
from typing_extensions import TypedDict

from hyplink.errors import RunError
from hyplink.export.report.charts import Axis, Chart, Point, Series, chart
from hyplink.ontology import Ontology
from hyplink.poincare.geometry import dist0
from hyplink.poincare.points import read_points
from hyplink.regressor import load_regressor
from hyplink.run import Run, counted, read_records

RADIUS_QUANTILES = (0.05, 0.5, 0.95)
"""Lower end, middle and upper end of the radii shown for each depth."""

MAX_EPOCHS = 200
"""Maximum number of epochs shown in a chart."""


class _Ranks(TypedDict):
    """The ranks of ancestors by distance."""

    mean_average_precision: FiniteFloat
    mean_rank: FiniteFloat
    n_concepts: int


class _Metrics(TypedDict):
    """The metrics of the embedding."""

    reconstruction: _Ranks
    prediction: _Ranks | None
    norm_depth_correlation: FiniteFloat
    sibling_ratio: FiniteFloat
    radius_quantiles: dict[str, FiniteFloat]


class _Epoch(TypedDict):
    """A line of `history.jsonl`."""

    epoch: int
    loss: FiniteFloat
    figures: NotRequired[_Metrics]


History = Sequence[_Epoch]


class EmbeddingMetric(NamedTuple):
    """A metric of the embedding with an explanation."""

    name: str
    value: float
    note: str


def learning_charts(run: Run) -> list[Chart]:
    """The loss curves of both training stages and, if measured during training, the ancestor ranking by epoch."""
    embedding, fit = (_history(run, stage) for stage in ("train-ontology", "fit"))
    charts = [
        _loss_chart("Loss of train-ontology", "Embedding the ontology in the Poincaré ball.", embedding),
        _loss_chart("Loss of fit", "Mapping mentions and names to the points of their concepts.", fit),
    ]
    measured = [record for record in embedding if "figures" in record]
    if len(measured) > 1:
        charts.append(_map_chart(measured))
    return charts


def _history(run: Run, stage: str) -> History:
    path = run.path(stage, "history.jsonl")
    history = list(read_records(_Epoch, path))
    if not history:
        raise RunError(f"{path}: damaged: it is empty")
    return history


def _loss_chart(title: str, note: str, history: History) -> Chart:
    points = tuple(
        Point(each["epoch"], each["loss"], f"epoch {each['epoch']}: loss {each['loss']:.4g}")
        for each in _subsampled(history)
    )
    note = f"{note} If the loss still decreases at the end, more epochs may help."
    series = [Series("loss", points, markers=len(points) == 1)]
    return chart(title, note, ("epoch", "loss"), series, y=_axis_with_zero(points))


def _subsampled(history: History) -> History:
    """At most `MAX_EPOCHS` records at equal distances, the last one included."""
    step = -(-len(history) // MAX_EPOCHS)
    return history[(len(history) - 1) % step :: step]


def _axis_with_zero(points: Sequence[Point]) -> Axis:
    """An axis that includes zero, so that a loss near zero is recognised as such."""
    losses = [point.y for point in points]
    return Axis.over(min(0.0, *losses), max(0.0, *losses))


def _map_chart(measured: History) -> Chart:
    points = tuple(
        Point(each["epoch"], precision, f"epoch {each['epoch']}: MAP {precision:.3f}")
        for each in measured
        if "figures" in each
        for precision in (each["figures"]["reconstruction"]["mean_average_precision"],)
    )
    note = "Mean average precision of ranking the ancestors of a concept by distance; 1 is perfect."
    return chart("Ancestor ranking", note, ("epoch", "MAP"), [Series("MAP", points)], y=Axis.over(0.0, 1.0))


def embedding_metrics(run: Run) -> list[EmbeddingMetric]:
    """The final metrics of the embedding; empty if they were not measured."""
    last = _history(run, "train-ontology")[-1]
    return list(_embedding_metrics(last["figures"])) if "figures" in last else []


def _embedding_metrics(figures: _Metrics) -> Iterator[EmbeddingMetric]:
    ranks, predicted, radii = figures["reconstruction"], figures["prediction"], figures["radius_quantiles"]
    yield EmbeddingMetric(
        "MAP",
        ranks["mean_average_precision"],
        f"mean average precision of ranking the ancestors of {ranks['n_concepts']:,} concepts by distance; 1 is "
        "perfect",
    )
    yield EmbeddingMetric(
        "mean rank", ranks["mean_rank"], "mean of 1 + the number of non-ancestors nearer than an ancestor; 1 is perfect"
    )
    if predicted:
        yield EmbeddingMetric(
            "MAP, held out", predicted["mean_average_precision"], "the same for ancestors held out from training"
        )
    yield EmbeddingMetric(
        "norm-depth correlation",
        figures["norm_depth_correlation"],
        "rank correlation of radius and depth; 1 if deeper concepts are always farther from the centre",
    )
    yield EmbeddingMetric(
        "sibling distance ratio",
        figures["sibling_ratio"],
        "mean distance of siblings / mean distance of random pairs; lower is better",
    )
    yield EmbeddingMetric(
        "median radius",
        radii["0.5"],
        f"hyperbolic distance from the centre; 90% of the concepts are between {radii['0.05']:.2f} and "
        f"{radii['0.95']:.2f}",
    )


def radius_chart(run: Run, ontology: Ontology) -> Chart:
    """The distance of the concepts from the centre by depth, after train-ontology and, if it moved them, after fit."""
    points = {"after train-ontology": read_points(run, ontology)}
    space = load_regressor(run.path("fit")).space
    fitted = space.concept_points()
    embedded = points["after train-ontology"]
    if space.name == "poincare" and fitted is not None and not np.array_equal(fitted, embedded):
        points["after fit"] = fitted
    series = [Series(name, _radii_by_depth(each, ontology, name)) for name, each in points.items()]
    top = max(point.high or point.y for each in series for point in each.points)
    return chart(
        "Radius by depth",
        "Median distance of the concepts of each depth from the centre of the ball; bars span the central 90%. General "
        "concepts should be near the centre, specific ones farther out.",
        ("depth in the hierarchy", "hyperbolic distance from the centre"),
        series,
        x=Axis.over(0.0, max(point.x for point in series[0].points), 6),
        y=Axis.over(0.0, top),
    )


def _radii_by_depth(points: NDArray[np.float64], ontology: Ontology, name: str) -> tuple[Point, ...]:
    radii = dist0(torch.from_numpy(points)).numpy()
    rows = defaultdict(list)
    for row, concept_id in enumerate(ontology.concept_ids):
        rows[ontology.depth(concept_id)].append(row)
    values = []
    for depth, own in sorted(rows.items()):
        low, median, high = (float(each) for each in np.quantile(radii[own], RADIUS_QUANTILES))
        size = counted(len(own), "concept")
        tip = f"depth {depth}, {size}, {name}: median {median:.2f}, central 90% from {low:.2f} to {high:.2f}"
        values.append(Point(depth, median, tip, low, high))
    return tuple(values)
