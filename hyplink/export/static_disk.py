"""A static disk plot as PNG or SVG, drawn with matplotlib."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hyplink.errors import InputError
from hyplink.export.disk import DiskPlot
from hyplink.export.tree_layout import Disk

if TYPE_CHECKING:
    from matplotlib.axes import Axes

N_SEGMENTS = 40
"""Number of points on a geodesic, which is drawn as a polyline."""

MAX_LABELS = 40
"""At most this many concepts are labelled, those with the most descendants first."""

MAX_LABEL_LENGTH = 40
"""Longer labels are truncated to this number of characters."""

CORRECT, INCORRECT = "#1b7837", "#c2410c"


def write_static_disk(plot: DiskPlot, path: Path, picture_format: str) -> None:
    """Writes a plot to a file in a format, png or svg.

    Raises:
        InputError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError("PNG and SVG plots need matplotlib: pip install 'hyplink[plot]'") from error
    figure = Figure(figsize=(10, 10.5), dpi=150)
    axes = figure.add_axes((0.01, 0.045, 0.98, 0.925))
    _draw(axes, plot)
    figure.text(0.5, 0.015, plot.caption, ha="center", fontsize=8, color="#555555")
    figure.savefig(path, format=picture_format)


def _draw(axes: "Axes", plot: DiskPlot) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Circle

    positions = plot.positions
    axes.add_patch(Circle((0, 0), 1, fill=False, color="#999999", linewidth=0.8))
    child, parent = plot.edges.T
    edges = list(_geodesics(positions[child], positions[parent]))
    axes.add_collection(LineCollection(edges, colors="#b8bcc4", linewidths=0.5))
    colours, sizes = np.array(plot.depths), _marker_areas(positions)
    axes.scatter(positions.real, positions.imag, c=colours, cmap="viridis_r", s=sizes, linewidths=0, zorder=2)
    _draw_mentions(axes, plot)
    _draw_labels(axes, plot)
    axes.set(xlim=(-1.02, 1.02), ylim=(-1.02, 1.02), aspect="equal", title=plot.title)
    axes.axis("off")


def _draw_mentions(axes: "Axes", plot: DiskPlot) -> None:
    """Draws mentions as diamonds; lines lead from incorrect ones to the gold concept and (dashed) to the answer."""
    from matplotlib.collections import LineCollection

    for correct, colour, name in ((True, CORRECT, "correct"), (False, INCORRECT, "incorrect")):
        chosen = [each for each in plot.mentions if each.correct is correct]
        if not chosen:
            continue
        at = np.array([each.position for each in chosen])
        label = f"mention, {name} answer"
        axes.scatter(at.real, at.imag, marker="D", s=14, color=colour, zorder=3, label=label, linewidths=0)
    for end, style in (("gold", "solid"), ("answer", "dashed")):
        ends = [(each.position, getattr(each, end)) for each in plot.mentions if not each.correct]
        pairs = np.array([(position, plot.positions[row]) for position, row in ends if row is not None]).reshape(-1, 2)
        curves = _geodesics(pairs[:, 0], pairs[:, 1])
        lines = LineCollection(list(curves), colors=INCORRECT, linewidths=0.7, linestyles=style, zorder=3)
        if len(pairs):
            lines.set_label("line to the gold concept" if end == "gold" else "line to the answer")
        axes.add_collection(lines)
    if plot.mentions:
        axes.legend(loc="lower right", fontsize=8, frameon=False)


def _draw_labels(axes: "Axes", plot: DiskPlot) -> None:
    """Labels the concepts with the most descendants without overlaps, to their left near the right edge."""
    taken: list[complex] = []
    for row in np.argsort(-np.array(plot.n_descendants), kind="stable")[: 4 * MAX_LABELS]:
        place = plot.positions[row]
        clear = all(abs(place.real - other.real) > 0.16 or abs(place.imag - other.imag) > 0.025 for other in taken)
        if clear and len(taken) < MAX_LABELS:
            taken.append(place)
            name = plot.labels[row]
            shown = name if len(name) <= MAX_LABEL_LENGTH else f"{name[: MAX_LABEL_LENGTH - 1].rstrip()}…"
            side, offset = ("right", (-3, 2)) if place.real > 0.5 else ("left", (3, 2))
            at = (place.real, place.imag)
            axes.annotate(shown, at, offset, textcoords="offset points", fontsize=7, horizontalalignment=side)


def _marker_areas(positions: Disk) -> NDArray[np.float64]:
    """Marker areas in points², smaller towards the boundary like everything in the Poincaré disk."""
    areas: NDArray[np.float64] = 2 + 22 * (1 - np.abs(positions) ** 2)
    return areas


def _geodesics(starts: Disk, ends: Disk) -> NDArray[np.float64]:
    """Geodesics between pairs of points as polylines, float64 (n, N_SEGMENTS, 2)."""
    translated = (ends - starts) / (1 - np.conj(starts) * ends)  # the ends after translating the starts to the origin
    length = np.arctanh(np.abs(translated).clip(max=1 - 1e-16))
    direction = translated / np.abs(translated).clip(min=1e-300)
    along = np.tanh(length[:, None] * np.linspace(0, 1, N_SEGMENTS)) * direction[:, None]
    curves = (along + starts[:, None]) / (1 + np.conj(starts[:, None]) * along)
    return np.stack((curves.real, curves.imag), axis=-1)
