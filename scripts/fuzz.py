"""Gives many mutated files to hyplink's readers and writers, and reports which make them fail.

    python scripts/fuzz.py [HARNESS …] [--inputs 5000] [--seed 0] [--engine random|atheris] [--save FOLDER]

A harness of `tests/fuzz` is one reader, one writer or one kind of file of a run, with files that are mutated. Every
input must be accepted, or refused by a `HyplinkError` in one line. Inputs run in forked processes: an input fails with
a traceback, by a signal, by taking more than 10 seconds, or by taking more than 1 GB of memory. One failing input for
each cause is saved in `tests/fuzz/corpus/HARNESS`, which the tests replay; those with a traceback are shrunk first.

`--engine atheris` lets atheris (pip install -e '.[fuzz]') choose the inputs by the lines of hyplink that they reach,
until there are so many or the first fails.

Exits with status 1 if an input failed.
"""

import argparse
import hashlib
import resource
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]  # for `tests.fuzz`

CORPUS = ROOT / "tests" / "fuzz" / "corpus"
FAILURES = ("traceback", "crash", "hang", "memory")
COLUMNS = ("inputs", "accepted", "refused", *FAILURES, "seconds")


def fuzzed(name: str, inputs: int, seed: int, save: Path) -> Counter[str]:
    """The number of inputs of each outcome; prints and saves one failing input for each cause."""
    from fuzzing.shrinking import shrunk
    from fuzzing.workers import outcomes, random_input

    from tests.fuzz.harnesses import HARNESSES

    harness = HARNESSES[name]
    seeds, causes = harness.seeds(), set()
    counts: Counter[str] = Counter()
    for number, outcome in enumerate(outcomes(harness, inputs, lambda i: random_input(harness, seeds, seed, i))):
        counts[outcome.kind] += 1
        if not outcome.is_failure or outcome in causes:
            continue
        causes.add(outcome)
        data = random_input(harness, seeds, seed, number)
        path = saved(shrunk(harness, data, outcome) if outcome.kind == "traceback" else data, save / name)
        print(f"    {outcome.kind}: {outcome.cause}: {path}", flush=True)
    return counts


def saved(data: bytes, folder: Path) -> Path:
    """The path that an input was written to."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:12]
    path.write_bytes(data)
    return path


def cpu_seconds() -> float:
    """The processor time of this process and its children."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in usages)


def row(name: str, counts: Counter[str], seconds: float) -> str:
    """A line of the table."""
    n_inputs = sum(counts.values())
    cells = [n_inputs, *(counts[kind] for kind in COLUMNS[1:-1]), round(seconds)]
    return f"{name:28}" + "".join(f"{cell:>10,}" for cell in cells)


def main() -> None:
    """Runs the harnesses that are named, or all, and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("harnesses", nargs="*", metavar="HARNESS", help="names, or beginnings of names; all by default")
    parser.add_argument("--inputs", type=int, default=5_000, help="for each harness")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=("random", "atheris"), default="random")
    parser.add_argument("--save", type=Path, default=CORPUS, help="folder of failing inputs")
    chosen = parser.parse_args()
    if chosen.engine == "atheris":
        from fuzzing.coverage_guided import fuzzed as fuzz
        from fuzzing.coverage_guided import instrumented_harnesses

        harnesses = instrumented_harnesses()
    else:
        from tests.fuzz.harnesses import HARNESSES

        harnesses, fuzz = HARNESSES, fuzzed
    names = [name for name in harnesses if name.startswith(tuple(chosen.harnesses) or "")]
    if not names:
        parser.error(f"no such harness; there are {', '.join(harnesses)}")
    total: Counter[str] = Counter()
    start, began = cpu_seconds(), time.strftime("%H:%M")
    print(f"{'harness':28}" + "".join(f"{column:>10}" for column in COLUMNS), flush=True)
    for name in names:
        before = cpu_seconds()
        counts = fuzz(name, chosen.inputs, chosen.seed, chosen.save)
        total += counts
        print(row(name, counts, cpu_seconds() - before), flush=True)
    print(row(f"total (from {began})", total, cpu_seconds() - start))
    sys.exit(any(total[kind] for kind in FAILURES))


if __name__ == "__main__":
    main()
