"""Measures whether an ontology's own names are found in text: whole, and linked to a concept that has the name.

    python scripts/find_own_names.py data/cl.obo.gz
    python scripts/find_own_names.py runs/cell --show 20

Each name of at least three characters stands once in the sentence `There was NAME here.` Given an ontology, the
sentence is searched by names alone, as in a run without annotated documents, and every concept found must have the
name. Given a run, it is linked. Names of concepts that subsume nearly all others are counted apart, because they are
not mentions.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hyplink import Linker, read_ontology
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.filters import NameOnlyDetector, near_universal_concepts
from hyplink.ontology import Ontology

LEAST_CHARACTERS = 3
BEFORE, AFTER = "There was ", " here."


class Found(NamedTuple):
    """A mention: its characters, and the concepts that it is linked to."""

    start: int
    end: int
    concepts: frozenset[str]


Finder = Callable[[str], Sequence[Found]]


def main() -> None:
    """Reads the command line and prints the share of names found, and the others by cause."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="an ontology, or a run")
    parser.add_argument("--names", type=Path, help="for an ontology of relations, its file of names")
    parser.add_argument("--show", type=int, default=5, metavar="N", help="names shown of each cause; default: 5")
    chosen = parser.parse_args()
    if chosen.source.is_dir():
        linker = Linker.load(chosen.source)
        report(linker.ontology, finder_of_linker(linker), chosen.show)
    else:
        ontology = read_ontology(chosen.source, names=chosen.names)
        report(ontology, finder_of_names(ontology), chosen.show)


def report(ontology: Ontology, find: Finder, show: int) -> None:
    """Prints the share of names found, and of the others some for each cause."""
    owners: dict[str, set[str]] = defaultdict(set)
    for name, concept_id in ontology.names():
        owners[" ".join(name.split()).casefold()].add(concept_id)
    general = set(near_universal_concepts(ontology))
    causes: dict[str, list[str]] = defaultdict(list)
    counts: Counter[bool] = Counter()
    for name, right in distinct_names(ontology, owners):
        is_general = bool(right & general)
        counts[is_general] += 1
        cause = cause_of_failure(find(f"{BEFORE}{name}{AFTER}"), name, right)
        if cause and not is_general:
            causes[cause].append(name)
    found = counts[False] - sum(map(len, causes.values()))
    print(f"{found:,} of {counts[False]:,} names are found ({found / max(1, counts[False]):.2%})")
    print(f"{counts[True]:,} names of concepts that subsume nearly all others are left out")
    for cause, names in sorted(causes.items(), key=lambda item: -len(item[1])):
        print(f"{len(names):6,} {cause}: {' | '.join(names[:: max(1, len(names) // max(1, show))][:show])}")


def distinct_names(ontology: Ontology, owners: dict[str, set[str]]) -> Iterator[tuple[str, set[str]]]:
    """The names of at least three characters, each spelling once, with all concepts that have it, letter case aside."""
    for name in dict.fromkeys(name for name, _ in ontology.names()):
        if len(name) >= LEAST_CHARACTERS:
            yield name, owners[" ".join(name.split()).casefold()]


def cause_of_failure(mentions: Sequence[Found], name: str, owners: set[str]) -> str | None:
    """Why the sentence of a name is wrong; None if the name is found whole and linked to a concept that has it."""
    start, end = len(BEFORE), len(BEFORE) + len(name)
    whole = [mention for mention in mentions if (mention.start, mention.end) == (start, end)]
    if any(mention.concepts and mention.concepts <= owners for mention in whole):
        return None
    if whole:
        return "another concept" if any(mention.concepts.isdisjoint(owners) for mention in whole) else "ambiguous"
    within = [mention for mention in mentions if mention.start < end and mention.end > start]
    if not within:
        return "nothing found"
    if any(mention.start < start or mention.end > end for mention in within):
        return "more than the name"
    return "part, right concept" if any(each.concepts & owners for each in within) else "part, another concept"


def finder_of_names(ontology: Ontology) -> Finder:
    """Finds mentions by the names of an ontology; an ambiguous mention has several concepts."""
    detector = NameOnlyDetector(ontology, DictionaryDetector.from_ontology(ontology))
    return lambda text: [
        Found(each.start, each.end, frozenset(each.candidates))
        for each in detector.mentions(text)
        if each.spans is None
    ]


def finder_of_linker(linker: Linker) -> Finder:
    """Finds the links of a run."""
    return lambda text: [
        Found(each.start, each.end, frozenset([each.answer.concept] if each.answer else []))
        for each in linker.link(text)
        if each.spans is None
    ]


if __name__ == "__main__":
    main()
