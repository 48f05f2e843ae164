"""Reads WordNet's database files: synsets with their words, senses, glosses and hypernyms."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from hyplink.config import PartOfSpeech
from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Sense, Synonym
from hyplink.ontology.lines import read_numbered_lines
from hyplink.ontology.ontology import Ontology
from hyplink.reading.numbers import is_number

FILES: dict[PartOfSpeech, str] = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
HYPERNYM_POINTERS = frozenset({"@", "@i"})  # hypernym, instance hypernym
LICENCE = "  "  # the beginning of the lines of the licence
RELEASE = re.compile(r"WordNet (\d+(?:\.\d+)*) Copyright")
MAX_NUMBER = 2**16
"""Of lexicographer files, and of the words of one spelling in such a file; WordNet's have two digits."""

SYNTACTIC_MARKER = re.compile(r"\((?:a|p|ip)\)$")  # of an adjective
TYPE_NUMBERS = {"n": 1, "v": 2, "a": 3, "r": 4, "s": 5}  # s: satellite adjective

Senses = dict[tuple[str, str], Sense]
"""Senses by synset offset and sense key, the latter without the head word of a satellite adjective."""


@dataclass(frozen=True, slots=True)
class _Synset:
    """One line of a data file, parsed according to wndb(5)."""

    offset: str
    lexicographer_file: int
    kind: str
    words: tuple[tuple[str, int], ...]  # (word as written, its number in the lexicographer file)
    hypernyms: tuple[str, ...]  # offsets in the same file
    gloss: str


def is_wordnet(path: Path) -> bool:
    """Whether a path is a folder of WordNet database files."""
    return path.is_dir() and any((path / f"data.{name}").is_file() for name in FILES.values())


def read_wordnet(folder: Path, parts_of_speech: Collection[PartOfSpeech] = tuple(FILES)) -> Ontology:
    """The ontology of WordNet 3.0 or 3.1, with a concept for each synset, whose id is its offset: `WN:09213565-n`.

    The names of a concept are its words. Its sense keys are alternative ids, because offsets may differ between builds
    of one release, but sense keys do not. The parents are hypernyms and instance hypernyms; adjectives and adverbs have
    none.

    Args:
        folder: a folder with the `data.*` files of the parts of speech, and `index.sense`.
        parts_of_speech: n for nouns, v for verbs, a for adjectives, r for adverbs.

    Raises:
        InputError: a file is missing or malformed (file and line).
    """
    senses = _read_senses(folder / "index.sense")
    concepts = []
    release = None
    for part in (part for part in FILES if part in parts_of_speech):
        path = folder / f"data.{FILES[part]}"
        for number, line in read_numbered_lines(path):
            if line.startswith(LICENCE):
                release = release or _release(line)
            else:
                concepts.append(_concept(_synset(path, number, line), part, senses))
    return Ontology(concepts, source=folder.name, release=release)


def _read_senses(path: Path) -> Senses:
    if not path.is_file():
        raise InputError.at(path, None, "is missing; it lists WordNet's senses (Debian package wordnet-sense-index)")
    senses = {}
    for number, line in read_numbered_lines(path):
        match line.split():
            case [key, offset, order, count] if key.count(":") == 4 and is_number(order) and is_number(count):
                lemma, _, position = key.partition("%")
                sense = Sense(key, lemma.replace("_", " "), int(order), int(count))
                senses[offset, f"{lemma}%{position.rsplit(':', 2)[0]}"] = sense
            case _:
                raise InputError.at(path, number, f"expected sense key, offset, order and count, found {line[:60]!r}")
    return senses


def _release(line: str) -> str | None:
    found = RELEASE.search(line)
    return found[1] if found else None


def _synset(path: Path, number: int, line: str) -> _Synset:
    fields, _, gloss = line.partition(" | ")
    try:
        offset, lexicographer_file, kind, n_words, *rest = fields.split()
        end = 2 * int(n_words, 16)
        if not 0 < end < len(rest) or not 0 <= 4 * int(rest[end]) < len(rest) - end:
            raise ValueError("there are fewer words or pointers than counted")
        words = tuple((rest[i], int(rest[i + 1], 16)) for i in range(0, end, 2))
        # Each pointer is four fields: symbol, offset, part of speech, which words.
        pointers = [rest[end + 1 + i : end + 5 + i] for i in range(0, 4 * int(rest[end]), 4)]
        hypernyms = tuple(pointer[1] for pointer in pointers if pointer[0] in HYPERNYM_POINTERS)
        if max(file_number := int(lexicographer_file), *(number for _, number in words)) > MAX_NUMBER:
            raise ValueError("a number is too large")
        return _Synset(offset, file_number, kind, words, hypernyms, gloss)
    except (ValueError, IndexError):
        message = f"{line[:60]!r} is not a synset in WordNet's database format; get the file again"
        raise InputError.at(path, number, message) from None


def _concept(synset: _Synset, part: PartOfSpeech, senses: Senses) -> Concept:
    words = [(SYNTACTIC_MARKER.sub("", word), number) for word, number in synset.words]
    names = [word.replace("_", " ") for word, _ in words]
    found = tuple(dict.fromkeys(_senses_of(synset, words, senses)))  # `Lent` and `lent` have the same sense key
    definition, examples = _gloss(synset.gloss)
    return Concept(
        f"WN:{synset.offset}-{part}",
        label=names[0],
        synonyms=tuple(map(Synonym, names[1:])),
        definition=definition or None,
        examples=examples,
        parents=tuple(f"WN:{offset}-{part}" for offset in synset.hypernyms),
        alternative_ids=tuple(sense.key for sense in found),
        senses=found,
        part_of_speech=part,
    )


def _senses_of(synset: _Synset, words: list[tuple[str, int]], senses: Senses) -> Iterator[Sense]:
    for word, number in words:
        position = f"{TYPE_NUMBERS.get(synset.kind)}:{synset.lexicographer_file:02}:{number:02}"
        if sense := senses.get((synset.offset, f"{word.lower()}%{position}")):
            yield sense


def _gloss(gloss: str) -> tuple[str, tuple[str, ...]]:
    """The definition and the quoted examples of a gloss: `land beside water; "they sat on the bank"`."""
    definition, *quoted = re.split(r'(?:^|;)\s*"', gloss.strip())
    examples = (example.partition('"')[0].strip() for example in quoted)
    return definition.strip(" ;"), tuple(filter(None, examples))
