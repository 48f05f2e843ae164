"""Measures the tuning of a transformer: seconds an epoch and peak memory, by batch size.

    python scripts/bench_tuning.py CONFIG [--names N] [--set SECTION.KEY=VALUE …]

CONFIG names an ontology and a model to tune. Each row is a process of its own, which tunes on N names for one epoch;
the time of an epoch over all names is estimated from it.
"""

import argparse
import dataclasses
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from hyplink.config import read_config
from hyplink.encoders import Passage
from hyplink.ontology import configured_ontology
from hyplink.regressor.losses import HierarchyTargets
from hyplink.tuning import TunedModel, TuningExamples, tune_encoder
from hyplink.tuning.model import resolved_device

BATCHES = ((64, 1), (16, 4), (256, 1))
"""Batch sizes and accumulation."""


def main() -> None:
    """Prints a row for each batch size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("--names", type=int, default=1000, metavar="N", help="names to tune on; default: 1000")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    parser.add_argument("--row", nargs=2, type=int, metavar=("BATCH", "ACCUMULATION"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.row:
        print(row(chosen.config, chosen.overrides, chosen.names, *chosen.row))
        return
    print("batch size × accumulation | CPU s per 1,000 names | names | CPU min an epoch | peak memory, GB")
    settings = ["--names", str(chosen.names), *(word for each in chosen.overrides for word in ("--set", each))]
    for batch, accumulation in BATCHES:
        words = [sys.executable, __file__, str(chosen.config), *settings, "--row", str(batch), str(accumulation)]
        print(subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip(), flush=True)


def row(path: Path, overrides: list[str], n_names: int, batch_size: int, accumulation: int) -> str:
    """Tunes for one epoch on some names, and describes what it took."""
    config = read_config(path, overrides)
    settings = config.tune_settings.model_copy(
        update={"epochs": 1, "batch_size": batch_size, "accumulation": accumulation}
    )
    torch.set_num_threads(settings.threads)
    ontology = configured_ontology(config.data)
    examples = TuningExamples.from_labelled(
        [(Passage(name), [ontology.index_of[concept_id]], False) for name, concept_id in ontology.names()],
        in_context=[],
    )
    few = dataclasses.replace(
        examples,
        passages=examples.passages[:n_names],
        concepts=examples.concepts[:n_names],
        n_names=min(n_names, len(examples)),
        held_out=examples.held_out[:n_names],
    )
    if settings.model is None:
        raise SystemExit("bench_tuning: set tune.model")
    model = TunedModel(settings.model, settings.window, resolved_device(settings.device))
    targets = HierarchyTargets.from_ontology(ontology)
    with tempfile.TemporaryDirectory() as folder:
        records = tune_encoder(settings, model, few, targets, config.train_ontology.dim, Path(folder))
        next(records)  # encodes all names first
        start = time.process_time()
        n_done = sum(1 for _ in records)
    seconds = (time.process_time() - start) / (n_done * batch_size * accumulation)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return (
        f"{batch_size} × {accumulation} | {1000 * seconds:.1f} | {len(examples):,} | "
        f"{len(examples) * seconds / 60:.1f} | {memory:.2f}"
    )


if __name__ == "__main__":
    main()
