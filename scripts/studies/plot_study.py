"""Draws the pictures of docs/hyperbolic-output.md from what study_repairs.py kept.

Usage: python scripts/studies/plot_study.py FOLDER [--to docs/images]

FOLDER is the --work of the study. Needs the extra `plot`.
"""

import argparse
from dataclasses import asdict, replace
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
from attempts import AS_ASKED, ATTEMPTS, BARE, PLAIN_ADAM, PROJECTED, REPAIRED, Attempt
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from study_repairs import CURVE_EVERY, DISK_RADIUS, LR
from workbench import Ledger

WINDOW = 10
"""Kept losses that a point of a curve is the mean of."""

GREY, BLUE, RED, YELLOW = "#9a9a9a", "#2266aa", "#c0392b", "#e0a030"


def main() -> None:
    """Reads the command line, draws."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the --work of the study")
    parser.add_argument("--to", type=Path, default=Path("docs/images"), help="default: docs/images")
    arguments = parser.parse_args()
    arguments.to.mkdir(parents=True, exist_ok=True)
    rows = Ledger(arguments.folder / "repairs.jsonl").rows()
    mpl.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    for name, draw in (("losses", draw_losses), ("radii", draw_radii), ("disk", draw_disk)):
        figure = draw(rows)
        figure.savefig(arguments.to / f"{name}.png", dpi=110, bbox_inches="tight")
        plt.close(figure)


def draw_losses(rows: list[dict[str, Any]]) -> Figure:
    """Draws the mean distance from the target by step; gaps where it is not finite."""
    figure, panels = plt.subplots(1, 2, figsize=(8, 3))
    colours = {BARE: RED, AS_ASKED: GREY, PLAIN_ADAM: YELLOW, REPAIRED: BLUE}
    for attempt, colour in colours.items():
        kept = (row_of(rows, attempt), row_of(rows, replace(attempt, radius=DISK_RADIUS), dim=2))
        for panel, row in zip(panels, kept, strict=True):
            means = np.array(row["curve"], float).reshape(-1, WINDOW).mean(axis=1)
            steps = (np.arange(len(means)) + 0.5) * WINDOW * CURVE_EVERY
            panel.plot(steps, means, color=colour, label=label_of(attempt))
            if row["bad_weights"]:
                last = np.flatnonzero(np.isfinite(means))[-1]
                panel.plot(steps[last], means[last], "x", color=colour)
    panels[0].set(title="50 dimensions, radius 12", xlabel="step", ylabel="mean distance from the target")
    panels[1].set(title="2 dimensions, radius 3 (× all is NaN)", xlabel="step")
    panels[1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def draw_radii(rows: list[dict[str, Any]]) -> Figure:
    """Draws the radii of outputs and of their targets."""
    figure, panel = plt.subplots(figsize=(7, 3.4))
    for place, attempt in enumerate(reversed(ATTEMPTS)):
        row = row_of(rows, attempt)
        panel.plot([row["output_radius"], row["target_radius"]], [place, place], color=GREY, linewidth=1, zorder=1)
        panel.scatter(row["output_radius"], place, color=BLUE, label=None if place else "outputs", zorder=2)
        panel.scatter(row["target_radius"], place, color=RED, marker="|", s=90, label=None if place else "targets")
    panel.set_yticks(range(len(ATTEMPTS)), [label_of(attempt) for attempt in reversed(ATTEMPTS)])
    panel.set(xlabel="median hyperbolic radius", xlim=(0, 7.5))
    panel.legend(frameon=False, loc="upper right")
    return figure


def draw_disk(rows: list[dict[str, Any]]) -> Figure:
    """Draws outputs and targets in two dimensions."""
    attempts = (AS_ASKED, PROJECTED, REPAIRED)
    figure, panels = plt.subplots(1, len(attempts), figsize=(9, 3.3))
    for panel, attempt in zip(panels, attempts, strict=True):
        row = row_of(rows, replace(attempt, radius=DISK_RADIUS), dim=2)
        panel.add_patch(Circle((0, 0), 1, fill=False, color=GREY))
        panel.scatter(*np.array(row["gold"]).T, s=14, color=RED, alpha=0.25, linewidths=0, label="targets")
        panel.scatter(*np.array(row["points"], float).T, s=6, color=BLUE, alpha=0.5, linewidths=0, label="outputs")
        ending = "" if row["first_bad"] is None else f": NaN from step {row['first_bad']:,}"
        panel.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), aspect="equal", title=fill(label_of(attempt) + ending, 30))
        panel.axis("off")
    figure.legend(*panels[0].get_legend_handles_labels(), frameon=False, loc="lower center", ncols=2)
    return figure


def label_of(attempt: Attempt) -> str:
    """The name of an attempt without the backquotes that it has on the page."""
    return attempt.name.replace("`", "")


def row_of(rows: list[dict[str, Any]], attempt: Attempt, dim: int | None = None) -> dict[str, Any]:
    """The kept result of an attempt at the lowest learning rate, in the disk or in the study's dimension."""
    return next(
        row
        for row in rows
        if row["key"]["attempt"] == asdict(attempt)
        and row["key"]["lr"] == LR
        and (row["key"]["dim"] == dim if dim else row["key"]["dim"] > 2)
    )


if __name__ == "__main__":
    main()
