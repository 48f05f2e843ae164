"""The calibration of confidences and the back-off curve, as `hyplink evaluate` prints them, and thresholds."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from hyplink.cli.tables import FIGURE_WIDTH, MODEL_WIDTH, empty_table
from hyplink.run import counted

if TYPE_CHECKING:
    from hyplink.stages.relation_threshold import RelationThreshold
    from hyplink.stages.threshold import Threshold

BACK_OFF = {"coverage": "linked", "accuracy": "accuracy", "depth_lost": "steps\nup"}
HELD_OUT = {"documents": "held-out documents", "names": "held-out names"}


def print_confidence(confidence: dict[str, Any], console: Console) -> None:
    """Prints the calibration and the back-off curve, or why there are no confidences."""
    if confidence["basis"] is None:
        console.print(f"\nno confidences: {confidence['reason']}")
        return
    found = confidence["calibration"]
    if found is None:
        return
    console.print(_bins(found, f"confidence, calibrated on {HELD_OUT[confidence['basis']]}"))
    console.print(
        f"expected calibration error {found['expected_calibration_error']:.3f} (expected if "
        f"calibrated: {found['noise_floor']:.3f}), Brier score {found['brier_score']:.3f}"
    )
    console.print(_curve(confidence["back_off"]))


def _bins(found: dict[str, Any], heading: str) -> Table:
    table = empty_table(heading, MODEL_WIDTH, ("mentions", "confidence", "accuracy"), FIGURE_WIDTH)
    for number, each in enumerate(found["bins"], start=1):
        table.add_row(
            f"bin {number}", f"{each['n_mentions']:,}", f"{each['confidence']:.3f}", f"{each['accuracy']:.3f}"
        )
    return table


def _curve(points: list[dict[str, Any]]) -> Table:
    heading = "back-off to ancestors below a minimum confidence"
    table = empty_table(heading, MODEL_WIDTH, BACK_OFF.values(), FIGURE_WIDTH)
    for point in points:
        values = (point[name] for name in BACK_OFF)
        cells = ("–" if value is None else f"{value:.3f}" for value in values)
        table.add_row(f"at least {point['min_confidence']:.2f}", *cells)
    return table


def describe_threshold(found: "Threshold", accuracy: float, delta: float) -> str:
    """The threshold on a line of its own, then its guarantee, its results on the dev data and its assumptions."""
    point, unit, least = found.point, found.unit, f"{found.point.min_confidence:.2f}"
    average = "averaged over documents" if unit == "documents" else "over all mentions"
    lines = [
        least,
        f"guarantee: with `hyplink link --min-confidence {least}`, the share of correct links, {average}, is at least "
        f"{accuracy:g} with probability {1 - delta:g} over the choice of the dev data (p = {found.p_value:.3f})",
        f"dev data: {point.coverage:.1%} of the mentions linked, {_share(point.accuracy)} of the links correct, on "
        f"average {point.depth_lost or 0:.2f} steps above the gold concept; {counted(found.n_units, unit[:-1])} with "
        "a link",
        "assumptions: a link to the gold concept or to an ancestor of it other than the root is correct, and the "
        f"{unit} to be linked are exchangeable with the dev {unit}",
    ]
    return "\n".join(lines)


def describe_relation_threshold(found: "RelationThreshold", accuracy: float, delta: float) -> str:
    """The least `relation_confidence` on a line of its own, then its guarantee, its results and its assumptions."""
    unit, least = found.unit, f"{found.found.least:.2f}"
    average = "averaged over documents" if unit == "documents" else "over all mentions"
    n_answered, n_right = sum(found.n_answered.values()), sum(found.n_right.values())
    by_relation = ", ".join(f"{found.n_right[name]:,} of {n:,} {name}" for name, n in found.n_answered.items())
    lines = [
        least,
        f"guarantee: of the links by `hyplink link --search-all` with a relation_confidence of at least {least}, the "
        f"share with a right relation and concept, {average}, is at least {accuracy:g} with probability {1 - delta:g} "
        f"over the choice of the dev data (p = {found.found.p_value:.3f})",
        f"dev data: {n_answered / found.n_mentions:.1%} of {counted(found.n_mentions, 'mention')} answered, "
        f"{n_right / n_answered:.1%} of the answers right ({by_relation}); {counted(found.found.n_units, unit[:-1])} "
        "with an answer",
        "assumptions: `exact` is right with a gold concept, `broader` with an ancestor of what is meant other than the "
        f"root, `none` where the ontology has nothing; the {unit} to be linked are exchangeable with the dev {unit}",
    ]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
