"""Speed and memory of finding and linking mentions in raw text: hyplink, its detector alone, a dictionary, FastHPOCR.

    python scripts/bench_linking.py RUN data/disease/train.pubtator [--obo hp.obo.gz --work DIR]

Annotations of the documents are ignored. Each tagger runs in a separate process on one thread and reads the documents
twice; the first pass is slower, because nothing is cached yet. Times are CPU time without loading. FastHPOCR is
included if it is installed and --obo is given; `DIR` keeps its index.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

from taggers import FAST_HPO_CR, exact_names, fast_hpo_cr

from hyplink.corpus import Document, input_files, read_file
from hyplink.linking.linker import Linker
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Run

Reader = Callable[[Sequence[Document]], int]
"""Reads documents and says how many mentions it found."""


def main() -> None:
    """Measures each tagger and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--obo", type=Path, help="the ontology's file, for FastHPOCR")
    parser.add_argument("--work", type=Path, default=Path("runs/fasthpocr"), help="where FastHPOCR keeps its index")
    parser.add_argument("--root", default="HP:0000118", help="FastHPOCR indexes what is below it")
    chosen = parser.parse_args()
    documents = documents_of(chosen.texts)
    length = sum(len(document.text) for document in documents) / len(documents)
    print(f"{len(documents)} documents of {length:,.0f} characters on average; one thread, CPU time")
    print(f"{'':20} {'documents/s':>11} {'again':>11} {'mentions':>9} {'memory':>9} {'loading':>8}")
    for way in (link, detect, dictionary, *([fast_hpo] if chosen.obo else [])):
        with get_context("spawn").Pool(1) as pool:
            print(pool.apply(measured, (way, chosen, documents)), flush=True)


def documents_of(paths: Sequence[str]) -> list[Document]:
    """The documents of files without their mentions."""
    return [each.without_annotation() for file in input_files(paths, "auto") for each in read_file(file, "auto")]


def measured(way: Callable[..., Reader], chosen: argparse.Namespace, documents: Sequence[Document]) -> str:
    """A line of the table."""
    start = time.process_time()
    try:
        reader = way(chosen)
    except ImportError:
        return f"{way.__doc__:20} not installed: {FAST_HPO_CR}"
    loaded = time.process_time()
    n_mentions = reader(documents)
    first = time.process_time()
    reader(documents)
    second = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{way.__doc__:20} {len(documents) / (first - loaded):11.0f} {len(documents) / (second - first):11.0f} "
        f"{n_mentions:9,} {memory:5.0f} MiB {loaded - start:6.1f} s"
    )


def link(chosen: argparse.Namespace) -> Reader:
    """hyplink link"""  # noqa: D403, D415 - a name in the table
    linker = Linker.load(chosen.run)
    return lambda documents: sum(map(len, linker.link_many(documents)))


def detect(chosen: argparse.Namespace) -> Reader:
    """hyplink's detector"""  # noqa: D403, D415
    detector = DictionaryDetector.from_names(ontology_of(chosen.run).names())
    return lambda documents: sum(len(detector.detect(document.text)) for document in documents)


def dictionary(chosen: argparse.Namespace) -> Reader:
    """plain dictionary"""  # noqa: D403, D415
    ontology = ontology_of(chosen.run)
    tagger = exact_names(ontology, frozenset(ontology.concept_ids))
    return lambda documents: sum(len(tagger(document)) for document in documents)


def fast_hpo(chosen: argparse.Namespace) -> Reader:
    """FastHPOCR"""  # noqa: D415
    tagger = fast_hpo_cr(chosen.obo, chosen.work, ontology_of(chosen.run), chosen.root)["FastHPOCR"]
    return lambda documents: sum(len(tagger(document)) for document in documents)


def ontology_of(run: Path) -> Ontology:
    """The ontology of a run directory."""
    return load_ontology(Run.open(run).path("train-ontology", "ontology"))


if __name__ == "__main__":
    main()
