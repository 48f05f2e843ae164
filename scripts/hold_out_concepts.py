"""Measures how a linker of your ontology treats what the ontology lacks, by holding out concepts.

    python scripts/hold_out_concepts.py --config my.yaml --foreign other.obo --to held-out
    hyplink run runs/held-out --config held-out/config.yaml

Concepts are removed from the ontology, and the children of a removed concept become children of its parents. The dev
data hold three kinds of mentions, at most N of each:

- `exact`: names of kept concepts that were removed, as by `scripts/hold_out_names.py`;
- `broader`: labels of removed concepts; their gold concepts are the nearest kept ancestors;
- `none`: labels of a foreign ontology, or lines of a text file, that neither are nor end in a name of the ontology;
  what ends in one may be a kind of it.

`hyplink run` trains without them and prints how often relations and ancestors are right.
"""

import argparse
import csv
import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from hold_out_names import taken_names, without

from hyplink.config import Config, DataSettings, full_template, read_config
from hyplink.corpus.annotations import text_of_parts
from hyplink.names.normal_forms import normal_text
from hyplink.ontology import Ontology, configured_ontology, read_ontology, text_of_ontology

MOST_REMOVED = 0.1
"""The share of the concepts that is removed at most: what is left should be much like the whole ontology."""


class Row(NamedTuple):
    """A mention of the dev data: its words, its gold relation and concepts, and the removed concept that it names."""

    mention: str
    relation: str
    concepts: tuple[str, ...] = ()
    removed: str = ""
    position: str = ""


def main() -> None:
    """Reads the command line, writes the ontology, the mentions and a configuration of both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True, help="a configuration that names the ontology")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="the folder to write")
    parser.add_argument(
        "--foreign", type=Path, nargs="*", default=[], metavar="FILE", help="ontologies, or .txt files of phrases"
    )
    parser.add_argument("--most", type=int, default=500, metavar="N", help="mentions of each kind; default: 500")
    parser.add_argument("--inner", type=float, default=0.2, help="share of inner concepts among the removed ones")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    chosen = parser.parse_args()
    config = read_config(chosen.config, ())
    ontology = configured_ontology(config.data)
    rng = random.Random(chosen.seed)
    removed = removed_concepts(ontology, chosen.most, chosen.inner, rng)
    kept = without_concepts(ontology, removed)
    names = taken_names(kept, chosen.most, rng)
    rows = [
        *(Row(synonym.text, "exact", (concept_id,)) for concept_id, synonym in names.items()),
        *(_broader_row(ontology, concept_id, kept.concepts) for concept_id in removed),
        *(Row(name, "none") for name in foreign_names(chosen.foreign, ontology, chosen.most, rng)),
    ]
    write(without(kept, names), rows, config, chosen.to)
    print(f"{len(removed):,} of {len(ontology):,} concepts removed; run {chosen.to / 'config.yaml'}")


def removed_concepts(ontology: Ontology, most: int, inner_share: float, rng: random.Random) -> list[str]:
    """The ids of random concepts to remove, in the order of the ontology: leaves and inner concepts, no roots.

    A concept is kept if another concept has its label as a name: the label would not be unknown without it.
    """
    owners: dict[str, set[str]] = {}
    for name, concept_id in ontology.names():
        owners.setdefault(normal_text(name), set()).add(concept_id)
    suitable = [
        concept_id
        for concept_id, concept in ontology.concepts.items()
        if concept.parents and owners[normal_text(concept.label)] == {concept_id}
    ]
    inner = [each for each in suitable if ontology.children(each)]
    leaves = [each for each in suitable if not ontology.children(each)]
    n_removed = min(most, int(MOST_REMOVED * len(ontology)))
    n_inner = min(len(inner), round(inner_share * n_removed))
    drawn = {*rng.sample(inner, n_inner), *rng.sample(leaves, min(len(leaves), n_removed - n_inner))}
    return [each for each in suitable if each in drawn]


def without_concepts(ontology: Ontology, removed: Collection[str]) -> Ontology:
    """The ontology without some concepts; what was below a removed concept is now below its nearest kept ancestors."""
    gone = set(removed)
    concepts = [
        replace(concept, parents=nearest_kept(ontology, concept.parents, gone))
        for concept_id, concept in ontology.concepts.items()
        if concept_id not in gone
    ]
    return Ontology(concepts, source=ontology.source, release=ontology.release, prefixes=ontology.prefixes)


def nearest_kept(ontology: Ontology, concept_ids: Iterable[str], removed: Collection[str]) -> tuple[str, ...]:
    """The concepts that are kept and, for the others, the nearest of their ancestors that are.

    An ancestor of another of them is left out.
    """
    found: dict[str, None] = {}
    for concept_id in concept_ids:
        parents = ontology.concepts[concept_id].parents
        found |= dict.fromkeys(nearest_kept(ontology, parents, removed) if concept_id in removed else [concept_id])
    above = {each for concept_id in found for each in ontology.ancestors(concept_id) if each != concept_id}
    return tuple(each for each in found if each not in above)


def foreign_names(paths: Sequence[Path], ontology: Ontology, most: int, rng: random.Random) -> list[str]:
    """At most `most` random labels of ontologies, or lines of text files, that neither are nor end in a name."""
    known = {normal_text(name) for name, _ in ontology.names()}
    found: dict[str, str] = {}
    for path in paths:
        for name in _names_in(path):
            found.setdefault(normal_text(name), name)
    names = [name for normal, name in found.items() if normal and known.isdisjoint(_suffixes(normal))]
    return rng.sample(names, min(most, len(names)))


def write(ontology: Ontology, rows: Iterable[Row], config: Config, folder: Path) -> None:
    """Writes the ontology as a table, the mentions as a table, and a configuration that names both."""
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "ontology.csv"
    table.write_text(text_of_ontology(ontology, table), encoding="utf-8", newline="")
    with (folder / "mentions.csv").open("w", encoding="utf-8", newline="") as out:
        cells = csv.writer(out)
        cells.writerow(Row._fields)
        cells.writerows(
            (row.mention, row.relation, text_of_parts((row.concepts,)), row.removed, row.position) for row in rows
        )
    data = DataSettings(
        ontology=Path("ontology.csv"), dev=(Path("mentions.csv"),), texts=config.data.texts, input_format="mentions"
    )
    (folder / "config.yaml").write_text(full_template(config.model_copy(update={"data": data})), encoding="utf-8")


def _broader_row(ontology: Ontology, concept_id: str, kept: Collection[str]) -> Row:
    removed = ontology.concepts.keys() - kept
    position = "inner" if ontology.children(concept_id) else "leaf"
    label = ontology.concepts[concept_id].label
    return Row(label, "broader", nearest_kept(ontology, [concept_id], removed), concept_id, position)


def _suffixes(name: str) -> list[str]:
    """The name, and what is left of it without its first words."""
    words = name.split()
    return [" ".join(words[start:]) for start in range(len(words))]


def _names_in(path: Path) -> list[str]:
    if path.suffix == ".txt":
        return path.read_text(encoding="utf-8").splitlines()
    return [concept.label for concept in read_ontology(path).concepts.values()]


if __name__ == "__main__":
    main()
