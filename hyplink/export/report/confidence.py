"""The curves of a confidence: whether it keeps its word, and what a demand for it gains and costs."""

from collections.abc import Mapping
from typing import Any

from hyplink.export.report.charts import SHARES, Axis, Chart, Series, Value, chart
from hyplink.run import counted


def reliability_chart(found: Mapping[str, Any]) -> Chart:
    """Of the answers given with like confidence, how many are right."""
    values = tuple(
        Value(
            each["confidence"],
            each["accuracy"],
            f"bin {number} of {counted(each['n_mentions'], 'mention')}: mean confidence {each['confidence']:.3f}, "
            f"right {each['accuracy']:.3f}",
        )
        for number, each in enumerate(found["bins"], start=1)
    )
    return chart(
        "Reliability",
        f"{len(values)} bins of equally many mentions. On the diagonal a confidence is true; above it the answers are "
        "better than they say, below it worse.",
        ("mean confidence", "share right"),
        [Series("bins", values, joined=False)],
        x=SHARES,
        y=SHARES,
        to_diagonal=True,
    )


def back_off_charts(points: list[dict[str, Any]]) -> list[Chart]:
    """What a demand for confidence gains and costs."""
    asked = ("demanded confidence", "share")
    right = [point for point in points if point["accuracy"] is not None]
    lost = [point for point in points if point["depth_lost"] is not None]
    charts = [
        chart(
            "Accuracy against coverage",
            "A doubtful link backs off to an ancestor that is certain enough, else to none. Demanding more makes the "
            "answers truer and fewer.",
            asked,
            [
                Series("right, of the answered", _values(right, "accuracy", "of the answers right")),
                Series("answered", _values(points, "coverage", "of the mentions answered")),
            ],
            x=SHARES,
            y=SHARES,
        )
    ]
    if lost:
        charts.append(
            chart(
                "Depth lost",
                "How many is-a steps right answers lie above the right concept: the price of certainty in detail.",
                (asked[0], "is-a steps up"),
                [Series("steps", _values(lost, "depth_lost", "steps up"))],
                x=SHARES,
                y=Axis.over(0.0, max(point["depth_lost"] for point in lost) or 1.0),
            )
        )
    return charts


def _values(points: list[dict[str, Any]], key: str, what: str) -> tuple[Value, ...]:
    return tuple(
        Value(
            point["min_confidence"],
            point[key],
            f"{point['min_confidence']:g} demanded: {point[key]:.3f} {what} ({point['n_answered']:,} answers)",
        )
        for point in points
    )
