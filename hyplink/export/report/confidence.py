"""Charts of the confidences: reliability, and the effect of a confidence threshold on accuracy and coverage."""

from collections.abc import Mapping
from typing import Any

from hyplink.export.report.charts import UNIT_AXIS, Axis, Chart, Point, Series, chart
from hyplink.run import counted


def reliability_chart(calibration: Mapping[str, Any]) -> Chart:
    """The accuracy of the answers in each confidence bin."""
    points = tuple(
        Point(
            each["confidence"],
            each["accuracy"],
            f"bin {number}, {counted(each['n_mentions'], 'mention')}: mean confidence {each['confidence']:.3f}, "
            f"accuracy {each['accuracy']:.3f}",
        )
        for number, each in enumerate(calibration["bins"], start=1)
    )
    return chart(
        "Reliability",
        f"{len(points)} bins with equal numbers of mentions. On the diagonal, accuracy equals confidence; points above "
        "it are under-confident, points below it over-confident.",
        ("mean confidence", "accuracy"),
        [Series("bins", points, line=False)],
        x=UNIT_AXIS,
        y=UNIT_AXIS,
        bars_to_diagonal=True,
    )


def back_off_charts(points: list[dict[str, Any]]) -> list[Chart]:
    """Accuracy, coverage and lost depth by confidence threshold."""
    threshold = "confidence threshold (--min-confidence)"
    with_accuracy = [point for point in points if point["accuracy"] is not None]
    with_depth = [point for point in points if point["depth_lost"] is not None]
    charts = [
        chart(
            "Accuracy and coverage",
            "If the best candidate is below the threshold, the answer backs off to the deepest ancestor that reaches "
            "it, or to NIL. A gold concept and its ancestors except the root count as correct.",
            (threshold, "proportion"),
            [
                Series("accuracy: correct / answered", _points(with_accuracy, "accuracy", "accuracy")),
                Series("coverage: answered / all", _points(points, "coverage", "coverage")),
            ],
            x=UNIT_AXIS,
            y=UNIT_AXIS,
        )
    ]
    if with_depth:
        charts.append(
            chart(
                "Lost depth",
                "Mean number of is-a steps from the gold concept up to a correct answer: the specificity lost by "
                "backing off.",
                (threshold, "is-a steps"),
                [Series("lost depth", _points(with_depth, "depth_lost", "is-a steps lost"))],
                x=UNIT_AXIS,
                y=Axis.over(0.0, max(point["depth_lost"] for point in with_depth) or 1.0),
            )
        )
    return charts


def _points(back_off: list[dict[str, Any]], key: str, name: str) -> tuple[Point, ...]:
    return tuple(
        Point(
            point["min_confidence"],
            point[key],
            f"threshold {point['min_confidence']:g}: {name} {point[key]:.3f} ({point['n_answered']:,} answers)",
        )
        for point in back_off
    )
