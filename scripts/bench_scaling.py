"""How time and memory grow with the number of concepts, on generated ontologies, each stage in a process of its own.

    python scripts/bench_scaling.py --work FOLDER [--concepts 10000 100000 350000] [--set SECTION.KEY=VALUE ...]

An ontology of n concepts is a random tree (the parent of each concept is one of those before it) with three names for
each concept, or as many as --names says, made of words of a vocabulary that grows with the square root of n. Most names
are a modifier before words of the parent's name, as in biomedical ontologies; the words themselves are made of
syllables. It is trained on names alone. Then another process loads the run, and links texts with the names of a hundred
thousand concepts at most.

Printed are CPU seconds and peak memory of each stage, the memory that is resident after loading and after linking, the
texts linked in a CPU second, and the exponents: the slope of the logarithm of the seconds over that of the number of
concepts, between the smallest and the largest. Finished sizes are kept in FOLDER.
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

STAGES = ("train-ontology", "encode", "fit")
STEPS = (*STAGES, "load", "link")
MAX_WORDS, MODIFIED = 5, 0.8
"""Words of a name at most, and the share of names that modify the parent's."""

N_TEXTS, NAMES_IN_TEXT = 2_000, 8
SYLLABLES = [
    first + vowel + last for first in "bcdfglmnprstv" for vowel in "aeiou" for last in ("", "n", "r", "s", "l")
]


class Cost(NamedTuple):
    """What a step needed: CPU seconds, and memory in bytes, at the peak of a stage or resident after another step."""

    seconds: float
    memory: int


def main() -> None:
    """Reads the command line, measures each size that was not measured yet, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--concepts", type=int, nargs="+", default=[10_000, 100_000, 350_000])
    parser.add_argument("--names", type=int, default=3, metavar="N", help="names of each concept (default: 3)")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    chosen = parser.parse_args()
    costs = {n: measured(chosen.work / str(n), n, chosen.names, chosen.overrides) for n in sorted(chosen.concepts)}
    Console(width=120).print(table(costs))


def measured(folder: Path, n_concepts: int, n_names: int, overrides: Sequence[str]) -> dict[str, Cost]:
    """The cost of each stage at a size; kept in a file."""
    result = folder / "costs.json"
    if result.is_file():
        return {stage: Cost(*cost) for stage, cost in json.loads(result.read_text()).items()}
    folder.mkdir(parents=True, exist_ok=True)
    concepts = list(generated(n_concepts, n_names, random.Random(0)))
    (folder / "ontology.obo").write_text("".join(concept.stanza for concept in concepts), encoding="utf-8")
    (folder / "texts.txt").write_text("\n".join(texts(concepts, random.Random(1))), encoding="utf-8")
    costs = {stage: cost_of(stage, folder, overrides) for stage in STAGES} | costs_of_linking(folder)
    result.write_text(json.dumps(costs))
    shutil.rmtree(folder / "run")
    return costs


class GeneratedConcept(NamedTuple):
    """A concept: its number, that of its parent (None for the root) and its names."""

    number: int
    parent: int | None
    names: list[str]

    @property
    def stanza(self) -> str:
        """The concept in the OBO format."""
        label, *synonyms = self.names
        lines = ["[Term]", f"id: G:{self.number:07}", f"name: {label}"]
        lines += [f'synonym: "{name}" EXACT []' for name in synonyms]
        lines += [] if self.parent is None else [f"is_a: G:{self.parent:07}"]
        return "\n".join(lines) + "\n\n"


def generated(n_concepts: int, n_names: int, rng: random.Random) -> Iterator[GeneratedConcept]:
    """The concepts of a random tree, parents first."""
    n_words = 20 * math.isqrt(n_concepts)
    vocabulary = sorted({"".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(n_words)})
    rng.shuffle(vocabulary)
    frequencies = [1 / (rank + 10) for rank in range(len(vocabulary))]  # Zipf's law
    drawn = iter(rng.choices(vocabulary, frequencies, k=2 * n_names * n_concepts))
    labels: list[str] = []
    for number in range(n_concepts):
        parent = int(number * rng.random()) if number else None
        own = labels[parent].split() if parent is not None else []
        names = [
            " ".join([next(drawn), *own][:MAX_WORDS])
            if own and rng.random() < MODIFIED
            else f"{next(drawn)} {next(drawn)}"
            for _ in range(n_names)
        ]
        labels.append(names[0])
        yield GeneratedConcept(number, parent, list(dict.fromkeys(names)))


def texts(concepts: Sequence[GeneratedConcept], rng: random.Random) -> Iterator[str]:
    """Texts that mention concepts."""
    for _ in range(N_TEXTS):
        names = [rng.choice(concept.names) for concept in rng.choices(concepts[:100_000], k=NAMES_IN_TEXT)]
        yield " ".join(f"In this case there was {name}, which was not seen before." for name in names)


def cost_of(stage: str, folder: Path, overrides: Sequence[str]) -> Cost:
    """Runs a stage in a process of its own."""
    run = folder / "run"
    words: list[object] = [stage, run]
    if stage == STAGES[0]:
        changed = [f"data.ontology={folder / 'ontology.obo'}", *overrides]
        words += [word for each in changed for word in ("--set", each)]
    process = subprocess.Popen([sys.executable, "-m", "hyplink", *map(str, words)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"bench_scaling: `hyplink {stage}` ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def costs_of_linking(folder: Path) -> dict[str, Cost]:
    """The costs of loading the run and of linking texts, in a process of their own."""
    spawning = multiprocessing.get_context("spawn")
    receiver, sender = spawning.Pipe(duplex=False)
    process = spawning.Process(target=load_and_link, args=(folder, sender))
    process.start()
    sender.close()
    costs = {step: Cost(*receiver.recv()) for step in STEPS[len(STAGES) :]}
    process.join()
    return costs


def load_and_link(folder: Path, sender: Connection) -> None:
    """Sends what it cost to load the run, then what it cost to link the texts."""
    from hyplink.linking.linker import Linker

    start = time.process_time()
    linker = Linker.load(folder / "run")
    sender.send((time.process_time() - start, resident()))
    given = (folder / "texts.txt").read_text(encoding="utf-8").splitlines()
    start = time.process_time()
    for _ in linker.link_many(given, top_k=1):
        pass
    sender.send((time.process_time() - start, resident()))


def resident() -> int:
    """The bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def table(costs: dict[int, dict[str, Cost]]) -> Table:
    """The costs, a row for each stage."""
    sizes = list(costs)
    shown = Table(title="CPU seconds, memory")
    for heading in ("", *(f"{n:,} concepts" for n in sizes), "exponent"):
        shown.add_column(heading, justify="right")
    for stage in STEPS:
        cells = [f"{costs[n][stage].seconds:,.1f} s, {costs[n][stage].memory / 2**30:.2f} GiB" for n in sizes]
        exponent = ""
        if len(sizes) > 1:
            first, last = (costs[n][stage].seconds for n in (sizes[0], sizes[-1]))
            exponent = f"{math.log(last / first) / math.log(sizes[-1] / sizes[0]):.2f}"
        shown.add_row(stage, *cells, exponent)
    shown.add_row("texts linked a second", *(f"{N_TEXTS / costs[n]['link'].seconds:,.0f}" for n in sizes), "")
    return shown


if __name__ == "__main__":
    main()
