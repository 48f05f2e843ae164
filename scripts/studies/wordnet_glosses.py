"""Turns WordNet's glosses into annotated text: definitions for training, quoted examples for evaluation.

    python scripts/studies/wordnet_glosses.py [--wordnet /usr/share/wordnet] --root WN:00030358-n FOLDER

Each word of a synset is a mention, followed by the definition (`bank: land beside water`). In an example that uses a
word of its synset ("they sat on the bank"), that word is the mention. FOLDER gets train.jsonl and dev.jsonl.
"""

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hyplink.corpus import CorpusReport, Document, Mention, corpus_chunks
from hyplink.names.inflection import other_number
from hyplink.ontology import Concept
from hyplink.ontology.wordnet import read_wordnet


def main() -> None:
    """Reads the command line and writes the two files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"), help="folder of database files")
    parser.add_argument("--root", required=True, metavar="CONCEPT", help="the noun synset whose subtree is taken")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the files are written")
    arguments = parser.parse_args()
    synsets = read_wordnet(arguments.wordnet, ["n"]).restricted_to([arguments.root]).concepts.values()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    _write(arguments.folder / "train.jsonl", (each for synset in synsets for each in definitions(synset)))
    _write(arguments.folder / "dev.jsonl", (each for synset in synsets for each in uses(synset)))


def definitions(synset: Concept) -> Iterator[Document]:
    """A document for each word of a synset that has a definition: the word and what it means."""
    for number, word in enumerate(synset.names() if synset.definition else ()):
        yield _document(synset, f"gloss-{number}", f"{word}: {synset.definition}", 0, len(word))


def uses(synset: Concept) -> Iterator[Document]:
    """A document for each example of a synset in which one of its words is found, the first of the longest."""
    forms = {form for name in synset.names() for form in (name, other_number(name)) if form}
    longest_first = "|".join(map(re.escape, sorted(forms, key=lambda form: (-len(form), form))))
    for number, example in enumerate(synset.examples):
        if found := re.search(rf"\b(?:{longest_first})\b", example, re.IGNORECASE):
            yield _document(synset, f"example-{number}", example, *found.span())


def _document(synset: Concept, name: str, text: str, start: int, end: int) -> Document:
    mention = Mention(start, end, text[start:end], ((synset.concept_id,),))
    return Document(f"{synset.concept_id}/{name}", text, (mention,))


def _write(path: Path, documents: Iterable[Document]) -> None:
    path.write_bytes(b"".join(corpus_chunks(documents, "jsonl", {}, CorpusReport())))


if __name__ == "__main__":
    main()
