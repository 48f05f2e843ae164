"""Speed of hyplink in a spaCy pipeline beside that of `hyplink link`: documents a second, in turns.

    python scripts/bench_spacy.py RUN FILE… [--rounds 3]

Annotations of the documents are ignored. Each variant reads all documents in a new process on one thread; times are CPU
time without loading. `hyplink link` reads a file and writes JSON Lines.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import spacy
from bench_linking import documents_of

import hyplink.integrations.spacy  # noqa: F401 - finds the factory where hyplink is not installed but run from here
from hyplink.cli.link_inputs import Source
from hyplink.cli.linking import Target, link_files
from hyplink.linking.arguments import LinkOptions
from hyplink.run import Run, SilentReporter, write_json_lines


def main() -> None:
    """Prints a line a round, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run")
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    texts = [document.text for document in documents_of(chosen.texts)]
    rates: dict[str, list[float]] = {"hyplink link": [], "nlp.pipe": []}
    for _ in range(chosen.rounds):
        for name, way in (("hyplink link", linked), ("nlp.pipe", piped)):
            with get_context("spawn").Pool(1) as pool:
                rates[name].append(len(texts) / pool.apply(way, (chosen.run, texts)))
        print("  ".join(f"{name} {each[-1]:.0f} documents/s" for name, each in rates.items()), flush=True)
    link, pipe = (statistics.median(each) for each in rates.values())
    print(f"{len(texts):,} documents: link {link:.0f}/s, nlp.pipe {pipe:.0f}/s, {pipe / link:.0%} of it")


def linked(run: str, texts: Sequence[str]) -> float:
    """CPU seconds of what `hyplink link FILE -o OUT` does for these texts beyond loading the run."""
    options = LinkOptions(top_k=5, min_confidence=None, nested=False, search_all=False, prefer="balanced")
    with tempfile.TemporaryDirectory() as folder:

        def seconds(texts: Sequence[str], name: str) -> float:
            file, start = Path(folder) / f"{name}.jsonl", time.process_time()
            write_json_lines(file, ({"doc": str(number), "text": text} for number, text in enumerate(texts)))
            target = Target(Path(folder) / f"{name}.links.jsonl", "jsonl", candidates=False, replace=False)
            link_files(Run.open(Path(run)), Source([str(file)]), target, options, SilentReporter())
            return time.process_time() - start

        seconds(texts[:1], "warm-up")
        loading = seconds(texts[:1], "one")
        return seconds(texts, "all") - loading


def piped(run: str, texts: Sequence[str]) -> float:
    """CPU seconds of a pipeline of a blank tokeniser and hyplink."""
    nlp = spacy.blank("en")
    nlp.add_pipe("hyplink", config={"run": run})
    nlp("")  # loads the run
    start = time.process_time()
    for _ in nlp.pipe(texts):
        pass
    return time.process_time() - start


if __name__ == "__main__":
    main()
