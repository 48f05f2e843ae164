"""Measures how well a linker of your ontology links unseen surface forms, by holding out names.

    python scripts/hold_out_names.py --config my.yaml --to held-out
    hyplink run runs/held-out --config held-out/config.yaml

For each concept with exact synonyms, a random one is removed from the ontology and becomes a mention of the dev data.
`hyplink run` trains without it and prints how often it is linked correctly. A synonym that differs from another name
only in letter case, plural or accents is not a new surface form and is not removed.
"""

import argparse
import csv
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hyplink.config import DataSettings, full_template, read_config
from hyplink.names.normal_forms import normal_name
from hyplink.ontology import Ontology, Synonym, configured_ontology, text_of_ontology


def main() -> None:
    """Reads the command line, writes the ontology, the mentions and a configuration of both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True, help="a configuration that names the ontology")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="the folder to write")
    parser.add_argument("--most", type=int, default=2000, metavar="N", help="names taken away at most; default: 2000")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    chosen = parser.parse_args()
    config = read_config(chosen.config, ())
    ontology = configured_ontology(config.data)
    taken = taken_names(ontology, chosen.most, random.Random(chosen.seed))
    chosen.to.mkdir(parents=True, exist_ok=True)
    write(without(ontology, taken), taken, chosen.to)
    data = DataSettings(
        ontology=Path("ontology.csv"), dev=(Path("mentions.csv"),), texts=config.data.texts, input_format="mentions"
    )
    (chosen.to / "config.yaml").write_text(full_template(config.model_copy(update={"data": data})), encoding="utf-8")
    print(f"{len(taken):,} of {len(ontology):,} concepts lost a name; run {chosen.to / 'config.yaml'}")


def taken_names(ontology: Ontology, most: int, rng: random.Random) -> dict[str, Synonym]:
    """A synonym for each of at most `most` concepts, which no other name of the ontology equals."""
    spellings = Counter(
        spelling for concept in ontology.concepts.values() for spelling in set(_spellings(concept.names()))
    )
    taken = {}
    for concept_id, concept in ontology.concepts.items():
        own = Counter(_spellings(concept.names()))
        synonyms = [
            synonym
            for synonym in concept.synonyms
            if synonym.scope == "EXACT" and own[(found := normal_name(synonym.text))] == spellings[found] == 1
        ]
        if synonyms:
            taken[concept_id] = rng.choice(synonyms)
    kept = set(rng.sample(sorted(taken), min(most, len(taken))))
    return {concept_id: synonym for concept_id, synonym in taken.items() if concept_id in kept}


def without(ontology: Ontology, taken: dict[str, Synonym]) -> Ontology:
    """The ontology without the names that were taken."""
    concepts = [
        replace(concept, synonyms=tuple(each for each in concept.synonyms if each != taken.get(concept_id)))
        for concept_id, concept in ontology.concepts.items()
    ]
    return Ontology(
        [*concepts, *ontology.obsolete.values()],
        source=ontology.source,
        release=ontology.release,
        prefixes=ontology.prefixes,
    )


def write(ontology: Ontology, taken: dict[str, Synonym], folder: Path) -> None:
    """Writes the ontology as a table, the taken names as a table of mentions."""
    table = folder / "ontology.csv"
    table.write_text(text_of_ontology(ontology, table), encoding="utf-8", newline="")
    with (folder / "mentions.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["mention", "concepts"])
        rows.writerows((synonym.text, concept_id) for concept_id, synonym in taken.items())


def _spellings(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return map(normal_name, names)


if __name__ == "__main__":
    main()
