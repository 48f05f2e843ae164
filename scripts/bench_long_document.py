"""Seconds and memory that one long document takes to link, by its length, and the exponent of the growth.

    python scripts/bench_long_document.py RUN TEXT [TEXT …] [--sizes 0.3 1 3 5] [--repeats 1]

The documents are made of the texts' lines: the whole lines, from the first one on, until the size in MB is reached, as
often as they are needed. The exponent is the slope of log seconds over log length: 1 is linear. Times are CPU time of
linking, without loading the run; each size is linked in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

import numpy as np

from hyplink import Linker
from hyplink.corpus import read_documents


def main() -> None:
    """Measures the sizes, prints a line for each, and the exponents of time and memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("texts", type=Path, nargs="+", help="plain or annotated text; annotation is ignored")
    parser.add_argument("--sizes", type=float, nargs="+", default=[0.3, 1, 3, 5], help="MB of each document")
    parser.add_argument("--repeats", type=int, default=1, help="measurements of each size, of which the best counts")
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(measured(chosen.run, chosen.texts, chosen.sizes[0])))
        return
    found = []
    print(f"{'MB':>6} {'mentions':>9} {'seconds':>8} {'MB/s':>6} {'peak MB':>8}", flush=True)
    for size in chosen.sizes:
        best = min(
            (in_process(chosen.run, chosen.texts, size) for _ in range(chosen.repeats)), key=lambda each: each[1]
        )
        n_mentions, seconds, before, peak = best
        print(f"{size:6} {n_mentions:9,} {seconds:8.2f} {size / seconds:6.3f} {peak:8.0f}", flush=True)
        found.append((size, seconds, peak - before))
    if len(found) > 1:
        print(f"exponent of time {exponent(found, 1):.2f}, of memory beyond that of the run {exponent(found, 2):.2f}")


def in_process(run: Path, texts: Sequence[Path], size: float) -> tuple[int, float, float, float]:
    """What `measured` gives, in a process of its own."""
    command = [sys.executable, __file__, str(run), *map(str, texts), "--sizes", str(size), "--only"]
    ended = subprocess.run(command, check=True, capture_output=True, text=True)
    n_mentions, seconds, before, peak = json.loads(ended.stdout)
    return n_mentions, seconds, before, peak


def measured(run: Path, texts: Sequence[Path], size: float) -> tuple[int, float, float, float]:
    """The mentions of a document of some MB, the seconds to link it, and the peak memory in MB before and after."""
    linker = Linker.load(run)
    linker.link("Warms up what is loaded when it is first needed.")
    text = document(texts, round(size * 1e6))
    before, start = peak_megabytes(), time.process_time()
    links = linker.link(text)
    return len(links), time.process_time() - start, before, peak_megabytes()


def peak_megabytes() -> float:
    """The most memory that the process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def document(texts: Sequence[Path], length: int) -> str:
    """A document of at least so many characters."""
    parts, n_characters = [], 0
    for line in cycle(list(_lines(texts))):
        parts.append(line)
        n_characters += len(line) + 1
        if n_characters >= length:
            break
    return "\n".join(parts)


def _lines(texts: Sequence[Path]) -> Iterator[str]:
    for path in texts:
        for each in read_documents(path):
            yield from each.text.splitlines()


def exponent(found: Sequence[Sequence[float]], column: int) -> float:
    """The slope of the logarithm of a column over that of the size, by least squares."""
    logarithms = np.array([(math.log(row[0]), math.log(max(row[column], 1e-9))) for row in found])
    return float(np.polyfit(logarithms[:, 0], logarithms[:, 1], 1)[0])


if __name__ == "__main__":
    main()
