"""What `hyplink evaluate` prints of confidences: whether they keep their word, and what a demand costs."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from hyplink.cli.tables import FIGURE_WIDTH, MODEL_WIDTH, empty_table
from hyplink.run import counted

if TYPE_CHECKING:
    from hyplink.stages.threshold import Threshold

BACK_OFF = {"coverage": "answered", "accuracy": "accuracy", "depth_lost": "steps\nup"}
HELD_OUT = {"documents": "held-out documents", "names": "held-out names"}


def print_confidence(confidence: dict[str, Any], console: Console) -> None:
    """Prints the calibration and the curve of the back-off, or why there is none."""
    if confidence["basis"] is None:
        console.print(f"\nno confidences: {confidence['reason']}")
        return
    found = confidence["calibration"]
    if found is None:
        return
    console.print(_bins(found, f"confidence, calibrated on {HELD_OUT[confidence['basis']]}"))
    console.print(
        f"expected calibration error {found['expected_calibration_error']:.3f} (by chance alone "
        f"{found['noise_floor']:.3f}), Brier score {found['brier_score']:.3f}"
    )
    console.print(_curve(confidence["back_off"]))


def _bins(found: dict[str, Any], heading: str) -> Table:
    table = empty_table(heading, MODEL_WIDTH, ("mentions", "mean", "right"), FIGURE_WIDTH)
    for number, each in enumerate(found["bins"], start=1):
        table.add_row(
            f"bin {number}", f"{each['n_mentions']:,}", f"{each['confidence']:.3f}", f"{each['accuracy']:.3f}"
        )
    return table


def _curve(points: list[dict[str, Any]]) -> Table:
    heading = "backing off to ancestors until a confidence is reached"
    table = empty_table(heading, MODEL_WIDTH, BACK_OFF.values(), FIGURE_WIDTH)
    for point in points:
        values = (point[name] for name in BACK_OFF)
        cells = ("–" if value is None else f"{value:.3f}" for value in values)
        table.add_row(f"at least {point['min_confidence']:.2f}", *cells)
    return table


def threshold_in_words(found: "Threshold", accuracy: float, delta: float) -> str:
    """The threshold on a line of its own, then what it means, what it costs and what it rests on."""
    point, unit = found.point, found.unit
    whose = "of a document, on average over documents," if unit == "documents" else "over all mentions"
    answered = counted(found.n_units, unit[:-1])
    lines = [
        f"{point.min_confidence:.2f}",
        f"with `hyplink link --min-confidence {point.min_confidence:.2f}` the share of right answers {whose} is at "
        f"least {accuracy:g}, with probability {1 - delta:g} over the choice of the dev data (p = {found.p_value:.3f})",
        f"on the dev data: {point.coverage:.1%} of the mentions answered, {_share(point.accuracy)} of the answers "
        f"right, {point.depth_lost or 0:.2f} steps above the gold concept; {answered} with an answer",
        f"right is the gold concept or an ancestor of it below the root; this holds where the {unit} to be linked are "
        f"exchangeable with the dev {unit}",
    ]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
