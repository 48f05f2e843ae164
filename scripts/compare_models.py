"""Trains the ball, its Euclidean twin and a flat softmax on the same vectors, and prints them beside the baselines.

Usage: python scripts/compare_models.py --config FILE [--set SECTION.KEY=VALUE]… [--seeds N] [--work FOLDER]

The ontology is placed and the mentions are encoded once; each space and seed then fits a copy of that run. With
--work the runs are kept, and a second call goes on from them.
"""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hyplink.config import read_config
from hyplink.run import Run, SilentReporter, read_json
from hyplink.stages import run_stage

SPACES = ("poincare", "euclidean", "flat")
FIGURES = {"accuracy_at_1": "acc@1", "recall_at_5": "R@5", "tree_distance": "tree dist.", "wu_palmer": "Wu-Palmer"}


def main() -> None:
    """Reads the command line, trains, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True, help="a hyplink configuration with data.dev")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--seeds", type=int, default=3, help="regressors of each space (default: 3)")
    parser.add_argument("--work", type=Path, help="folder for the runs (default: a temporary one)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        results = list(compared(arguments.config, arguments.overrides, arguments.seeds, work))
    Console().print(table(results))


def compared(config: Path, overrides: Sequence[str], n_seeds: int, work: Path) -> Iterator[tuple[str, Any, float]]:
    """A model's name, its figures and the seconds of its fit, for each space and seed; then the baselines."""
    work.mkdir(parents=True, exist_ok=True)
    shared = Run.create(work / "shared", read_config(config, overrides))
    for stage in ("train-ontology", "encode"):
        run_stage(stage, shared, SilentReporter())
    for space in SPACES:
        for seed in range(n_seeds):
            print(f"fitting {space}, seed {seed}", flush=True)
            folder = work / f"{space}-{seed}"
            settings = [*overrides, f"fit.space={space}", f"fit.seed={seed}"]
            if not folder.exists():
                shutil.copytree(shared.folder, folder)
            run = Run.create(folder, read_config(config, settings))
            for stage in ("train-ontology", "encode", "fit", "evaluate"):
                run_stage(stage, run, SilentReporter())
            models = read_json(run.path("evaluate", "metrics.json"))["models"]
            yield space, models.pop("hyplink"), run.manifest("fit").seconds
    yield from ((name, figures, 0.0) for name, figures in models.items())


def table(results: Sequence[tuple[str, Any, float]]) -> Table:
    """A row a model, over every mention: means over the seeds and, where there are several, their deviations."""
    shown = Table(box=None, header_style="dim", padding=(0, 1))
    shown.add_column("every mention")
    for heading in (*FIGURES.values(), "fit, s"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for name in dict.fromkeys(name for name, _, _ in results):
        of_model = [
            (groups["every_mention"]["figures"], seconds) for model, groups, seconds in results if model == name
        ]
        cells = [_mean([figures[figure]["value"] for figures, _ in of_model]) for figure in FIGURES]
        seconds = statistics.mean(seconds for _, seconds in of_model)
        shown.add_row(name, *cells, f"{seconds:.1f}" if seconds else "–")
    return shown


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    deviation = f" ±{statistics.stdev(known):.3f}" if len(known) > 1 else ""
    return f"{statistics.mean(known):.3f}{deviation}"


if __name__ == "__main__":
    main()
