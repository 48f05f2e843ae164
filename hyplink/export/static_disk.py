"""The disk as a still picture, PNG or SVG, drawn with matplotlib."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hyplink.errors import InputError
from hyplink.export.disk import DiskPicture
from hyplink.export.tree_layout import Disk
from hyplink.run import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEPS = 40
"""Straight pieces of which a geodesic is drawn."""

LABELLED = 40
"""At most so many concepts bear their label, those with the most below them first."""

LABEL_WIDTH = 40
"""Characters; of a longer label the beginning is shown."""

RIGHT, WRONG = "#1b7837", "#c2410c"


def write_static_disk(picture: DiskPicture, path: Path) -> None:
    """Draws a picture to a file; its suffix, .png or .svg, says how.

    Raises:
        InputError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError("a still picture needs matplotlib: pip install 'hyplink[plot]'") from error
    figure = Figure(figsize=(10, 10.5), dpi=150)
    axes = figure.add_axes((0.01, 0.045, 0.98, 0.925))
    _draw(axes, picture)
    figure.text(0.5, 0.015, picture.caption, ha="center", fontsize=8, color="#555555")
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix.removeprefix("."))


def _draw(axes: "Axes", picture: DiskPicture) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Circle

    places = picture.places
    axes.add_patch(Circle((0, 0), 1, fill=False, color="#999999", linewidth=0.8))
    child, parent = picture.edges.T
    axes.add_collection(LineCollection(list(_curves(places[child], places[parent])), colors="#b8bcc4", linewidths=0.5))
    axes.scatter(
        places.real, places.imag, c=np.array(picture.depths), cmap="viridis_r", s=_sizes(places), linewidths=0, zorder=2
    )
    _draw_mentions(axes, picture)
    _label(axes, picture)
    axes.set(xlim=(-1.02, 1.02), ylim=(-1.02, 1.02), aspect="equal", title=picture.title)
    axes.axis("off")


def _draw_mentions(axes: "Axes", picture: DiskPicture) -> None:
    """Mentions as diamonds; a wrong one is joined to the right concept and, dashed, to its answer."""
    from matplotlib.collections import LineCollection

    for right, colour, name in ((True, RIGHT, "linked rightly"), (False, WRONG, "linked wrongly")):
        chosen = [each for each in picture.mentions if each.right is right]
        if not chosen:
            continue
        at = np.array([each.place for each in chosen])
        axes.scatter(at.real, at.imag, marker="D", s=14, color=colour, zorder=3, label=f"mention {name}", linewidths=0)
    for end, style in (("gold", "solid"), ("answer", "dashed")):
        ends = [(each.place, getattr(each, end)) for each in picture.mentions if not each.right]
        pairs = np.array([(place, picture.places[row]) for place, row in ends if row is not None]).reshape(-1, 2)
        curves = _curves(pairs[:, 0], pairs[:, 1])
        lines = LineCollection(list(curves), colors=WRONG, linewidths=0.7, linestyles=style, zorder=3)
        if len(pairs):
            lines.set_label("to the right concept" if end == "gold" else "to the answer")
        axes.add_collection(lines)
    if picture.mentions:
        axes.legend(loc="lower right", fontsize=8, frameon=False)


def _label(axes: "Axes", picture: DiskPicture) -> None:
    """Labels of the concepts that have most below them, as long as there is room; near the right rim they go left."""
    taken: list[complex] = []
    for row in np.argsort(-np.array(picture.n_below), kind="stable")[: 4 * LABELLED]:
        place = picture.places[row]
        clear = all(abs(place.real - other.real) > 0.16 or abs(place.imag - other.imag) > 0.025 for other in taken)
        if clear and len(taken) < LABELLED:
            taken.append(place)
            name = picture.labels[row]
            shown = name if len(name) <= LABEL_WIDTH else f"{name[: LABEL_WIDTH - 1].rstrip()}…"
            side, offset = ("right", (-3, 2)) if place.real > 0.5 else ("left", (3, 2))
            at = (place.real, place.imag)
            axes.annotate(shown, at, offset, textcoords="offset points", fontsize=7, horizontalalignment=side)


def _sizes(places: Disk) -> NDArray[np.float64]:
    """Areas of the dots: they shrink towards the rim, as everything does there."""
    sizes: NDArray[np.float64] = 2 + 22 * (1 - np.abs(places) ** 2)
    return sizes


def _curves(starts: Disk, ends: Disk) -> NDArray[np.float64]:
    """Geodesics between points, float64 (n, STEPS, 2)."""
    seen = (ends - starts) / (1 - np.conj(starts) * ends)  # as the start sees the end
    length = np.arctanh(np.abs(seen).clip(max=1 - 1e-16))
    direction = seen / np.abs(seen).clip(min=1e-300)
    along = np.tanh(length[:, None] * np.linspace(0, 1, STEPS)) * direction[:, None]
    curves = (along + starts[:, None]) / (1 + np.conj(starts[:, None]) * along)
    return np.stack((curves.real, curves.imag), axis=-1)
