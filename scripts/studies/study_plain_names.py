"""Counts how often annotated mentions that are a plain name of one concept are annotated with it.

    python scripts/studies/study_plain_names.py --data DATA [--corpora benchmark_corpora.yaml]

A plain name is equal to the mention in normal form, abbreviations expanded, and the name of one concept alone. Mentions
whose ids resolve to no concept are left out. The rows are the annotated files of `benchmark_corpora.yaml`, for training
and for evaluation, each once; the last one is their mean.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from corpora import Corpus, read_corpora

from hyplink import read_ontology
from hyplink.corpus import read_documents
from hyplink.gold import GoldResolver
from hyplink.mentions.abbreviations import Expansions
from hyplink.names.normal_forms import normal_text
from hyplink.ontology import Ontology


def main() -> None:
    """Reads the command line and prints a line for each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--corpora", type=Path, default=Path(__file__).parents[1] / "benchmark_corpora.yaml")
    arguments = parser.parse_args()
    shares = []
    with tempfile.TemporaryDirectory() as work:
        for name, ontology, path in annotated_files(read_corpora(arguments.corpora, arguments.data, Path(work))):
            n_right, n_plain, n_mentions = counts(ontology, path)
            shares.append(n_right / max(1, n_plain))
            print(f"{name:20} {path.name:28} {n_plain:5} plain of {n_mentions:5} mentions, {shares[-1]:.3f} right")
    print(f"mean of {len(shares)} files: {sum(shares) / len(shares):.3f}")


def annotated_files(corpora: Iterator[Corpus]) -> Iterator[tuple[str, Ontology, Path]]:
    """The name of a corpus, its ontology and a file, for each pair of ontology and file."""
    ontologies: dict[Path, Ontology] = {}
    seen = set()
    for corpus in corpora:
        settings = {key: json.loads(value) for key, value in (each.split("=", 1) for each in corpus.settings)}
        if corpus.ontology not in ontologies:
            ontologies[corpus.ontology] = read_ontology(corpus.ontology, names=settings.get("data.names"))
        for path in [*map(Path, settings.get("data.train", [])), *corpus.evaluated.values()]:
            if (corpus.ontology, path) not in seen:
                seen.add((corpus.ontology, path))
                yield corpus.name, ontologies[corpus.ontology], path


def counts(ontology: Ontology, path: Path) -> tuple[int, int, int]:
    """How many mentions of a file are plain names of their concept, plain names, and mentions that resolve."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for name, concept in ontology.names():
        owners[normal_text(name)].add(concept)
    resolver, found = GoldResolver(ontology), Counter[str]()
    for document in read_documents([path]):
        expansions = Expansions.from_text(document.text)
        for mention in document.mentions or ():
            gold = resolver.resolve(mention)
            concepts = owners.get(normal_text(expansions.expanded(mention.text)), set())
            is_plain = gold.resolvable and len(concepts) == 1
            found.update(
                {"mentions": gold.resolvable, "plain": is_plain, "right": is_plain and concepts <= gold.concepts}
            )
    return found["right"], found["plain"], found["mentions"]


if __name__ == "__main__":
    main()
