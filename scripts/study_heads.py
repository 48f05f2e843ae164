"""Every way onto the ball side by side: what each reaches, and whether any step of it is not finite.

Usage: python scripts/study_heads.py --config FILE --work FOLDER [--set SECTION.KEY=VALUE]… [PART]…

The parts, all of them where none is named:
  factors    one factor at a time around the configuration: head, loss, layer, concepts, start, radius, dimension, …
  pairs      every head with every loss, on frozen concepts and on tuned ones where the loss allows
  stability  small networks of every head, loss and layer, 10,000 steps each at the learning rate 0.1; every head also
             in float64
  twins      what smoothing over the hierarchy and learning rates do to the ball, its Euclidean twin and a flat softmax
Each result is kept in FOLDER/heads.jsonl, and a second call goes on from there.
"""

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from workbench import Ledger, Workbench, non_finite, precision

from hyplink.config import Config
from hyplink.regressor.heads import HEADS
from hyplink.regressor.start import drawn_inward

LOSSES = ("softmax", "ranking", "distance", "squared-distance")
FROZEN = "fit.concepts=frozen"
SMALL = ["fit.hidden=16", "fit.batch_size=16", "fit.random_concepts=64", "train_ontology.dim=5"]
STEPS = 10_000
BEYOND = 14.0
"""Radius of targets that the heads that cut at 1 − 1e-5 do not reach."""


@dataclass(frozen=True)
class Row:
    """A configuration of the study.

    Attributes:
        part: of the study.
        name: what is tried.
        overrides: the settings that make it.
        dtype: of network and tuned points.
        n_steps: where the number of steps is fixed, else None.
        radius: where targets are driven out to a greatest radius that no configuration allows, else None.
    """

    part: str
    name: str
    overrides: tuple[str, ...]
    dtype: str = "float32"
    n_steps: int | None = None
    radius: float | None = None


def main() -> None:
    """Reads the command line, fits, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    parser.add_argument("--config", type=Path, required=True, help="a hyplink configuration with data.dev")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--work", type=Path, required=True, help="folder for vectors and results")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(PARTS):
        parser.error(f"no part {min(unknown)!r}; there are {', '.join(PARTS)}")
    bench = Workbench(arguments.config, arguments.overrides, arguments.work / "shared")
    ledger = Ledger(arguments.work / "heads.jsonl")
    for part in arguments.parts or PARTS:
        results = [kept(bench, ledger, row) for row in PARTS[part]()]
        Console(width=120).print(table(part, results))


def factors() -> Iterator[Row]:
    """One factor at a time around the default."""
    yield Row("factors", "the defaults", ())
    tried = {
        "head": [f"fit.head={head}" for head in HEADS if head != "expmap0"],
        "layer": ["fit.layer=mobius", *(f"fit.layer=angular fit.angle={a}" for a in ("cosine", "linear", "sigmoid"))],
        "head and layer": ["fit.head=polar fit.layer=angular"],
        "concepts": [FROZEN, "fit.start=construct", "fit.start=random", "fit.start_share=1"],
        "smoothing": ["fit.hierarchy_smoothing=0", "fit.hierarchy_smoothing=0.4"],
        "radius": [f"train_ontology.max_radius={radius}" for radius in (1.5, 6, 12)],
        "radius, frozen": [f"train_ontology.max_radius={radius} {FROZEN}" for radius in (1.5, 6, 12)],
        "dimension": [f"train_ontology.dim={dim}" for dim in (5, 10, 20, 100)],
    }
    for choices in tried.values():
        for choice in choices:
            yield Row("factors", choice, tuple(choice.split()))


def pairs() -> Iterator[Row]:
    """Every head with every loss."""
    for head in HEADS:
        for loss in LOSSES:
            yield Row("pairs", f"{head}, {loss}, frozen", (f"fit.head={head}", FROZEN, f"fit.loss={loss}"))
        yield Row("pairs", f"{head}, ranking, tuned", (f"fit.head={head}", "fit.loss=ranking"))


def stability() -> Iterator[Row]:
    """Every head and loss at the highest learning rates, at the radius of use and at the rim."""
    rates = ("fit.lr=0.1", "fit.points_lr=0.1", *SMALL)
    for dtype, losses in (("float32", LOSSES), ("float64", LOSSES[:1])):
        for number, head in enumerate(HEADS):
            for loss in losses:
                concepts = FROZEN if "distance" in loss else "fit.concepts=tuned"
                # The radius changes from row to row, so that each head meets each of them.
                radius = (3, 6, 12)[(number + LOSSES.index(loss)) % 3]
                settings = (f"fit.head={head}", concepts, f"fit.loss={loss}", f"train_ontology.max_radius={radius}")
                yield Row("stability", f"{head}, {loss}, radius {radius}", (*settings, *rates), dtype, STEPS)
    for layer in ("fit.layer=mobius", *(f"fit.layer=angular fit.angle={a}" for a in ("cosine", "linear", "sigmoid"))):
        yield Row("stability", layer, (*layer.split(), *rates), n_steps=STEPS)
    for space in ("euclidean", "flat"):
        yield Row("stability", space, (f"fit.space={space}", *rates), n_steps=STEPS)
    for head in ("project", "tanh-project"):
        name = f"{head}, distance, radius {BEYOND:.0f} (hyplink refuses it)"
        settings = (f"fit.head={head}", FROZEN, "fit.loss=distance", *rates)
        yield Row("stability", name, settings, n_steps=STEPS, radius=BEYOND)


def twins() -> Iterator[Row]:
    """What smoothing and learning rates do to each space."""
    of_all = [*(f"fit.hierarchy_smoothing={share}" for share in (0, 0.2, 0.4)), "fit.lr=0.001", "fit.lr=0.005"]
    of_points = ["fit.points_lr=0.01", "fit.points_lr=0.1", "fit.start_share=0.1", "fit.start_share=1"]
    for change in (*of_all, *of_points):
        for space in ("poincare", "euclidean", "flat") if change in of_all else ("poincare", "euclidean"):
            yield Row("twins", f"{space}, {change}", (f"fit.space={space}", change))


PARTS = {"factors": factors, "pairs": pairs, "stability": stability, "twins": twins}


def kept(bench: Workbench, ledger: Ledger, row: Row) -> dict[str, Any]:
    """The result of a row, fitted unless it was before."""
    config = bench.settings(*row.overrides)
    if row.n_steps:
        n_epochs = math.ceil(row.n_steps / math.ceil(len(bench.examples) / config.fit.batch_size))
        config = bench.settings(*row.overrides, f"fit.epochs={n_epochs}")
    key = {"part": row.part, "name": row.name, "dtype": row.dtype, "overrides": [*bench.overrides, *row.overrides]}
    print(f"{row.part}: {row.name}, {row.dtype}", flush=True)
    return ledger.result(key, lambda: result_of(bench, config, row))


def result_of(bench: Workbench, config: Config, row: Row) -> dict[str, Any]:
    """What a fit comes to: what was not finite, figures, radii, seconds."""
    points = bench.starts(config)
    if row.radius:
        points = drawn_inward(points, row.radius / config.train_ontology.max_radius)
    with precision(row.dtype):
        records = bench.fitted(config, points, refuses_short_heads=False)
        regressor = records[-1].regressor
        counts = non_finite(records, regressor, bench.dev_vectors)
        finite = not (counts["bad_weights"] or counts["bad_outputs"])
        figures = {**bench.figures(regressor), **bench.radii(regressor)} if finite else {}
    losses = np.array([record.loss for record in records])
    return {**counts, **figures, "seconds": records[-1].seconds, "epoch_losses": losses.round(4).tolist()}


def table(part: str, results: list[dict[str, Any]]) -> Table:
    """A row a configuration."""
    shown = Table(title=part, title_justify="left", box=None, header_style="dim", padding=(0, 1))
    shown.add_column("configuration")
    for heading in ("acc@1", "tree dist.", "radius", "of concepts", "not finite / 1,000 steps", "s"):
        shown.add_column(heading, justify="right")
    for result in results:
        key = result["key"]
        bad = result["bad_losses"] + result["bad_weights"] + result["bad_outputs"]
        shown.add_row(
            key["name"] + (", float64" if key["dtype"] == "float64" else ""),
            *(_shown(result.get(name), 3) for name in ("accuracy_at_1", "tree_distance")),
            *(_shown(result.get(name), 2) for name in ("output_radius", "target_radius")),
            f"{bad / result['steps'] * 1000:g}",
            f"{result['seconds']:.0f}",
        )
    return shown


def _shown(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


if __name__ == "__main__":
    main()
