"""CPU milliseconds of a training step on the ball, of its Euclidean twin and of a flat softmax, and their ratios.

Usage: python scripts/studies/bench_step.py [--concepts N]… [--dim 50] [--hidden 512] [--batch 128]

The data are random, the settings otherwise the defaults. The flat softmax learns as many numbers as the others in one
row and has as many hidden units in the other. The models take turns, epoch by epoch, on one thread; each time is the
median over the epochs.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from compare_models import units_of_equal_flat

from hyplink.config import Config, FitSection, FitSettings, TrainOntologySection
from hyplink.regressor import FitRecord, TrainingExamples, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import random_points

BLOCKS = (100, 100, 100)
STEPS_AN_EPOCH = 20
EPOCHS = 15


def main() -> None:
    """Measures and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--concepts", type=int, action="append", help="default: 2068 and 11865")
    parser.add_argument("--dim", type=int, default=50)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--batch", type=int, default=128)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    print("CPU milliseconds of a step; ratios of the ball to each of the others")
    print(f"{'concepts':>8} {'ball':>7} {'twin':>7} {'flat':>7} {'flat, wide':>10}  ratios")
    for n_concepts in chosen.concepts or (2_068, 11_865):
        fit = FitSettings(hidden=chosen.hidden, batch_size=chosen.batch, epochs=EPOCHS)
        ball, *others = milliseconds(fit, n_concepts, chosen.dim)
        times = f"{ball:7.2f} " + " ".join(f"{each:{width}.2f}" for each, width in zip(others, (7, 7, 10), strict=True))
        print(f"{n_concepts:8,} {times}  {', '.join(f'{ball / each:.2f}' for each in others)}")


def milliseconds(fit: FitSettings, n_concepts: int, dim: int) -> list[float]:
    """CPU milliseconds of a step of each model: ball, twin, flat, flat and wide."""
    examples = random_examples(n_concepts, fit.batch_size * STEPS_AN_EPOCH)
    config = Config(fit=FitSection(hidden=fit.hidden), train_ontology=TrainOntologySection(dim=dim))
    units = units_of_equal_flat(config, examples, n_concepts)
    changes: list[dict[str, object]] = [
        {},
        {"space": "euclidean"},
        {"space": "flat", "hidden": units},
        {"space": "flat"},
    ]
    near = HierarchyTargets(torch.zeros(n_concepts, 1, dtype=torch.int64), torch.ones(n_concepts, 1))
    points = random_points(n_concepts, dim, 1.0, seed=0)
    fits = [train_regressor(fit.model_copy(update=change), examples, points, near) for change in changes]
    rounds = [[seconds_of_an_epoch(each) for each in fits] for _ in range(EPOCHS)]
    return [statistics.median(times) / STEPS_AN_EPOCH * 1e3 for times in zip(*rounds[1:], strict=True)]


def seconds_of_an_epoch(fit: Iterator[FitRecord]) -> float:
    """CPU seconds of the next epoch of a fit."""
    start = time.process_time()
    next(fit)
    return time.process_time() - start


def random_examples(n_concepts: int, n_names: int) -> TrainingExamples:
    """Names with random vectors that mean random concepts."""
    random = np.random.default_rng(0)
    names = random.standard_normal((n_names, BLOCKS[0])).astype(np.float32)
    no_mentions = np.zeros((0, sum(BLOCKS)), np.float32)
    return TrainingExamples.from_vectors(
        names, no_mentions, [], random.integers(n_concepts, size=(n_names, 1)).tolist(), BLOCKS
    )


if __name__ == "__main__":
    main()
