"""Fits the ball, its Euclidean twin and a flat softmax on the same vectors, and prints how well each links alone.

Usage: python scripts/studies/compare_models.py --config FILE [--set SECTION.KEY=VALUE]… [--seeds N] [--work FOLDER]

All see the same examples in as many steps, and the flat softmax has so few hidden units that it learns as many numbers
as the others. The ontology is placed and the mentions are encoded once. With --work every result is kept, and a second
call goes on from them.
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from workbench import FIGURES, Ledger, Workbench, n_parameters

from hyplink.config import Config
from hyplink.regressor import TrainingExamples

HEADINGS = dict(zip(FIGURES, ("acc@1", "R@5", "tree dist.", "Wu-Palmer"), strict=True))


def main() -> None:
    """Reads the command line, fits, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True, help="a hyplink configuration with data.dev")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--seeds", type=int, default=5, help="fits of each model (default: 5)")
    parser.add_argument("--work", type=Path, help="folder for vectors and results (default: a temporary one)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        bench = Workbench(arguments.config, arguments.overrides, work / "shared")
        results = list(compared(bench, arguments.seeds, Ledger(work / "models.jsonl")))
    Console(width=120).print(table(results))


def compared(bench: Workbench, n_seeds: int, ledger: Ledger) -> Iterator[dict[str, Any]]:
    """The result of each model and seed."""
    for seed in range(n_seeds):
        for name, overrides in models_of(bench).items():
            config = bench.settings(*overrides, f"fit.seed={seed}")
            print(f"{name}, seed {seed}", flush=True)
            key = {"model": name, "seed": seed, "overrides": [*bench.overrides, *overrides]}
            yield ledger.result(key, lambda config=config: result_of(bench, config))  # type: ignore[misc]


def models_of(bench: Workbench) -> dict[str, list[str]]:
    """The settings that make each model."""
    units = units_of_equal_flat(bench.settings(), bench.examples, len(bench.ontology))
    return {
        "ball": ["research.space=poincare"],
        "Euclidean twin": ["research.space=euclidean"],
        "flat softmax": ["research.space=flat", f"fit.hidden={units}"],
    }


def units_of_equal_flat(config: Config, examples: TrainingExamples, n_concepts: int) -> int:
    """The number of hidden units with which a flat softmax has about as many parameters as the ball with its points."""
    n_in, hidden, dim = sum(examples.blocks), config.fit.hidden, config.train_ontology.dim
    of_the_ball = (n_in + 1) * hidden + (hidden + 1) * dim + n_concepts * dim
    return max(1, round((of_the_ball - n_concepts) / (n_in + 1 + n_concepts)))


def result_of(bench: Workbench, config: Config) -> dict[str, Any]:
    """The result of a fit: metrics, radii, seconds and number of parameters."""
    last = bench.fitted(config, bench.starts(config))[-1]
    return {
        **bench.figures(last.regressor),
        **bench.radii(last.regressor),
        "seconds": last.seconds,
        "parameters": n_parameters(last.regressor),
    }


def table(results: Sequence[dict[str, Any]]) -> Table:
    """A table with a row for each model: means over the seeds with their standard deviations."""
    shown = Table(box=None, header_style="dim", padding=(0, 1))
    shown.add_column("every dev mention")
    for heading in (*HEADINGS.values(), "parameters", "fit, s"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for name in dict.fromkeys(result["key"]["model"] for result in results):
        of_model = [result for result in results if result["key"]["model"] == name]
        cells = [_mean([result[figure] for result in of_model]) for figure in FIGURES]
        seconds = statistics.median(result["seconds"] for result in of_model)
        shown.add_row(name, *cells, f"{of_model[0]['parameters']:,}", f"{seconds:.0f}")
    return shown


def _mean(values: Sequence[float]) -> str:
    deviation = f" ±{statistics.stdev(values):.3f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.3f}{deviation}"


if __name__ == "__main__":
    main()
