"""An interactive HTML plot of the Poincaré disk with panning, tooltips and search; it needs no network."""

import html
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from hyplink.export.disk import DiskPlot

DIGITS = 15
"""Decimal places of a coordinate; near the boundary of the disk all of them are significant."""


def write_interactive_disk(plot: DiskPlot, path: Path) -> None:
    """Writes a plot as a self-contained HTML page."""
    package = files("hyplink.export")
    page = package.joinpath("disk.html").read_text(encoding="utf-8")
    for placeholder, text in (
        ("/*STYLE*/", package.joinpath("disk.css").read_text(encoding="utf-8")),
        ("/*SCRIPT*/", package.joinpath("disk.js").read_text(encoding="utf-8")),
        ("<!--TITLE-->", html.escape(plot.title)),
        ("<!--CAPTION-->", html.escape(plot.caption)),
        ("/*DATA*/", script_json(_data(plot))),
    ):
        page = page.replace(placeholder, text, 1)
    path.write_text(page, encoding="utf-8")


def _data(plot: DiskPlot) -> dict[str, Any]:
    """The data that the script of the page reads: a list per concept attribute, and a list of mentions."""
    parents: list[int | None] = [None] * len(plot.concept_ids)
    for child, parent in plot.edges.tolist():
        parents[child] = parent
    return {
        "ids": plot.concept_ids,
        "labels": plot.labels,
        "depths": plot.depths,
        "descendants": plot.n_descendants,
        "parents": parents,
        "positions": [_pair(position) for position in plot.positions.tolist()],
        "mentions": [
            {
                "text": each.text,
                "position": _pair(each.position),
                "gold": each.gold,
                "answer": each.answer,
                "correct": each.correct,
            }
            for each in plot.mentions
        ],
    }


def _pair(position: complex) -> tuple[float, float]:
    return round(position.real, DIGITS), round(position.imag, DIGITS)


def script_json(data: object) -> str:
    """JSON that is safe inside a script element: no string in it can close the element or open a comment."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
