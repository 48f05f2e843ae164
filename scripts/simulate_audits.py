"""Simulates audits of links whose right answers are known, and counts how often the interval holds the true accuracy.

    python scripts/simulate_audits.py links.jsonl --margin 0.05 --audits 1000

The input is a file of links with a key `right` (true or false) and a `confidence`. `hyplink audit` draws the same way.
Without a file, links are made up: confidences of a mixture, right with a probability that is lower by a bias.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hyplink.metrics.audit import Stratum, sample_sizes, strata_of, stratified_share

Confidences = NDArray[np.float64]
Right = NDArray[np.bool_]


def made_up(n: int, bias: float, rng: np.random.Generator) -> tuple[Confidences, Right]:
    """Confidences, and whether each link is right with a probability that is lower than its confidence by `bias`."""
    confidences = np.where(rng.random(n) < 0.7, rng.beta(20, 1, n), rng.beta(2, 2, n))
    return confidences, rng.random(n) < np.clip(confidences - bias, 0, 1)


def read(path: str) -> tuple[Confidences, Right]:
    """The confidences of the links of a file, and whether each is right."""
    rows = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    confidences = [np.nan if row["confidence"] is None else row["confidence"] for row in rows]
    return np.array(confidences, dtype=float), np.array([row["right"] for row in rows])


def simulate(
    confidences: Confidences, right: Right, margin: float, audits: int, rng: np.random.Generator
) -> tuple[float, float, float, int]:
    """The share of audits whose interval holds the truth, the mean margin, the mean estimate and the links checked."""
    strata = strata_of(confidences)
    kinds = np.unique(strata)
    rows = [np.flatnonzero(strata == kind) for kind in kinds]
    means = [float(confidences[each].mean()) for each in rows]
    sizes = sample_sizes([len(each) for each in rows], means, margin)
    held, margins, values = 0, [], []
    for _ in range(audits):
        checked = []
        for each, size in zip(rows, sizes, strict=True):
            drawn = rng.choice(each, size, replace=False)
            checked.append(Stratum(len(each), size, int(right[drawn].sum())))
        found = stratified_share(checked)
        held += found.low <= right.mean() <= found.high
        margins.append(found.margin)
        values.append(found.value)
    return held / audits, float(np.mean(margins)), float(np.mean(values)), sum(sizes)


def main() -> None:
    """Prints a line for each set of links."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("links", nargs="?")
    parser.add_argument("--margin", type=float, default=0.05)
    parser.add_argument("--audits", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    if given.links:
        cases = [(given.links, *read(given.links))]
    else:
        sizes = [(n, bias) for n in (300, 3000, 30000) for bias in (-0.1, 0.0, 0.15, 0.4)]
        cases = [(f"{n} links, bias {bias:+.2f}", *made_up(n, bias, rng)) for n, bias in sizes]
    print(f"{'links':28} {'true':>6} {'mean':>6} {'held':>6} {'margin':>7} {'checked':>8}")
    for name, confidences, right in cases:
        held, margin, mean, checked = simulate(confidences, right, given.margin, given.audits, rng)
        print(f"{name:28} {right.mean():6.3f} {mean:6.3f} {held:6.1%} {margin:7.3f} {checked:8}")


if __name__ == "__main__":
    main()
