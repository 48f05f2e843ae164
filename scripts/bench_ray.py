"""Compares `hyplink link --engine ray` with the process engine on one machine, and samples the memory of both.

    python scripts/bench_ray.py RUN TEXTS [--workers 2] [--documents 100000]

Each line of TEXTS is a document; lines are repeated, with other ids, if there are fewer than asked for. Speeds are
those that the commands print, without loading. The memory is the sum, over all processes of a command (of Ray: its
daemons and workers too), of their proportional set size (Linux), sampled every few seconds. A line is fitted to the
last three quarters of the samples; how much it grows over them is printed. Other work on the machine must be stopped.
"""

import argparse
import filecmp
import itertools
import json
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np
from bench_workers import proportional_size, with_children

SECONDS_BETWEEN_SAMPLES = 5.0


class Measured(NamedTuple):
    """Documents per second, and the sampled memory in bytes."""

    speed: float
    memory: list[int]


def main() -> None:
    """Reads the command line, links with both engines, and prints speed and memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--documents", type=int, default=100_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        documents = Path(name) / "documents.jsonl"
        write_documents(chosen.texts, chosen.documents, documents)
        measured = {}
        for engine, options in (("processes", []), ("ray", ["--engine", "ray"])):
            words = ["link", chosen.run, documents, "--output", Path(name) / f"{engine}.jsonl", "--follow-references"]
            measured[engine] = linked([*words, "--workers", chosen.workers, *options])
            print(f"{engine:9}: {measured[engine].speed:7.1f} documents a second; {in_words(measured[engine].memory)}")
        print(f"speed of ray / processes: {measured['ray'].speed / measured['processes'].speed:.2f}")
        same = filecmp.cmp(Path(name) / "processes.jsonl", Path(name) / "ray.jsonl", shallow=False)
        print("the links are equal" if same else "THE LINKS DIFFER")


def write_documents(texts: Path, count: int, path: Path) -> None:
    """Writes the lines of a file as so many documents in JSON Lines."""
    lines = [line for line in texts.read_text(encoding="utf-8").splitlines() if line.strip()]
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(itertools.islice(itertools.cycle(lines), count)):
            file.write(json.dumps({"doc": str(number), "text": text}) + "\n")


def linked(words: list[object]) -> Measured:
    """Runs a command that links; its speed, and the memory of its processes over time."""
    command = [sys.executable, "-m", "hyplink", *map(str, words)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    memory: list[int] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(SECONDS_BETWEEN_SAMPLES):
            memory.append(sum(map(proportional_size, with_children(process.pid))))

    sampler = threading.Thread(target=sample)
    sampler.start()
    message = process.communicate()[1]  # reads standard error all the time, or a full pipe would stop the command
    ended.set()
    sampler.join()
    found = re.search(r"linked in ([\d,]+) documents, ([\d.]+) s", message)
    if process.returncode != 0 or found is None or len(memory) < 8:
        sys.exit(f"{message}\nstatus {process.returncode}, {len(memory)} samples of memory; at least 8 are needed")
    return Measured(int(found[1].replace(",", "")) / float(found[2]), memory)


def in_words(memory: list[int]) -> str:
    """The maximum of the first quarter of the samples and of the others, and the growth of the others."""
    sizes = np.array(memory) / 2**20
    first, rest = np.split(sizes, [len(sizes) // 4])
    growth = np.polyfit(np.arange(len(rest)), rest, 1)[0] * len(rest)
    return (
        f"{len(sizes)} samples of memory: at most {first.max():,.0f} MiB in the first quarter, "
        f"{rest.max():,.0f} MiB in the others, which grow by {growth:+,.0f} MiB ({growth / rest.mean():+.1%})"
    )


if __name__ == "__main__":
    main()
