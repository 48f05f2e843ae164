"""Compares all heads, layers and losses: the accuracy of each, and whether all steps are finite.

Usage: python scripts/studies/study_heads.py --config FILE --work FOLDER [--set SECTION.KEY=VALUE]… [PART]…

The parts, all of them where none is named:
  ways       changes one setting of the configuration at a time: head, layer, loss, concepts, initial points
  sizes      changes one size at a time: radius, dimension, smoothing over the hierarchy, random concepts of a step
  pairs      every head with every loss, on frozen concepts and on tuned ones where the loss allows
  stability  small networks of every head, loss and layer, 10,000 steps each at the learning rate 0.1; every head also
             in float64
  twins      effect of dimension, smoothing over the hierarchy and learning rates on the ball, its Euclidean twin and,
             where they apply, a flat softmax
Each result is kept in FOLDER/heads.jsonl with its settings; a second call continues from there.
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
from hyplink.regressor.start import scale_radii

LOSSES = ("softmax", "ranking", "distance", "squared-distance")
STARTS = ("construct", "random")
RADII = (2, 4, 6, 12)
FROZEN = "research.concepts=frozen"
SMALL = ["fit.hidden=16", "fit.batch_size=16", "fit.random_concepts=64", "train_ontology.dim=5"]
STEPS = 10_000
BEYOND = 14.0
"""Radius of targets that heads that clip at norm 1 − 1e-5 cannot reach."""


@dataclass(frozen=True)
class Row:
    """A configuration of the study.

    Attributes:
        name: what is tried.
        overrides: the settings that make it.
        dtype: of network and tuned points.
        n_steps: number of steps, if it is fixed, else None.
        radius: the radius to which the farthest target is moved, else None.
    """

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
        print(part)
        results = {row: kept(bench, ledger, row) for row in PARTS[part]()}
        Console(width=120).print(table(part, results))


def ways() -> Iterator[Row]:
    """The default, and rows that change one setting of it."""
    yield Row("the defaults", ())
    layers = ("mobius", *(f"angular research.angle={angle}" for angle in ("cosine", "linear", "sigmoid")))
    for choice in (
        *(f"research.head={head}" for head in HEADS if head != "expmap0"),
        *(f"research.layer={layer}" for layer in layers),
        "research.head=polar research.layer=angular",
        "research.loss=ranking",
        *(f"{FROZEN} research.loss={loss}" for loss in LOSSES),
        *(f"research.start={start}" for start in STARTS),
        *(f"{FROZEN} research.start={start}" for start in STARTS),
        "research.start_share=1",
    ):
        yield _tried(choice)


def sizes() -> Iterator[Row]:
    """One size at a time around the default."""
    yield Row("the defaults", ())
    for choice in (
        *(f"train_ontology.max_radius={radius}" for radius in RADII),
        *(f"{FROZEN} train_ontology.max_radius={radius}" for radius in RADII),
        *(f"train_ontology.dim={dim}" for dim in (5, 10, 20, 100)),
        *(f"fit.hierarchy_smoothing={share}" for share in (0, 0.4)),
        *(f"fit.random_concepts={number}" for number in (64, 256, 4096)),
    ):
        yield _tried(choice)


def pairs() -> Iterator[Row]:
    """Every head with every loss."""
    for head in HEADS:
        for loss in LOSSES:
            yield _tried(f"research.head={head} research.loss={loss} {FROZEN}")
        for loss in LOSSES[:2]:
            yield _tried(f"research.head={head} research.loss={loss}")


def stability() -> Iterator[Row]:
    """Every head and loss at the highest learning rates, at the radius of use and at the rim."""
    rates = ("fit.lr=0.1", "fit.points_lr=0.1", *SMALL)
    for dtype, losses in (("float32", LOSSES), ("float64", LOSSES[:1])):
        for number, head in enumerate(HEADS):
            for loss in losses:
                concepts = FROZEN if "distance" in loss else "research.concepts=tuned"
                # The radius changes from row to row, so that each head meets each of them.
                radius = (3, 6, 12)[(number + LOSSES.index(loss)) % 3]
                settings = (
                    f"research.head={head}",
                    concepts,
                    f"research.loss={loss}",
                    f"train_ontology.max_radius={radius}",
                )
                yield Row(f"{head}, {loss}, radius {radius}", (*settings, *rates), dtype, STEPS)
    for layer in (
        "research.layer=mobius",
        *(f"research.layer=angular research.angle={a}" for a in ("cosine", "linear", "sigmoid")),
    ):
        yield Row(layer, (*layer.split(), *rates), n_steps=STEPS)
    for space in ("euclidean", "flat"):
        yield Row(space, (f"research.space={space}", *rates), n_steps=STEPS)
    for head in ("project", "tanh-project"):
        name = f"{head}, distance, targets at {BEYOND:.0f} (refused elsewhere)"
        projected = (f"research.head={head}", FROZEN, "research.loss=distance", *rates)
        yield Row(name, projected, n_steps=STEPS, radius=BEYOND)


def twins() -> Iterator[Row]:
    """What dimension, smoothing and learning rates do to each space."""
    smoothing = [f"fit.hierarchy_smoothing={share}" for share in (0, 0.2, 0.4)]
    of_points = [f"train_ontology.dim={dim}" for dim in (5, 10, 20)]
    of_points += ["fit.points_lr=0.01", "fit.points_lr=0.1", "research.start_share=0.1", "research.start_share=1"]
    for change in (*smoothing, "fit.lr=0.001", "fit.lr=0.005", *of_points):
        for space in ("poincare", "euclidean") if change in of_points else ("poincare", "euclidean", "flat"):
            yield _tried(f"research.space={space} {change}")


def _tried(choice: str) -> Row:
    return Row(choice, tuple(choice.split()))


PARTS = {"ways": ways, "sizes": sizes, "pairs": pairs, "stability": stability, "twins": twins}


def kept(bench: Workbench, ledger: Ledger, row: Row) -> dict[str, Any]:
    """The result of a row, fitted unless it was before."""
    config = bench.settings(*row.overrides)
    if row.n_steps:
        n_epochs = math.ceil(row.n_steps / math.ceil(len(bench.examples) / config.fit.batch_size))
        config = bench.settings(*row.overrides, f"fit.epochs={n_epochs}")
    key = {**config.model_dump(mode="json", exclude_defaults=True), "dtype": row.dtype, "radius": row.radius}
    print(f"  {row.name}, {row.dtype}", flush=True)
    return ledger.result(key, lambda: result_of(bench, config, row))


def result_of(bench: Workbench, config: Config, row: Row) -> dict[str, Any]:
    """What a fit comes to: what was not finite, figures, radii, seconds."""
    points = bench.starts(config)
    if row.radius:
        points = scale_radii(points, row.radius / config.train_ontology.max_radius)
    with precision(row.dtype):
        records = bench.fitted(config, points, checks_head_radius=False)
        regressor = records[-1].regressor
        counts = non_finite(records, regressor, bench.dev_vectors)
        finite = not (counts["bad_weights"] or counts["bad_outputs"])
        figures = {**bench.figures(regressor), **bench.radii(regressor)} if finite else {}
    losses = np.array([record.loss for record in records])
    return {**counts, **figures, "seconds": records[-1].seconds, "epoch_losses": losses.round(4).tolist()}


def table(part: str, results: dict[Row, dict[str, Any]]) -> Table:
    """A row a configuration."""
    shown = Table(title=part, title_justify="left", box=None, header_style="dim", padding=(0, 1))
    shown.add_column("configuration")
    for heading in ("acc@1", "tree dist.", "radius", "of concepts", "not finite / 1,000 steps", "s"):
        shown.add_column(heading, justify="right")
    for row, result in results.items():
        bad = result["bad_losses"] + result["bad_weights"] + result["bad_outputs"]
        shown.add_row(
            row.name + (", float64" if row.dtype == "float64" else ""),
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
