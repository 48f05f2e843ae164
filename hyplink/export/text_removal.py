"""Removes from a copied run the text that linking does not need: rare words, and the mentions of documents."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from hyplink.config import Config
from hyplink.encoders.passage import words_of
from hyplink.encoders.word_vectors import VECTORS, WordVectors
from hyplink.ontology import Ontology
from hyplink.run import Manifest, read_records, write_json, write_json_lines
from hyplink.run.artifacts import damaged
from hyplink.run.manifest import MANIFEST, Output

STAGES = ("train-ontology", "encode", "fit", "evaluate")
QUOTING = ("encode/mentions.jsonl", "evaluate/predictions.jsonl", "evaluate/found.jsonl")
"""The files that quote the words of mentions in documents."""


_REMOVED = {"text": "", "read_as": "", "use": None}


class Vocabulary(NamedTuple):
    """The words of an exported model.

    Attributes:
        n_kept: number of words that have a vector of their own.
        n_words: their number in the run.
    """

    n_kept: int
    n_words: int


def remove_rare_words(folder: Path, config: Config, ontology: Ontology, min_count: int | None) -> Vocabulary | None:
    """Removes words of the training text from the word vectors of a copied run, except common words and the ontology's.

    The words of the ontology's names and definitions are kept, and those that occur at least `min_count` times in the
    text that the vectors were trained on. Vectors that were given are left as they are. A word that is removed is then
    encoded by its subwords, like any unknown word.

    Args:
        folder: the copied run.
        config: its configuration.
        ontology: its ontology.
        min_count: as above; None keeps no other words.

    Returns:
        The size of the vocabulary; None if the encoder has no words.
    """
    path = folder / "encode" / VECTORS
    if not path.is_file():
        return None
    vectors = WordVectors.open(path)
    n_words = len(vectors.words)
    if config.encode.vectors is not None:
        return Vocabulary(n_words, n_words)
    public = words_of_ontology(ontology)
    counts = (vectors.probabilities * vectors.n_tokens).round().tolist()
    kept = [
        row
        for row, (word, count) in enumerate(zip(vectors.words, counts, strict=True))
        if word in public or (min_count is not None and count >= min_count)
    ]
    restricted = vectors.restricted_to(kept)
    path.unlink()  # its rows stay mapped while they are written
    restricted.save(path)
    return Vocabulary(len(kept), n_words)


def words_of_ontology(ontology: Ontology) -> set[str]:
    """The words of the names and definitions of an ontology, in lower case."""
    texts: Iterable[str] = (
        text for concept in ontology.concepts.values() for text in (*concept.names(), concept.definition or "")
    )
    return {word for text in texts for word in words_of(text.lower())}


def remove_quotations(folder: Path) -> None:
    """Removes the words of mentions in documents from the files of a copied run that quote them.

    Raises:
        RunError: one of the files is damaged.
    """
    for name in QUOTING:
        path = folder / name
        if path.is_file():
            rows = [_without_text(row) for row in read_records(dict[str, Any], path)]
            try:
                write_json_lines(path, rows)
            except ValueError as error:  # numbers that hyplink never writes, such as 1e999
                raise damaged(name, "a number that is infinite or NaN") from error


def _without_text(row: dict[str, Any]) -> dict[str, Any]:
    """A line without the words of a mention and its neighbours; the line of a name is unchanged."""
    if row.get("doc") == "":
        return row
    return {key: _REMOVED.get(key, value) for key, value in row.items()}


def renew_manifests(folder: Path) -> None:
    """Writes the hashes of a copied run's files anew into its manifests, as outputs and as inputs of later stages."""
    changed: dict[str, str] = {}
    for stage in STAGES:
        if not (folder / stage / MANIFEST).is_file():
            continue
        manifest = Manifest.read(folder / stage)
        outputs = {name: Output.of(folder / stage / name) for name in manifest.outputs if name != "report.html"}
        inputs = {name: changed.get(name, sha256) for name, sha256 in manifest.inputs.items()}
        changed |= {f"{stage}/{name}": each.sha256 for name, each in outputs.items()}
        renewed = manifest.model_copy(update={"outputs": outputs, "inputs": inputs})
        write_json(folder / stage / MANIFEST, json.loads(renewed.model_dump_json()))
