"""Compares hyplink with FastHPOCR on raw text: concepts of a document (F1), and documents per CPU-second.

    python scripts/bench_finding.py RUN hp.obo.gz id68.jsonl omim30.jsonl [--work FOLDER] [--nested]

RUN was trained on the names of the same ontology. Taggers read the same documents in one process, in turn: a pass of
each, again and again, and the fastest pass of each counts. The texts of every pass end in another number of spaces, so
that only what is cached by word helps. FastHPOCR is measured in both of its modes; the ratio is hyplink's speed to that
of the mode with the better F1.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from taggers import Tagger, fast_hpo_cr

from hyplink.corpus import Document, read_documents
from hyplink.linking.evaluation import evaluated_documents
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.metrics.detection import within_branch
from hyplink.metrics.documents import document_scores

PASSES = 12
Links = list[list[Link]]


def main() -> None:
    """Reads the command line, links each file with each tagger and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("ontology", type=Path)
    parser.add_argument("documents", type=Path, nargs="+")
    parser.add_argument("--work", type=Path, default=Path("fasthpocr"), help="folder of FastHPOCR's index")
    parser.add_argument("--nested", action="store_true", help="let hyplink give mentions within other mentions too")
    parser.add_argument("--branch", default="HP:0000118", help="the concepts below this one count")
    arguments = parser.parse_args()
    linker = Linker.load(arguments.run, follow_references=True)
    others = fast_hpo_cr(arguments.ontology, arguments.work, linker.ontology, arguments.branch)
    taggers: dict[str, Callable[[Sequence[Document]], Links]] = {
        "hyplink": lambda documents: list(linker.link_many(documents, nested=arguments.nested))
    }
    taggers |= {name: partial(_tagged, tagger) for name, tagger in others.items()}
    for path in arguments.documents:
        compare(path, list(read_documents([path])), taggers, linker, arguments.branch)


def compare(
    path: Path,
    documents: Sequence[Document],
    taggers: dict[str, Callable[[Sequence[Document]], Links]],
    linker: Linker,
    branch: str,
) -> None:
    """Prints F1 and speed of each tagger on the documents of a file, and the ratio of speeds."""
    plain = [document.without_annotation() for document in documents]
    f1, seconds = {}, defaultdict[str, list[float]](list)
    for name, tag in taggers.items():
        found = [[link for link in links if link.answer] for links in tag(plain)]
        evaluated = within_branch(evaluated_documents(documents, found, linker.ontology), linker.ontology, branch)
        f1[name] = document_scores(evaluated, linker.ontology, branch)["micro"].f1.value or 0.0
    for n_spaces in range(1, PASSES + 1):
        unseen = [replace(document, text=document.text + " " * n_spaces) for document in plain]
        for name, tag in taggers.items():
            seconds[name].append(_seconds(tag, unseen))
    speed = {name: len(documents) / min(each) for name, each in seconds.items()}
    for name in taggers:
        print(f"{path.name:16} {name:26} F1 {f1[name]:.3f}   {speed[name]:7.0f} documents per CPU-second")
    best = max((name for name in taggers if name != "hyplink"), key=lambda name: f1[name])
    ratio = speed["hyplink"] / speed[best]
    print(f"{path.name:16} hyplink to {best}: F1 {f1['hyplink'] - f1[best]:+.3f}, speed ratio {ratio:.2f}")


def _tagged(tagger: Tagger, documents: Sequence[Document]) -> Links:
    return [tagger(document) for document in documents]


def _seconds(tag: Callable[[Sequence[Document]], Links], documents: Sequence[Document]) -> float:
    start = time.process_time()
    tag(documents)
    return time.process_time() - start


if __name__ == "__main__":
    main()
