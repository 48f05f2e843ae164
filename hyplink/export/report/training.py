"""How the run was trained: losses by epoch, and how well the points hold the hierarchy."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.export.report.charts import Axis, Chart, Series, Value, chart
from hyplink.ontology import Ontology
from hyplink.poincare.geometry import dist0
from hyplink.regressor import load_regressor
from hyplink.run import Run, counted, read_json_lines

SPREAD = (0.05, 0.5, 0.95)
"""The quantiles of the radii of a depth that are drawn."""

MOST_EPOCHS = 200
"""More would not be told apart in a chart."""

History = Sequence[Mapping[str, Any]]


class Health(NamedTuple):
    """One figure of the embedding, and what it says."""

    name: str
    value: float
    note: str


def learning_charts(run: Run) -> list[Chart]:
    """The losses of both trainings and, where it was measured on the way, how well the embedding ranked ancestors."""
    embedding, fit = (list(read_json_lines(run.path(stage, "history.jsonl"))) for stage in ("train-ontology", "fit"))
    charts = [
        _losses("Placing the ontology", "How badly the points keep what is related together.", embedding),
        _losses("Fitting the regressor", "How badly mentions and names are sent to the points of their concepts.", fit),
    ]
    measured = [record for record in embedding if record.get("figures")]
    if len(measured) > 1:
        charts.append(_precision_by_epoch(measured))
    return charts


def _losses(title: str, note: str, history: History) -> Chart:
    values = tuple(
        Value(each["epoch"], each["loss"], f"epoch {each['epoch']}: loss {each['loss']:.4g}")
        for each in _thinned(history)
    )
    note = f"{note} Loss by epoch: lower is better, and a curve that still falls would gain from more epochs."
    return chart(title, note, ("epoch", "loss"), [Series("loss", values, dots=len(values) == 1)], y=_from_zero(values))


def _thinned(history: History) -> History:
    """At most `MOST_EPOCHS` records, evenly chosen, the last among them."""
    step = -(-len(history) // MOST_EPOCHS)
    return history[(len(history) - 1) % step :: step]


def _from_zero(values: Sequence[Value]) -> Axis:
    """A loss that nears zero is seen to only where zero is there."""
    losses = [value.y for value in values]
    return Axis.over(min(0.0, *losses), max(0.0, *losses))


def _precision_by_epoch(measured: History) -> Chart:
    values = tuple(
        Value(each["epoch"], precision, f"epoch {each['epoch']}: MAP {precision:.3f}")
        for each in measured
        for precision in (each["figures"]["reconstruction"]["mean_average_precision"],)
    )
    note = "How far the concepts nearest to each concept are its ancestors: 1 is perfect."
    return chart("Ancestors found", note, ("epoch", "MAP"), [Series("MAP", values)], y=Axis.over(0.0, 1.0))


def health_of(run: Run) -> list[Health]:
    """The last figures of the embedding; empty where it was not measured."""
    *_, last = read_json_lines(run.path("train-ontology", "history.jsonl"))
    return list(_health(last["figures"])) if last.get("figures") else []


def _health(figures: Mapping[str, Any]) -> Iterator[Health]:
    ranks, predicted, radii = figures["reconstruction"], figures["prediction"], figures["radius_quantiles"]
    yield Health(
        "MAP",
        ranks["mean_average_precision"],
        f"are the concepts nearest to a concept its ancestors? 1 is perfect; {ranks['n_concepts']:,} were asked",
    )
    yield Health("mean rank", ranks["mean_rank"], "1 + how many others lie nearer than an ancestor; 1 is perfect")
    if predicted:
        yield Health(
            "MAP, held out", predicted["mean_average_precision"], "the same for relations that were kept from training"
        )
    yield Health(
        "radius with depth", figures["norm_depth_correlation"], "rank correlation; near 1, the specific lie farther out"
    )
    yield Health(
        "siblings to random", figures["sibling_ratio"], "mean distance of siblings over that of any two; small is good"
    )
    yield Health(
        "median radius",
        radii["0.5"],
        f"hyperbolic distance from the centre; the middle 90% lie between {radii['0.05']:.2f} and {radii['0.95']:.2f}",
    )


def radius_chart(run: Run, ontology: Ontology) -> Chart:
    """How far out the concepts of each depth lie: where the ontology placed them, and where fitting moved them."""
    points = {"placed": np.load(run.path("train-ontology", "points.npy"), allow_pickle=False)}
    space = load_regressor(run.path("fit")).space
    fitted = space.concept_points()
    if space.name == "poincare" and fitted is not None and not np.array_equal(fitted, points["placed"]):
        points["after fitting"] = fitted
    series = [Series(name, _radii_by_depth(each, ontology, name)) for name, each in points.items()]
    top = max(value.high or value.y for each in series for value in each.values)
    return chart(
        "Radius by depth",
        "Median distance of the concepts of each depth from the centre of the ball; bars hold the middle 90%. In a "
        "good embedding general concepts lie near the centre.",
        ("depth in the hierarchy", "hyperbolic radius"),
        series,
        x=Axis.over(0.0, max(value.x for value in series[0].values), 6),
        y=Axis.over(0.0, top),
    )


def _radii_by_depth(points: NDArray[np.float64], ontology: Ontology, name: str) -> tuple[Value, ...]:
    radii = dist0(torch.from_numpy(points)).numpy()
    rows = defaultdict(list)
    for row, concept_id in enumerate(ontology.concept_ids):
        rows[ontology.depth(concept_id)].append(row)
    values = []
    for depth, own in sorted(rows.items()):
        low, median, high = (float(each) for each in np.quantile(radii[own], SPREAD))
        tip = f"depth {depth}, {counted(len(own), 'concept')}, {name}: median {median:.2f}, {low:.2f} to {high:.2f}"
        values.append(Value(depth, median, tip, low, high))
    return tuple(values)
