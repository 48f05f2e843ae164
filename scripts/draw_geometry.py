"""Draws the pictures of docs/geometry.md: a tree in the disk, how room grows, and how heads place an output.

Usage: python scripts/draw_geometry.py [--to docs/images]

Points of the disk are complex numbers. Needs the extra `plot`.
"""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from hyplink.regressor.heads import HEADS

EDGE, DEPTH, BRANCHES = 1.1, 6, 2
"""Of the tree: the length of every edge, the levels below the root, the children of a concept."""

MAX_RADIUS = 4.0
"""Maximum hyperbolic radius given to the heads."""

GREY, BLUE, ORANGE, GREEN, PURPLE = "#7f868f", "#3f83c4", "#d9701e", "#3b9c6b", "#9268c4"
"""Each is legible on white and on black: the pictures have no background."""


def main() -> None:
    """Reads the command line, draws."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=Path("docs/images"), help="default: docs/images")
    to = parser.parse_args().to
    mpl.rcParams.update(dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), GREY))
    mpl.rcParams.update({"axes.edgecolor": GREY, "axes.spines.top": False, "axes.spines.right": False})
    mpl.rcParams.update({"font.size": 9, "svg.hashsalt": "hyplink", "axes.facecolor": "none"})
    for name, draw in (("geometry-tree", draw_tree_and_room), ("geometry-heads", draw_heads)):
        draw().savefig(to / f"{name}.svg", transparent=True, bbox_inches="tight", metadata={"Date": None})


def moved(origin: complex, point: complex) -> complex:
    """The point after the translation of the disk that takes 0 to `origin`."""
    return (point + origin) / (1 + origin.conjugate() * point)


def geodesic(a: complex, b: complex, n_points: int = 12) -> list[complex]:
    """Points on the shortest way from a to b."""
    target = moved(-a, b)
    steps = np.tanh(np.linspace(0, math.atanh(abs(target)), n_points))
    return [moved(a, step * target / abs(target)) for step in steps]


def tree_edges(
    concept: complex = 0j, parent: complex | None = None, depth: int = 0
) -> Iterator[tuple[complex, complex]]:
    """(parent, child) of every edge of the regular tree below a concept, all of one length (Sarkar 2011)."""
    if depth == DEPTH:
        return
    first = 0.0 if parent is None else np.angle(moved(-concept, parent))
    for turn in range(parent is not None, BRANCHES + 1):
        child = moved(concept, math.tanh(EDGE / 2) * np.exp(1j * (first + 2 * math.pi * turn / (BRANCHES + 1))))
        yield concept, child
        yield from tree_edges(child, concept, depth + 1)


def draw_tree_and_room() -> Figure:
    """A tree whose edges are all equally long; and the room at a distance beside the concepts that want it."""
    figure, (disk, room) = plt.subplots(1, 2, figsize=(9, 4.2), width_ratios=(1.1, 1))
    _draw_tree(disk)
    _draw_room(room)
    figure.tight_layout(w_pad=3)
    return figure


def _draw_tree(panel: Axes) -> None:
    edges = list(tree_edges())
    panel.add_patch(Circle((0, 0), 1, fill=False, color=GREY, linewidth=1))
    for parent, child in edges:
        way = np.array(geodesic(parent, child))
        panel.plot(way.real, way.imag, color=BLUE, linewidth=0.7)
    concepts = np.array([0j, *(child for _, child in edges)])
    panel.scatter(concepts.real, concepts.imag, s=18 * (1 - abs(concepts) ** 2) + 1, color=BLUE, linewidths=0, zorder=2)
    leaves = [child for _, child in edges if abs(child) > np.quantile(abs(concepts), 0.6)]
    a, b = leaves[4], leaves[40]
    way = np.array(geodesic(a, b, 60))
    panel.plot(way.real, way.imag, color=ORANGE, linewidth=2)
    panel.scatter([a.real, b.real], [a.imag, b.imag], s=14, color=ORANGE, zorder=3)
    panel.set(xlim=(-1.02, 1.02), ylim=(-1.02, 1.02), aspect="equal")
    panel.set_title("every edge is equally long", color=GREY, fontsize=9)
    panel.axis("off")


def _draw_room(panel: Axes) -> None:
    radii = np.linspace(0.2, 12, 200)
    panel.plot(radii, 2 * math.pi * np.sinh(radii), color=BLUE, label="room in the hyperbolic plane, 2π sinh r")
    panel.plot(radii, 2 * math.pi * radii, color=ORANGE, label="room in the flat plane, 2πr")
    levels = np.arange(1, 11)
    concepts = (BRANCHES + 1) * BRANCHES ** (levels - 1)
    panel.plot(levels * EDGE, concepts, "o", color=GREY, markersize=4, label="concepts of the tree at that distance")
    panel.set(yscale="log", xlabel="distance r from the root", ylim=(1, 1e6))
    panel.legend(frameon=False, loc="upper left", fontsize=8)


def draw_heads() -> Figure:
    """How far out each head places an output, by the output's length."""
    figure, panel = plt.subplots(figsize=(6.2, 3.4))
    lengths = torch.linspace(0, 6, 400, dtype=torch.float64)
    for name, colour in (("expmap0", BLUE), ("lorentz", GREEN), ("polar", PURPLE), ("project", ORANGE)):
        # The heads with an output for the radius read the length there, the others along a direction.
        head = HEADS[name]
        outputs = torch.zeros(len(lengths), 2 + head.n_extra, dtype=torch.float64)
        outputs[:, -1 if head.n_extra else 0] = lengths
        outputs[:, 0] = 1.0 if head.n_extra else lengths
        norms = torch.linalg.vector_norm(head.to_points(outputs, torch.tensor(MAX_RADIUS, dtype=torch.float64)), dim=-1)
        radii = 2 * norms.clamp_max(1 - 1e-12).atanh()
        panel.plot(lengths, radii, color=colour, label=name, linestyle="--" if name == "project" else "-")
    panel.axhline(MAX_RADIUS, color=GREY, linewidth=0.8, linestyle=":")
    panel.text(6, MAX_RADIUS + 0.12, "maximum radius", ha="right", color=GREY, fontsize=8)
    panel.set(xlabel="length of the network's output (polar: its last number)", ylabel="hyperbolic radius", ylim=(0, 6))
    panel.legend(frameon=False, loc="lower right")
    return figure


if __name__ == "__main__":
    main()
